"""One person's days: what they wrote down each day, under which treatment, and how that treatment lies over all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from coproduce.errors import InvalidInput
from coproduce.figures.figure import WIDE, Figure, Table, base_spec, number, told_apart
from coproduce.figures.palette import TOKENS

_SHAPES = ("circle", "diamond", "square", "triangle-up", "triangle-down", "cross", "triangle-right", "triangle-left")
_COLOURS = (TOKENS["muted"], TOKENS["series"], TOKENS["signal"], TOKENS["ink"])


@dataclass(frozen=True)
class Day:
    """A day, counted from 1, its treatment, and what was written down; None where nothing was."""

    day: int
    arm: str
    value: float | None


@dataclass(frozen=True)
class ArmLevel:
    """How the outcome lies under a treatment, with its interval; None where the model has none on this scale."""

    arm: str
    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class DaysWords:
    """What is said around the days; `scale` is the outcome's range, None where it has no ends."""

    title: str
    summary: str
    outcome: str
    scale: tuple[float, float] | None = None


def days_figure(days: Sequence[Day], arms: Sequence[ArmLevel], words: DaysWords, *, width: int = WIDE) -> Figure:
    """A mark a day, told apart by shape and colour; over each stretch of a treatment its level and interval.

    Raises InvalidInput without a day, with a treatment that `arms` does not have, or with more than eight of them.
    """
    names = [arm.arm for arm in arms]
    if not days or not {day.arm for day in days} <= set(names):
        raise InvalidInput(given=f"{len(days)} days", expected="1 or more, each of a treatment that is listed")
    x = {"field": "day", "type": "quantitative", "axis": {"title": "Day", "tickMinStep": 1, "grid": False},
         "scale": {"zero": False, "nice": False, "domain": [days[0].day - 0.5, days[-1].day + 0.5]}}  # fmt: skip
    scale = {"domain": list(words.scale), "nice": False} if words.scale else {"zero": False, "nice": True}
    y = {"field": "value", "type": "quantitative", "axis": {"title": words.outcome}, "scale": scale}
    spec = base_spec(words.title, width, 220)
    tell = told_apart("arm", names, _COLOURS, _SHAPES)
    stretches = _stretches(days, {arm.arm: arm for arm in arms})
    ends = {"x": {**x, "field": "from"}, "x2": {"field": "to"}}
    band = {"y": {**y, "field": "low"}, "y2": {"field": "high"}}
    points = [{"day": day.day, "value": day.value, "arm": day.arm} for day in days if day.value is not None]
    spec["layer"] = [
        {"data": {"values": stretches}, "mark": {"type": "rect", "opacity": 0.18},
         "encoding": {**ends, **band, "color": tell["color"]}},
        {"data": {"values": stretches}, "mark": {"type": "rule", "strokeWidth": 2},
         "encoding": {**ends, "y": y, "color": tell["color"]}},
        {"data": {"values": points}, "mark": {"type": "point", "filled": True, "size": 46, "opacity": 1},
         "encoding": {"x": x, "y": y, **tell}},
    ]  # fmt: skip
    rows = tuple((str(day.day), day.arm, number(day.value, share=False)) for day in days)
    return Figure(words.title, words.summary, spec, Table(("Day", "Treatment", words.outcome), rows))


def _stretches(days: Sequence[Day], arms: dict[str, ArmLevel]) -> list[dict[str, Any]]:
    """From which day to which a treatment went on, with its level; only treatments that have one."""
    found: list[dict[str, Any]] = []
    for before, day in zip([None, *days], days, strict=False):
        if before is None or before.arm != day.arm:
            level = arms[day.arm]
            found.append({"arm": day.arm, "from": day.day - 0.5, "value": level.value, "low": level.low,
                          "high": level.high})  # fmt: skip
        found[-1]["to"] = day.day + 0.5
    return [stretch for stretch in found if stretch["value"] is not None]
