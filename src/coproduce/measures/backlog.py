"""N6, the backlog law: open needs, arrivals and the time a need stays open must agree (Little's law)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coproduce.measures.measurement import Answer
from coproduce.measures.needs import DAY, Exit
from coproduce.measures.study import Slice
from coproduce.statistics.resampling import bootstrap

_STABLE = 0.10


def backlog(part: Slice) -> Iterator[Answer]:
    """N6: mean number of open needs Lq, arrivals a day, mean days open W, and how far Lq / (rate x W) is from 1.

    Lq is the time-average over the window; W the mean over needs closed in the window, from when they were opened.
    """
    seen = _overlapping(part)
    length = (min(part.end, part.log.at + 1) - part.start) / DAY
    if seen.is_empty() or length <= 0:
        for name in ("N6", "N6.open", "N6.arrivals", "N6.days_open"):
            yield Answer.none(name, "no need was open in this window")
        return
    totals = _by_person(seen)
    arrived, closed = float(seen["arrived"].sum()), float(seen["closed"].sum())
    n_runs = seen["run"].n_unique()

    found = bootstrap(
        totals,
        {
            "N6.open": lambda t: t[:, 0] / length / n_runs,
            "N6.arrivals": lambda t: t[:, 1] / length / n_runs,
            "N6.days_open": lambda t: t[:, 3] / t[:, 2],
            "N6": _little,
        },
        seed=part.seed,
        name="N6",
    )
    counts = {"N6.open": seen.height, "N6.arrivals": int(arrived), "N6.days_open": int(closed), "N6": int(arrived)}
    for name, estimate in found.items():
        note = _drift(seen, arrived) if name == "N6" else None
        if estimate is None:
            yield Answer.none(name, "no need was opened or none closed in this window", counts[name])
        else:
            yield Answer.of(name, estimate, counts[name], note=note)


def _drift(seen: pl.DataFrame, arrived: float) -> str | None:
    """Why Little's law need not hold here: open needs grew or fell by more than a tenth of the arrivals."""
    at_start, at_end = (seen.filter(pl.col(c)).height for c in ("open_at_start", "open_at_end"))
    if abs(at_end - at_start) <= _STABLE * max(arrived, 1):
        return None
    return f"the window is not stable: open needs went from {at_start} to {at_end}"


def _by_person(seen: pl.DataFrame) -> NDArray[np.float64]:
    """Totals for each person, summed in a fixed order, so that the same log gives the same last digit."""
    ordered = seen.sort("run", "owner", "need", "opened_us")
    person = ordered.select(pl.struct("run", "owner").rle_id()).to_series().to_numpy()
    columns = ("inside_days", "arrived", "closed", "age_days")
    return np.stack([np.bincount(person, weights=ordered[column].to_numpy()) for column in columns], axis=1)


def _little(totals: NDArray[np.float64]) -> NDArray[np.float64]:
    result: NDArray[np.float64] = totals[:, 0] * totals[:, 2] / (totals[:, 1] * totals[:, 3]) - 1
    return result


def _overlapping(part: Slice) -> pl.DataFrame:
    """Episodes open at any time of the window, whenever they began, with their share of it in days."""
    start, end = part.start, min(part.end, part.log.at + 1)
    episodes = part.only_group(part.log.needs.episodes)
    until = pl.coalesce("closed_us", pl.lit(end, dtype=pl.Int64))
    touching = episodes.filter((pl.col("opened_us") < end) & (until >= start))
    closed = (pl.col("exit") != Exit.OPEN) & pl.col("closed_us").is_between(start, end, closed="left")
    inside = pl.min_horizontal(until, pl.lit(end)) - pl.max_horizontal("opened_us", pl.lit(start))
    return touching.select(
        "run",
        "owner",
        "need",
        "opened_us",
        (inside.clip(lower_bound=0) / DAY).alias("inside_days"),
        pl.col("opened_us").is_between(start, end, closed="left").cast(pl.Float64).alias("arrived"),
        closed.cast(pl.Float64).alias("closed"),
        pl.when(closed).then((pl.col("closed_us") - pl.col("opened_us")) / DAY).otherwise(0.0).alias("age_days"),
        (pl.col("opened_us") < start).alias("open_at_start"),
        (pl.col("closed_us").is_null() | (pl.col("closed_us") >= end)).alias("open_at_end"),
    )
