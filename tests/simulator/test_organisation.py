"""The models of mutual learning and of the public good: their rules, taken one at a time, and hostile values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coproduce.errors import InvalidInput
from coproduce.events import inspect, kinds
from coproduce.simulator import load, run
from coproduce.simulator.models.march import March
from coproduce.simulator.models.publicgood import FREE_RIDER, PublicGood
from coproduce.simulator.recorder import Silent
from coproduce.simulator.streams import Streams


def organisation(**changed: object) -> March:
    p = load("march").having(**changed).parameters
    return March(p, Streams(1, 1), Silent())  # type: ignore[arg-type]


def commons(**changed: object) -> PublicGood:
    p = load("publicgood").having(**changed).parameters
    return PublicGood(p, Streams(1, 1), Silent())  # type: ignore[arg-type]


def test_everybody_starts_with_a_third_of_reality_and_the_code_with_none() -> None:
    model = organisation(n_agents=2000)
    code, knowledge, agreement, superior = model.numbers()
    assert code == 0.0
    assert knowledge == pytest.approx(1 / 3, abs=4 * np.sqrt(2 / 9 / 60_000))
    assert agreement == pytest.approx(1 / 3, abs=4 * np.sqrt(2 / 9 / 60_000))
    assert superior == 1.0


def test_full_socialisation_makes_every_member_believe_what_the_code_believed() -> None:
    model = organisation(socialisation=1.0)
    model.advance(1)
    before, beliefs = model.code.copy(), model.belief.copy()
    model.advance(2)
    assert (model.belief[:, before != 0] == before[before != 0]).all()
    assert (model.belief[:, before == 0] == beliefs[:, before == 0]).all()


def test_a_code_that_learns_at_once_takes_the_majority_of_those_who_know_more() -> None:
    model = organisation(n_agents=3, dimensions=3, code_learning=1.0, socialisation=0.0)
    model.reality = np.array([1, 1, 1])
    model.belief = np.array([[1, 1, -1], [1, -1, -1], [1, 0, -1]])
    model.code = np.array([0, 0, 0])
    model.advance(1)
    # All three know more than the code. They agree on the first and the last; on the second they are split.
    assert model.code.tolist() == [1, 0, -1]


def test_a_code_does_not_learn_from_those_who_know_less() -> None:
    model = organisation(n_agents=2, dimensions=2, code_learning=1.0)
    model.reality, model.code = np.array([1, 1]), np.array([1, 1])
    model.belief = np.array([[-1, -1], [1, -1]])
    model.advance(1)
    assert model.code.tolist() == [1, 1]


def test_the_code_learns_with_the_chance_that_the_source_gives() -> None:
    """1 - (1 - p2)^k with k = 2 members who differ from the code and none who agrees."""
    learned = []
    for run_number in range(1, 401):
        p = load("march").having(n_agents=2, dimensions=30, code_learning=0.3, socialisation=0.0).parameters
        model = March(p, Streams(1, run_number), Silent())  # type: ignore[arg-type]
        model.belief = np.ones((2, 30), dtype=np.int64)
        model.reality = np.ones(30, dtype=np.int64)
        model.advance(1)
        learned.append((model.code == 1).mean())
    expected = 1 - 0.7**2
    assert np.mean(learned) == pytest.approx(expected, abs=3 * np.sqrt(expected * (1 - expected) / 12_000))


def test_perfect_conditional_cooperators_alone_go_on_giving_what_they_expected() -> None:
    alike = {"conditional": 1.0, "free_riders": 0.0, "hump_shaped": 0.0, "noise": 0.0, "matching": 1.0}
    series = run(load("publicgood").having(**alike).lasting(30), 1).series
    assert series["contribution"].to_list() == pytest.approx([0.5] * 30)


def test_imperfect_conditional_cooperators_alone_give_less_by_the_same_share_each_time() -> None:
    """With expectations that follow at once, gifts are first_belief times matching to the power of the tick."""
    alike = {"conditional": 1.0, "free_riders": 0.0, "hump_shaped": 0.0, "noise": 0.0, "matching": 0.8}
    series = run(load("publicgood").having(belief_pace=1.0, first_belief=0.6, **alike).lasting(12), 1).series
    assert series["contribution"].to_list() == pytest.approx([0.6 * 0.8**t for t in range(1, 13)])


def test_the_hump_shaped_give_most_where_half_is_expected() -> None:
    model = commons(conditional=0.0, free_riders=0.0, hump_shaped=1.0, matching=1.0)
    for belief, wish in ((0.0, 0.0), (0.25, 0.25), (0.5, 0.5), (0.75, 0.25), (1.0, 0.0)):
        model.belief[:] = belief
        assert model._wish() == pytest.approx(wish)


def test_without_sanctions_what_is_paid_out_is_what_was_kept_and_multiplied() -> None:
    model = commons(n_agents=100, group_size=4, return_rate=0.4)
    model.advance(1)
    assert model.payoff.sum() == pytest.approx(100 - model.gift.sum() + 4 * 0.4 * model.gift.sum())


def test_sanctions_cost_exactly_what_they_say() -> None:
    with_it, without = (commons(sanctions=on, sanction_cost=0.25) for on in (True, False))
    for model in (with_it, without):
        model.advance(1)
    assert (with_it.gift == without.gift).all()
    assert with_it.punished.sum() > 0
    lost = without.payoff.sum() - with_it.payoff.sum()
    assert lost == pytest.approx(1.25 * with_it.punished.sum())


def test_free_riders_never_give_unless_punished() -> None:
    model = commons(free_riders=1.0, conditional=0.0, hump_shaped=0.0)
    for tick in range(1, 6):
        model.advance(tick)
        assert model.gift.max() == 0.0
    assert (model.kind == FREE_RIDER).all()


def test_every_punished_person_is_an_event_and_only_with_sanctions_on() -> None:
    on, off = (run(load("publicgood").having(sanctions=s), 1) for s in (True, False))
    assert on.frame.of(kinds.Sanctioned).height == round(on.series["sanctioned"].sum() * 240)
    assert off.frame.of(kinds.Sanctioned).height == 0


def test_sanctions_that_nobody_deals_out_change_nothing() -> None:
    idle, off = (
        run(load("publicgood").having(sanctions=s, punishers=0.0), 1, record=False).series for s in (True, False)
    )
    assert idle.equals(off)


@pytest.mark.parametrize("preset", ["march", "publicgood"])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_allowed_parameters_give_numbers_that_make_sense(preset: str, data: st.DataObject) -> None:
    chosen: dict[str, object] = {}
    for name, spec in load(preset).specs().items():
        if spec.type is bool:
            chosen[name] = data.draw(st.booleans())
        elif spec.type is int:
            chosen[name] = data.draw(st.integers(1, 9))
        else:
            chosen[name] = data.draw(st.sampled_from([spec.low, spec.high]) | st.floats(spec.low, spec.high))
    result = run(load(preset).having(**chosen).lasting(8), 1)
    numbers = result.series.drop("payoff", strict=False).to_numpy()
    assert ((numbers >= 0) & (numbers <= 1)).all()
    assert np.isfinite(result.people["outcome"].to_numpy()).all()
    assert inspect(result.frame.rows).is_clean()


@pytest.mark.parametrize(
    ("preset", "typed", "said"),
    [
        ("march", "n_agents=0", "from 1 to"),
        ("march", "socialisation=1.1", "from 0 to 1"),
        ("march", "turnover=nan", "from 0 to 1"),
        ("march", "socialization=0.1", "Did you mean socialisation?"),
        ("publicgood", "n_agents=-4", "from 1 to"),
        ("publicgood", "conditional=2", "from 0 to 1"),
        ("publicgood", "sanctions=perhaps", "true or false"),
        ("publicgood", "n_patients=5", "n_agents"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_was_expected(preset: str, typed: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        load(preset).with_settings([typed])
    assert said in str(refused.value)
