"""Times of day for the example network: an assumption of the example, and no result of the model.

The model knows weeks. The example's pages show hours, so this module spreads the events of each week over it:

- what has no cause in its week happens at a time of day: staff from Monday to Friday in working hours, patients and
  families mostly in the morning and the evening, the computer at nine in the morning;
- what has one follows it after a log-normal delay whose median depends on what happened (a reply takes hours, opening
  a page takes minutes), squeezed so that it stays inside the week;
- the events of one need keep their order; leaving, retiring and measuring stocks come in the last hour of the week.

Measures finer than a week of a frame with these times describe these assumptions. Never use them to study the model.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import polars as pl

from coproduce.clock import DAY_US, HOUR_US
from coproduce.events import ABSENT, Event, EventFrame, Resolution, Role, kinds
from coproduce.simulator.recorder import renumber
from coproduce.simulator.result import Result
from coproduce.simulator.streams import FloatArray, Streams

#: Median hours from a cause to its effect in the same week. All assumed.
MEDIAN_HOURS: Mapping[type[Event], float] = {
    kinds.NeedClarified: 0.002, kinds.ResourceMatched: 0.002, kinds.ResourceShown: 0.002, kinds.PersonMatched: 0.05,
    kinds.ResourceOpened: 0.05, kinds.Replied: 5.0, kinds.HelpDeclined: 8.0, kinds.ResourceUsed: 5.0,
    kinds.OutcomeReported: 8.0, kinds.NeedConfirmed: 0.02, kinds.Thanked: 0.1, kinds.NeedUnreachable: 12.0,
    kinds.LessonDrawn: 2.0, kinds.ResourceCreated: 20.0, kinds.ResourceRevised: 10.0, kinds.ResourceShared: 0.5,
    kinds.OwnerAssigned: 0.01, kinds.TreatmentStarted: 0.3, kinds.MeasureObserved: 0.2, kinds.ActivationMeasured: 0.1,
}  # fmt: skip
#: Median hours for every other effect, and the standard deviation of the logarithm of all delays.
OTHER_HOURS, SPREAD = 24.0, 1.0
#: What happens in the last hour of the week.
LAST_HOUR = (kinds.Left, kinds.ResourceRetired, kinds.StockMeasured)
#: Weight of each hour of the day for patients and families.
HOURS_AT_HOME = np.array([2, 1, 1, 1, 1, 2, 5, 9, 8, 6, 6, 6, 7, 6, 5, 5, 6, 7, 8, 10, 12, 12, 8, 4], dtype=np.float64)


def example_times(result: Result) -> EventFrame:
    """The events of a run with times to the microsecond, in the order of those times; `seq` and causes follow.

    The rows, their kinds, actors and values are those of the run; only times, `seq` and `cause` are new.
    """
    frame, week = result.frame, result.scenario.resolution
    rows = frame.rows
    times = _times(rows, Streams(result.seed, result.run), week)
    timed = rows.with_columns(pl.Series("time", times, dtype=pl.Int64), pl.Series("recorded", times, dtype=pl.Int64))
    return renumber(EventFrame(timed.sort("time", "seq"), Resolution.MICROSECOND))


def _times(rows: pl.DataFrame, streams: Streams, week: int) -> list[int]:
    """A time for each row, microseconds: after its cause and after the last event about the same thing."""
    n = rows.height
    starts = rows["time"].to_list()
    alone = _times_of_week(rows, streams).tolist()
    delay = _delays(rows, streams).tolist()
    last = set(_codes(LAST_HOUR))
    late = streams.uniform("example.late", 0, n).tolist()
    columns = zip(rows["kind"].to_list(), rows["subject"].to_list(), rows["cause"].to_list(), strict=True)
    times: list[int] = []
    latest: dict[int, int] = {}
    for i, (kind, subject, cause) in enumerate(columns):
        start, end = starts[i], starts[i] + week - HOUR_US
        if kind in last:
            times.append(end + 1 + int(late[i] * (HOUR_US - 2)))
            continue
        before = max(times[cause] if cause != ABSENT else 0, latest.get(subject, 0) if subject != ABSENT else 0)
        if before < start:
            moment = start + int(alone[i] * (week - 2 * HOUR_US) / week)
        else:
            room = end - before
            moment = max(before + 1, before + int(room * -math.expm1(-delay[i] / max(room, 1))))
        times.append(moment)
        if subject != ABSENT:
            latest[subject] = moment
    return times


def _codes(listed: tuple[type[Event], ...]) -> list[int]:
    return [kind.meaning.code for kind in listed]


def _delays(rows: pl.DataFrame, streams: Streams) -> FloatArray:
    """A log-normal delay for each row, microseconds."""
    median = np.full(256, OTHER_HOURS)
    for kind, hours in MEDIAN_HOURS.items():
        median[kind.meaning.code] = hours
    z = streams.normal("example.delay", 0, rows.height)
    delays: FloatArray = HOUR_US * median[rows["kind"].to_numpy()] * np.exp(SPREAD * z)
    return delays


def _times_of_week(rows: pl.DataFrame, streams: Streams) -> FloatArray:
    """A time within the week for each row as if it stood alone, microseconds from Monday 0:00, by the actor's role."""
    n = rows.height
    role = rows["role"].to_numpy()
    day = streams.uniform("example.day", 0, n)
    hour = streams.uniform("example.hour", 0, n)
    ends = np.concatenate([[0.0], np.cumsum(HOURS_AT_HOME) / HOURS_AT_HOME.sum()])
    at_home = np.floor(7 * day) * DAY_US + np.interp(hour, ends, np.arange(25.0)) * HOUR_US
    at_work = np.floor(5 * day) * DAY_US + (8.0 + 9.0 * hour) * HOUR_US
    by_computer = np.floor(7 * day) * DAY_US + (9.0 + hour / 60.0) * HOUR_US
    staff = (role == Role.CLINICIAN) | (role == Role.RESEARCHER)
    return np.where(staff, at_work, np.where(role == Role.COMPUTER, by_computer, at_home))
