"""Factors and designs: what is asked for is what is run, and nonsense is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coproduce.errors import InvalidInput
from coproduce.simulator import load
from coproduce.simulator.studies.design import Design, job
from coproduce.simulator.studies.factors import Factor, factors

BASE = load("seid2021")


def test_a_bare_name_takes_the_whole_declared_range_or_all_choices() -> None:
    sharing, form, needs = factors(["sharing", "peer_form", "needs"], BASE)
    assert (sharing.low, sharing.high) == (0, 1)
    assert form.values == BASE.specs()["peer_form"].choices
    assert needs.values == (False, True)


def test_ranges_and_lists_are_read_in_the_parameter_s_own_type() -> None:
    influence, size, form = factors(
        ["patient_influence=0:0.1", "n_patients=10,20", "combine_form=additive,product"], BASE
    )
    assert (influence.low, influence.high) == (0.0, 0.1)
    assert size.values == (10, 20)
    assert form.values == ("additive", "product")


@pytest.mark.parametrize(
    "typed",
    [
        [],
        ["sharng"],
        ["sharing=0:2"],
        ["sharing=1:0"],
        ["sharing=0.5:0.5"],
        ["sharing=nan:1"],
        ["sharing=a:b"],
        ["sharing="],
        ["peer_form=upward,sideways"],
        ["sharing=0:1", "sharing=0:0.5"],
        ["rule="],
        ["rule=ours,no.such:rule"],
    ],
)
def test_what_cannot_vary_is_refused(typed: list[str]) -> None:
    with pytest.raises(InvalidInput):
        factors(typed, BASE)


def test_an_unknown_factor_is_answered_with_the_nearest_parameter() -> None:
    with pytest.raises(InvalidInput, match="sharing"):
        factors(["sharng"], BASE)


@given(st.floats(0, 1), st.integers(0, 5), st.integers(1, 9))
def test_whole_numbers_stay_whole_and_inside(u: float, low: int, span: int) -> None:
    (value,) = Factor("n_sites", "sites", low, low + span, whole=True).at(np.array([u]))
    assert isinstance(value, int)
    assert low <= value <= low + span


def test_a_grid_crosses_the_levels_of_all_factors(tiny: Design) -> None:
    form = Factor("peer_form", "form", values=("upward", "none"))
    design = Design("seid2021", {}, 3, (tiny.factors[0], form), method="grid", n=3)
    assert design.n_points == 6
    assert set(zip(*design.points().values(), strict=True)) == {
        (x, f) for x in (0.0, 0.1, 0.2) for f in ("upward", "none")
    }


@pytest.mark.parametrize(("method", "n", "points"), [("lhs", 5, 5), ("sobol", 4, 16), ("morris", 3, 9)])
def test_the_number_of_points_is_known_before_they_are_drawn(tiny: Design, method: str, n: int, points: int) -> None:
    design = Design("seid2021", {}, 3, tiny.factors, method=method, n=n)
    assert design.n_points == points == len(design.points()["sharing"])
    assert design.unit().min() >= 0
    assert design.unit().max() <= 1


def test_a_latin_hypercube_has_one_point_in_each_slice(tiny: Design) -> None:
    u = Design("seid2021", {}, 3, tiny.factors, n=10).unit()
    assert [sorted((u[:, i] * 10).astype(int)) for i in (0, 1)] == [list(range(10))] * 2


def test_a_design_survives_being_written_and_its_key_tells_designs_apart(tiny: Design) -> None:
    again = Design.from_document(tiny.document())
    assert again == tiny
    assert again.key == tiny.key
    other = Design("seid2021", tiny.fixed, 3, tiny.factors, n=4, replicates=2, seed=2)
    assert other.key != tiny.key
    assert other.points() != tiny.points()


@pytest.mark.parametrize(
    "wrong",
    [
        {"n": 0},
        {"n": 1},
        {"replicates": 0},
        {"seed": -1},
        {"window": 4},
        {"window": 0},
        {"method": "guess"},
        {"method": "sobol", "n": 6},
        {"fixed": {"sharing": 0.5}},
        {"n": 10_000_000, "replicates": 2},
    ],
)
def test_a_design_that_makes_no_sense_is_refused(tiny: Design, wrong: dict[str, object]) -> None:
    given_ = {"preset": "seid2021", "fixed": {}, "ticks": 3, "factors": tiny.factors, **wrong}
    with pytest.raises(InvalidInput):
        Design(**given_)  # type: ignore[arg-type]


def test_a_point_becomes_a_scenario_with_its_own_rule() -> None:
    made = job(BASE, {"sharing": 0.9, "rule": "mine:mine"}, 3, 2)
    assert made.scenario.parameters.sharing == 0.9
    assert (made.seed, made.run, made.rules) == (3, 2, ("mine:mine",))
    assert job(BASE, {"rule": "ours"}, 3, 2).rules == ()
