"""The exact posterior of a personal trial: against dense matrices, and against what must be so."""

import json

import numpy as np
import pytest
from scipy import stats

from coproduce.evidence import student
from coproduce.evidence.mixture import NormalMixture, TMixture
from coproduce.evidence.personal.analysis import analyse, fitted
from coproduce.evidence.personal.assumptions import read_assumed, weak
from coproduce.evidence.personal.exact import Grid, Prior, posterior
from coproduce.evidence.personal.reference import exact_case
from coproduce.evidence.personal.regressors import Terms, carried_over, designs, treated
from coproduce.evidence.personal.trial import read_trial
from tests.evidence.trials import trial

CASES = ["plain", "trend", "long_small", "carry"]


@pytest.mark.parametrize("name", CASES)
def test_exact_posteriors_are_those_of_dense_matrices(reference_data, name):
    document = json.loads((reference_data / "learning" / "nof1_exact_ar1.json").read_text())
    (case,) = [case for case in document["cases"] if case["id"] == name]
    expected = case.pop("expected")
    found = exact_case(case)
    assert set(found) == set(expected)
    assert found == pytest.approx(expected, abs=1e-6)


def dense(times, x, y, prior, phi):
    """The same posterior given phi from dense matrices and scipy's multivariate t."""
    r = phi ** np.abs(np.subtract.outer(times, times))
    v = r + x @ np.diag(prior.v0) @ x.T
    evidence = stats.multivariate_t(x @ prior.m0, prior.b0 / prior.a0 * v, df=2 * prior.a0).logpdf(y)
    inverse = np.linalg.inv(r)
    precision = x.T @ inverse @ x + np.diag(1 / prior.v0)
    return evidence, np.linalg.solve(precision, x.T @ inverse @ y + prior.m0 / prior.v0)


@pytest.mark.parametrize("phi", [0.01, 0.4, 0.9])
def test_marginal_likelihood_and_mean_given_phi_agree_with_dense_matrices(phi):
    draws = np.random.default_rng(3)
    times = np.sort(draws.choice(60, 37, replace=False))
    x, y = np.column_stack([np.ones(37), draws.random(37)]), draws.normal(5, 1, 37)
    prior = Prior(np.array([5.0, 0.0]), np.array([25.0, 4.0]), 2.0, 2.0)
    one = np.ones(1)
    found = posterior(times, x[None], y, prior, Grid(phi * one, one, 0 * one, one))
    evidence, mean = dense(times, x, y, prior, phi)
    assert found.log_evidence == pytest.approx(evidence, abs=1e-8)
    assert found.mean[0] == pytest.approx(mean, abs=1e-9)


def test_thirty_one_nodes_are_as_good_as_a_thousand():
    read = read_trial(trial(missing=0.3, carry_over=True))
    seen, prior = read.seen, weak(read).arrays(Terms())
    coarse, fine = (
        posterior(read.day[seen], designs(read, Terms(), grid.rho), read.value[seen], prior, grid)
        for grid in (Grid.standard(), Grid.standard(n_phi=1001))
    )
    effect = np.array([0.0, 1.0, 0.0])
    assert coarse.contrast(effect).quantile(0.025) == pytest.approx(fine.contrast(effect).quantile(0.025), abs=1e-6)
    assert coarse.phi_mean == pytest.approx(fine.phi_mean, abs=1e-7)


@pytest.mark.parametrize("df", [4.0, 31.0, 172.0])
def test_compiled_t_agrees_with_scipy(df):
    z = np.concatenate([-np.logspace(-8, 2, 41), [0.0], np.logspace(-8, 2, 41)])
    constant = student.log_beta_half(df)
    assert [student.t_below(v, df, constant) for v in z] == pytest.approx(stats.t.cdf(z, df), rel=1e-10, abs=1e-300)
    assert [student.t_density(v, df, constant) for v in z] == pytest.approx(stats.t.pdf(z, df), rel=1e-10)


def test_quantiles_of_a_mixture_undo_its_distribution_function():
    found = TMixture(np.array([0.2, 0.8]), np.array([-5.0, 3.0]), np.array([0.1, 2.0]), 6.0)
    for q in (1e-6, 0.025, 0.2, 0.5, 0.975, 1 - 1e-6):
        assert found.below(found.quantile(q)) == pytest.approx(q, rel=1e-8)


def test_mean_gain_of_a_mixture_is_its_integral():
    found = TMixture(np.array([0.4, 0.6]), np.array([-1.0, 0.3]), np.array([0.5, 1.0]), 9.0)
    draws = np.random.default_rng(1)
    which = draws.random(400_000) < 0.4
    x = np.where(which, -1.0, 0.3) + np.where(which, 0.5, 1.0) * draws.standard_t(9, 400_000)
    assert found.gain() == pytest.approx(np.maximum(x, 0).mean(), abs=0.005)
    assert found.sd == pytest.approx(x.std(), rel=0.01)


def test_quantiles_of_a_normal_mixture_with_a_point_mass_are_found():
    found = NormalMixture(np.array([0.5, 0.5]), np.array([0.0, 2.0]), np.array([0.0, 1.0]))
    assert found.quantile(0.75) == pytest.approx(2.0, abs=1e-8)
    assert found.below(0.0) == pytest.approx(0.5 + 0.5 * stats.norm.cdf(-2))


# -- what must be so ----------------------------------------------------------------------------------------------


def effect_of(document):
    return analyse(read_trial(document))[0].effect


def test_a_missing_day_that_is_listed_is_the_same_as_one_that_is_not():
    document = trial(missing=0.3)
    listed = [day for day in document["days"] if day["value"] is not None or day["day"] in {0, 55}]
    assert effect_of(document).mean == pytest.approx(effect_of(document | {"days": listed}).mean, abs=1e-12)


def test_shifting_outcome_scale_and_values_changes_nothing():
    document = trial()
    moved = [day | {"value": day["value"] + 40} for day in document["days"]]
    shifted = document | {"days": moved, "outcome": document["outcome"] | {"scale": [40, 50]}}
    assert effect_of(shifted).quantile(0.9) == pytest.approx(effect_of(document).quantile(0.9), abs=1e-9)


def test_stretching_outcome_scale_and_values_stretches_the_effect():
    document = trial()
    wide = [day | {"value": day["value"] * 10} for day in document["days"]]
    stretched = document | {"days": wide, "outcome": document["outcome"] | {"scale": [0, 100]}, "mcid": 10.0}
    assert effect_of(stretched).quantile(0.1) == pytest.approx(10 * effect_of(document).quantile(0.1), rel=1e-9)
    assert analyse(read_trial(stretched))[0].zones.better == pytest.approx(
        analyse(read_trial(document))[0].zones.better, abs=1e-9
    )


def test_swapping_the_arms_flips_the_sign_when_the_prior_is_as_flat():
    """The intercept belongs to the first arm, so labels may be swapped exactly only as far as its prior is flat."""
    flat = {"m0": [5, 0, 0], "V0_diag": [1e8, 1e8, 4], "a0": 2, "b0": 2}
    one = trial(prior=flat)
    other = one | {"arms": ["diet", "usual"]}
    found = [analyse(read_trial(d), read_assumed(d["prior"], read_trial(d)))[0] for d in (one, other)]
    assert found[0].effect.mean == pytest.approx(-found[1].effect.mean, abs=1e-5)
    assert found[0].zones.better == pytest.approx(found[1].zones.worse, abs=1e-5)


def test_the_order_of_the_days_in_the_document_is_irrelevant_to_the_byte():
    document = trial(missing=0.2)
    turned = document | {"days": document["days"][::-1]}
    assert effect_of(document).quantile(0.3) == effect_of(turned).quantile(0.3)


def test_zones_sum_to_one_and_follow_the_direction_that_is_better():
    low, high = (
        analyse(read_trial(trial(outcome={"name": "x", "scale": [0, 10], "better": better, "family": "normal"})))[
            0
        ].zones
        for better in ("lower", "higher")
    )
    assert low.better + low.same + low.worse == pytest.approx(1.0)
    assert (low.better, low.worse) == pytest.approx((high.worse, high.better))
    assert low.better > 0.5


def test_exposure_carries_over_and_starts_from_none():
    read = read_trial(trial(n=4, block=2, effect=0))
    assert carried_over(treated(read), 0.5)[:, 0] == pytest.approx([0.0, 0.0, 0.5, 0.75])
    assert carried_over(treated(read), 0.0)[:, 0].tolist() == [0.0, 0.0, 1.0, 1.0]


def test_carry_over_that_is_there_is_seen():
    document = trial(n=168, block=14, effect=0, phi=0.0, seed=4)
    read = read_trial(document)
    x = carried_over(treated(read), 0.75)[:, 0]
    days = [
        day | {"value": float(np.clip(day["value"] - 4 * e, 0, 10))} for day, e in zip(document["days"], x, strict=True)
    ]
    found = fitted(read_trial(document | {"days": days}), weak(read), Terms(carry_over=True))
    assert found.carries_over > 0.99
    assert fitted(read_trial(trial(n=168, block=14)), weak(read), Terms(carry_over=True)).carries_over < 0.7


def test_three_arms_are_each_compared_with_the_first():
    draws = np.random.default_rng(2)
    days = [
        {"day": i, "arm": "abc"[i // 5 % 3], "value": float(7 - 2 * (i // 5 % 3) + draws.normal())} for i in range(90)
    ]
    found = analyse(read_trial(trial() | {"arms": ["a", "b", "c"], "days": days}))
    assert [(c.arm, c.reference) for c in found] == [("b", "a"), ("c", "a")]
    assert found[0].effect.mean == pytest.approx(-2, abs=0.8)
    assert found[1].effect.mean == pytest.approx(-4, abs=0.8)
