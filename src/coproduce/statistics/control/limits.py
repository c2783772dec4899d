"""Centre and limits of each kind of chart: one phase in, its fit out.

A fit holds `middle` and `sigma` of each point: a limit of k sigma is `middle` plus or minus k times `sigma`, held
between `floor` and `ceiling`. A point is left out of the fit when it is not in the baseline; a moving range next to a
missing value is missing too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from coproduce.statistics.control.rules import Flags, Floats

#: The mean range of two draws from a standard normal, as tabled and as 2 / sqrt(pi).
D2_TABLED, D2 = 1.128, 2 / np.sqrt(np.pi)
#: A moving range at or above this many times the mean one is screened out (Nelson 1982); D4 for ranges of two.
SCREEN = 3.267
#: Times between events raised to this power are nearly normal. Source: Nelson 1994, 10.1080/00224065.1994.11979514.
T_POWER = 1 / 3.6


@dataclass(frozen=True)
class Points:
    """The points of one phase: plotted `y`, counts or sums, denominators, subgroup sizes and standard deviations."""

    y: Floats
    total: Floats
    n: Floats
    size: Floats
    sd: Floats
    baseline: Flags


@dataclass(frozen=True)
class Estimator:
    """How sigma comes from moving ranges: `factor` times their mean is three sigma; screened or not."""

    factor: float = 3 / D2_TABLED
    screen: bool = False


@dataclass(frozen=True)
class Fit:
    """Plotted points, centre line, and what the limits stand on; all as long as the phase."""

    y: Floats
    centre: Floats
    middle: Floats
    sigma: Floats
    floor: float = -np.inf
    ceiling: float = np.inf

    def limit(self, k: float) -> Floats:
        """The limit of k sigma (negative: below); NaN where there is none."""
        found = self.middle + k * self.sigma
        return np.where(np.isfinite(found), np.clip(found, self.floor, self.ceiling), np.nan)


def _fit(points: Points, centre: float, sigma: Floats | float, **held: float) -> Fit:
    level = np.full_like(points.y, centre)
    return Fit(points.y, level, level, np.broadcast_to(np.asarray(sigma, dtype=np.float64), level.shape), **held)


def mean_range(ranges: Floats, *, screen: bool) -> float:
    """The mean moving range without the missing; screened, those at or above 3.267 times the mean are left out, once.

    Source: Nelson 1982, 10.1080/00224065.1982.11978811.
    """
    known = ranges[~np.isnan(ranges)]
    if not known.size:
        return float("nan")
    mean = float(known.mean())
    kept = known[known < SCREEN * mean] if screen else known
    return float(kept.mean()) if kept.size else mean


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")


def _pooled(points: Points) -> float:
    """Sum over sum of the baseline, over points that have both."""
    base = points.baseline & ~np.isnan(points.total) & ~np.isnan(points.n)
    whole = float(points.n[base].sum())
    return float(points.total[base].sum()) / whole if whole > 0 else float("nan")


def run(points: Points, _: Estimator) -> Fit:
    """The median of the baseline, without limits. Source: Perla and others 2011, 10.1136/bmjqs.2009.037895."""
    known = points.y[points.baseline & ~np.isnan(points.y)]
    return _fit(points, float(np.median(known)) if known.size else np.nan, np.nan)


def individuals(points: Points, estimator: Estimator) -> Fit:
    """Single values: mean, and moving ranges between neighbours in the baseline. Source: Montgomery 2013, 6.4."""
    base = points.y[points.baseline]
    usual = mean_range(np.abs(np.diff(base)), screen=estimator.screen)
    return _fit(points, _mean(base), estimator.factor / 3 * usual)


def moving_range(points: Points, _: Estimator) -> Fit:
    """Moving ranges: mean, upper limit 3.267 times the mean, lower 0. Source: Montgomery 2013, 6.4."""
    ranges = np.concatenate([[np.nan], np.abs(np.diff(points.y))])
    mean = _mean(ranges[points.baseline])
    level = np.full_like(ranges, mean)
    return Fit(ranges, level, np.zeros_like(level), level * SCREEN / 3, floor=0.0)


def subgroup_mean(points: Points, _: Estimator) -> Fit:
    """Means of subgroups: grand mean, limits by A3 of each size. Source: Montgomery 2013, equations 6.28 to 6.31."""
    base = points.baseline & (points.size > 0)
    sizes = points.size[base]
    centre = float((sizes * points.y[base]).sum() / sizes.sum()) if sizes.size else np.nan
    size = np.where(points.size > 1, points.size, np.nan)
    return _fit(points, centre, _within(points) / (c4(size) * np.sqrt(size)))


def subgroup_sd(points: Points, _: Estimator) -> Fit:
    """Standard deviations of subgroups, limits by B3 and B4 of each size. Source: Montgomery 2013, 6.3."""
    size = np.where(points.size > 1, points.size, np.nan)
    centre = _within(points)
    level = np.full_like(points.sd, centre)
    return Fit(points.sd, level, level, centre * np.sqrt(1 - c4(size) ** 2) / c4(size), floor=0.0)


def _within(points: Points) -> float:
    """The standard deviation within subgroups: the mean where all have one size, otherwise pooled.

    An empty subgroup takes one degree of freedom away: so qicharts2 0.8.1 has it, and we keep to its limits.
    """
    base = points.baseline
    if len(np.unique(points.size)) == 1:
        return _mean(points.sd[base])
    free, sd = points.size[base] - 1, points.sd[base]
    squares = float(np.nansum(free * sd**2))
    return float(np.sqrt(squares / free.sum())) if free.sum() > 0 else float("nan")


def c4(size: Floats) -> Floats:
    """What the standard deviation of so many normal values is on average, as a share of the true one.

    Source: Montgomery 2013, Introduction to Statistical Quality Control, appendix VI.

    >>> [round(float(c), 4) for c in c4(np.array([2.0, 5.0, 25.0]))]
    [0.7979, 0.94, 0.9896]
    """
    from scipy.special import gammaln

    found: Floats = np.sqrt(2 / (size - 1)) * np.exp(gammaln(size / 2) - gammaln((size - 1) / 2))
    return found


def proportion(points: Points, _: Estimator) -> Fit:
    """The p chart. Source: Montgomery 2013, 7.2."""
    centre = _pooled(points)
    return _fit(points, centre, np.sqrt(centre * (1 - centre) / points.n), floor=0.0, ceiling=1.0)


def proportion_prime(points: Points, estimator: Estimator) -> Fit:
    """The p' chart: p, with the variation between points. Source: Laney 2002, 10.1081/QEN-120006555."""
    return _prime(points, proportion(points, estimator), estimator)


def count(points: Points, _: Estimator) -> Fit:
    """The c chart. Source: Montgomery 2013, equation 7.17."""
    centre = _mean(points.y[points.baseline])
    return _fit(points, centre, np.sqrt(centre), floor=0.0)


def rate(points: Points, _: Estimator) -> Fit:
    """The u chart. Source: Montgomery 2013, equation 7.19."""
    centre = _pooled(points)
    return _fit(points, centre, np.sqrt(centre / points.n), floor=0.0)


def rate_prime(points: Points, estimator: Estimator) -> Fit:
    """The u' chart: u, with the variation between points. Source: Laney 2002, 10.1081/QEN-120006555."""
    return _prime(points, rate(points, estimator), estimator)


def _prime(points: Points, plain: Fit, estimator: Estimator) -> Fit:
    base = points.baseline
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (points.y[base] - plain.centre[base]) / plain.sigma[base]
    between = mean_range(np.abs(np.diff(z)), screen=estimator.screen) / D2_TABLED
    return Fit(plain.y, plain.centre, plain.middle, plain.sigma * between, plain.floor, plain.ceiling)


def cases_between(points: Points, _: Estimator) -> Fit:
    """The g chart of cases between events: the median as centre, limits from the mean as qicharts2 has them.

    Source: Benneyan 2001, 10.1023/A:1011846412909; Montgomery 2013, 7.3.2.
    """
    base = points.y[points.baseline]
    mean, known = _mean(base), base[~np.isnan(base)]
    level = np.full_like(points.y, mean)
    centre = np.full_like(points.y, float(np.median(known)) if known.size else np.nan)
    return Fit(points.y, centre, level, np.sqrt(level * (level + 1)), floor=0.0)


def time_between(points: Points, estimator: Estimator) -> Fit:
    """The t chart of times between events, on the scale on which they are nearly normal: times to the 1 / 3.6."""
    raised = Points(points.y**T_POWER, points.total, points.n, points.size, points.sd, points.baseline)
    return individuals(raised, estimator)


#: What each chart is fitted with.
FITS: Final[dict[str, Callable[[Points, Estimator], Fit]]] = {
    "run": run,
    "i": individuals,
    "mr": moving_range,
    "xbar": subgroup_mean,
    "s": subgroup_sd,
    "t": time_between,
    "p": proportion,
    "pp": proportion_prime,
    "c": count,
    "u": rate,
    "up": rate_prime,
    "g": cases_between,
}
