"""Agreement between raters beyond chance: Gwet's AC1 and Krippendorff's alpha, with any number of raters a unit."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def counts_of(units: ArrayLike, categories: ArrayLike) -> Floats:
    """How many raters put each unit into each category, (units, categories), of units that two or more rated."""
    _, row = np.unique(np.asarray(units), return_inverse=True)
    _, column = np.unique(np.asarray(categories), return_inverse=True)
    table = np.zeros((row.max(initial=-1) + 1, column.max(initial=-1) + 1))
    np.add.at(table, (row, column), 1.0)
    kept: Floats = table[table.sum(axis=1) >= 2]
    return kept


def gwet_ac1(counts: Floats) -> float | None:
    """Gwet's AC1 from counts (units, categories); None without a unit that two rated, or with one category only.

    Source: Gwet 2008, 10.1348/000711006X126600.

    >>> gwet_ac1(np.array([[2.0, 0.0], [0.0, 2.0]]))
    1.0
    """
    n, q = counts.shape
    if n == 0 or q < 2:
        return None
    raters = counts.sum(axis=1)
    observed = float(((counts * (counts - 1)).sum(axis=1) / (raters * (raters - 1))).mean())
    share = (counts / raters[:, None]).mean(axis=0)
    chance = float((share * (1 - share)).sum() / (q - 1))
    return (observed - chance) / (1 - chance)


def krippendorff_alpha(counts: Floats) -> float | None:
    """Krippendorff's alpha for unordered categories, from counts (units, categories); None where all are alike.

    Source: Krippendorff 2004, Content Analysis, chapter 11.
    """
    if counts.shape[0] == 0:
        return None
    raters = counts.sum(axis=1, keepdims=True)
    coincidence = (counts.T @ (counts / (raters - 1))) - np.diag((counts / (raters - 1)).sum(axis=0))
    totals = coincidence.sum(axis=0)
    n = float(totals.sum())
    expected = n * n - float((totals**2).sum())
    if expected <= 0:
        return None
    differing = n - float(np.trace(coincidence))
    return 1 - (n - 1) * differing / expected
