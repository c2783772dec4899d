"""Time to an event with censoring and competing exits: Aalen-Johansen curves; Kaplan-Meier is the one-exit case."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coproduce.errors import InvalidInput
from coproduce.statistics.intervals import Z95, Estimate, wilson

Floats = NDArray[np.float64]

#: The cause code of a duration that was still running when observation ended.
CENSORED = 0


@dataclass(frozen=True)
class Incidence:
    """A cumulative incidence F(t): the share that has had the event by t, as a right-continuous step curve.

    `times` are the distinct durations, ascending; `share`, `low`, `high` (pointwise 95 %) and `variance` hold from
    that duration on; `at_risk` is the number still waiting just before it. `n` counts durations, `last` is the
    longest one, and `settled` says that nobody was still waiting at the end, so that F is known from there on.
    """

    times: Floats
    share: Floats
    variance: Floats
    low: Floats
    high: Floats
    at_risk: Floats
    n: int
    last: float
    settled: bool

    def at(self, time: float) -> Estimate | None:
        """F(time) with its interval; None when nobody was followed for that long, so that it is not identified."""
        if self.n == 0 or (time > self.last and not self.settled):
            return None
        index = int(np.searchsorted(self.times, time, side="right")) - 1
        if index < 0:
            return Estimate(0.0, 0.0, wilson(0, self.n).high)
        return Estimate(float(self.share[index]), float(self.low[index]), float(self.high[index]))

    def quantile(self, share: float) -> Estimate | None:
        """The first time at which F reaches `share` (0.5 gives the median); None when F never does.

        The interval inverts the pointwise bands of F (Brookmeyer and Crowley 1982, 10.2307/2530286); its upper end
        is None when the lower band never reaches the share.
        """
        value = _first(self.times, self.share >= share - 1e-12)
        if value is None:
            return None
        return Estimate(value, _first(self.times, self.high >= share), _first(self.times, self.low >= share))


def aalen_johansen(durations: ArrayLike, causes: ArrayLike, *, cause: int = 1) -> Incidence:
    """The cumulative incidence of one cause among competing ones, F_k(t) = sum over t_i <= t of S(t_i-) d_ki / n_i.

    `durations`: non-negative, any one unit; `causes`: 0 where the wait was cut by the end of observation, otherwise
    the code of the exit. At tied times exits come before censorings.
    Raises InvalidInput when lengths differ or a duration is negative or not a number.
    Source: Aalen and Johansen 1978, Scand J Statist 5:141-150; variance by the delta method (Dinse and Larson
    1986, Biometrika 73:379-386; Choudhury 2002, Stat Med 21:1129-1144); interval on the log(-log(1 - F)) scale, which
    becomes the usual log-log interval of Kaplan-Meier when there is one cause. Where F is 0 or 1 the
    variance is 0 and Wilson's interval on those still at risk is given instead.
    """
    waits, codes = _checked(durations, causes)
    if waits.size == 0:
        none = np.empty(0)
        return Incidence(none, none, none, none, none, none, 0, 0.0, False)
    times, place = np.unique(waits, return_inverse=True)
    n_all = np.bincount(place, minlength=times.size).astype(np.float64)
    d_all, d_one = (
        np.bincount(place, weights=flags, minlength=times.size).astype(np.float64)
        for flags in (codes != CENSORED, codes == cause)
    )
    n: Floats = waits.size - np.concatenate([[0.0], np.cumsum(n_all)[:-1]])
    survival = np.cumprod(1 - d_all / n)
    before = np.concatenate([[1.0], survival[:-1]])
    share = np.minimum(np.cumsum(before * d_one / n), 1.0)
    variance = _variance(share, before, d_all, d_one, n)
    low, high = _band(share, variance, n)
    settled = bool(d_all[-1] == n[-1])
    return Incidence(times, share, variance, low, high, n, waits.size, float(times[-1]), settled)


def kaplan_meier(durations: ArrayLike, observed: ArrayLike) -> Incidence:
    """The share that has had the event by t, 1 - S(t) of Kaplan and Meier 1958, 10.1080/01621459.1958.10501452.

    The variance is then Greenwood's.
    """
    return aalen_johansen(durations, np.asarray(observed, dtype=bool).astype(np.int64), cause=1)


def _checked(durations: ArrayLike, causes: ArrayLike) -> tuple[Floats, NDArray[np.int64]]:
    waits = np.asarray(durations, dtype=np.float64)
    codes = np.asarray(causes, dtype=np.int64)
    if waits.shape != codes.shape or waits.ndim != 1:
        raise InvalidInput(given="durations and causes of different lengths", expected="one cause for each duration")
    if not (np.isfinite(waits).all() and (waits >= 0).all()):
        raise InvalidInput(given="a negative or missing duration", expected="durations of 0 or more")
    return waits, codes


def _variance(share: Floats, before: Floats, d_all: Floats, d_one: Floats, n: Floats) -> Floats:
    """Var F(t) for every t at once: the sums of Choudhury's equation, with (F(t) - F(t_i)) expanded."""
    left = n - d_all
    # Where everybody leaves, nobody comes after, so that F(t) - F(t_i) is 0 and the term vanishes.
    hazard = np.divide(d_all, n * left, out=np.zeros_like(n), where=left > 0)
    jump = before * d_one / n**2
    squared = share**2 * np.cumsum(hazard) - 2 * share * np.cumsum(share * hazard) + np.cumsum(share**2 * hazard)
    own = np.cumsum(before**2 * d_one * (n - d_one) / n**3)
    cross = share * np.cumsum(jump) - np.cumsum(share * jump)
    result: Floats = np.maximum(squared + own - 2 * cross, 0.0)
    return result


def _band(share: Floats, variance: Floats, at_risk: Floats) -> tuple[Floats, Floats]:
    """Log-log ends; where F is 0 or 1, Wilson's for none or all of those at risk, n / (n + z^2) in closed form."""
    square = Z95 * Z95
    low = np.where(share >= 1, at_risk / (at_risk + square), 0.0)
    high = np.where(share <= 0, square / (at_risk + square), 1.0)
    inside = (share > 0) & (share < 1)
    log_survival = np.log1p(-share[inside])
    spread = Z95 * np.sqrt(variance[inside]) / ((1 - share[inside]) * -log_survival)
    spread = np.minimum(spread, 500.0)  # beyond it the band is 0 to 1 to the last digit, and exp would overflow
    low[inside] = -np.expm1(log_survival * np.exp(-spread))
    high[inside] = -np.expm1(log_survival * np.exp(spread))
    return low, high


def _first(times: Floats, reached: NDArray[np.bool_]) -> float | None:
    places = np.flatnonzero(reached)
    return float(times[places[0]]) if places.size else None
