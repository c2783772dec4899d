"""Signals among many charts: how surprising each chart is, and which to look at so that few of those are noise."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from coproduce.errors import InvalidInput
from coproduce.statistics.control.chance import MOST_POINTS
from coproduce.statistics.control.rules import Flags, Floats
from coproduce.statistics.control.runs import joint_chances, run_statistics


def chart_p_values(values: Floats, centre: Floats, sigma: Floats) -> Floats:
    """How often noise alone would make a chart at least as odd, one number a row of the table.

    Four times the smallest of: the chance of a largest deviation as large, of a mean as far from the centre, of a
    longest run as long, of crossings as few; at most 1. For independent normal points around a centre and sigma known
    beforehand (a frozen baseline); where they come from the same points the mean tells nothing. NaN is a missing point.
    Runs are judged up to 200 useful points.
    Source: Šidák 1967, 10.1080/01621459.1967.10482935, for the largest; Bonferroni for the four.
    """
    from scipy.stats import binom, norm

    if values.ndim != 2:
        raise InvalidInput(given=f"a table of {values.ndim} dimensions", expected="charts down, points across")
    n = (~np.isnan(values)).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        z = np.nan_to_num((values - centre[:, None]) / sigma[:, None], posinf=np.inf, neginf=-np.inf)
        level = z.sum(axis=1) / np.sqrt(np.maximum(n, 1))
    tail = np.minimum(2 * norm.sf(np.abs(z).max(axis=1, initial=0.0)), 1 - 1e-16)
    largest = -np.expm1(n * np.log1p(-tail))
    found = run_statistics(values, np.broadcast_to(centre[:, None], values.shape))
    few = np.where(found.n_useful > 1, binom.cdf(found.n_crossings, found.n_useful - 1, 0.5), 1.0)
    long = np.ones(len(values))
    for size in np.unique(found.n_useful[(found.n_useful > 0) & (found.n_useful <= MOST_POINTS)]):
        these = found.n_useful == size
        long[these] = _as_long(int(size))[found.longest_run[these] - 1]
    each = np.array([np.where(n > 0, largest, 1.0), 2 * norm.sf(np.abs(level)), few, long])
    smallest: Floats = np.minimum(1.0, len(each) * np.nan_to_num(each, nan=1.0).min(axis=0))
    return smallest


@lru_cache(maxsize=256)
def _as_long(n: int) -> Floats:
    """The chance of a longest run of 1, 2, ... n points or more."""
    found: Floats = joint_chances(n).sum(axis=0)[::-1].cumsum()[::-1]
    return found


def discoveries(p_values: Floats, rate: float = 0.1) -> Flags:
    """The charts to look at, so that of those at most the share `rate` is noise on average.

    Holds for independent charts and for those that tend to go together.
    Raises InvalidInput when the rate is not between 0 and 1, or a p-value is not.
    Source: Benjamini and Hochberg 1995, 10.1111/j.2517-6161.1995.tb02031.x; Benjamini and Yekutieli 2001,
    10.1214/aos/1013699998, for charts that go together.

    >>> discoveries(np.array([0.001, 0.02, 0.5, 0.9])).tolist()
    [True, True, False, False]
    """
    from scipy.stats import false_discovery_control

    if not 0 < rate < 1:
        raise InvalidInput(given=f"a rate of {rate:g}", expected="a number between 0 and 1")
    if not ((p_values >= 0) & (p_values <= 1)).all():
        raise InvalidInput(given="a p-value that is no chance", expected="numbers from 0 to 1")
    if not p_values.size:
        return np.zeros(0, dtype=np.bool_)
    found: Flags = false_discovery_control(p_values) <= rate
    return found
