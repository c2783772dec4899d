"""Change: every measure of a window less the same measure of the window before, with an interval."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from coproduce.clock import from_us
from coproduce.errors import InvalidInput
from coproduce.events import EventFrame
from coproduce.measures.measure import Request, measure_all
from coproduce.measures.measurement import Measurement
from coproduce.measures.strata import Strata
from coproduce.measures.study import Log
from coproduce.measures.tables import NO_TABLES, Tables


def changes(
    frame: EventFrame,
    request: Request,
    *,
    strata: Strata | None = None,
    tables: Tables = NO_TABLES,
    tell: Callable[[str], None] | None = None,
) -> list[Measurement]:
    """How each measure differs from the window before.

    Each window is measured as it was known when it ended, so that both are followed alike; `n` is the later one's.
    The value is None where either is, or where the log does not reach back so far.

    The interval treats the windows as independent, which is too wide for people who are in both and moved alike.
    Raises InvalidInput without a window, and as measure_all.
    Source: Zou and Donner 2008, 10.1002/sim.3095 (a difference from two intervals; MOVER).
    """
    if request.window_days is None:
        raise InvalidInput(given="no window", expected="a window whose change is asked for", next_step="Give --window.")
    log = Log.of(frame)
    end = from_us(log.at)
    now = measure_all(frame, request, at=end, strata=strata, tables=tables, tell=tell)
    if from_us(log.first_us) > end - timedelta(days=2 * request.window_days):
        note = "the log does not reach back over two windows"
        return [replace(m, value=None, low=None, high=None, note=note) for m in now]
    earlier = end - timedelta(days=request.window_days)
    then = measure_all(frame, request, at=earlier, strata=strata, tables=tables, tell=tell)
    before = {(m.id, str(m.by)): m for m in then}
    return [_difference(m, before.get((m.id, str(m.by)))) for m in now]


def _difference(now: Measurement, before: Measurement | None) -> Measurement:
    if now.value is None or before is None or before.value is None:
        lacking = now.note if now.value is None else "not known in the window before"
        return replace(now, value=None, low=None, high=None, note=lacking)
    value = now.value - before.value
    ends = (now.low, now.high, before.low, before.high)
    if any(end is None for end in ends):
        return replace(now, value=value, low=None, high=None, note="no interval")
    low, high, low_before, high_before = (float(end) for end in ends if end is not None)
    return replace(
        now,
        value=value,
        low=value - math.hypot(now.value - low, high_before - before.value),
        high=value + math.hypot(high - now.value, before.value - low_before),
        note=None,
    )
