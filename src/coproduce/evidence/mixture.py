"""Posteriors: a finite mixture of t or of normal distributions, or draws; every probability is a sum."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import t

from coproduce.evidence import student
from coproduce.evidence.arrays import Floats


class Distribution(Protocol):
    """What a posterior can be asked."""

    @property
    def mean(self) -> float:
        """Mean."""
        ...

    @property
    def sd(self) -> float:
        """Standard deviation."""
        ...

    def below(self, x: float) -> float:
        """P(X <= x)."""
        ...

    def quantile(self, q: float) -> float:
        """The value that a share q lies below."""
        ...

    def gain(self) -> float:
        """E max(0, X)."""
        ...


@dataclass(frozen=True, slots=True)
class Draws:
    """A posterior as draws, sorted, (n,)."""

    values: Floats

    @property
    def mean(self) -> float:
        """Mean."""
        return float(self.values.mean())

    @property
    def sd(self) -> float:
        """Standard deviation."""
        return float(self.values.std(ddof=1))

    def below(self, x: float) -> float:
        """Share of draws at most x."""
        return float(np.searchsorted(self.values, x, side="right") / self.values.size)

    def quantile(self, q: float) -> float:
        """The q-quantile of the draws."""
        return float(np.quantile(self.values, q))

    def gain(self) -> float:
        """Mean of the draws' positive parts."""
        return float(np.maximum(self.values, 0.0).mean())


@dataclass(frozen=True, slots=True)
class TMixture:
    """Components of shape (m,) with weights that sum to 1, and degrees of freedom that all share.

    >>> one = TMixture(np.ones(1), np.zeros(1), np.ones(1), df=10.0)
    >>> round(one.below(1.812461), 6), round(one.quantile(0.95), 6)
    (0.95, 1.812461)
    """

    weight: Floats
    loc: Floats
    scale: Floats
    df: float

    def below(self, x: float) -> float:
        """P(X <= x), in [0, 1]."""
        return float(min(1.0, student.mixture_below(x, self.weight, self.loc, self.scale, student.table(self.df))))

    def quantile(self, q: float) -> float:
        """The value that a share q of the mixture lies below; q strictly between 0 and 1."""
        return float(student.mixture_quantile(q, self.weight, self.loc, self.scale, student.table(self.df)))

    def gain(self) -> float:
        """E max(0, X): what is won on average by taking X only where it is above 0; df above 1.

        For one t: m F(m / s) + s f(m / s) (df + (m / s)^2) / (df - 1), with F and f of the standard t.
        """
        z = self.loc / self.scale
        tail = self.scale * t.pdf(z, self.df) * (self.df + z**2) / (self.df - 1.0)
        return float(self.weight @ (self.loc * t.cdf(z, self.df) + tail))

    @property
    def mean(self) -> float:
        """Mean; there is one, since a posterior here has more than 1 degree of freedom."""
        return float(self.weight @ self.loc)

    @property
    def sd(self) -> float:
        """Standard deviation; infinite with 2 degrees of freedom or fewer."""
        if self.df <= 2.0:
            return math.inf
        within = self.weight @ self.scale**2 * self.df / (self.df - 2.0)
        between = self.weight @ (self.loc - self.mean) ** 2
        return float(np.sqrt(within + between))


@dataclass(frozen=True, slots=True)
class NormalMixture:
    """A finite mixture of normals: weight, mean, sd of shape (m,)."""

    weight: Floats
    loc: Floats
    scale: Floats

    @property
    def mean(self) -> float:
        """Mean."""
        return float(self.weight @ self.loc)

    @property
    def sd(self) -> float:
        """Standard deviation."""
        return float(np.sqrt(self.weight @ (self.scale**2 + (self.loc - self.mean) ** 2)))

    def below(self, x: float) -> float:
        """P(X <= x)."""
        with np.errstate(divide="ignore"):
            z = np.where(self.scale > 0, (x - self.loc) / np.where(self.scale > 0, self.scale, 1.0), np.inf)
        z = np.where((self.scale == 0) & (self.loc > x), -np.inf, z)
        return float(self.weight @ ndtr(z))

    def quantile(self, q: float) -> float:
        """The value that a share q lies below, to 1e-10 of the spread, by bisection."""
        reach = abs(float(ndtri(min(q, 1 - q)))) + 1.0
        low = float((self.loc - reach * self.scale).min()) - 1e-12
        high = float((self.loc + reach * self.scale).max()) + 1e-12
        while high - low > 1e-10 * max(self.sd, 1e-300) and low < (middle := 0.5 * (low + high)) < high:
            low, high = (middle, high) if self.below(middle) < q else (low, middle)
        return 0.5 * (low + high)
