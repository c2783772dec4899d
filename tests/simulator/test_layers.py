"""Layers, levers and bars: off or at the neutral value they leave a run as it is, number for number."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from typer.testing import CliRunner

from coproduce.cli import app
from coproduce.errors import InvalidInput
from coproduce.events import inspect, kinds
from coproduce.simulator import Result, Scenario, load, run
from coproduce.simulator.levers import LEVERS
from coproduce.simulator.parameters import NetworkParameters
from coproduce.simulator.stages import STAGES, active

LAYERS = ("needs", "engagement", "turnover", "governance", "misinformation", "equity")

#: For each layer or form, values under which it changes nothing although it is on.
NEUTRAL: dict[str, dict[str, object]] = {
    "governance": {"governance": True, "sanction_form": "none", "reward": 0.0, "review_form": "none"},
    "governance by sanctions nobody sees": {"governance": True, "monitoring": 0.0, "review_form": "none"},
    "review before sharing that finds nothing": {"governance": True, "sanction_form": "none", "reward": 0.0,
                                                 "review_form": "before", "review_skill": 0.0,
                                                 "review_strictness": 0.0, "review_friction": 0.0},
    "review after sharing that never comes": {"governance": True, "sanction_form": "none", "reward": 0.0,
                                              "review_form": "after", "review_rate": 0.0},
    "misinformation": {"misinformation": True, "error_rate": 0.0, "selective_sharing": 0.0, "intransigent": 0.0,
                       "trust_form": "fixed"},
    "equity without a stratum": {"equity": True, "disadvantaged": 0.0},
    "equity without barriers": {"equity": True, "access_gate": 0.0, "unequal_listening": 0.0, "unequal_data": 0.0,
                                "phenotype_tilt": 0.0},
    "turnover of nobody": {"turnover": True, "start_share": 1.0, "leaving": 0.0, "entry": 0.0},
    "peers by a threshold of nobody": {"peer_form": "threshold", "peer_threshold": 0.0},
    "peers by one source": {"peer_form": "complex", "peer_reinforcement": 1},
    "ties that could change but do not": {"tie_form": "all", "tie_pace": 0.0, "rewire_met": 0.0, "rewire_unmet": 0.0},
    "information above no threshold": {"made_form": "threshold", "information_threshold": 0.0},
    "a registry without a ceiling": {"kept_form": "ceiling", "registry_ceiling": 1_000.0},
    "reciprocity without reciprocal people": {"contribution_form": "conditional", "cooperators": 0.0,
                                              "free_riders": 0.0, "hump_shaped": 0.0},
    "crowding out without pay": {"crowding_out": 1.0, "payment": 0.0},
    "steps that cost nothing": {"give_steps": 9, "step_cost": 0.0, "give_minutes": 99.0, "minute_cost": 0.0},
}  # fmt: skip


def scenario(**changed: object) -> Scenario:
    return load("seid2021").having(n_patients=150, n_sites=5).having(**changed).lasting(50)


@cache
def plain() -> Result:
    return run(scenario(), 7)


#: All that is reported except what only the equity layer reports.
REST = pl.exclude("outcome_gap")


@pytest.mark.parametrize("name", NEUTRAL)
def test_at_its_neutral_value_a_layer_or_form_changes_no_number(name: str) -> None:
    result = run(scenario(**NEUTRAL[name]), 7)
    assert_frame_equal(result.series.select(REST), plain().series.select(REST), check_exact=True)


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_that_is_off_draws_nothing_and_takes_no_step(layer: str) -> None:
    full = load("full").having(n_patients=120, n_sites=4).lasting(20)
    off = full.having(**{layer: False})
    p = off.parameters
    assert isinstance(p, NetworkParameters)
    without = tuple(step for step in active(full_parameters(full)) if layer not in step.layers and _on(step, p))
    assert run(off, 5, plan=without).frame.rows.equals(run(off, 5).frame.rows)
    assert not [step.name for step in active(p) if layer in step.layers]


def _on(step: object, p: NetworkParameters) -> bool:
    return all(getattr(p, layer) for layer in step.layers)  # type: ignore[attr-defined]


def full_parameters(full: Scenario) -> NetworkParameters:
    assert isinstance(full.parameters, NetworkParameters)
    return full.parameters


@pytest.mark.parametrize("layer", LAYERS[3:])
def test_every_parameter_of_a_layer_that_is_off_is_idle(layer: str) -> None:
    idle = {
        "governance": {"monitoring": 1.0, "sanction_form": "flat", "reward": 9.0, "review_form": "before"},
        "misinformation": {"error_rate": 1.0, "selective_sharing": 1.0, "intransigent": 1.0, "trust_form": "belief"},
        "equity": {"disadvantaged": 1.0, "access_gate": 1.0, "unequal_listening": 1.0, "phenotype_tilt": 1.0},
    }[layer]
    assert run(scenario(**idle), 7).frame.rows.equals(plain().frame.rows)


@pytest.mark.parametrize("lever", LEVERS)
def test_a_lever_that_never_starts_changes_nothing_but_its_id(lever: str) -> None:
    pulled = scenario(**{lever: 1.0}).starting(**{lever: [None] * 5})
    assert_frame_equal(run(pulled, 7).series, plain().series, check_exact=True)


@pytest.mark.parametrize("lever", LEVERS)
def test_every_lever_that_starts_everywhere_moves_the_run(lever: str) -> None:
    shared = {"equity": True, "sharing_cost": 0.2}
    with_it, without = (run(scenario(**shared, **{lever: intensity}), 7) for intensity in (1.0, 0.0))
    assert not with_it.series.equals(without.series)


def test_a_lever_works_at_the_sites_that_have_it_and_from_their_tick_on() -> None:
    starts = [1, None, 20, None, None]
    result = run(scenario(previsit_planning=1.0).starting(previsit_planning=starts), 7)
    began = result.frame.of(kinds.InterventionStarted)
    week = result.scenario.resolution
    ticks = ((began["time"] - result.scenario.start_us) // week).to_list()
    assert list(zip(began["site"].to_list(), ticks, strict=True)) == [(0, 1), (2, 20)]
    changed = _visits(result).join(_visits(plain()), on=["time", "site", "nth"], suffix="_without")
    more = changed.filter(pl.col("value") > pl.col("value_without") + 1e-3)
    assert set(more["site"].unique()) <= {0, 2}
    assert more.filter(pl.col("site") == 2)["time"].min() >= result.scenario.start_us + 20 * week


def _visits(result: Result) -> pl.DataFrame:
    visits = result.frame.of(kinds.EncounterHeld).select("time", "site", "value")
    late = visits["time"].max()
    assert isinstance(late, int)
    return visits.filter(pl.col("time") <= late).with_columns(pl.int_range(pl.len()).over("time", "site").alias("nth"))


@pytest.mark.parametrize(
    ("starts", "said"),
    [
        ({"previsit_planing": [1] * 5}, "previsit_planning"),
        ({"registry": [1, 2]}, "5 sites"),
        ({"registry": [0, 1, 1, 1, 1]}, "1 or more"),
        ({"registry": [1.5, 1, 1, 1, 1]}, "1 or more"),
        ({"registry": [True, 1, 1, 1, 1]}, "1 or more"),
    ],
)
def test_starts_that_do_not_fit_are_refused(starts: dict[str, list[int | None]], said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        scenario().starting(**starts)
    assert said in str(refused.value)


def test_starts_for_another_number_of_sites_are_refused_when_the_sites_change() -> None:
    with pytest.raises(InvalidInput):
        scenario(registry=1.0).starting(registry=[1] * 5).having(n_sites=4)


def test_levers_belong_to_the_network_model() -> None:
    with pytest.raises(InvalidInput):
        load("bandit").starting(registry=[1])


def test_every_step_that_needs_a_layer_names_one_that_the_parameters_know() -> None:
    p = full_parameters(load("full"))
    assert all(hasattr(p, layer) for step in STAGES for layer in step.layers)
    assert set(active(p)) == set(STAGES)


def test_the_log_of_a_run_with_every_layer_on_is_clean_and_its_stories_are_whole() -> None:
    result = run(load("full").having(n_patients=150, n_sites=5).lasting(60), 3)
    assert inspect(result.frame.rows).is_clean()
    for kind in (kinds.Sanctioned, kinds.Reviewed, kinds.ConcernRaised, kinds.VoteCast, kinds.Connected):
        assert result.frame.of(kind).height > 0
    confirmed = result.frame.of(kinds.NeedConfirmed).height
    assert confirmed == (result.needs["state"] == "confirmed").sum() > 0


@pytest.mark.parametrize(
    "bar", ["commons_in_choice", "commons_in_needs", "peers_in_activation", "clinicians_in_activation",
            "know_how_in_help"]
)  # fmt: skip
def test_each_path_can_be_barred_alone(bar: str) -> None:
    barred = run(scenario(**{bar: False}), 7)
    assert not barred.series.equals(plain().series)
    quiet = {"commons_in_needs": "share_best", "know_how_in_help": "share_best", "commons_in_choice": "activation"}
    if bar in quiet:
        assert np.array_equal(barred.series[quiet[bar]], plain().series[quiet[bar]])


@pytest.mark.parametrize("n", [1, 3, 40])
@pytest.mark.parametrize("end", ["low", "high"])
def test_with_every_share_and_rate_at_its_end_the_numbers_still_make_sense(end: str, n: int) -> None:
    full = load("full")
    ends = {name: getattr(spec, end) for name, spec in full.specs().items() if (spec.low, spec.high) == (0, 1)}
    extreme = full.having(n_patients=n, n_sites=3, **{k: v for k, v in ends.items() if k != "n_researchers"})
    for form in ("gain", "thompson"):
        result = run(extreme.having(choice_form=form).lasting(20), 1)
        assert inspect(result.frame.rows).is_clean()
        for column in ("mean_outcome", "activation", "shared_knowledge", "trust", "wrong_shared", "contribution"):
            assert result.series[column].fill_nan(None).drop_nulls().is_between(0, 1).all()


def test_measures_work_on_the_log_of_a_run_with_every_layer_on(tmp_path: Path) -> None:
    out = str(tmp_path / "full.parquet")
    asked = ["simulate", "full", "--set", "n_patients=200", "--ticks", "52", "--out", out, "--json"]
    assert CliRunner().invoke(app, asked).exit_code == 0
    answer = CliRunner().invoke(app, ["measure", out, "--json"], catch_exceptions=False)
    measures = json.loads(answer.stdout)["measures"]
    assert sum(m["value"] is not None for m in measures) > 10
    assert all(m["note"] for m in measures if m["value"] is None)


#: Two settings that say the same: a form at the value where it is another form, a lever without effect.
SAME: dict[str, tuple[dict[str, object], dict[str, object]]] = {
    "epsilon of nothing is greedy": ({"choice_form": "epsilon", "exploration": 0.0}, {"choice_form": "greedy"}),
    "ucb without optimism is greedy": ({"choice_form": "ucb", "optimism": 0.0}, {"choice_form": "greedy"}),
    "thompson without doubt is greedy": ({"choice_form": "thompson", "evidence_noise": 0.0},
                                         {"choice_form": "greedy", "evidence_noise": 0.0}),
    "pooling without strength is by phenotype": (
        {"choice_form": "thompson", "pooling_form": "hierarchical", "pooling_strength": 0.0},
        {"choice_form": "thompson", "pooling_form": "phenotype"}),
    "no peers is peers without influence": ({"peer_form": "none"}, {"patient_influence": 0.0}),
    "no pull is pull of nothing": ({"pair_form": "none"}, {"pull_on_patient": 0.0, "pull_on_clinician": 0.0}),
    "barred peers have no influence": ({"peers_in_activation": False}, {"patient_influence": 0.0, "peers_engage": 0.0}),
    "trust that learns at no pace is fixed": (
        {"misinformation": True, "trust_form": "belief", "trust_pace": 0.0},
        {"misinformation": True, "trust_form": "fixed"}),
    **{f"ties {form} at no pace are fixed": (
           {"tie_form": form, "tie_pace": 0.0, "rewire_met": 0.0, "rewire_unmet": 0.0}, {"tie_form": "fixed"})
       for form in ("rewired", "homophily", "closure", "introduced", "projects")},
    **{f"{lever} without effect": ({lever: 1.0, **dict.fromkeys(effects, 0)}, {})
       for lever, effects in {
           "previsit_planning": ("previsit_data", "previsit_shared"), "registry": ("registry_shareable",),
           "leadership": ("leadership_activation", "leadership_sharing"),
           "quality_improvement": ("improvement_uptake", "improvement_pace"),
           "peer_programme": ("programme_introductions",), "resource_review": ("review_rate",),
           "onboarding": ("onboarding_climb",), "incentives": ("incentive_payment", "incentive_relief"),
           "equity_measures": ("equity_relief",)}.items()},
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_two_settings_that_say_the_same_give_the_same_numbers(name: str) -> None:
    one, other = (run(scenario(**changed), 7, record=False).series for changed in SAME[name])
    assert_frame_equal(one, other, check_exact=True)


def test_a_sample_of_people_keeps_interventions_rules_and_votes_whole() -> None:
    governed = scenario(governance=True, registry=1.0, vote_every=10, climb_0=0.3)
    whole, part = run(governed, 7).frame, run(governed, 7, sampled=0.1).frame
    for kind in (kinds.InterventionStarted, kinds.ProposalMade, kinds.VoteCast):
        assert part.of(kind).height == whole.of(kind).height > 0


def test_a_rule_that_holds_from_the_start_is_in_the_log() -> None:
    enacted = run(scenario(governance=True), 7).frame.of(kinds.RuleEnacted)
    assert enacted["time"].to_list() == [scenario().start_us]
