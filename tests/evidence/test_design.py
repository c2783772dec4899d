"""Designs, their power, when to stop, the checklist, and the library of measures."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from coproduce.cli import app
from coproduce.errors import BadFile, InvalidInput
from coproduce.evidence.personal.analysis import analyse
from coproduce.evidence.personal.checklist import checklist
from coproduce.evidence.personal.design import KINDS, read_design
from coproduce.evidence.personal.outcomes import library, own_measure
from coproduce.evidence.personal.planned import planned
from coproduce.evidence.personal.power import Expected, autocorrelated, power
from coproduce.evidence.personal.report import report
from coproduce.evidence.personal.stopping import SafetyRule, may_stop, n_cycles, unsafe_since
from coproduce.evidence.personal.trial import read_trial
from tests.evidence.trials import PAIN, trial

SPEC = {"arms": ["usual", "diet"], "cycles": 3, "block_days": 7, "seed": 5, "outcome": PAIN, "mcid": 1.0}


def design(**changes):
    known = {key: SPEC[key] for key in ("arms", "cycles", "block_days", "seed")}
    return read_design(known | changes)


def test_pairs_hold_every_arm_once_in_each_cycle():
    blocks = design(arms=["a", "b", "c"], cycles=50).blocks().reshape(50, 3)
    assert (np.sort(blocks, axis=1) == [0, 1, 2]).all()


def test_the_first_pair_is_drawn_too():
    first = [design(seed=seed).blocks()[0] for seed in range(200)]
    assert 70 <= sum(first) <= 130


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_gives_the_same_schedule_and_hash(kind):
    one, other = design(kind=kind), design(kind=kind)
    assert one.schedule().tolist() == other.schedule().tolist()
    assert one.hash() == other.hash() != design(kind=kind, seed=6).hash()


def test_abab_is_not_drawn_and_alternating_changes_every_block():
    assert design(kind="abab").blocks().tolist() == [0, 1, 0, 1, 0, 1]
    blocks = design(kind="alternating", cycles=20).blocks()
    assert (np.diff(blocks) != 0).all()


def test_baseline_is_in_the_first_arm_and_washout_follows_each_switch():
    found = design(kind="abab", baseline_days=3, washout_days=2, block_days=4, cycles=1)
    assert found.schedule().tolist() == [0] * 7 + [1] * 4
    assert np.flatnonzero(found.in_washout()).tolist() == [7, 8]


def test_made_values_hang_together_as_asked():
    y = autocorrelated(np.random.default_rng(1), 200_000, 0.6)
    assert y.std() == pytest.approx(1.0, abs=0.02)
    assert np.corrcoef(y[1:], y[:-1])[0, 1] == pytest.approx(0.6, abs=0.01)


def test_power_rises_with_length_and_is_small_without_an_effect():
    outcome = read_trial(trial()).outcome
    found = power(design(), outcome, 1.0, Expected(effect=1.6, sd=1.2, phi=0.3, missing=0.1))
    assert found[8] > found[2] + 0.1
    assert power(design(), outcome, 1.0, Expected(0.0, 1.2, 0.3, 0.1))[3] < 0.02


def test_a_plan_has_schedule_seed_hash_power_stops_and_checklist():
    found = planned(SPEC | {"safety": {"limit": 9, "days": 2}})
    assert [day["arm"] for day in found["schedule"]] == [SPEC["arms"][a] for a in design().schedule()]
    assert found["hash"] == design().hash()
    assert [row["cycles"] for row in found["power"]] == [2, 3, 4, 6, 8]
    assert found["stopping"]["safety"] == {"limit": 9.0, "days": 2}
    assert {item["id"] for item in found["checklist"] if item["filled"]} >= {"3a", "6a", "7b", "8a", "8b", "9", "12b"}


def test_a_measure_of_the_library_may_stand_for_the_outcome():
    assert planned(SPEC | {"outcome": "pain", "cycles": 1})["power_assumes"]["effect"] == pytest.approx(2.0)
    count = planned({key: SPEC[key] for key in ("arms",)} | {"outcome": "stools"})
    assert count["power"] is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"arms": ["usual"]}, "2 to 8"),
        ({"kind": "latin"}, "one of pairs"),
        ({"blinding": "triple"}, "one of none"),
        ({"cycles": 0}, "a whole number from 1"),
        ({"cycles": 2.5}, "a whole number"),
        ({"cycles": 10_000}, "at most 3660"),
        ({"block_days": 2, "washout_days": 2}, "fewer days of washout"),
        ({"seed": -1}, "a whole number from 0"),
        ({"seed": 2**63}, "a whole number from 0"),
        ({"outcome": "mood ring"}, "one of pain"),
        ({"outcome": 5}, "the key of a measure"),
        ({"mcid": float("nan")}, "0 or more"),
        ({"expect": {"phi": 1.0}}, "0 or more, at most 0.949"),
        ({"expect": {"sd": "wide"}}, "a number"),
        ({"safety": {"limit": "bad"}}, "a finite number"),
        ({"safety": {"limit": 5, "days": 0}}, "a whole number from 1"),
        ({"safety": 5}, "limit and days"),
        ({"blocks": 7}, "a key that a design does not have"),
    ],
)
def test_a_design_that_cannot_be_is_refused(changes, said):
    with pytest.raises(InvalidInput, match=said):
        planned(SPEC | changes)


def test_the_command_prints_the_schedule_and_refuses_other_files(tmp_path):
    path = tmp_path / "spec.toml"
    path.write_text('arms = ["usual", "diet"]\noutcome = "pain"\ncycles = 2\nseed = 1\n')
    found = CliRunner().invoke(app, ["trial", "design", str(path), "--json"])
    assert len(json.loads(found.stdout)["schedule"]) == 28
    assert "from day 0: " in CliRunner().invoke(app, ["trial", "design", str(path)]).stdout
    path.write_text("arms = [")
    assert isinstance(CliRunner().invoke(app, ["trial", "design", str(path)]).exception, BadFile)


# -- stopping, checklist, measures --------------------------------------------------------------------------------


def test_the_safety_rule_is_met_on_the_day_that_completes_it():
    document = trial(n=14)
    days = [day | {"value": 9.5 if day["day"] in {3, 5, 6, 7} else 4.0} for day in document["days"]]
    read = read_trial(document | {"days": days})
    assert unsafe_since(read, SafetyRule(9.0, 3)) == 7
    assert unsafe_since(read, SafetyRule(9.0, 4)) is None


def test_a_stop_is_suggested_only_when_sure_and_after_two_cycles():
    clear, early, unclear = (read_trial(trial(effect=e, n=n)) for e, n in ((-4, 56), (-4, 14), (-1, 56)))
    assert (n_cycles(clear), n_cycles(early)) == (4, 1)
    assert [may_stop(read, analyse(read)[0]) for read in (clear, early, unclear)] == [True, False, False]


def test_the_checklist_is_filled_from_the_data_and_leaves_open_what_nobody_said():
    document = trial()
    found = checklist(design(), SPEC | {"report": {"harms": "None."}}, read_trial(document), report(document))
    by_id = {item["id"]: item["filled"] for item in found}
    assert by_id["16"] == "usual 28, diet 28."
    assert by_id["19"] == "None."
    assert by_id["25"] is None
    assert "95 % interval" in by_id["17"]


def test_every_measure_says_where_it_comes_from_and_may_be_used():
    assert len(library()) >= 15
    for measure in library().values():
        ends = [measure.score([end] * measure.items) for end in measure.item_range]
        assert tuple(ends) == measure.range
        assert measure.source
        assert "nobody owns it" in measure.licence or "Free to use" in measure.licence
        assert "ours" in measure.source or "10." in measure.source


def test_a_score_is_the_sum_and_none_when_an_item_is_missing():
    phq9 = library()["phq9"]
    assert phq9.score([3] * 9) == 27
    assert phq9.score([None, *[1] * 8]) is None
    for wrong in ([1] * 8, [4, *[1] * 8], [-1, *[1] * 8]):
        with pytest.raises(InvalidInput):
            phq9.score(wrong)


def test_a_network_s_own_measure_is_checked_like_ours():
    entry = {"title": "Itch", "items": 1, "item_range": [0, 4], "range": [0, 4], "better": "lower",
             "family": "ordinal", "mcid": 1, "source": "ours", "licence": "CC0-1.0"}  # fmt: skip
    assert own_measure("itch", entry).outcome().family == "ordinal"
    for key, value in (
        ("title", ""),
        ("better", "up"),
        ("range", [4, 0]),
        ("items", 0),
        ("mcid", None),
        ("licence", 5),
    ):
        with pytest.raises(InvalidInput, match=r"Given"):
            own_measure("itch", entry | {key: value})
