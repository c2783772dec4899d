"""What one number does to the rate of an event: the proportional hazards model of Cox with one covariate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coproduce.errors import InvalidInput

Floats = NDArray[np.float64]

_MOST_STEPS = 50
_CLOSE = 1e-10
#: A slope beyond this many units of the covariate's spread has no end: the events are separated by it.
_ENDLESS = 20.0


@dataclass(frozen=True, slots=True)
class Slope:
    """The log of the ratio of hazards for one more of the covariate, and its standard error."""

    value: float
    error: float


def cox_slope(durations: ArrayLike, observed: ArrayLike, covariate: ArrayLike) -> Slope | None:
    """The slope that maximises the partial likelihood, with ties after Efron.

    `durations`, `observed` (whether the event came, else censored) and `covariate` are (n,). None where the data hold
    no finite slope: no event, a covariate that does not vary among those at risk, or events that it separates.
    Raises InvalidInput for lengths that differ, a negative or unknown duration, a covariate that is not finite.
    Source: Cox 1972, 10.1111/j.2517-6161.1972.tb00899.x; Efron 1977, 10.1080/01621459.1977.10480613.

    >>> slope = cox_slope([1, 2, 3, 4, 5, 6], [True] * 6, [3, 1, 2, 2, 0, 1])
    >>> round(slope.value, 3)
    0.996
    """
    t, event, x = (np.asarray(column, dtype=np.float64) for column in (durations, observed, covariate))
    if not t.shape == event.shape == x.shape or t.ndim != 1:
        raise InvalidInput(given="columns of different lengths", expected="a duration, an event and a covariate each")
    if not (np.isfinite(x).all() and np.isfinite(t).all() and (t >= 0).all()):
        raise InvalidInput(given="a duration or covariate that is no number", expected="numbers, durations not below 0")
    spread = float(x.std()) if x.size else 0.0
    if spread == 0.0 or not event.any():
        return None
    order = np.argsort(-t, kind="stable")
    ties = _ties(t[order], event[order] > 0)
    return _newton((x[order] - x.mean()) / spread, ties, spread)


def _ties(t: Floats, event: NDArray[np.bool_]) -> list[tuple[int, NDArray[np.int64]]]:
    """For each time with events, from the last: how many were at risk (the first rows), and the rows of its events."""
    times = np.unique(t[event])[::-1]
    at_risk = np.searchsorted(-t, -times, side="right")
    return [(int(n), np.flatnonzero(event & (t == time))) for n, time in zip(at_risk, times, strict=True)]


def _newton(x: Floats, ties: list[tuple[int, NDArray[np.int64]]], spread: float) -> Slope | None:
    slope = 0.0
    for _step in range(_MOST_STEPS):
        score, information = _derivatives(slope, x, ties)
        if information <= _CLOSE:
            return None
        step = score / information
        slope += float(np.clip(step, -2.0, 2.0))
        if abs(slope) > _ENDLESS:
            return None
        if abs(step) < _CLOSE:
            return Slope(slope / spread, 1.0 / (np.sqrt(information) * spread))
    return None


def _derivatives(slope: float, x: Floats, ties: list[tuple[int, NDArray[np.int64]]]) -> tuple[float, float]:
    """First derivative of the log partial likelihood and minus the second."""
    weight = np.exp(slope * x)
    moments = np.stack([weight, weight * x, weight * x * x])
    summed = moments.cumsum(axis=1)
    score = information = 0.0
    for n, rows in ties:
        share = np.arange(rows.size) / rows.size  # Efron: each tied event leaves with a share of the others gone
        zero, first, second = summed[:, n - 1, None] - moments[:, rows].sum(axis=1)[:, None] * share
        mean = first / zero
        score += float(x[rows].sum() - mean.sum())
        information += float((second / zero - mean * mean).sum())
    return score, information
