"""Sequential multiple-assignment randomised trials (SMART): the mean outcome under each embedded regime."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from coproduce.errors import InvalidInput
from coproduce.evidence.across.estimators import Effect
from coproduce.evidence.arrays import Floats, Ints


@dataclass(frozen=True, slots=True)
class Smart:
    """A SMART in which people who do not respond are randomised again; arrays of shape (n,).

    first and second are the options drawn, counted from 0; second is -1 for who responded and so was not drawn again.
    """

    first: Ints
    responded: Ints
    second: Ints
    outcome: Floats


@dataclass(frozen=True, slots=True)
class Regimes:
    """Means of the regimes (first, second), in the order of `names`, and their covariance (k, k)."""

    names: tuple[tuple[int, int], ...]
    mean: Floats
    cov: Floats

    def effect(self, one: tuple[int, int], other: tuple[int, int]) -> Effect:
        """The difference of two regimes; regimes share people, so their covariance counts."""
        c = np.zeros(len(self.names))
        c[self.names.index(one)] += 1.0
        c[self.names.index(other)] -= 1.0
        return Effect.normal(float(c @ self.mean), float(math.sqrt(max(0.0, float(c @ self.cov @ c)))))


def regimes(smart: Smart) -> Regimes:
    """The weighted-and-replicated estimate of every regime "first a; if that does not help, b".

    Who responded is consistent with every b and is replicated; weights are one over the share drawn into the options
    that a person had. Errors are clustered by person, since a person stands in several regimes. Raises InvalidInput
    when an option was given to nobody.

    Source: Nahum-Shani et al. 2012, 10.1037/a0029372; Orellana, Rotnitzky and Robins 2010, 10.2202/1557-4679.1200.
    """
    _check(smart)
    n_first, n_second = int(smart.first.max()) + 1, int(smart.second.max()) + 1
    names = tuple((a, b) for a in range(n_first) for b in range(n_second))
    mean, influence = np.empty(len(names)), np.empty((len(names), smart.outcome.size))
    for k, (a, b) in enumerate(names):
        w = _weights(smart, a, b)
        mean[k] = (w * smart.outcome).sum() / w.sum()
        influence[k] = w * (smart.outcome - mean[k]) / w.sum()
    return Regimes(names, mean, influence @ influence.T)


def _weights(smart: Smart, a: int, b: int) -> Floats:
    """Weight of each person in the regime (a, b): 0 when what they had is not consistent with it."""
    began = smart.first == a
    again = began & (smart.responded == 0)
    went_on = again & (smart.second == b)
    if not began.any() or (again.any() and not went_on.any()):
        raise InvalidInput(given="an option that nobody was given", expected="people in each option of each stage")
    p_second = went_on.sum() / max(1, again.sum())
    share: float = began.mean()
    w: Floats = np.where(began & (smart.responded == 1), 1.0, np.where(went_on, 1.0 / max(p_second, 1e-12), 0.0))
    return w / share


def _check(smart: Smart) -> None:
    sizes = {smart.first.size, smart.responded.size, smart.second.size, smart.outcome.size}
    if len(sizes) != 1 or 0 in sizes:
        raise InvalidInput(given="columns of different lengths, or nobody", expected="one row a person")
    if not np.isfinite(smart.outcome).all():
        raise InvalidInput(given="an outcome that is not a number", expected="finite numbers", field="outcome")
    drawn_twice = smart.second >= 0
    if (drawn_twice == (smart.responded == 1)).any() or smart.first.min() < 0:
        raise InvalidInput(
            given="a person who responded and was drawn again, or did neither",
            expected="second is -1 exactly for those who responded", field="second",
        )  # fmt: skip
