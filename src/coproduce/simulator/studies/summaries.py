"""What a log is summarised by when the model is fitted to it: declared measures, rates, and how values move."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from coproduce.clock import WEEK_US
from coproduce.errors import InvalidInput
from coproduce.events import EventFrame, Role, kinds
from coproduce.measures import Request, measure_all

#: Measures of docs/reference/measures.md that a log of weeks can carry and that do not grow with the network.
MEASURES = (
    "N1.matched", "N1.delivered", "N1.confirmed", "N1.withdrawn", "N1.expired", "N1.unreachable", "N2.F7d", "N2.F30d",
    "N3", "N4", "E2.share.1", "E2.share.2", "E2.share.3", "E2.share.4",
)  # fmt: skip
#: Kinds whose events are counted a member and week.
RATES = (
    kinds.NeedStated, kinds.Replied, kinds.ResourceUsed, kinds.LessonDrawn, kinds.ResourceShared, kinds.Thanked,
    kinds.EncounterHeld, kinds.TreatmentStarted, kinds.Left,
)  # fmt: skip
#: Kinds whose values are averaged, in the first and in the last third of the log.
VALUES = (kinds.ActivationMeasured, kinds.MeasureObserved)


@dataclass(frozen=True)
class Shape:
    """The size of the network behind a log, so that the model is run at the same: people by role, sites, and weeks."""

    n_patients: int
    n_clinicians: int
    n_researchers: int
    n_sites: int
    weeks: int


def shape(frame: EventFrame) -> Shape:
    """The size of the network behind a log.

    Raises InvalidInput when the log has no need, nobody joined as patient or family, or it is shorter than a week.
    """
    rows = frame.rows
    if not (rows["kind"] == kinds.NeedStated.meaning.code).any():
        raise InvalidInput(
            given="a log without needs", expected="a log in which needs were stated",
            next_step="Simulate with --set needs=true, or export a longer log.",
        )  # fmt: skip
    joined = rows.filter(pl.col("kind") == kinds.Joined.meaning.code)
    count = {role: joined.filter(pl.col("role") == int(role))["actor"].n_unique() for role in Role}
    n_patients = count[Role.PATIENT] + count[Role.FAMILY]
    first, last = _ends(rows)
    weeks = (last - first) // WEEK_US
    if n_patients < 1 or weeks < 1:
        raise InvalidInput(
            given=f"a log of {n_patients} patients and families over {weeks} weeks",
            expected="patients who joined, and a week or more of their life",
            next_step="Export the log from its beginning.",
        )
    sites = joined.filter(pl.col("site") >= 0)["site"].n_unique()
    return Shape(n_patients, max(1, count[Role.CLINICIAN]), count[Role.RESEARCHER], max(1, sites), int(weeks))


def summarise(frame: EventFrame) -> dict[str, float]:
    """The summaries of a log by name; NaN where the log cannot carry one.

    Measures keep their ids. `rate.KIND` is events a member and week; `mean.KIND.first`, `mean.KIND.last` and
    `spread.KIND` are the mean value in the first and last third of the log, and its standard deviation.
    """
    rows = frame.rows
    found = {m.id: _number(m.value) for m in measure_all(frame, Request(only=MEASURES)) if m.by is None}
    members = max(1, rows.filter(pl.col("kind") == kinds.Joined.meaning.code)["actor"].n_unique())
    first, last = _ends(rows)
    weeks = max((last - first) / WEEK_US, 1.0)
    counted = dict(rows.group_by("kind").len().iter_rows())
    for kind in RATES:
        found[f"rate.{kind.__name__}"] = counted.get(kind.meaning.code, 0) / members / weeks
    for valued in VALUES:
        values = rows.filter(pl.col("kind") == valued.meaning.code).select("time", "value")
        early, late = first + (last - first) / 3, last - (last - first) / 3
        found[f"mean.{valued.__name__}.first"] = _number(values.filter(pl.col("time") <= early)["value"].mean())
        found[f"mean.{valued.__name__}.last"] = _number(values.filter(pl.col("time") >= late)["value"].mean())
        found[f"spread.{valued.__name__}"] = _number(values["value"].std())
    return found


def _ends(rows: pl.DataFrame) -> tuple[int, int]:
    """The first and the last moment of a log, microseconds; 0 and 0 for an empty one."""
    times = rows["time"].to_numpy()
    return (int(times.min()), int(times.max())) if times.size else (0, 0)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else float("nan")
