"""The actor-level bootstrap, for statistics that are functions of sums over people."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from coproduce import rng
from coproduce.statistics.intervals import Estimate

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]

#: Above this number, people are put into this many groups at random and groups are resampled.
MOST_GROUPS = 2_000


def bootstrap(
    sums: Floats, statistics: Mapping[str, Statistic], *, seed: int, name: str, repeats: int = 1_000
) -> dict[str, Estimate | None]:
    """Statistics of column totals, each with a 95 % percentile interval from resampling people with replacement.

    `sums`: one row a person, one column a total; a statistic takes totals of shape (m, columns) and gives m values.
    People, not events, are resampled, since one person's events hang together; all statistics share the draws.
    Beyond MOST_GROUPS people, random groups of people are resampled, so that the cost does not grow with the network
    (Wolter 2007, Introduction to Variance Estimation, chapter 2). None where a statistic is not finite. The same seed
    and name give the same ends.
    Source: Efron and Tibshirani 1993, An Introduction to the Bootstrap, section 13.3.
    """
    rows = np.asarray(sums, dtype=np.float64)
    if rows.shape[0] == 0:
        return dict.fromkeys(statistics)
    draws = rng.stream(seed, f"bootstrap {name}")
    grouped = _grouped(rows, draws)
    counts = draws.multinomial(len(grouped), np.full(len(grouped), 1 / len(grouped)), size=repeats)
    total, totals = rows.sum(axis=0, keepdims=True), counts @ grouped
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            key: _estimate(float(statistic(total)[0]), statistic(totals), len(grouped))
            for key, statistic in statistics.items()
        }


def _estimate(value: float, found: Floats, n_groups: int) -> Estimate | None:
    if not np.isfinite(value):
        return None
    usable = found[np.isfinite(found)]
    if n_groups < 2 or usable.size < found.size // 2:
        return Estimate(value)
    low, high = np.quantile(usable, [0.025, 0.975])
    return Estimate(value, float(low), float(high))


def _grouped(rows: Floats, draws: np.random.Generator) -> Floats:
    if len(rows) <= MOST_GROUPS:
        return rows
    group = draws.permutation(len(rows)) % MOST_GROUPS
    columns = [np.bincount(group, weights=column, minlength=MOST_GROUPS) for column in rows.T]
    return np.stack(columns, axis=1)
