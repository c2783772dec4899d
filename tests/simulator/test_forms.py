"""Rule forms: each is what its name says, and stays in range."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coproduce.simulator import forms, load, run
from coproduce.simulator.parameters import NetworkParameters, specs

FORMS = {name: spec.choices for name, spec in specs(NetworkParameters).items() if spec.choices}
shares = st.floats(0, 1)


@given(shares, shares, st.sampled_from(FORMS["information_form"]))
def test_information_is_symmetric_and_between_its_product_and_its_mean(a: float, b: float, form: str) -> None:
    one, other = np.array([a]), np.array([b])
    made = forms.information(form, one, other)[0]
    assert made == forms.information(form, other, one)[0]
    assert a * b - 1e-12 <= made <= (a + b) / 2 + 1e-12


@given(shares, shares, shares, st.sampled_from(FORMS["combine_form"]))
def test_more_information_or_knowledge_never_helps_less(i: float, more: float, kappa: float, form: str) -> None:
    low, high = sorted((i, more))
    less, better = (forms.combined(form, np.array([x]), kappa)[0] for x in (low, high))
    assert 0 <= less <= better <= 1


def test_information_and_knowledge_combine_as_named() -> None:
    i = np.array([0.5])
    assert [forms.combined(form, i, 0.4)[0] for form in ("additive", "product", "substitutes")] == pytest.approx(
        [0.9, 0.2, 0.7]
    )
    assert forms.combined("additive", i, 0.9)[0] == 1.0


@pytest.mark.parametrize(
    ("form", "pulls"), [("both", [-0.2, 0.3]), ("down", [-0.2, 0.0]), ("up", [0.0, 0.3]), ("none", [0.0, 0.0])]
)
def test_pairs_pull_in_the_directions_of_their_form(form: str, pulls: list[float]) -> None:
    assert forms.pair_pull(form, np.array([-0.2, 0.3])).tolist() == pulls


@pytest.mark.parametrize(
    ("form", "pulls"),
    [("upward", [0.0, 0.3]), ("symmetric", [-0.2, 0.3]), ("threshold", [0.0, 0.3]), ("none", [0.0, 0.0])],
)
def test_peers_pull_in_the_directions_of_their_form(form: str, pulls: list[float]) -> None:
    assert forms.peer_pull(form, np.array([-0.2, 0.3])).tolist() == pulls


def test_unwell_patients_are_seen_twice_as_often_as_the_well() -> None:
    worst, middle, best = forms.visit_chance("unwell", 10.0, np.array([0.0, 0.5, 1.0]))
    assert worst == pytest.approx(2 * best)
    assert middle == pytest.approx(forms.visit_chance("bernoulli", 10.0, np.array([0.5]))[0])


@pytest.mark.parametrize("form", FORMS["visit_form"])
def test_every_form_of_visits_has_about_the_same_number_of_them(form: str) -> None:
    scenario = load("seid2021").having(n_patients=400, needs=False, visit_form=form).lasting(48)
    assert run(scenario, 1, record=False).series["encounters"].sum() == pytest.approx(400 * 48 / 12, rel=0.12)


#: A busy network, in which every rule has something to do within 30 ticks.
BUSY = {"n_patients": 120, "n_sites": 5, "registry_ceiling": 0.05, "need_rate": 0.1, "climb_0": 0.3, "climb_1": 0.3,
        "vote_every": 0, "monitoring": 1.0, "tie_pace": 0.2}  # fmt: skip


@cache
def of_every_layer(**changed: str) -> pl.DataFrame:
    care = {"choice_form": "gain", "knowledge_weight": 1.0} if "combine_form" in changed else {}
    return run(load("full").having(**BUSY, **care).having(**changed).lasting(30), 1, record=False).series


@pytest.mark.parametrize(("name", "form"), [(name, form) for name, choices in FORMS.items() for form in choices[1:]])
def test_every_alternative_form_changes_a_run_with_every_layer_on(name: str, form: str) -> None:
    assert not of_every_layer(**{name: form}).equals(of_every_layer(**{name: FORMS[name][0]}))
