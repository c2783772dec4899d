"""Approximate Bayesian computation: what parameters are likely, given summaries and many simulated pairs of both.

Runs are drawn once from the prior; those whose summaries come nearest are kept, and corrected by a local regression of
their mean and of their spread. The summaries are first condensed into one number a parameter, its regression on all of
them.

Sources: Beaumont, Zhang and Balding 2002, 10.1093/genetics/162.4.2025 (local correction); Blum and François 2010,
10.1007/s11222-009-9116-0 (a curved one, and of the spread); Fearnhead and Prangle 2012,
10.1111/j.1467-9868.2011.01010.x (condensed summaries).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coproduce.errors import InvalidInput
from coproduce.simulator.streams import BoolArray, FloatArray

#: Share of the runs that are kept, and the fewest.
KEPT, FEWEST = 0.5, 50
#: Fewer runs than this do not carry the regression.
MIN_RUNS = 60
#: Strength of the ridge, per run and standardised summary.
_RIDGE = 1e-2
N_FOLDS = 10
_EDGE = 1e-4
#: With fewer runs a column than this the local regression is a straight one and tells no scatter.
_RUNS_A_COLUMN = 30
#: Squared residuals below this count as this; and no scatter is taken for more than exp(4 / 2) times another.
_NO_SCATTER, _MOST_SCATTER = 1e-12, 4.0


@dataclass(frozen=True)
class Reference:
    """Pairs of parameters on the unit interval, float (runs, parameters), and summaries, float (runs, summaries)."""

    unit: FloatArray
    summaries: FloatArray

    def __post_init__(self) -> None:
        if self.unit.shape[0] != self.summaries.shape[0] or self.unit.shape[0] < MIN_RUNS:
            raise InvalidInput(
                given=f"{self.unit.shape[0]} simulated runs", expected=f"at least {MIN_RUNS}", next_step="Raise --runs."
            )


@dataclass(frozen=True)
class Posterior:
    """Weighted draws of the parameters on the unit interval, and which runs they came from.

    `unit`: float (draws, parameters); `weights` sum to 1; `kept`: the places of the runs in the reference.
    """

    unit: FloatArray
    weights: FloatArray
    kept: np.ndarray

    def quantiles(self, at: float | FloatArray) -> FloatArray:
        """Quantiles of each parameter, float (parameters, ...), on the unit interval."""
        return np.stack([weighted_quantile(column, self.weights, at) for column in self.unit.T])


class Fit:
    """What is learned once from a reference: which summaries to use, and how to condense them."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self.usable = _usable(reference.summaries)
        if not self.usable.any():
            raise InvalidInput(given="summaries that never change", expected="at least one that the parameters move")
        chosen = reference.summaries[:, self.usable]
        self._middle = np.nanmedian(chosen, axis=0)
        self._scale = np.nanstd(chosen, axis=0)
        self._target = _logit(reference.unit)
        x = self._design(reference.summaries)
        # Each run is condensed by a regression that has not seen it, and held against the log condensed by the same
        # one: else intervals are too short.
        self._fold = np.arange(len(x)) % N_FOLDS
        parts = [self._fold == k for k in range(N_FOLDS)]
        self._weights = np.stack([_ridge(x[~part], self._target[~part]) for part in parts])
        self._condensed = np.empty_like(self._target)
        for part, weights in zip(parts, self._weights, strict=True):
            self._condensed[part] = x[part] @ weights
        self._spread = np.maximum((self._target - self._condensed).std(axis=0), 1e-9)

    def _design(self, summaries: FloatArray) -> FloatArray:
        """Ones, standardised summaries and their squares; what is missing stands in the middle."""
        scaled = (summaries[:, self.usable] - self._middle) / self._scale
        z = np.clip(np.nan_to_num(scaled, nan=0.0, posinf=0.0, neginf=0.0), -6.0, 6.0)
        return np.column_stack([np.ones(len(z)), z, z**2])

    def posterior(self, observed: FloatArray) -> Posterior:
        """The parameters, given observed summaries, float (summaries,)."""
        aims = (self._design(observed[None]) @ self._weights)[:, 0]
        gap = (self._condensed - aims[self._fold]) / self._spread
        distance = np.sqrt((gap**2).sum(axis=1))
        n_kept = min(len(gap), max(FEWEST, int(KEPT * len(gap))))
        kept = np.argsort(distance, kind="stable")[:n_kept]
        reach = distance[kept[-1]] * (1 + 1e-9) + 1e-12
        weights = 1.0 - (distance[kept] / reach) ** 2
        x = np.column_stack([np.ones(n_kept), gap[kept]])
        curved = np.column_stack([x, gap[kept] ** 2])
        is_many = n_kept >= _RUNS_A_COLUMN * curved.shape[1]
        x = curved if is_many else x
        slopes = _local(x, self._target[kept], weights)
        residual = self._target[kept] - x @ slopes
        if is_many:
            # Runs elsewhere may scatter more or less than those at the log's own place: each takes the scatter there.
            scatter = _local(x, np.log(residual**2 + _NO_SCATTER), weights)
            residual *= np.exp(0.5 * np.clip(scatter[0] - x @ scatter, -_MOST_SCATTER, _MOST_SCATTER))
        # Residuals of a regression are smaller than its errors; the number of runs is that which the weights leave.
        n_left = weights.sum() ** 2 / (weights**2).sum()
        corrected = slopes[0] + residual * np.sqrt(n_left / max(n_left - x.shape[1], 1.0))
        return Posterior(1.0 / (1.0 + np.exp(-corrected)), weights / weights.sum(), kept)


def _local(x: FloatArray, y: FloatArray, weights: FloatArray) -> FloatArray:
    """Weighted least squares; the first row is what y is at the middle of x."""
    heavy = x * weights[:, None]
    return np.asarray(np.linalg.lstsq(heavy.T @ x, heavy.T @ y, rcond=None)[0], dtype=np.float64)


def _ridge(x: FloatArray, y: FloatArray) -> FloatArray:
    """Regression weights; the first column, of ones, is not held back."""
    penalty = _RIDGE * len(x) * np.eye(x.shape[1])
    penalty[0, 0] = 0.0
    return np.asarray(np.linalg.solve(x.T @ x + penalty, x.T @ y), dtype=np.float64)


def _usable(summaries: FloatArray) -> BoolArray:
    """Summaries that are there in nine runs of ten, and move."""
    there = np.isfinite(summaries).mean(axis=0) >= 0.9
    with np.errstate(invalid="ignore"):
        spread = np.array([np.nanstd(column) if ok else 0.0 for column, ok in zip(summaries.T, there, strict=True)])
    moving: BoolArray = there & (spread > 1e-12)
    return moving


def _logit(unit: FloatArray) -> FloatArray:
    inside = np.clip(unit, _EDGE, 1.0 - _EDGE)
    return np.log(inside / (1.0 - inside))


def weighted_quantile(values: FloatArray, weights: FloatArray, at: float | FloatArray) -> FloatArray:
    """Quantiles of weighted draws, by linear interpolation of the weighted distribution function at its middles.

    >>> float(weighted_quantile(np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0, 1.0]), 0.5))
    2.0
    """
    order = np.argsort(values, kind="stable")
    share = np.cumsum(weights[order]) - 0.5 * weights[order]
    return np.asarray(np.interp(at, share / weights.sum(), values[order]))
