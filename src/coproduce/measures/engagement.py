"""E1, E2 and E7: levels of engagement, how people climb them, and how newcomers are welcomed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from coproduce.clock import DAY_US
from coproduce.events import kinds
from coproduce.measures.acts import Level
from coproduce.measures.measurement import Answer
from coproduce.measures.study import Slice
from coproduce.statistics.intervals import wilson
from coproduce.statistics.resampling import ratio
from coproduce.statistics.survival import kaplan_meier

STEP_DAYS = 90
#: Ten years: one wrong clock in the far past must not make thousands of empty steps.
MOST_STEPS = 40
NO_PEOPLE = "nobody was a member in this window"


def levels(part: Slice) -> pl.DataFrame:
    """E1 for each person of the slice: run, person, level, the highest shown in the window (0 without a trace)."""
    return _levels_between(part, part.start, part.end)


def level_counts(part: Slice) -> Iterator[Answer]:
    """E1: how many people are at each level in the window."""
    found, n = levels(part)["level"], part.people.height
    owned = part.log.frame.of(kinds.OwnerAssigned, kinds.TeamStarted).height
    for level in Level:
        name, count = f"E1.{level.value}", int((found == level).sum())
        if n == 0:
            yield Answer(name, 0.0, 0, note=NO_PEOPLE)
            continue
        share = wilson(count, n)
        note = "the log names no owner of anything" if level == Level.OWNER and not owned else None
        yield Answer(name, float(count), n, n * (share.low or 0.0), n * (share.high or 0.0), note=note)


def level_shares(part: Slice) -> Iterator[Answer]:
    """E2, first part: the share of people at each level."""
    found, n = levels(part)["level"], part.people.height
    for level in Level:
        name = f"E2.share.{level.value}"
        count = int((found == level).sum())
        yield Answer.of(name, wilson(count, n), n) if n else Answer.none(name, NO_PEOPLE)


def transitions(part: Slice) -> Iterator[Answer]:
    """E2, second part: P_ij over steps of 90 days ending with the window, and the climb rate."""
    pairs = _pairs(part)
    counts = np.zeros((5, 5), dtype=np.int64)
    for i, j, k in pairs.group_by("level", "next").len().iter_rows():
        counts[i, j] = k
    short = f"two whole steps of {STEP_DAYS} days with the same people are needed"
    for i in range(5):
        n = int(counts[i].sum())
        for j in range(5):
            name = f"E2.P.{i}.{j}"
            reason = short if pairs.is_empty() else f"nobody was at level {i} when a step began"
            yield Answer.of(name, wilson(counts[i, j], n), n) if n else Answer.none(name, reason)
    if pairs.is_empty():
        yield Answer.none("E2.climb", short)
        return
    climbs = (pl.col("next") > pl.col("level")).cast(pl.Float64)
    sums = pairs.group_by("run", "person", maintain_order=True).agg(climbs.sum().alias("up"), pl.len().alias("n"))
    sums = sums.sort("run", "person")
    totals = sums.select("up", "n").to_numpy().astype(np.float64)
    yield Answer.of("E2.climb", ratio(totals, seed=part.seed, name="E2.climb"), pairs.height)


def first_contribution(part: Slice) -> Iterator[Answer]:
    """E2, third part: days from joining to the first contribution (level 3), by Kaplan-Meier."""
    joined = part.people.filter(pl.col("joined") & (pl.col("first_us") >= part.start))
    rows = joined.join(part.log.first_contributions, on=["run", "person"], how="left").join(
        part.log.ends, on="run", how="left"
    )
    until = pl.min_horizontal("act_us", "left_us", "end_us")
    days = ((until - pl.col("first_us")) / DAY_US).clip(lower_bound=0.0)
    done = pl.col("act_us").is_not_null() & (pl.col("act_us") <= until)
    curve = kaplan_meier(rows.select(days).to_series().to_numpy(), rows.select(done).to_series().to_numpy())
    if curve.n == 0:
        for name in ("E2.first.median", "E2.first.F90d"):
            yield Answer.none(name, "nobody joined in this window")
        return
    middle, share = curve.quantile(0.5), curve.at(90.0)
    yield (
        Answer.of("E2.first.median", middle, curve.n)
        if middle
        else Answer.none("E2.first.median", "fewer than half have contributed so far", curve.n)
    )
    yield (
        Answer.of("E2.first.F90d", share, curve.n)
        if share
        else Answer.none("E2.first.F90d", "not yet known: nobody was followed for 90 days", curve.n)
    )


def _levels_between(part: Slice, start: int, end: int) -> pl.DataFrame:
    highest = part.log.levels(start, end)
    people = part.people.select("run", "person", "first_us", "left_us")
    return people.join(highest, on=["run", "person"], how="left").with_columns(pl.col("level").fill_null(0))


def _pairs(part: Slice) -> pl.DataFrame:
    """Level in a step and in the next one, for those who were members through both."""
    end, step = min(part.end, part.log.at + 1), STEP_DAYS * DAY_US
    first = max(part.start, part.log.first_us, end - MOST_STEPS * step)
    edges = list(range(end, first - 1, -step))[::-1]
    frames = []
    for a, b, c in zip(edges, edges[1:], edges[2:], strict=False):
        here = (pl.col("first_us") < b) & (pl.col("left_us").is_null() | (pl.col("left_us") >= c))
        now = _levels_between(part, a, b).filter(here).select("run", "person", "level")
        after = _levels_between(part, b, c).select("run", "person", pl.col("level").alias("next"))
        frames.append(now.join(after, on=["run", "person"]))
    empty = pl.DataFrame(schema={"run": pl.Int32, "person": pl.Int64, "level": pl.UInt8, "next": pl.UInt8})
    return pl.concat([empty, *frames])
