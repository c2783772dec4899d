"""Numbers of a study with their intervals: replicates are resampled, whole and paired."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from coproduce import rng
from coproduce.simulator.streams import FloatArray

N_RESAMPLES = 1_000


@dataclass(frozen=True)
class Span:
    """A number with its 95 % interval; without one where there are too few replicates, or none that is finite."""

    value: float
    low: float | None = None
    high: float | None = None

    def includes(self, value: float) -> bool:
        """Whether the interval includes a value; without an interval, whether the number equals it."""
        if self.low is None or self.high is None:
            return self.value == value
        return self.low <= value <= self.high

    def said(self, form: str = "+.3g") -> str:
        """The number and its interval as people read it."""
        if self.low is None or self.high is None:
            return format(self.value, form)
        return f"{self.value:{form}} ({self.low:{form}} to {self.high:{form}})"

    def document(self) -> dict[str, float | None]:
        """The span as plain data; a number that is not finite is null."""
        known = {name: getattr(self, name) for name in ("value", "low", "high")}
        return {name: v if v is not None and np.isfinite(v) else None for name, v in known.items()}


def mean_span(each: FloatArray, seed: int, name: str) -> Span:
    """The mean of one number a replicate, with its interval.

    >>> mean_span(np.array([1.0, 2.0, 3.0]), 1, "example").value
    2.0
    """
    return span(each, lambda rows: rows.mean(axis=-1), seed, name)


def span(runs: FloatArray, statistic: Callable[[FloatArray], FloatArray], seed: int, name: str) -> Span:
    """A statistic of replicates with its 95 % percentile interval from resampling replicates.

    `runs` is float (..., replicates); the statistic takes (resamples, ..., replicates) and gives (resamples,).
    Source: Efron and Tibshirani 1993, An Introduction to the Bootstrap, section 13.3.
    """
    n = runs.shape[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(statistic(runs[None])[0])
        if n < 2:
            return Span(value)
        picks = rng.stream(seed, f"{name} bootstrap").integers(n, size=(N_RESAMPLES, n))
        drawn = np.moveaxis(runs[..., picks], -2, 0)
        found = statistic(drawn)
    usable = found[np.isfinite(found)]
    if not np.isfinite(value) or usable.size < N_RESAMPLES // 2:
        return Span(value)
    low, high = np.quantile(usable, [0.025, 0.975])
    return Span(value, float(low), float(high))
