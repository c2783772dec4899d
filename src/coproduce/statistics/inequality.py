"""Inequality over people ranked by means: concentration indices, and the slope and relative index of inequality."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coproduce.errors import InvalidInput

Floats = NDArray[np.float64]
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Slope:
    """The slope index of inequality, with its standard error, and the relative index (slope over mean; None at 0)."""

    slope: float
    error: float
    relative: float | None


def ranks(order: ArrayLike) -> Floats:
    """The fractional rank (i - 1/2) / n of each person, lowest means first; those alike share the mean of their ranks.

    >>> ranks([5, 1, 1]).tolist()
    [0.8333333333333334, 0.3333333333333333, 0.3333333333333333]
    """
    from scipy.stats import rankdata

    x = np.asarray(order, dtype=np.float64)
    if not np.isfinite(x).all():
        raise InvalidInput(given="a rank that is not a finite number", expected="one for each person")
    result: Floats = (rankdata(x) - 0.5) / max(len(x), 1)
    return result


def concentration_index(amounts: ArrayLike, rank: Floats) -> float | None:
    """C = 2 / (n mu) sum y_i R_i - 1: above 0 where more goes to those with more means; None where nobody has any.

    Source: Wagstaff, Paci and van Doorslaer 1991, 10.1016/0277-9536(91)90212-U.
    """
    y = np.asarray(amounts, dtype=np.float64)
    mean = float(y.mean()) if y.size else 0.0
    return None if mean == 0 else float(2 * (y * rank).sum() / (y.size * mean) - 1)


def erreygers(amounts: ArrayLike, rank: Floats, low: float, high: float) -> float | None:
    """E = 4 mu C / (b - a) of an amount between a and b; None without people.

    Source: Erreygers 2009, 10.1016/j.jhealeco.2008.02.003.
    """
    y = np.asarray(amounts, dtype=np.float64)
    if not y.size:
        return None
    return float(8 * ((y - low) * (rank - 0.5)).sum() / (y.size * (high - low)))


def wagstaff(binary: ArrayLike, rank: Floats) -> float | None:
    """W = C / (1 - mu) of what people have or have not; None where all do or nobody does.

    Source: Wagstaff 2005, 10.1002/hec.953.
    """
    y = np.asarray(binary, dtype=np.float64)
    c = concentration_index(y, rank)
    return None if c is None or y.mean() == 1 else c / (1 - float(y.mean()))


def slope_index(amounts: ArrayLike, rank: Floats) -> Slope | None:
    """The slope of the amounts over rank 0 to 1 by least squares; None for fewer than three people or one rank.

    Source: Mackenbach and Kunst 1997, 10.1016/S0277-9536(96)00073-1.
    """
    y = np.asarray(amounts, dtype=np.float64)
    x = rank - rank.mean() if y.size else rank
    spread = float((x**2).sum())
    if y.size < 3 or spread == 0:
        return None
    slope = float((x * y).sum() / spread)
    left = y - y.mean() - slope * x
    error = float(np.sqrt((left**2).sum() / (y.size - 2) / spread))
    mean = float(y.mean())
    return Slope(slope, error, slope / mean if mean else None)


@dataclass(frozen=True, slots=True)
class OfStrata:
    """The indices of a yes or no by strata, an array each: concentration index, Erreygers, Wagstaff, relative index."""

    concentration: Floats
    erreygers: Floats
    wagstaff: Floats
    relative: Floats


def of_strata(n: Floats, met: Floats) -> OfStrata:
    """The indices from how many are in each stratum and how many of them have, lowest means first: (repeats, strata).

    All of a stratum share the mean of their ranks, R_k = (those of lower strata + half of its own) / all, so that the
    indices follow from the counts; they are those of `concentration_index` and the others, and not finite where those
    are None.

    >>> of_strata(np.array([[4.0, 4.0]]), np.array([[1.0, 3.0]])).concentration.tolist()
    [0.25]
    """
    all_ = n.sum(axis=1)
    rank = (np.cumsum(n, axis=1) - n / 2) / all_[:, None] - 0.5
    lean, mean, spread = 2 * (met * rank).sum(axis=1) / all_, met.sum(axis=1) / all_, (n * rank**2).sum(axis=1) / all_
    with np.errstate(divide="ignore", invalid="ignore"):
        return OfStrata(lean / mean, 4 * lean, lean / mean / (1 - mean), lean / 2 / spread / mean)
