"""Parameters: declared once, refused clearly, and safe over their whole ranges."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coproduce.errors import InvalidInput
from coproduce.simulator import Scenario, load, names, run
from coproduce.simulator.parameters import DECLARED, NetworkParameters, Spec, specs

SIZES = {"n_patients", "n_researchers", "n_sites", "initial_resources", "topics_per_line", "patients_per_clinician",
         "n_treatments", "n_phenotypes", "clinics_per_site", "patient_ties", "clinician_ties"}  # fmt: skip


def values(spec: Spec) -> st.SearchStrategy[object]:
    if spec.type is bool:
        return st.booleans()
    if spec.choices:
        return st.sampled_from(spec.choices)
    low, high = spec.low, min(spec.high, 40) if spec.name in SIZES else spec.high
    if spec.type is int:
        return st.integers(int(low), int(high))
    return st.one_of(st.sampled_from([float(low), float(high)]), st.floats(low, high))


@settings(max_examples=60, deadline=None)
@given(st.fixed_dictionaries({}, optional={name: values(spec) for name, spec in specs(NetworkParameters).items()}))
def test_any_allowed_parameters_give_numbers_that_make_sense(changed: dict[str, object]) -> None:
    scenario = load("example").having(n_patients=30, n_sites=3).having(**changed).lasting(15)
    result = run(scenario, 1)
    series = result.series
    for column in ("activation", "clinician_activation", "shared_knowledge", "contribution", "wrong_shared", "trust"):
        assert series[column].drop_nans().is_between(0, 1).all()
    for column in ("mean_outcome", "median_outcome", "share_best"):
        assert series[column].drop_nans().is_between(-1e-12, 1).all()
    levels = sum(series[f"engagement_{level}"] for level in range(4))
    assert (levels == series["members"]).all()
    counts = series.select("encounters", "shared_information", "^needs_.*$", "resources")
    assert (counts.to_numpy() >= 0).all()
    assert series["outcome_gap"].drop_nans().is_between(-1, 1).all()
    assert result.resources["quality"].is_between(0, 1).all()
    members = series["members"].to_numpy()
    assert np.isfinite(series["mean_outcome"].to_numpy()[members > _staff(scenario)]).all()


def _staff(scenario: Scenario) -> int:
    p = scenario.parameters
    assert isinstance(p, NetworkParameters)
    return p.n_researchers + max(1, min(p.n_patients, round(p.n_patients / p.patients_per_clinician)))


@pytest.mark.parametrize("preset", names())
def test_every_preset_says_where_each_value_comes_from(preset: str) -> None:
    scenario = load(preset)
    assert set(scenario.settings) == {f.name for f in dataclasses.fields(scenario.parameters)}
    assert {setting.status for setting in scenario.settings.values()} <= {"known", "proposed"}
    assert all(setting.source for setting in scenario.settings.values())


@pytest.mark.parametrize("declared", DECLARED.values())
def test_every_parameter_says_what_it_is_in_which_unit_and_range(declared: type) -> None:
    for spec in specs(declared).values():
        assert spec.says.endswith(".")
        assert spec.unit
        assert spec.type in (bool, str) or spec.low < spec.high < np.inf


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("n_patient=5", "Did you mean n_patients?"),
        ("uptake=1.5", "from 0 to 1"),
        ("uptake=nan", "from 0 to 1"),
        ("uptake=inf", "from 0 to 1"),
        ("n_patients=0", "from 1 to"),
        ("n_patients=2.5", "a whole number"),
        ("n_patients=many", "a whole number"),
        ("n_patients=", "a whole number"),
        ("needs=maybe", "true or false"),
        ("peer_form=sideways", "one of upward, symmetric, threshold, complex, none"),
        ("n_patients", "name=value"),
        ("=5", "name=value"),
        ("\x00=\x00", "a parameter of this preset"),
        ("x" * 10_000 + "=1", "a parameter of this preset"),
    ],
)
def test_settings_that_do_not_fit_are_refused_with_what_was_expected(typed: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        load("seid2021").with_settings([typed])
    assert said in str(refused.value)
    assert len(str(refused.value)) < 400


def test_a_name_set_twice_is_refused() -> None:
    with pytest.raises(InvalidInput):
        load("seid2021").with_settings(["uptake=0.5", "uptake=0.6"])


def test_settings_reach_the_parameters_in_their_own_types() -> None:
    p = load("seid2021").with_settings(["n_patients=1000", "uptake=1", "needs=off", "pair_form=DOWN"]).parameters
    assert isinstance(p, NetworkParameters)
    assert (p.n_patients, p.uptake, p.needs, p.pair_form) == (1000, 1.0, False, "down")
    assert isinstance(p.uptake, float)


@pytest.mark.parametrize(("name", "said"), [("sied2021", "Did you mean seid2021?"), ("../x", "one of"), ("", "one of")])
def test_an_unknown_preset_is_refused_with_the_nearest_known_one(name: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        load(name)
    assert said in str(refused.value)


@pytest.mark.parametrize("ticks", [0, -3, 100_001])
def test_a_length_that_makes_no_sense_is_refused(ticks: int) -> None:
    with pytest.raises(InvalidInput):
        load("seid2021").lasting(ticks)


def test_parameters_cannot_be_changed_after_the_fact() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        load("seid2021").parameters.n_patients = 3  # type: ignore[misc]


def test_the_reconstruction_says_that_it_is_one() -> None:
    says = load("seid2021").says
    assert "reconstruction, from abstracts and one table" in says
    assert "functional forms and defaults are ours" in says
