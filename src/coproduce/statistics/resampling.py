"""The actor-level bootstrap, for statistics that are functions of sums over people."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from coproduce import rng
from coproduce.statistics.intervals import Estimate

Floats = NDArray[np.float64]

#: Above this number, people are put into this many groups at random and groups are resampled.
MOST_GROUPS = 2_000


def bootstrap(
    sums: Floats, statistic: Callable[[Floats], Floats], *, seed: int, name: str, repeats: int = 1_000
) -> Estimate | None:
    """A statistic of column totals, with a 95 % percentile interval from resampling people with replacement.

    `sums`: one row a person, one column a total; `statistic` takes totals of shape (m, columns) and gives m values.
    People, not events, are resampled, since one person's events hang together. Beyond MOST_GROUPS people, random
    groups of people are resampled, so that the cost does not grow with the network (Wolter 2007, Introduction to
    Variance Estimation, chapter 2). None when the statistic is not finite. The same seed and name give the same ends.
    Source: Efron and Tibshirani 1993, An Introduction to the Bootstrap, section 13.3.
    """
    rows = np.asarray(sums, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(statistic(rows.sum(axis=0, keepdims=True))[0]) if rows.size else float("nan")
        if not np.isfinite(value):
            return None
        draws = rng.stream(seed, f"bootstrap {name}")
        grouped = _grouped(rows, draws)
        counts = draws.multinomial(len(grouped), np.full(len(grouped), 1 / len(grouped)), size=repeats)
        found = statistic(counts @ grouped)
    found = found[np.isfinite(found)]
    if len(grouped) < 2 or found.size < repeats // 2:
        return Estimate(value)
    low, high = np.quantile(found, [0.025, 0.975])
    return Estimate(value, float(low), float(high))


def _grouped(rows: Floats, draws: np.random.Generator) -> Floats:
    if len(rows) <= MOST_GROUPS:
        return rows
    group = draws.permutation(len(rows)) % MOST_GROUPS
    columns = [np.bincount(group, weights=column, minlength=MOST_GROUPS) for column in rows.T]
    return np.stack(columns, axis=1)
