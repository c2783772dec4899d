"""Directions that a published network model showed (Seid, Bridgeland, Bridgeland and Hartley 2021, 10.1002/lrh2.10261).

Ours is a reconstruction from abstracts and one table; functional forms and defaults are ours. Each pair of runs shares
its random numbers, so that a direction is asked of every pair and not only of the mean.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
import pytest

from coproduce.events import kinds
from coproduce.simulator import Result, load, run

SEEDS = range(1, 9)
INFLUENCE = (0.0, 0.05, 0.2)
QUANTILES = (0.25, 0.5, 0.75)


@cache
def runs(influence: float, commons: bool = True) -> tuple[Result, ...]:
    """Paired runs with this much patient influence, with or without the commons in the choice of treatment."""
    scenario = load("seid2021").having(
        n_patients=300, needs=False, engagement=False, patient_influence=influence, commons_in_choice=commons
    )
    return tuple(run(scenario.lasting(120), seed, record=False) for seed in SEEDS)


def last(column: str, influence: float, *, commons: bool = True) -> np.ndarray:
    return np.array([result.series[column][-1] for result in runs(influence, commons)])


def outcomes(influence: float) -> np.ndarray:
    return np.concatenate([result.people["outcome"].drop_nans().to_numpy() for result in runs(influence)])


@pytest.mark.parametrize("column", ["activation", "shared_information", "shared_knowledge"])
def test_a1_a2_more_patient_influence_means_more_activation_and_more_shared_knowledge(column: str) -> None:
    low, middle, high = (last(column, influence) for influence in INFLUENCE)
    assert (low < middle).all()
    assert (middle < high).all()


def test_a3_more_patient_influence_means_better_mean_outcomes() -> None:
    low, middle, high = (last("mean_outcome", influence) for influence in INFLUENCE)
    assert low.mean() < middle.mean() < high.mean()
    assert (low < high).all()


@pytest.mark.parametrize("q", QUANTILES)
def test_a3_holds_at_the_median_and_the_quartiles(q: float) -> None:
    low, middle, high = (np.quantile(outcomes(influence), q) for influence in INFLUENCE)
    assert low < middle < high


def test_a4_a_patients_activation_falls_after_meeting_a_less_active_clinician() -> None:
    scenario = load("seid2021").having(
        n_patients=200, needs=False, engagement=False, patient_influence=0.0, activation_drift=0.0, visit_period=4.0
    )
    before, after = (run(scenario.lasting(ticks), 5) for ticks in (1, 2))
    first_tick = before.frame.rows["time"].max()
    met = after.frame.of(kinds.EncounterHeld).filter(pl.col("time") > first_tick)
    then = dict(before.people.select("id", "activation").iter_rows())
    now = dict(after.people.select("id", "activation").iter_rows())
    acting = dict(after.people.select("patient", "id").iter_rows())
    gaps = [(then[doctor] - then[acting[p]], now[acting[p]] - then[acting[p]]) for doctor, p in
            met.select("actor", "subject").iter_rows()]  # fmt: skip
    assert len(gaps) > 30
    assert any(gap < 0 for gap, _ in gaps)
    assert all(np.sign(gap) == np.sign(move) for gap, move in gaps)


def test_k1_barring_the_commons_leaves_activation_alone_and_lowers_outcomes() -> None:
    for influence in (INFLUENCE[0], INFLUENCE[-1]):
        assert (last("activation", influence) == last("activation", influence, commons=False)).all()
        assert (last("mean_outcome", influence) > last("mean_outcome", influence, commons=False)).all()


def test_k1_part_of_the_effect_on_outcomes_passes_through_the_commons() -> None:
    whole = last("mean_outcome", INFLUENCE[-1]) - last("mean_outcome", INFLUENCE[0])
    without = last("mean_outcome", INFLUENCE[-1], commons=False) - last("mean_outcome", INFLUENCE[0], commons=False)
    assert 0 < without.mean() < whole.mean()


# -- 2025 (Seid, Bridgeland, Schuler and Hartley 2025, 10.1371/journal.pone.0332054): directions of the abstract -------

INTERVENTIONS = ("previsit_planning", "registry")
STATES = (0.2, 0.7)


@cache
def outcomes_with(**changed: object) -> np.ndarray:
    """The mean outcome at the end of paired runs with these parameters."""
    scenario = load("seid2021").having(n_patients=300, needs=False, engagement=False).having(**changed).lasting(120)
    return np.array([run(scenario, seed, record=False).series["mean_outcome"][-1] for seed in SEEDS])


@pytest.mark.parametrize("choice", ["gain", "thompson"])
def test_a6_each_of_two_strategies_raises_outcomes_so_that_equal_outcomes_cross_both_axes(choice: str) -> None:
    def at(data: float, sharing: float) -> float:
        return float(outcomes_with(choice_form=choice, data_to_visit=data, sharing=sharing).mean())

    assert at(0.2, 0.1) < at(0.8, 0.1) < at(0.8, 0.8)
    assert at(0.2, 0.1) < at(0.2, 0.8) < at(0.8, 0.8)


def test_a6_more_data_or_more_sharing_reach_the_same_outcome() -> None:
    by_data, by_sharing = (outcomes_with(data_to_visit=d, sharing=s).mean() for d, s in ((0.8, 0.1), (0.2, 0.8)))
    range_of_all = (
        outcomes_with(data_to_visit=0.8, sharing=0.8).mean() - outcomes_with(data_to_visit=0.2, sharing=0.1).mean()
    )
    assert abs(by_data - by_sharing) < range_of_all / 4


@cache
def effect(choice: str, state: float) -> np.ndarray:
    """What both interventions together add to the mean outcome of a network whose patients are this active."""
    both = dict.fromkeys(INTERVENTIONS, 1.0)
    given = {"choice_form": choice, "patient_activation": state}
    return outcomes_with(**given, **both) - outcomes_with(**given)


@pytest.mark.parametrize("choice", ["gain", "thompson"])
@pytest.mark.parametrize("state", STATES)
def test_a7_both_interventions_together_help_in_every_state(choice: str, state: float) -> None:
    assert (effect(choice, state) > 0).all()


def by_state(choice: str) -> np.ndarray:
    """How much more the interventions add in the more active of two networks, a pair of runs each."""
    return effect(choice, STATES[1]) - effect(choice, STATES[0])


def beyond_chance(differences: np.ndarray) -> bool:
    return bool(differences.mean() > 3 * differences.std(ddof=1) / np.sqrt(differences.size))


def test_a7_how_much_the_interventions_help_depends_on_the_networks_state() -> None:
    assert beyond_chance(by_state("gain"))


def test_a7_and_that_dependence_is_another_where_pairs_choose_by_evidence() -> None:
    assert beyond_chance(by_state("gain") - by_state("thompson"))
