"""E3 to E6 and E8: how evenly contributions are spread, who comes back, who stays, and what leaves no public trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coproduce.clock import DAY_US, HOUR_US
from coproduce.events import kinds
from coproduce.measures.acts import Level
from coproduce.measures.engagement import NO_PEOPLE
from coproduce.measures.measurement import Answer
from coproduce.measures.needs import Exit
from coproduce.measures.study import Slice
from coproduce.statistics.concentration import gini, half_work_set, theil
from coproduce.statistics.hazard import cox_slope
from coproduce.statistics.intervals import Z95, mean, wilson
from coproduce.statistics.resampling import resampled
from coproduce.statistics.survival import kaplan_meier

Floats = NDArray[np.float64]
_NOTHING = "nobody contributed in this window"
#: A month of 28 days, for stickiness.
_MONTH_DAYS = 28
#: Somebody has left after so many days without an act; the first is the measure, the others its sensitivity.
GAPS = (180, 90, 365)
RETENTION_MONTHS = (1, 3, 6, 12)


def volumes(part: Slice) -> Floats:
    """How many contributions (acts at level 3 or above) each member made in the window, most first; 0 for most."""
    acts = part.log.acts.filter(
        (pl.col("level") >= Level.CONTRIBUTOR) & pl.col("time").is_between(part.start, part.end, closed="left")
    )
    counted = acts.group_by("run", "person").len()
    mine = part.people.select("run", "person").join(counted, on=["run", "person"], how="left")
    return np.sort(mine["len"].fill_null(0).to_numpy().astype(np.float64))[::-1]


def content_shares(part: Slice) -> Iterator[Answer]:
    """E3: the share of contributions by the first hundredth, the next tenth, and the rest, with lurkers and without."""
    everybody = volumes(part)
    for name, x in (("E3", everybody[everybody > 0]), ("E3.all", everybody)):
        n, total = len(x), float(x.sum())
        if total == 0:
            yield from (Answer.none(f"{name}.{key}", _NOTHING, n) for key in ("top", "next", "rest"))
            continue
        for place, key in enumerate(("top", "next", "rest")):
            shares = partial(_share_of_piece, place=place)
            yield Answer.of(f"{name}.{key}", resampled(x, shares, seed=part.seed, name=f"{name}.{key}"), n)


def _share_of_piece(x: Floats, place: int) -> float | None:
    """The share of all contributions by the first hundredth of people (0), the next tenth (1) or the rest (2)."""
    total = float(x.sum())
    if not total:
        return None
    ordered, first = np.sort(x)[::-1], int(np.ceil(0.01 * len(x)))
    ends = (0, first, min(len(x), first + int(np.ceil(0.10 * len(x)))), len(x))
    return float(ordered[ends[place] : ends[place + 1]].sum()) / total


def concentration(part: Slice) -> Iterator[Answer]:
    """E4: Gini, Theil and the half-work set of contributions, over those who contributed."""
    x = volumes(part)
    x = x[x > 0]
    forms: dict[str, Callable[[Floats], float | None]] = {
        "E4.gini": gini, "E4.theil": theil, "E4.half": half_work_set,
        "E4.half_share": lambda values: (half_work_set(values) or 0) / len(values),
    }  # fmt: skip
    for name, form in forms.items():
        if x.size == 0:
            yield Answer.none(name, _NOTHING)
            continue
        found = resampled(x, form, seed=part.seed, name=name, extensive=name == "E4.half")
        yield Answer.of(name, found, len(x))


def stickiness(part: Slice) -> Iterator[Answer]:
    """E5: the mean number of people active on a day over those active in the last 28 days of the window."""
    if part.log.resolution > DAY_US:
        yield Answer.none("E5", "not computable: the log does not tell days apart")
        return
    end = min(part.end, part.log.at + 1)
    start = max(part.start, end - _MONTH_DAYS * DAY_US)
    acts = _mine(part, part.log.acts.filter(pl.col("time").is_between(start, end, closed="left")))
    days = acts.select("run", "person", ((pl.lit(end - 1) - pl.col("time")) // DAY_US).alias("day")).unique()
    month = days.select("run", "person").n_unique() if days.height else 0
    length = max(1.0, np.ceil((end - start) / DAY_US))
    if not month:
        yield Answer.none("E5", "nobody was active in the last 28 days of this window")
        return
    note = None if end - start >= _MONTH_DAYS * DAY_US else "the window is shorter than 28 days"
    each = days.group_by("run", "person").len()["len"].to_numpy() / length
    yield Answer.of("E5", mean(each, least=0.0, most=1.0), month, note=note)


def retention(part: Slice) -> Iterator[Answer]:
    """E6: of people who came in the window, the share active in a later month; and how long people stay."""
    people = part.people.filter(pl.col("first_us") >= part.start)
    acts = people.join(part.log.acts, on=["run", "person"]).join(part.log.ends, on="run")
    month = (pl.col("time") - pl.col("first_us")) // (30 * DAY_US)
    here = acts.select("run", "person", month.alias("month")).unique()
    ends = people.join(part.log.ends, on="run", how="left")
    for k in RETENTION_MONTHS:
        followed = ends.filter(pl.col("end_us") - pl.col("first_us") >= (k + 1) * 30 * DAY_US)
        back = followed.join(here.filter(pl.col("month") == k), on=["run", "person"], how="semi").height
        reason = f"nobody who came in this window was followed through month {k}"
        name = f"E6.r{k}"
        yield (
            Answer.of(name, wilson(back, followed.height), followed.height)
            if followed.height
            else Answer.none(name, reason)
        )
    for gap in GAPS:
        days, left = _stays(acts, gap)
        curve = kaplan_meier(days, left)
        found = curve.at(365.0)
        name = f"E6.left.gap{gap}"
        yield (
            Answer.of(name, found, curve.n)
            if found
            else Answer.none(name, "nobody was followed for 365 days" if curve.n else NO_PEOPLE, curve.n)
        )
    yield _response(part, acts)


def _response(part: Slice, acts: pl.DataFrame) -> Answer:
    """How many times as fast people leave for each doubling of the wait for the first reply to their first need.

    Followed from that reply on: whoever waits longer has, until then, not left. Source: Cox 1972; Wang 2017.
    """
    asked = part.log.needs.episodes.sort("opened_us").unique(["run", "owner"], keep="first", maintain_order=True)
    waited = asked.select("run", "opened_us", "replied_us", person="owner").drop_nulls("replied_us")
    answered = (
        _spells(acts, GAPS[0])
        .join(waited, on=["run", "person"])
        .filter(pl.coalesce("gone_us", "end_us") >= pl.col("replied_us"))
    )
    hours = ((answered["replied_us"] - answered["opened_us"]) / HOUR_US).to_numpy()
    days = answered.select((pl.coalesce("gone_us", "end_us") - pl.col("replied_us")) / DAY_US).to_series().to_numpy()
    slope = cox_slope(days, answered["gone_us"].is_not_null().to_numpy(), np.log2(1.0 + np.maximum(hours, 0.0)))
    if slope is None:
        reason = "too few people whose first need was answered left, or all waited alike"
        return Answer.none("E6.response", reason, answered.height)
    low, high = (float(np.exp(slope.value + sign * Z95 * slope.error)) for sign in (-1, 1))
    return Answer("E6.response", float(np.exp(slope.value)), answered.height, low, high)


def _stays(acts: pl.DataFrame, gap: int) -> tuple[Floats, NDArray[np.bool_]]:
    """Days from a person's first act to the last before a silence longer than `gap` days, and whether one came."""
    spells = _spells(acts, gap)
    days = (pl.coalesce("gone_us", "end_us") - pl.col("first_us")) / DAY_US
    stayed = spells.select(days.clip(lower_bound=0.0)).to_series().to_numpy().astype(np.float64)
    return stayed, spells["gone_us"].is_not_null().to_numpy()


def _spells(acts: pl.DataFrame, gap: int) -> pl.DataFrame:
    """Each person's first act, the last before a silence of over `gap` days (null: none), and the end of the log."""
    ordered = acts.sort("run", "person", "time")
    until = pl.col("time").shift(-1).over("run", "person").fill_null(pl.col("end_us"))
    silent = ordered.with_columns((until - pl.col("time") > gap * DAY_US).alias("silent"))
    return silent.group_by("run", "person", maintain_order=True).agg(
        pl.col("first_us").first(),
        pl.col("time").filter(pl.col("silent")).first().alias("gone_us"),
        pl.col("end_us").first(),
    )


def quiet(part: Slice) -> Iterator[Answer]:
    """E8: of the needs that a person's help met, the share in which the helper left no reply or offer in the log."""
    met = part.needs.filter((pl.col("exit") == Exit.CONFIRMED) & (pl.col("met_by").fill_null(-1) >= 0))
    helpers = part.log.people.select("run", pl.col("person").alias("met_by"))
    helped = met.join(helpers, on=["run", "met_by"], how="semi").select("run", "need", pl.col("met_by").alias("actor"))
    traces = part.log.frame.of(kinds.Replied, kinds.PersonMatched).select(
        "run", pl.col("subject").alias("need"), "actor"
    )
    n = helped.height
    silent = helped.join(traces.unique(), on=["run", "need", "actor"], how="anti").height
    yield (
        Answer.of("E8", wilson(silent, n), n)
        if n
        else Answer.none("E8", "no need was confirmed as met by a person in this window")
    )


def _mine(part: Slice, rows: pl.DataFrame) -> pl.DataFrame:
    if part.by is None:
        return rows
    return rows.join(part.people.select("run", "person"), on=["run", "person"], how="semi")
