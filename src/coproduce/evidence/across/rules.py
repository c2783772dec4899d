"""Rules of treatment: what a rule would be worth, and the linear rule that a trial's data favour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from coproduce import rng
from coproduce.errors import InvalidInput
from coproduce.evidence.across.estimators import Effect, People, predicted
from coproduce.evidence.across.weighting import Propensity
from coproduce.evidence.arrays import Floats

#: From columns (n, p) to treatments (n,), 0 or 1.
Rule = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class LinearRule:
    """Treats who has b_0 + x'b > 0, the predicted gain from treatment; b (p + 1,)."""

    b: Floats

    def __call__(self, x: Floats) -> Floats:
        """Treatments (n,) for people with columns x (n, p)."""
        treat: Floats = (self.b[0] + x @ self.b[1:] > 0).astype(np.float64)
        return treat


def everybody_depends(people: People) -> People:
    """The same people, with an effect that may depend on every column."""
    return People(people.t, people.y, people.x, np.arange(people.x.shape[1], dtype=np.int64))


def learn_rule(people: People) -> LinearRule:
    """The rule that treats where a linear model predicts a gain (Q-learning, one stage); higher outcomes are better.

    Source: Murphy 2005, jmlr.org/papers/v6/murphy05a; Chakraborty and Moodie 2013, 10.1007/978-1-4614-7428-9,
    chapter 3.
    """
    p = people.x.shape[1]
    open_to_all = everybody_depends(people)
    origin = People(np.zeros(p + 1), np.zeros(p + 1), np.vstack([np.zeros(p), np.eye(p)]), open_to_all.modifiers)
    one, zero = predicted(open_to_all, origin)
    gain = one - zero
    return LinearRule(np.concatenate([gain[:1], gain[1:] - gain[0]]))


def value(rule: Rule, people: People, *, propensity: Floats | None = None) -> Effect:
    """The mean outcome if everybody were treated by the rule, by augmented inverse weighting, with its interval.

    `propensity` (n,) when it is known, as in a trial; else it is fitted. Raises InvalidInput without overlap.
    Source: Zhang et al. 2012, 10.1111/j.1541-0420.2012.01763.x.
    """
    scores = _scores(rule(people.x), people, people, propensity)
    return Effect.normal(float(scores.mean()), float(scores.std(ddof=1) / np.sqrt(scores.size)))


def value_of_learning(people: People, *, folds: int, seed: int, propensity: Floats | None = None) -> Effect:
    """The value of the rule that learn_rule finds, judged on people it was not learned from."""
    n = people.t.size
    fold = rng.stream(seed, "rule folds").permutation(n) % folds
    scores = np.empty(n)
    for k in range(folds):
        test, train = np.flatnonzero(fold == k), np.flatnonzero(fold != k)
        learned, here = people.rows(train), people.rows(test)
        known = None if propensity is None else propensity[test]
        scores[test] = _scores(learn_rule(learned)(here.x), here, learned, known)
    return Effect.normal(float(scores.mean()), float(scores.std(ddof=1) / np.sqrt(n)))


def _scores(treat: Floats, people: People, train: People, propensity: Floats | None) -> Floats:
    e = propensity if propensity is not None else _fitted(train, people)
    one, zero = predicted(everybody_depends(train), people)
    expected = np.where(treat == 1, one, zero)
    chance = np.where(treat == 1, e, 1.0 - e)
    followed = people.t == treat
    found: Floats = expected + followed * (people.y - expected) / chance
    return found


def _fitted(train: People, people: People) -> Floats:
    model = Propensity.fit(train.x, train.t)
    if model is None:
        raise InvalidInput(given="groups that do not overlap", expected="people with and without at every value")
    return model.of(people.x)


def regret(rule: Rule, best: Rule, gain: Callable[[Floats], Floats], x: Floats) -> float:
    """How much outcome is lost, a person, by `rule` against `best`, where the true gain from treatment is known."""
    return float(np.mean((best(x) - rule(x)) * gain(x)))


__all__ = ["LinearRule", "Rule", "learn_rule", "regret", "value", "value_of_learning"]
