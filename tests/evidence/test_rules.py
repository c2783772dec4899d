"""Sequential trials, rules of treatment, and people like me."""

import numpy as np
import pytest

from coproduce.errors import InvalidInput
from coproduce.evidence.across.estimators import People
from coproduce.evidence.across.neighbours import like_me
from coproduce.evidence.across.rules import learn_rule, regret, value, value_of_learning
from coproduce.evidence.across.smart import Smart, regimes

TRUTH = {(0, 0): 0.5 * 2 + 0.5 * 1, (0, 1): 0.5 * 2 + 0.5 * 3, (1, 0): 0.7 * 1 + 0.3 * 0, (1, 1): 0.7 * 1 + 0.3 * 2}


def smart(n=4000, seed=1):
    """Half (or 0.7) respond to the first option; means by path are whole numbers, so regimes' means are known."""
    draws = np.random.default_rng(seed)
    first = draws.integers(2, size=n)
    responded = (draws.random(n) < np.where(first == 0, 0.5, 0.7)).astype(np.int64)
    second = np.where(responded == 1, -1, (draws.random(n) < 0.3).astype(np.int64))
    mean = np.where(first == 0, np.where(responded == 1, 2, 1 + 2 * second), np.where(responded == 1, 1, 2 * second))
    return Smart(first, responded, second, mean + draws.normal(size=n))


def test_regimes_have_the_means_that_were_planted():
    found = regimes(smart(n=40_000))
    for name, mean, variance in zip(found.names, found.mean, np.diag(found.cov), strict=True):
        assert mean == pytest.approx(TRUTH[name], abs=4 * np.sqrt(variance))


def test_the_weighted_and_replicated_estimate_is_the_weighted_mean_of_who_followed_the_regime():
    s = smart()
    p_first, p_second = (s.first == 0).mean(), (s.second[(s.first == 0) & (s.responded == 0)] == 1).mean()
    w = (s.first == 0) / p_first * np.where(s.responded == 1, 1.0, (s.second == 1) / p_second)
    found = regimes(s)
    assert found.mean[found.names.index((0, 1))] == pytest.approx(np.average(s.outcome, weights=w), abs=1e-12)


def test_errors_of_regimes_that_share_people_hold_the_truth_as_often_as_they_say():
    truth, held = TRUTH[0, 1] - TRUTH[0, 0], 0
    for seed in range(200):
        effect = regimes(smart(n=300, seed=seed)).effect((0, 1), (0, 0))
        held += effect.low < truth < effect.high
    assert 180 <= held <= 199


def test_a_smart_that_does_not_fit_is_refused():
    s = smart(n=50)
    with pytest.raises(InvalidInput, match="second is -1"):
        regimes(Smart(s.first, s.responded, np.abs(s.second), s.outcome))
    with pytest.raises(InvalidInput, match="finite"):
        regimes(Smart(s.first, s.responded, s.second, s.outcome * np.nan))
    with pytest.raises(InvalidInput, match="nobody was given"):
        regimes(Smart(s.first * 2, s.responded, s.second, s.outcome))


def gain(x):
    return 0.2 + x[:, 0] - 0.5 * x[:, 1]


def best(x):
    return (gain(x) > 0).astype(float)


def trial_people(n=1000, seed=1):
    draws = np.random.default_rng(seed)
    x, t = draws.normal(size=(n, 3)), (draws.random(n) < 0.5).astype(float)
    return People(t, x[:, 2] + t * gain(x) + draws.normal(size=n), x, np.array([], dtype=np.int64))


def test_the_learned_rule_loses_little_against_the_best():
    """The short version of a bar: regret at most 0.02 standard deviations at n = 1,000, the mean over 40 trials."""
    far = np.random.default_rng(99).normal(size=(20_000, 3))
    lost = [regret(learn_rule(trial_people(seed=s)), best, gain, far) for s in range(40)]
    assert np.mean(lost) / trial_people(n=20_000).y.std() <= 0.02


def test_the_value_of_a_rule_is_its_mean_outcome():
    truth = np.maximum(gain(np.random.default_rng(3).normal(size=(400_000, 3))), 0).mean()
    people = trial_people(n=20_000)
    found = value(best, people, propensity=np.full(people.t.size, 0.5))
    assert found.value == pytest.approx(truth, abs=4 * found.se)
    learned = value_of_learning(people, folds=5, seed=1)
    assert learned.value == pytest.approx(truth, abs=5 * learned.se)


def test_treating_everybody_is_worth_the_mean_of_the_treated_in_a_trial():
    people = trial_people(n=20_000)
    found = value(lambda x: np.ones(len(x)), people)
    assert found.value == pytest.approx(people.y[people.t == 1].mean(), abs=0.06)


def test_people_like_me_are_those_near_me():
    draws = np.random.default_rng(1)
    x = draws.normal(size=(500, 2))
    y, seen = 3 * x[:, 0] + draws.normal(size=500), np.arange(500)
    found = like_me(np.array([1.0, 0.0]), x, y, seen)
    assert found.outcome.low < 3.0 < found.outcome.high
    assert 11 <= found.effective_n <= found.n == 50
    assert 0 < found.until < 500


@pytest.mark.parametrize(
    ("me", "n", "said"),
    [([9.0, 9.0], 500, "Nobody here"), ([0.0, 0.0], 8, "Fewer than 11"), ([0.0, 0.0], 12, "Only about")],
)
def test_people_like_me_are_refused_when_there_are_none(me, n, said):
    draws = np.random.default_rng(2)
    found = like_me(np.array(me), draws.normal(size=(n, 2)), draws.normal(size=n), np.arange(n))
    assert found.outcome is None
    assert found.refused.startswith(said)
