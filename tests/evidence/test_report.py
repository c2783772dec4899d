"""What is told of a trial: in numbers, in words, and beside other ways to look at it."""

import json

import pytest

from coproduce.errors import InvalidInput
from coproduce.evidence.across import pooled_report
from coproduce.evidence.personal.analysis import analyse, fitted
from coproduce.evidence.personal.assumptions import weak
from coproduce.evidence.personal.missing import bounds, missing
from coproduce.evidence.personal.planning import more_days
from coproduce.evidence.personal.regressors import Terms
from coproduce.evidence.personal.report import report
from coproduce.evidence.personal.trial import read_trial
from coproduce.evidence.personal.washout import without_first_days
from coproduce.evidence.personal.words import natural, percent
from tests.evidence.trials import trial

KEYS = ["mean", "sd", "q025", "q05", "median", "q95", "q975", "p_better", "p_same", "p_worse", "phi_mean", "n_days",
        "n_missing", "prior", "sensitivity", "sentence"]  # fmt: skip


def test_the_answer_has_every_key_of_its_contract_for_each_comparison():
    found = report(trial(missing=0.2))
    assert set(KEYS) <= set(found)
    assert all(set(KEYS) <= set(answer) for answer in found["comparisons"])


def test_the_same_trial_gives_the_same_bytes():
    assert json.dumps(report(trial(missing=0.2))) == json.dumps(report(trial(missing=0.2)))


def test_probabilities_in_words_never_say_certain():
    assert [percent(p) for p in (0.0, 1e-9, 0.5, 1.0)] == [1, 1, 50, 99]
    assert [natural(p) for p in (0.0, 0.31, 0.5, 1.0)] == [
        "about 1 in 100", "about 3 in 10", "about 5 in 10", "about 99 in 100",
    ]  # fmt: skip


def test_the_sentence_says_the_likely_zone_and_never_a_p_value():
    better = report(trial(effect=-3, n=112))["sentence"]
    assert better.startswith("Your days point to pain better with diet than with usual: the chance is about 9")
    assert report(trial(effect=3, n=112))["sentence"].startswith("Your days point to pain worse with diet")
    assert "no difference in pain that matters" in report(trial(effect=0, phi=0, n=168))["sentence"]
    assert "do not settle it yet" in report(trial(effect=-1, n=28))["sentence"]
    assert "p =" not in better


def test_expected_loss_is_small_for_the_arm_that_helps():
    losses = report(trial(effect=-2, n=112))["expected_loss"]
    assert losses["diet"] < 0.01
    assert losses["usual"] == pytest.approx(2, abs=0.7)


def test_more_days_are_none_needed_when_it_is_settled_and_some_when_it_is_not():
    def ahead(**how):
        read = read_trial(trial(**how))
        assumed = weak(read)
        return more_days(read, assumed, Terms(), fitted(read, assumed, Terms()), 1)

    assert ahead(effect=-3, n=112).days == 0
    assert 0 < (ahead(effect=-1.8, n=16, block=4, phi=0).days or 0) <= 112


def test_missing_more_in_one_arm_is_warned_about_and_bounded():
    document = trial(n=112)
    days = [day | {"value": None} if day["arm"] == "diet" and day["day"] % 7 < 3 else day for day in document["days"]]
    read = read_trial(document | {"days": days})
    assert missing(read).by_arm == pytest.approx({"usual": 0.0, "diet": 3 / 7})
    assert "one arm" in (missing(read).warning or "")
    worst, best = (analyse(other)[0].zones.better for other in bounds(read))
    assert worst < analyse(read)[0].zones.better < best


def test_days_that_go_missing_after_bad_days_are_warned_about():
    document = trial(n=112, effect=0, phi=0.0)
    bad = {day["day"] + 1 for day in document["days"] if day["value"] > 6}
    days = [day | {"value": None} if day["day"] in bad else day for day in document["days"]]
    found = missing(read_trial(document | {"days": days}))
    assert (found.preceded_by_worse or 0) > 0.5
    assert "worse or better than usual" in (found.warning or "")


def test_dropping_days_drops_those_after_a_switch_and_no_others():
    read = read_trial(trial(n=28))
    assert without_first_days(read, 7) is None
    kept = without_first_days(read, 2)
    assert kept is not None
    assert kept.day[kept.seen].tolist() == [*range(7), *range(9, 14), *range(16, 21), *range(23, 28)]


def test_the_analysis_beside_the_main_one_says_when_they_disagree():
    """Carry-over that lasts for days hides an effect that the later days of each block show."""
    document = trial(n=112, block=14, effect=0, phi=0)
    days = [day | {"value": 5.0 - 2.2 * (day["arm"] == "diet" and day["day"] % 14 >= 7) + day["value"] * 0.02}
            for day in document["days"]]  # fmt: skip
    found = report(document | {"days": days, "trend": False})
    assert found["days_after_switch_dropped"]["mean"] < -2
    assert found["days_after_switch_dropped"]["mean"] < found["mean"]


def test_what_was_pooled_is_the_stated_prior_of_the_next_trial():
    """Many people gained two points, so a short trial of the next one starts there, and says so."""
    pooled = pooled_report.report({"d": [-2.1, -1.9, -2.0, -2.2, -1.8] * 8, "s": [0.3] * 40})
    prior, short = pooled["prior_of_the_next_trial"], trial(n=14, effect=0.0)
    alone, informed = report(short), report(short | {"prior": prior})
    assert informed["mean"] < alone["mean"]
    assert informed["sd"] < alone["sd"]
    assert informed["prior"]["source"] == "pooled from the trials of 40 people"
    assert informed["prior"]["m0"][1] == pytest.approx(-2.0, abs=0.05)
    # sd in the outcome's unit: variance in units of the residual variance's prior mean, b0 / (a0 - 1) = 2.
    assert informed["prior"]["V0_diag"][1] == pytest.approx(prior["effect"]["sd"] ** 2 / 2)


@pytest.mark.parametrize(
    ("effect", "said"),
    [
        (5, "mean and sd"),
        ({"mean": 1}, "mean and sd"),
        ({"mean": [1, 2], "sd": 1}, "1 of them"),
        ({"mean": 1, "sd": 0}, "above 0"),
        ({"mean": float("nan"), "sd": 1}, "a finite number"),
        ({"mean": "low", "sd": 1}, "a finite number"),
    ],
)
def test_a_prior_from_others_that_cannot_be_used_is_refused(effect, said):
    with pytest.raises(InvalidInput, match=said):
        report(trial() | {"prior": {"effect": effect}})
    with pytest.raises(InvalidInput, match="without m0"):
        report(trial() | {"prior": {"effect": {"mean": 0, "sd": 1}, "m0": [5, 0, 0]}})
    with pytest.raises(InvalidInput, match="without m0, V0_diag, a0 and b0"):
        report(trial() | {"prior": {"effect": {"mean": 0, "sd": 1}, "b0": 8}})


def test_a_prior_from_others_is_of_the_outcome_s_own_scale():
    given = trial() | {"prior": {"effect": {"mean": 0, "sd": 1}}}
    given["outcome"] = given["outcome"] | {"family": "ordinal"}
    given["days"] = [{**day, "value": 3} for day in given["days"]]
    with pytest.raises(InvalidInput, match="a normal outcome"):
        report(given)
