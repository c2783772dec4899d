"""The calibration rows (C1): what was published about real networks, beside what the uncalibrated model does.

One of them has a direction and no number: a visit planner moved activation, and not the gaps in care.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import polars as pl

from coproduce.events import kinds
from coproduce.figures import Effect, Figure, ForestWords, forest_figure
from coproduce.simulator.engine import run
from coproduce.simulator.findings.catalogue import Effort
from coproduce.simulator.result import Result
from coproduce.simulator.scenario import Scenario, load
from coproduce.simulator.streams import FloatArray
from coproduce.simulator.studies.runs import outcomes
from coproduce.simulator.studies.spans import Span, mean_span
from coproduce.simulator.studies.workers import each

YEAR, YEARS = 52, 6
PATIENTS = 150
#: The share in remission at the beginning of ImproveCareNow's six years; it sets the outcome that counts as remission.
REMISSION_BEFORE = 0.55
#: Where levels of patient activation begin, 0 to 100 (Hibbard et al. 2005, 10.1111/j.1475-6773.2005.00438.x).
LEVELS = (0.0, 47.1, 55.2, 67.1, 100.1)
#: Points of a hundred below which nobody would say that something moved.
NEGLIGIBLE = 0.5
POSTS = (kinds.Replied, kinds.ResourceShared, kinds.LessonDrawn)


@dataclass(frozen=True)
class Row:
    """One published number."""

    says: str
    published: float
    source: str


ROWS = (
    Row("in remission after six years (55 % before)", 0.77, "10.1136/bmjqs-2017-007219"),
    Row("producers, times as many", 2.7, "10.1002/lrh2.10268"),
    Row("users, times as many", 4.1, "10.1002/lrh2.10268"),
    Row("aware, times as many", 4.0, "10.1002/lrh2.10268"),
    Row("posts by the most active 1 %", 0.747, "10.2196/jmir.2966"),
    Row("activation change from level 1", 32.2, "PMC2955177"),
    Row("activation change from level 2", 27.4, "PMC2955177"),
    Row("activation change from level 3", 17.5, "PMC2955177"),
    Row("activation change from level 4", -6.7, "PMC2955177"),
)


@dataclass(frozen=True)
class _Task:
    scenario: Scenario
    seed: int
    number: int


def calibration_rows(effort: Effort) -> Figure:
    """The model's value over the published one, row by row: 1 is a fit."""
    n = effort.runs(10)
    scenario = load("example").having(n_patients=PATIENTS, n_sites=10).lasting(YEARS * YEAR)
    tasks = [_Task(scenario, effort.seed, number) for number in range(1, n + 1)]
    found = np.empty((n, len(ROWS)))
    for place, values in each(_values, tasks, workers=effort.workers):
        found[place] = values
    # Some runs have nobody at a level of activation at the start: they cannot be asked.
    asked = [column[np.isfinite(column)] for column in found.T]
    spans = [
        mean_span(known, effort.seed, row.says) if known.size else Span(float("nan"))
        for row, known in zip(ROWS, asked, strict=True)
    ]
    effects = [_ratio(row, span) for row, span in zip(ROWS, spans, strict=True)]
    fits = sum(e.low is not None and e.high is not None and e.low <= 1 <= e.high for e in effects)
    told = "; ".join(
        f"{r.says}: published {r.published:g}, model {s.said('.3g')}" + f" in {k.size} of {n} runs" * (k.size < n)
        for r, s, k in zip(ROWS, spans, asked, strict=True)
    )
    words = ForestWords(
        title=f"Uncalibrated, the model misses {len(ROWS) - fits} of {len(ROWS)} published numbers",
        summary=f"{told} (preset example over six years, {n} runs, 95 % intervals over runs). No parameter was fitted.",
        x="Model over published",
        reference=1.0,
    )
    return forest_figure(effects, words)


def visit_planner(effort: Effort) -> Figure:
    """What planning all visits beforehand does to activation and to gaps in care, in points of a hundred."""
    n = effort.runs(40)
    without = load("example").having(n_patients=PATIENTS, n_sites=10).lasting(3 * YEAR)
    planned = without.having(previsit_planning=1.0)
    ends = outcomes(
        [without, planned], columns=["activation", "share_best"], seed=effort.seed, replicates=n, window=YEAR,
        workers=effort.workers,
    )  # fmt: skip
    moved = 100 * (ends[1] - ends[0])
    spans = {
        "activation of patients": mean_span(moved[:, 0], effort.seed, "planner activation"),
        "gaps in care: not on the best treatment": mean_span(-moved[:, 1], effort.seed, "planner gaps"),
    }
    activation, gaps = spans.values()
    words = ForestWords(
        title=f"A visit planner {_told(activation)} activation and {_told(gaps)} gaps in care in the model",
        summary=f"Published: activation moved up, gaps in care did not move. The model, {n} pairs of runs with the "
        "same chance, third year, 95 % intervals, points of 100: "
        + "; ".join(f"{k} {s.said()}" for k, s in spans.items()),
        x="All visits planned, less none (points of 100)",
        reference=0.0,
    )
    return forest_figure([Effect(name, s.value, s.low, s.high) for name, s in spans.items()], words)


def _told(moved: Span) -> str:
    if moved.low is None or moved.includes(0.0) or abs(moved.value) < NEGLIGIBLE:
        return "does not move"
    return "raises" if moved.value > 0 else "lowers"


def _ratio(row: Row, span: Span) -> Effect:
    ends = [None if end is None else end / row.published for end in (span.value, span.low, span.high)]
    value, *interval = ends
    low, high = (None, None) if None in interval else sorted(end for end in interval if end is not None)
    return Effect(row.says, value, low, high)


def _values(task: _Task) -> list[float]:
    first = run(task.scenario.lasting(1), task.seed, run=task.number, record=False)
    whole = run(task.scenario, task.seed, run=task.number)
    return [_remission(first, whole), *_growth(whole.series), _concentration(whole), *_activation(first, whole)]


def _remission(first: Result, whole: Result) -> float:
    """The share above the outcome that 55 % were above at the start."""
    start, end = (r.people["outcome"].drop_nans().to_numpy() for r in (first, whole))
    return float((end >= np.quantile(start, 1 - REMISSION_BEFORE)).mean())


def _growth(series: pl.DataFrame) -> list[float]:
    """Contributors and owners, participants and above, and members: the mean of the last year over the first."""
    counts = [
        series["engagement_2"] + series["engagement_3"],
        series["engagement_1"] + series["engagement_2"] + series["engagement_3"],
        series["members"],
    ]
    ends = [(count.tail(YEAR).to_numpy().mean(), count.head(YEAR).to_numpy().mean()) for count in counts]
    return [float(last / early) if early > 0 else float("nan") for last, early in ends]


def _concentration(whole: Result) -> float:
    """The share of posts (replies, lessons, shared resources) by the most active hundredth of all who ever joined."""
    rows = whole.frame.rows.filter(pl.col("kind").is_in([kind.meaning.code for kind in POSTS]))
    each_ = np.sort(rows.group_by("actor").len()["len"].to_numpy())[::-1]
    top = max(1, round(0.01 * whole.people.height))
    return float(each_[:top].sum() / each_.sum()) if each_.size else float("nan")


def _activation(first: Result, whole: Result) -> list[float]:
    """Change of activation (0 to 100) of those who stayed, by their level at the start."""
    pair = first.people.filter(pl.col("outcome").is_not_nan()).select("id", "activation").join(
        whole.people.filter(pl.col("left") == -1).select("id", pl.col("activation").alias("after")), on="id"
    )  # fmt: skip
    before, after = 100 * pair["activation"].to_numpy(), 100 * pair["after"].to_numpy()
    return [_mean((after - before)[(before >= a) & (before < b)]) for a, b in itertools.pairwise(LEVELS)]


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if values.size else float("nan")
