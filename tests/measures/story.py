"""Small logs for the tests of measures: a log is written one line an event, in days."""

from __future__ import annotations

import math

from coproduce.clock import DAY_US
from coproduce.events import Event, EventFrame, Resolution
from coproduce.measures import Measurement, Request, Strata, measure_all

START = 20_454 * DAY_US  # 2026-01-01


def day(number: float) -> int:
    """The moment so many days after the start."""
    return START + round(number * DAY_US)


def at(kind: type[Event], days: float, actor: int = -1, subject: int = -1, **columns: float) -> Event:
    """An event so many days after the start."""
    return kind(time=day(days), actor=actor, subject=subject, **columns)


def log(*events: Event, resolution: int = Resolution.MICROSECOND) -> EventFrame:
    """A frame of these events in order of time."""
    return EventFrame.from_events(sorted(events, key=lambda e: e.time), resolution=resolution)


def measured(frame: EventFrame, *, strata: Strata | None = None, **request: object) -> dict[str, Measurement]:
    """All measures by id, and by id and group, as `N1.needs site=3`."""
    found = measure_all(frame, Request(**request), strata=strata)
    names = ("" if m.by is None else " " + ",".join(f"{k}={v}" for k, v in m.by.items()) for m in found)
    return {m.id + name: m for m, name in zip(found, names, strict=True)}


def value(frame: EventFrame, id: str, **request: object) -> float:  # noqa: A002
    """One value; NaN where there is none."""
    found = measured(frame, only=(id,), **request)[id].value
    return math.nan if found is None else found
