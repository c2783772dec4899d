"""Ratings explained by who rates, what is rated, and the viewpoint that both share: ridge regression in turns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from coproduce import rng
from coproduce.statistics.graph import Floats, Ints

#: Penalties of intercepts and of viewpoints, per parameter of a sum of squares. The published weights have a ratio of 5
#: to 1; the larger one here lets viewpoint explain more, so that less of a bloc's agreement is left in the intercept.
INTERCEPT_PENALTY, FACTOR_PENALTY = 4.0, 0.1
#: Sweeps at most; beyond so many ratings, fewer: what still moves then is far inside the intervals.
_SWEEPS, _SWEEPS_MANY, _MANY = 200, 30, 200_000
_SETTLED = 1e-4


@dataclass(frozen=True)
class Factors:
    """The fitted model r = mean + rater + item + viewpoint of the rater x slant of the item.

    Column 0 of `raters` (n, 1 + axes) and `items` holds the intercepts, the others viewpoints and slants. `error` is
    the standard error of each item's intercept, given the raters.
    """

    mean: float
    raters: Floats
    items: Floats
    error: Floats

    @property
    def support(self) -> Floats:
        """The rating to expect of each item from the mean rater."""
        middle = self.raters.mean(axis=0)
        result: Floats = self.mean + middle[0] + self.items[:, 0] + self.items[:, 1:] @ middle[1:]
        return result

    @property
    def viewpoints(self) -> Floats:
        """Each rater's viewpoint, from the mean one."""
        views: Floats = self.raters[:, 1:] - self.raters[:, 1:].mean(axis=0)
        return views


class _Rows(NamedTuple):
    """Ratings put together by one side: where each of it starts, whom it met, what was said, and how much it counts."""

    starts: Ints
    others: Ints
    ratings: Floats
    weights: Floats


def factorise(
    rater: Ints, item: Ints, rating: Floats, *, axes: int = 1, weights: Floats | None = None, seed: int = 0
) -> Factors:
    """The model with so many axes of viewpoint, by alternating ridge regressions until the items stand still.

    `rater` and `item` are numbers from 0 without gaps, one pair at most once. The same input and seed give the same
    answer. The mean carries no penalty.
    Source: Wojcik et al. 2022, Birdwatch, arXiv:2210.15723, with alternating least squares in place of gradient steps.
    """
    n_raters, n_items = int(rater.max()) + 1, int(item.max()) + 1
    heavy = np.ones(len(rating)) if weights is None else weights
    by_rater = _grouped(rater, item, rating, heavy)
    by_item = _grouped(item, rater, rating, heavy)
    raters = np.zeros((n_raters, 1 + axes))
    items = np.zeros((n_items, 1 + axes))
    raters[:, 1:] = rng.stream(seed, "factorise").normal(0.0, 0.5, (n_raters, axes))
    mean = float(np.average(rating, weights=heavy))
    for _sweep in range(_SWEEPS if len(rating) <= _MANY else _SWEEPS_MANY):
        before = items.copy()
        _regress(by_item, mean, items, raters)
        _regress(by_rater, mean, raters, items)
        mean += _misfit(by_item, mean, items, raters)[0]
        if np.abs(items - before).max() < _SETTLED:
            break
    noise = _misfit(by_item, mean, items, raters)[1]
    held = np.bincount(item, weights=heavy, minlength=n_items) + INTERCEPT_PENALTY
    return Factors(mean, raters, items, np.sqrt(noise / held))


def _grouped(key: Ints, other: Ints, rating: Floats, weight: Floats) -> _Rows:
    """The ratings put together by key."""
    order = np.lexsort((other, key))
    starts = np.concatenate([[0], np.cumsum(np.bincount(key))]).astype(np.int64)
    return _Rows(starts, other[order], rating[order], weight[order])


@njit(cache=True)
def _regress(rows: _Rows, mean: float, own: Floats, other: Floats) -> None:
    """Ridge regression of each own row on the rows of the others it met; `own` is written over."""
    starts, others, ratings, weights = rows
    k = own.shape[1]
    square, right, x = np.empty((k, k)), np.empty(k), np.empty(k)
    x[0] = 1.0
    for one in range(len(starts) - 1):
        square[:] = 0.0
        right[:] = 0.0
        for row in range(starts[one], starts[one + 1]):
            met = others[row]
            left = ratings[row] - mean - other[met, 0]
            for i in range(1, k):
                x[i] = other[met, i]
            for i in range(k):
                heavy = weights[row] * x[i]
                right[i] += heavy * left
                for j in range(i + 1):
                    square[i, j] += heavy * x[j]
        square[0, 0] += INTERCEPT_PENALTY
        for i in range(1, k):
            square[i, i] += FACTOR_PENALTY
        _solve(square, right)
        own[one] = right


@njit(cache=True)
def _misfit(rows: _Rows, mean: float, own: Floats, other: Floats) -> tuple[float, float]:
    """The weighted mean, and mean square, of what the model leaves unexplained."""
    starts, others, ratings, weights = rows
    total, first, second = 0.0, 0.0, 0.0
    for one in range(len(starts) - 1):
        for row in range(starts[one], starts[one + 1]):
            met = others[row]
            left = ratings[row] - mean - own[one, 0] - other[met, 0]
            for i in range(1, own.shape[1]):
                left -= own[one, i] * other[met, i]
            total += weights[row]
            first += weights[row] * left
            second += weights[row] * left * left
    return first / total, second / total


@njit(cache=True)
def _solve(square: Floats, right: Floats) -> None:
    """Solves square x = right in place by Cholesky: the matrix is symmetric and, with the penalties, positive."""
    k = len(right)
    for i in range(k):
        for j in range(i + 1):
            rest = square[i, j]
            for c in range(j):
                rest -= square[i, c] * square[j, c]
            square[i, j] = np.sqrt(rest) if i == j else rest / square[j, j]
    for i in range(k):
        for c in range(i):
            right[i] -= square[i, c] * right[c]
        right[i] /= square[i, i]
    for i in range(k - 1, -1, -1):
        for c in range(i + 1, k):
            right[i] -= square[c, i] * right[c]
        right[i] /= square[i, i]
