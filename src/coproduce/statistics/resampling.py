"""The actor-level bootstrap, for statistics that are functions of sums over people, and for any other of one's rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from coproduce import rng
from coproduce.errors import InvalidInput
from coproduce.statistics.intervals import Estimate

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]

#: Above this number, people are put into this many groups at random and groups are resampled.
MOST_GROUPS = 2_000
#: Draws of a statistic that is no function of sums: fewer where a draw takes longer.
_REPEATS, _REPEATS_MANY = 1_000, 200


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


def ratio(sums: Floats, *, seed: int, name: str) -> Estimate:
    """The total of the first column over that of the second, one row a person, with the interval of `bootstrap`.

    Raises InvalidInput where the second total is 0.
    """
    found = bootstrap(sums, {name: lambda totals: totals[:, 0] / totals[:, 1]}, seed=seed, name=name)[name]
    if found is None:
        raise InvalidInput(given="a total of 0 to divide by", expected="one above it")
    return found


def resampled(
    rows: Floats, form: Callable[[Floats], float | None], *, seed: int, name: str, extensive: bool = False
) -> Estimate:
    """A statistic of rows, one for each person or thing, with a percentile interval from drawing them with replacement.

    Beyond 2,000 rows, 2,000 are drawn each time and the interval is narrowed by the square root of the ratio (the m out
    of n bootstrap, Bickel, Götze and van Zwet 1997, Statistica Sinica 7:1-31). `extensive`: the statistic grows with
    the number of rows. Raises InvalidInput where it has no value.
    """
    value = form(rows)
    if value is None:
        raise InvalidInput(given="rows without such a number", expected="rows that have one")
    if len(rows) < 2:
        return Estimate(float(value))
    m = min(len(rows), MOST_GROUPS)
    draws = rng.stream(seed, f"bootstrap {name}").integers(0, len(rows), (_REPEATS if m < 500 else _REPEATS_MANY, m))
    told = [form(rows[row]) for row in draws]
    found = np.array([one for one in told if one is not None], dtype=np.float64) * (len(rows) / m if extensive else 1.0)
    if found.size < draws.shape[0] // 2:
        return Estimate(float(value))
    low, middle, high = (float(end) for end in np.quantile(found, [0.025, 0.5, 0.975]))
    shrink = float(np.sqrt(m / len(rows)))
    return Estimate(float(value), float(value) + (low - middle) * shrink, float(value) + (high - middle) * shrink)


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
