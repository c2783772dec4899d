"""Trials in the model: estimators against a second library, allocation, interference where it must and must not be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm

from coproduce.errors import InvalidInput
from coproduce.simulator import load, run
from coproduce.simulator.studies.estimators import parallel_effect, stepped_effect
from coproduce.simulator.studies.factorial import document as factorial_document
from coproduce.simulator.studies.factorial import factorial
from coproduce.simulator.studies.trials import Trial, document, outcomes_by_site, power_by, run_trial

BASE = load("seid2021").having(n_patients=120, patients_per_clinician=20.0, n_sites=6, needs=False, engagement=False)
PLAIN = BASE.lasting(40)
CHANCE = np.random.default_rng(3)


def test_the_parallel_estimate_is_an_analysis_of_covariance() -> None:
    treated, before = np.arange(12) < 6, CHANCE.normal(0.5, 0.1, 12)
    after = 0.3 * before + 0.2 * treated + CHANCE.normal(0, 0.05, 12)
    fit = sm.OLS(after, sm.add_constant(np.column_stack([treated, before]).astype(float))).fit()
    found = parallel_effect(after, before, treated)
    assert (found.value, found.se) == pytest.approx((fit.params[1], fit.bse[1]))
    assert (found.low, found.high) == pytest.approx(tuple(fit.conf_int()[1]))


def test_the_stepped_estimate_has_effects_of_sites_and_periods_and_errors_robust_within_sites() -> None:
    period, site = np.indices((5, 8))
    treated = period > site // 2
    cells = 0.1 * period + 0.05 * site + 0.2 * treated + CHANCE.normal(0, 0.05, (5, 8))
    dummies = np.column_stack([*(period.ravel() == p for p in range(5)), *(site.ravel() == s for s in range(1, 8))])
    x = np.column_stack([treated.ravel(), dummies]).astype(float)
    fit = sm.OLS(cells.ravel(), x).fit(
        cov_type="cluster", cov_kwds={"groups": site.ravel(), "df_correction": True}, use_t=True
    )
    found = stepped_effect(cells, treated)
    # statsmodels also multiplies by (n - 1) / (n - k).
    assert (found.value, found.se) == pytest.approx((fit.params[0], fit.bse[0] / np.sqrt(39 / (40 - 13))))


def test_sites_without_patients_are_left_out() -> None:
    after = np.array([1.0, 1.1, 0.9, 2.0, 2.1, np.nan])
    found = parallel_effect(after, np.array([0.1, 0.2, 0.3, 0.1, 0.2, 0.3]), np.arange(6) >= 3)
    assert np.isfinite(found.value)


def test_half_of_the_sites_are_treated_and_the_draw_depends_on_seed_and_replicate_only() -> None:
    trial = Trial(PLAIN, {"registry": 1.0}, begins=10)
    first = trial.first_ticks(1, 1)
    assert sorted(tick is None for tick in first) == [False] * 3 + [True] * 3
    assert first == trial.first_ticks(1, 1)
    assert len({tuple(trial.first_ticks(1, number)) for number in range(12)}) > 3


def test_in_a_stepped_wedge_every_site_crosses_and_each_step_has_its_share() -> None:
    trial = Trial(PLAIN, {"registry": 1.0}, "stepped", begins=10, steps=3)
    starts = [period.start for period in trial.periods()[1:]]
    assert sorted(trial.first_ticks(1, 1), key=int) == sorted(starts * 2)  # type: ignore[arg-type]
    assert [tick for period in trial.periods() for tick in period] == list(range(1, 41))


def test_outcomes_by_site_are_those_of_the_run() -> None:
    by_site = outcomes_by_site(PLAIN, 1, 1)
    people = run(PLAIN, 1, record=False).people
    for site in range(6):
        of_site = people.filter((people["site"] == site) & people["outcome"].is_not_nan())["outcome"]
        assert by_site[-1, site] == pytest.approx(of_site.mean())


def test_a_lever_that_stays_in_its_site_does_not_interfere() -> None:
    scenario = PLAIN.having(commons_in_choice=False)
    found = run_trial(Trial(scenario, {"previsit_planning": 1.0}, begins=10), replicates=4)
    assert (found.spill_over.value, found.spill_over.high) == (0.0, 0.0)
    assert found.total.low is not None
    assert found.total.low > 0


def test_a_lever_on_the_commons_reaches_untreated_sites_and_the_trial_misses_that_part() -> None:
    found = run_trial(Trial(BASE.lasting(80), {"registry": 1.0}, begins=10), replicates=8)
    assert found.spill_over.low is not None
    assert found.spill_over.low > 0
    assert found.total.value > found.on_treated.value
    assert found.total.value == pytest.approx(found.on_treated.value + found.spill_over.value, rel=0.6)


def test_a_stepped_wedge_runs_and_answers_in_the_same_form() -> None:
    found = document(run_trial(Trial(PLAIN, {"previsit_planning": 1.0}, "stepped", begins=10), replicates=2))
    assert found["kind"] == "stepped"
    assert set(found) >= {"estimate", "total", "on_treated", "spill_over", "bias", "power", "coverage"}


def test_one_worker_and_two_give_the_same_trial() -> None:
    trial = Trial(PLAIN, {"registry": 1.0}, begins=10)
    assert run_trial(trial, replicates=3) == run_trial(trial, replicates=3, workers=2)


def test_power_is_reported_for_each_baseline_state() -> None:
    trial = Trial(PLAIN, {"previsit_planning": 1.0}, begins=10)
    low, high = power_by(trial, "data_to_visit", [0.1, 0.6], replicates=3)
    assert low.trial.scenario.parameters != high.trial.scenario.parameters
    assert 0 <= low.power.value <= 1


def test_a_factorial_trial_finds_the_interaction_that_the_form_makes() -> None:
    scenario = BASE.having(combine_form="product").lasting(60)
    on = {"information_weight": 0.9, "codified": 3.0}
    found = factorial(scenario.having(information_weight=0.2, codified=0.0), on, "mean_outcome", replicates=6)
    assert found.relation("information_weight", "codified") == "complements"
    assert len(found.arms) == 4
    assert factorial_document(found)["interactions"][0]["relation"] == "complements"  # type: ignore[index]


def test_main_effects_and_interactions_are_contrasts_of_the_arms() -> None:
    found = factorial(PLAIN, {"previsit_planning": 1.0, "registry": 1.0}, "mean_outcome", replicates=2)
    arm = {on: span.value for on, span in found.arms.items()}
    a, b, ab, o = arm[True, False], arm[False, True], arm[True, True], arm[False, False]
    assert found.main["previsit_planning"].value == pytest.approx(((a - o) + (ab - b)) / 2)
    assert found.interactions["previsit_planning", "registry"].value == pytest.approx(ab - a - b + o)


@pytest.mark.parametrize(
    "wrong",
    [
        {"levers": {}},
        {"levers": {"registri": 1.0}},
        {"begins": 1},
        {"begins": 41},
        {"kind": "stepped", "begins": 38},
        {"kind": "stepped", "steps": 1},
        {"scenario": load("bandit")},
        {"scenario": PLAIN.having(n_sites=3)},
    ],
)
def test_a_trial_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        replace(Trial(PLAIN, {"registry": 1.0}, begins=10), **wrong)  # type: ignore[arg-type]


def test_an_intensity_out_of_range_is_refused() -> None:
    with pytest.raises(InvalidInput):
        run_trial(Trial(PLAIN, {"registry": 2.0}, begins=10), replicates=2)


@pytest.mark.parametrize("levers", [{}, {"registry": 1.0}, {"registry": 1.0, "nothing": 1.0}])
def test_a_factorial_without_two_known_levers_is_refused(levers: dict[str, float]) -> None:
    with pytest.raises(InvalidInput):
        factorial(PLAIN, levers, "mean_outcome", replicates=2)
