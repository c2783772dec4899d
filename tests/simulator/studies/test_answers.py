"""What a page asks is answered as plain data that JSON can carry."""

from __future__ import annotations

import json

import pytest

from coproduce.errors import InvalidInput
from coproduce.simulator import Scenario, load, names, run
from coproduce.simulator.levers import LEVERS
from coproduce.simulator.studies import answers

BASE = load("seid2021").having(n_patients=20, needs=False, engagement=False).lasting(12)


def test_every_preset_is_named_with_what_it_is() -> None:
    listed = answers.presets()
    assert [one["preset"] for one in listed] == names()
    assert all(one["title"] and one["says"] for one in listed)


def test_levers_have_meaning_range_and_present_intensity() -> None:
    listed = answers.levers(load("lhn2025"))
    assert [one["lever"] for one in listed] == list(LEVERS)
    registry = next(one for one in listed if one["lever"] == "registry")
    assert (registry["low"], registry["high"], registry["value"]) == (0, 1, 1.0)
    assert answers.levers(load("bandit")) == []


def test_the_first_member_of_a_band_is_the_scenario_itself_and_others_stay_in_their_ranges() -> None:
    assert answers.member(BASE, 0, 1) == BASE
    numbers, forms = answers.doubtful(BASE)
    assert {"n_patients", "needs", "registry"}.isdisjoint(spec.name for spec in (*numbers, *forms))
    made = answers.member(BASE, 3, 1).parameters
    for spec in numbers:
        was, now = getattr(BASE.parameters, spec.name), getattr(made, spec.name)
        assert spec.low <= now <= spec.high
        assert abs(now - was) <= answers.DOUBT * abs(was) + 1e-12


def test_members_differ_in_rule_forms_too_and_do_not_depend_on_how_many_there_are() -> None:
    made = [answers.member(BASE, number, 1).parameters.peer_form for number in range(1, 13)]  # type: ignore[union-attr]
    assert len(set(made)) > 1
    assert answers.member(BASE, 5, 1) == answers.member(BASE, 5, 1)
    assert answers.member(BASE, 5, 1) != answers.member(BASE, 5, 2)


def test_a_first_band_has_a_few_members_and_a_fine_one_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "FINE", 6)
    monkeypatch.setattr(answers, "FIRST_SECONDS", 0.0)
    first, fine = answers.bands(BASE, "mean_outcome")
    assert (first["members"], fine["members"]) == (answers.FEWEST, 6)
    for one in (first, fine):
        assert one["ticks"] == list(range(1, 13))
        assert all(low <= m <= high for low, m, high in zip(one["low"], one["median"], one["high"], strict=True))
        json.dumps(one, allow_nan=False)


def test_a_first_band_stops_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(1000))
    monkeypatch.setattr(answers, "monotonic", lambda: next(clock) * 0.1)
    found = answers.band(BASE, "mean_outcome")
    assert answers.FEWEST <= found["members"] < 60


def test_a_large_network_is_stood_for_by_a_small_one_in_a_first_band(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "FIRST_SECONDS", 0.0)
    assert answers.band(BASE.having(n_patients=5_000), "activation")["patients"] == answers.FIRST_PATIENTS


def test_a_comparison_is_the_paired_difference_of_runs() -> None:
    other = BASE.having(patient_influence=0.2)
    found = answers.compare(BASE, other, "activation", replicates=2)
    runs = [[run(s, 1, run=r, record=False).series["activation"][-1] for s in (BASE, other)] for r in (1, 2)]
    assert found["difference"][-1] == pytest.approx(sum(b - a for a, b in runs) / 2)
    assert found["differs"] is True
    assert answers.compare(BASE, BASE, "activation", replicates=2)["differs"] is False


def test_what_is_behind_a_comparison_is_a_knock_out() -> None:
    found = answers.behind(BASE.having(sharing=0.0), {"sharing": 1.0}, "shared_information", replicates=2)
    assert {path["path"] for path in found["paths"]} == {"commons", "peers", "clinicians", "know-how"}
    json.dumps(found, allow_nan=False)


def test_numbers_that_are_not_there_become_none() -> None:
    found = answers.compare(BASE, BASE, "outcome_gap", replicates=2)
    assert found["difference"] == [None] * 12


@pytest.mark.parametrize("ask", [
    lambda s: answers.band(s, "happiness"),
    lambda s: answers.compare(s, s, "happiness", replicates=1),
    lambda s: answers.behind(s, {"nothing": 1.0}, "activation", replicates=1),
])  # fmt: skip
def test_unknown_outcomes_and_changes_are_refused(ask: object) -> None:
    with pytest.raises(InvalidInput):
        ask(BASE)  # type: ignore[operator]


def test_a_model_of_another_kind_has_a_band_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "FIRST_SECONDS", 0.0)
    bandit: Scenario = load("bandit").lasting(4)
    assert answers.band(bandit, "activation")["members"] == answers.FEWEST
