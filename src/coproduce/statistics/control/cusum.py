"""The tabular cumulative sum: small shifts of a level, found by adding up what lies beyond an allowance.

Source: Montgomery 2013, Introduction to Statistical Quality Control, 9.1; Page 1954, 10.1093/biomet/41.1-2.100.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coproduce.errors import InvalidInput
from coproduce.statistics.control.rules import Counts, Flags, Floats


@dataclass(frozen=True, slots=True)
class CusumDesign:
    """The allowance and the decision interval, in sigma; half the shift to be found, and 4 or 5, are usual."""

    allowance: float = 0.5
    interval: float = 5.0

    def __post_init__(self) -> None:
        if not (self.allowance >= 0 and 0 < self.interval < np.inf):
            raise InvalidInput(
                given=f"an allowance of {self.allowance:g} and an interval of {self.interval:g}",
                expected="an allowance of 0 or more and an interval above 0",
            )


@dataclass(frozen=True)
class Cusum:
    """The two sums along the last axis, in the unit of the values, and the points at which either signals.

    `since` counts for each point how long its upper (positive) or lower (negative) sum has been above 0, whichever is
    the longer: at a signal, the change began so many points before.
    """

    high: Floats
    low: Floats
    limit: Floats
    signal: Flags
    since: Counts


def cusum(values: Floats, target: Floats | float, sigma: Floats | float, design: CusumDesign | None = None) -> Cusum:
    """The sums of one series or of many at once; NaN leaves the sums as they are.

    >>> found = cusum(np.array([10.0, 11.0, 12.0, 13.0, 14.0]), 10.0, 1.0, CusumDesign(0.5, 5.0))
    >>> found.high.tolist(), found.signal.tolist()
    ([0.0, 0.5, 2.0, 4.5, 8.0], [False, False, False, False, True])
    """
    design = design or CusumDesign()
    level, unit = np.asarray(target, dtype=np.float64), np.asarray(sigma, dtype=np.float64)
    high, low = np.zeros_like(values), np.zeros_like(values)
    above, below = np.zeros(values.shape, dtype=np.int32), np.zeros(values.shape, dtype=np.int32)
    up, down = np.zeros(values.shape[:-1]), np.zeros(values.shape[:-1])
    n_up, n_down = np.zeros(up.shape, dtype=np.int32), np.zeros(up.shape, dtype=np.int32)
    for t in range(values.shape[-1]):
        step = np.nan_to_num(values[..., t] - level)
        gap = np.isnan(values[..., t])
        up = np.where(gap, up, np.maximum(0, up + step - design.allowance * unit))
        down = np.where(gap, down, np.maximum(0, down - step - design.allowance * unit))
        n_up, n_down = np.where(up > 0, n_up + 1, 0), np.where(down > 0, n_down + 1, 0)
        high[..., t], low[..., t], above[..., t], below[..., t] = up, down, n_up, n_down
    limit = np.broadcast_to((design.interval * unit)[..., None], values.shape)
    since = np.where(above >= below, above, -below).astype(np.int32)
    return Cusum(high, low, limit, (high > limit) | (low > limit), since)
