"""Propensity scores, the weights that follow from them, and how well the weights balance two groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from coproduce.evidence.arrays import Floats

_MOST_STEPS = 50
_CONVERGED = 1e-10
#: A log-odds beyond this says that the model separates the groups: there is no overlap to speak of.
_SEPARATED = 30.0
#: Nearest to 0 or 1 that a predicted probability comes; a person not in the fit may lie far outside of it.
_NEVER = 1e-9


def with_intercept(x: Floats) -> Floats:
    """The columns with a column of ones before them."""
    return np.column_stack([np.ones(len(x)), x])


def logistic(x: Floats, t: Floats) -> Floats | None:
    """Coefficients of logistic regression of t (n,) on x (n, p), intercept included in x; None without overlap.

    Newton's steps (iteratively reweighted least squares: McCullagh and Nelder 1989, section 2.5). The maximum does not
    exist when a combination of columns separates the groups (Albert and Anderson 1984, 10.1093/biomet/71.1.1).
    """
    b: Floats = np.zeros(x.shape[1])
    for _ in range(_MOST_STEPS):
        p = expit(x @ b)
        w = p * (1.0 - p)
        step = np.linalg.lstsq((x * w[:, None]).T @ x, x.T @ (t - p), rcond=None)[0]
        b = b + step
        if np.abs(x @ b).max() > _SEPARATED:
            return None
        if np.abs(step).max() < _CONVERGED:
            return b
    return None


@dataclass(frozen=True, slots=True)
class Propensity:
    """A fitted model of who is treated: columns are centred and scaled before the coefficients b (p + 1,) apply."""

    middle: Floats
    spread: Floats
    b: Floats

    @classmethod
    def fit(cls, x: Floats, t: Floats) -> Propensity | None:
        """The model of t (n,) on x (n, p); None when the columns separate the groups: there is no overlap."""
        middle, spread = x.mean(axis=0), x.std(axis=0)
        spread = np.where(spread > 0, spread, 1.0)
        b = logistic(with_intercept((x - middle) / spread), t)
        return None if b is None else cls(middle, spread, b)

    def of(self, x: Floats) -> Floats:
        """The probability of treatment for people with columns x (m, p): (m,), strictly between 0 and 1."""
        found: Floats = expit(with_intercept((x - self.middle) / self.spread) @ self.b)
        return np.clip(found, _NEVER, 1.0 - _NEVER)


def effective_n(w: Floats) -> float:
    """The effective sample size of weights, (sum w)^2 / sum w^2. Source: Kish 1965, Survey Sampling, section 11.2."""
    total = float((w**2).sum())
    return float(w.sum()) ** 2 / total if total > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Balance:
    """One row of the balance table: the standardised mean difference before and after weighting."""

    name: str
    before: float
    after: float


def balance(x: Floats, names: Sequence[str], t: Floats, w: Floats) -> list[Balance]:
    """Standardised mean differences of each column, before and after weighting.

    The difference of means by the root of the mean of the two groups' variances before weighting. Source: Austin 2009,
    10.1002/sim.3697.
    """
    treated = t == 1
    spread = np.sqrt((x[treated].var(axis=0, ddof=1) + x[~treated].var(axis=0, ddof=1)) / 2.0)
    spread = np.where(spread > 0, spread, 1.0)
    ones = np.ones_like(t)

    def difference(weight: Floats) -> Floats:
        found: Floats = np.average(x[treated], axis=0, weights=weight[treated]) - np.average(
            x[~treated], axis=0, weights=weight[~treated]
        )
        return found / spread

    before, after = difference(ones), difference(w)
    return [Balance(name, float(b), float(a)) for name, b, a in zip(names, before, after, strict=True)]
