"""What the analyst of a cluster trial would compute from outcomes by site."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coproduce.simulator.streams import BoolArray, FloatArray


@dataclass(frozen=True)
class Estimated:
    """An estimated effect with its standard error and 95 % interval."""

    value: float
    se: float
    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether the interval holds a value."""
        return self.low <= value <= self.high


def parallel_effect(after: FloatArray, before: FloatArray, treated: BoolArray) -> Estimated:
    """Treated against untreated sites, adjusted for their outcome before: least squares on site means, t interval.

    Arrays have one entry a site; sites without patients are left out.
    Source: analysis of covariance on cluster summaries, Hayes and Moulton 2017, Cluster Randomised Trials, chapter 10.
    """
    known = np.isfinite(after) & np.isfinite(before)
    x = np.column_stack([np.ones(known.sum()), treated[known], before[known] - before[known].mean()])
    y = after[known]
    left, inverse = _fitted(x, y)
    free = max(1, y.size - x.shape[1])
    se = float(np.sqrt((left**2).sum() / free * inverse[1, 1]))
    return _with_interval(float((inverse @ x.T @ y)[1]), se, free)


def stepped_effect(cells: FloatArray, treated: BoolArray) -> Estimated:
    """Treated against untreated cells with an effect of each site and each period, float (periods, sites).

    Least squares (Hussey and Hughes 2007, 10.1016/j.cct.2006.05.007); standard error robust to dependence within a site
    (Liang and Zeger 1986, 10.1093/biomet/73.1.13) with the factor G/(G - 1) and G - 1 degrees of freedom for G sites.
    """
    n_periods, n_sites = cells.shape
    period, site = (np.broadcast_to(places, cells.shape) for places in np.ogrid[:n_periods, :n_sites])
    known = np.isfinite(cells)
    dummies = [known & (period == p) for p in range(n_periods)] + [known & (site == s) for s in range(1, n_sites)]
    x = np.column_stack([treated[known], *(column[known] for column in dummies)]).astype(np.float64)
    y, owner = cells[known], site[known]
    left, inverse = _fitted(x, y)
    scores = np.stack([x[owner == s].T @ left[owner == s] for s in range(n_sites)])
    meat = scores.T @ scores * n_sites / (n_sites - 1)
    se = float(np.sqrt(max(0.0, (inverse @ meat @ inverse)[0, 0])))
    return _with_interval(float((inverse @ x.T @ y)[0]), se, n_sites - 1)


def _fitted(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Residuals, and the (pseudo-)inverse of X'X."""
    inverse = np.asarray(np.linalg.pinv(x.T @ x), dtype=np.float64)
    left = np.asarray(y - x @ (inverse @ x.T @ y), dtype=np.float64)
    return left, inverse


def _with_interval(value: float, se: float, free: int) -> Estimated:
    from scipy.stats import t

    half = float(t.ppf(0.975, free)) * se
    return Estimated(value, se, value - half, value + half)
