"""Whether two engines give the same distribution of every number at every tick."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

#: Chance that two engines that do agree are told apart anywhere, over all numbers and ticks of one comparison.
FAMILY = 0.01

Runs = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Agreement:
    """The largest difference between two engines, and what chance alone may do."""

    n_compared: int
    largest: float
    limit: float
    tick: int
    column: int

    @property
    def holds(self) -> bool:
        """Whether no difference is beyond the limit."""
        return self.largest <= self.limit


def agreement(ours: Runs, theirs: Runs, *, variances: bool = True) -> Agreement:
    """Compares means, and variances, of runs (replicates, ticks, columns), family-wise at FAMILY.

    Each mean by Welch's statistic and each variance by that of the squared deviations, both normal in large samples;
    Bonferroni over all of them. What never varies in either must be equal.
    """
    statistics = _welch(ours, theirs)[None]
    if variances:
        statistics = np.concatenate([statistics, _welch(_squares(ours), _squares(theirs))[None]])
    limit = float(norm.isf(FAMILY / 2 / statistics.size))
    _, tick, column = np.unravel_index(int(statistics.argmax()), statistics.shape)
    return Agreement(statistics.size, float(statistics.max()), limit, int(tick) + 1, int(column))


def _squares(runs: Runs) -> Runs:
    squares: Runs = (runs - runs.mean(axis=0)) ** 2
    return squares


def _welch(one: Runs, other: Runs) -> Runs:
    gap = np.abs(one.mean(axis=0) - other.mean(axis=0))
    error = np.sqrt(one.var(axis=0, ddof=1) / len(one) + other.var(axis=0, ddof=1) / len(other))
    same = gap <= 1e-9 * np.maximum(1.0, np.abs(other.mean(axis=0)))
    statistic: Runs = np.divide(gap, error, out=np.where(same, 0.0, np.inf), where=error > 1e-12)
    return statistic
