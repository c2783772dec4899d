"""Your own rule: it takes the place of a step of the tick, on the oracle, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from coproduce.errors import InvalidInput
from coproduce.simulator import load, own_rule, run
from coproduce.simulator.rules import find, plan_with
from coproduce.simulator.stages import active

OWN = """
from coproduce.simulator import own_rule
from coproduce.simulator.stages.moved import activation_moves

@own_rule(replaces="activation_moves")
def stubborn(world):
    "Nobody's activation moves."

@own_rule(replaces="activation_moves")
def same(world):
    activation_moves(world)

@own_rule(after="activation_moves")
def all_active(world):
    world.people.activation[:] = 1.0

def unmarked(world):
    pass
"""
SMALL = load("seid2021").having(n_patients=40).lasting(8)


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    name = f"own_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(OWN)
    monkeypatch.chdir(tmp_path)
    return name


def activation(*rules: str) -> list[float]:
    result = run(SMALL, 1, record=False, plan=plan_with(rules, SMALL.parameters))
    return result.series["activation"].to_list()


def test_a_rule_replaces_its_step(own: str) -> None:
    moved = activation(f"{own}:stubborn")
    assert len(set(moved)) == 1


def test_a_rule_that_does_what_ours_does_gives_the_same_numbers(own: str) -> None:
    ours = run(SMALL, 1, record=False)
    theirs = run(SMALL, 1, record=False, plan=plan_with((f"{own}:same",), SMALL.parameters))
    assert_frame_equal(ours.series, theirs.series)


def test_rules_can_come_after_a_step_and_several_can_be_given(own: str) -> None:
    assert set(activation(f"{own}:stubborn", f"{own}:all_active")) == {1.0}


def test_without_rules_the_plan_is_ours() -> None:
    assert plan_with((), SMALL.parameters) == active(SMALL.parameters)


@pytest.mark.parametrize("name", ["", "nothing", "no.such.module:rule", "math:pi", "os; import sys:x", "../x:y"])
def test_what_is_not_a_rule_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput):
        find(name)


def test_a_function_that_is_not_marked_is_refused(own: str) -> None:
    with pytest.raises(InvalidInput, match="own_rule"):
        find(f"{own}:unmarked")


@pytest.mark.parametrize(
    "where", [{}, {"replaces": "activation_move"}, {"before": "needs_arise", "after": "needs_arise"}]
)
def test_a_rule_names_exactly_one_step_of_the_tick(where: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        own_rule(**where)


def test_a_near_miss_is_answered_with_the_nearest_step() -> None:
    with pytest.raises(InvalidInput, match="activation_moves"):
        own_rule(replaces="activation_move")


def test_a_step_that_is_switched_off_cannot_be_replaced(own: str, tmp_path: Path) -> None:
    (tmp_path / f"{own}_needs.py").write_text(
        OWN.replace("activation_moves", "needs_arise").replace(".moved", ".stated")
    )
    with pytest.raises(InvalidInput, match="layer that is on"):
        plan_with((f"{own}_needs:stubborn",), SMALL.having(needs=False).parameters)


def test_a_model_with_fixed_rules_takes_none(own: str) -> None:
    with pytest.raises(InvalidInput, match="fixed"):
        plan_with((f"{own}:stubborn",), load("bandit").parameters)
