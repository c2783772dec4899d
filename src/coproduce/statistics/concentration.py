"""How unevenly something is spread: Gini, Theil, the half-work set, and Blau's diversity."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coproduce.errors import InvalidInput

Floats = NDArray[np.float64]


def gini(amounts: ArrayLike) -> float | None:
    """Gini's coefficient, G = sum (2i - n - 1) x_(i) / (n sum x), x ascending: 0 all alike; None when all are 0.

    Raises InvalidInput for an amount that is negative or not finite.
    Source: Gini 1912; this form Dixon et al. 1987, 10.2307/1938238.

    >>> gini([0, 0, 0, 1])
    0.75
    """
    x = np.sort(_amounts(amounts))
    total = float(x.sum())
    if total == 0:
        return None
    n = x.size
    return float(((2 * np.arange(1, n + 1) - n - 1) * x).sum() / (n * total))


def theil(amounts: ArrayLike) -> float | None:
    """Theil's T = mean of (x / mu) ln(x / mu), 0 counting 0; None when all are 0. Raises InvalidInput as gini.

    Source: Theil 1967, Economics and Information Theory.
    """
    x = _amounts(amounts)
    if x.sum() == 0:
        return None
    ratio = x[x > 0] / x.mean()
    return float((ratio * np.log(ratio)).sum() / x.size)


def half_work_set(amounts: ArrayLike) -> int | None:
    """The fewest whose amounts together are half of the total; None when all are 0. Raises InvalidInput as gini.

    Source: the family of the truck factor, Avelino et al. 2016, 10.1109/ICPC.2016.7503718.

    >>> half_work_set([5, 1, 1, 1, 1])
    1
    """
    x = np.sort(_amounts(amounts))[::-1]
    total = float(x.sum())
    return None if total == 0 else int(np.searchsorted(np.cumsum(x), total / 2 * (1 - 1e-12)) + 1)


def blau(counts: ArrayLike) -> float | None:
    """Blau's diversity 1 - sum p^2: the chance that two drawn with replacement differ; None when there are none.

    Source: Blau 1977, Inequality and Heterogeneity.

    >>> blau([2, 2])
    0.5
    """
    x = _amounts(counts)
    total = float(x.sum())
    return None if total == 0 else 1 - float(((x / total) ** 2).sum())


def _amounts(given: ArrayLike) -> Floats:
    x = np.asarray(given, dtype=np.float64).ravel()
    if not (np.isfinite(x) & (x >= 0)).all():
        raise InvalidInput(given="an amount that is negative or not finite", expected="amounts of 0 or more")
    return x
