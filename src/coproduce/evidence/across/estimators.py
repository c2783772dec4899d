"""Estimators of the mean effect of a treatment from a table of people, each with its standard error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from coproduce import rng
from coproduce.evidence.across.weighting import Propensity, with_intercept
from coproduce.evidence.arrays import Floats, Ints
from coproduce.statistics.intervals import Z95


@dataclass(frozen=True, slots=True)
class People:
    """Treatment t (n,), 0 or 1; outcome y (n,); confounders x (n, p); columns of x that the effect may depend on."""

    t: Floats
    y: Floats
    x: Floats
    modifiers: Ints

    def rows(self, which: Ints) -> People:
        """Some of the people."""
        return People(self.t[which], self.y[which], self.x[which], self.modifiers)


@dataclass(frozen=True, slots=True)
class Effect:
    """An estimated difference, treated less untreated, with its standard error and 95 % interval."""

    value: float
    se: float
    low: float
    high: float

    @classmethod
    def normal(cls, value: float, se: float, z: float = Z95) -> Effect:
        """With the interval value +- z se."""
        return cls(value, se, value - z * se, value + z * se)


def crude(people: People) -> Effect:
    """The difference of means as it stands; the variance is Neyman's, with a variance for each group.

    Source: Neyman 1923; Imbens and Rubin 2015, 10.1017/CBO9781139025751, section 6.5.
    """
    one, zero = people.y[people.t == 1], people.y[people.t == 0]
    se = float(np.sqrt(one.var(ddof=1) / one.size + zero.var(ddof=1) / zero.size))
    return Effect.normal(float(one.mean() - zero.mean()), se)


def crude_with_equal_variances(people: People) -> Effect:
    """The same difference as a regression on the treatment gives it: one variance for both, and Student's t."""
    one, zero = people.y[people.t == 1], people.y[people.t == 0]
    df = people.y.size - 2
    pooled = (one.var() * one.size + zero.var() * zero.size) / df
    se = float(np.sqrt(pooled * (1 / one.size + 1 / zero.size)))
    return Effect.normal(float(one.mean() - zero.mean()), se, float(stats.t.ppf(0.975, df)))


def inverse_weights(t: Floats, e: Floats) -> Floats:
    """Weights 1 / P(the treatment that the person had). Source: Hernan and Robins 2020, What If, chapter 12."""
    return np.where(t == 1, 1.0 / e, 1.0 / (1.0 - e))


def overlap_weights(t: Floats, e: Floats) -> Floats:
    """Weights P(the other treatment): the people about whom there is doubt. Source: Li, Morgan and Zaslavsky 2018,
    10.1080/01621459.2016.1260466."""
    return np.where(t == 1, 1.0 - e, e)


def weighted(people: People, w: Floats) -> Effect:
    """The difference of weighted means with the robust (sandwich) error that takes the weights as known.

    Conservative where the weights come from a fitted propensity model (Hernan and Robins 2020, chapter 12).
    """
    means, variances = [], []
    for arm in (1, 0):
        here = people.t == arm
        total = w[here].sum()
        mean = float((w[here] * people.y[here]).sum() / total)
        means.append(mean)
        variances.append(float(((w[here] * (people.y[here] - mean)) ** 2).sum() / total**2))
    return Effect.normal(means[0] - means[1], float(np.sqrt(sum(variances))))


def predicted(train: People, people: People) -> tuple[Floats, Floats]:
    """Outcomes of `people` if all were treated, and if none were, by least squares fitted on `train`: two of (n,)."""
    b = np.linalg.lstsq(_outcome_design(train.x, train.t, train.modifiers), train.y, rcond=None)[0]
    one, zero = (_outcome_design(people.x, np.full(people.t.size, arm), train.modifiers) @ b for arm in (1.0, 0.0))
    return one, zero


def _outcome_design(x: Floats, t: Floats, modifiers: Ints) -> Floats:
    return np.column_stack([with_intercept(x), t, t[:, None] * x[:, modifiers]])


def standardised(people: People, *, seed: int, repeats: int = 500) -> Effect:
    """The mean over everybody of the outcome if treated less the outcome if not (the parametric g-formula).

    The interval is from a bootstrap of people. Source: Hernan and Robins 2020, chapter 13.
    """
    one, zero = predicted(people, people)
    value = float((one - zero).mean())
    draws = rng.stream(seed, "standardised")
    found = np.empty(repeats)
    for i in range(repeats):
        sample = people.rows(draws.integers(people.t.size, size=people.t.size))
        one, zero = predicted(sample, sample)
        found[i] = (one - zero).mean()
    low, high = np.quantile(found, [0.025, 0.975])
    return Effect(value, float(found.std(ddof=1)), float(low), float(high))


def aipw(people: People, *, folds: int, seed: int) -> tuple[Effect, Floats] | None:
    """Augmented inverse weighting, and each person's contribution (n,); None without overlap in a fold.

    With `folds` of 2 or more, models are fitted on the other folds (cross-fitting: Chernozhukov et al. 2018,
    10.1111/ectj.12097); with 1, on everybody. Doubly robust: Robins, Rotnitzky and Zhao 1994,
    10.1080/01621459.1994.10476818.
    """
    n = people.t.size
    fold = rng.stream(seed, "folds").permutation(n) % folds
    scores = np.empty(n)
    for k in range(folds):
        test = np.flatnonzero(fold == k)
        train = np.flatnonzero(fold != k) if folds > 1 else test
        model = Propensity.fit(people.x[train], people.t[train])
        if model is None:
            return None
        here, e = people.rows(test), model.of(people.x[test])
        one, zero = predicted(people.rows(train), here)
        treated, untreated = here.t * (here.y - one) / e, (1 - here.t) * (here.y - zero) / (1 - e)
        scores[test] = one - zero + treated - untreated
    return Effect.normal(float(scores.mean()), float(scores.std(ddof=1) / np.sqrt(n))), scores
