"""A trial that cannot be used is refused, and says why; what can be used is used as it stands."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coproduce.errors import InvalidInput
from coproduce.evidence.personal.analysis import analyse
from coproduce.evidence.personal.report import report
from coproduce.evidence.personal.trial import read_trial
from tests.evidence.trials import trial


def with_day(**changes):
    document = trial(n=14)
    document["days"][3] = document["days"][3] | changes
    return document


def with_answers(answers, **more):
    """A week of WHO-5, whose items go from 0 to 5; the answers of one day as given."""
    days = [{"day": i, "arm": ["usual", "diet"][i % 2], "answers": [3, 2, i % 4, 1, 4]} for i in range(8)]
    days[5] = days[5] | {"answers": answers} | more
    return {"outcome": "who5", "arms": ["usual", "diet"], "days": days}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (with_day(day=2), "day 2 twice"),
        (with_day(day=-1), "a whole number from 0"),
        (with_day(day=1.5), "a whole number"),
        (with_day(day=5000), "the last that can be known"),
        (with_day(value=11), "on a scale from 0 to 10"),
        (with_day(value=math.nan), "not a number"),
        (with_day(value=math.inf), "not a number"),
        (with_day(value="4"), "not a number"),
        (with_day(value=True), "not a number"),
        (with_day(arm="another diet"), "an arm of its own"),
        (trial(n=7), "no value in arm 2 of 2"),
        (trial() | {"days": []}, "no days"),
        (trial() | {"days": "all"}, "a list of days"),
        (trial() | {"days": [5]}, "day, arm and value"),
        (trial() | {"arms": ["usual"]}, "2 to 8 different names"),
        (trial() | {"arms": ["usual", "usual"]}, "2 to 8 different names"),
        (trial() | {"mcid": -1}, "0 or more"),
        (trial() | {"mcid": None}, "a finite number"),
        (trial() | {"outcome": {"scale": [10, 0]}}, "lowest below highest"),
        (trial() | {"outcome": {"scale": [0]}}, "[lowest, highest]"),
        (trial() | {"outcome": {"better": "up"}}, "one of lower, higher"),
        (trial() | {"outcome": {"family": "gaussian"}}, "one of normal"),
        (trial() | {"today": 20}, "to 20, the last that can be known"),
        (trial() | {"prior": {"m0": [1]}}, "2 or 3 numbers"),
        (trial() | {"prior": {"b0": 0}}, "above 0"),
        (trial() | {"prior": {"V0_diag": [25, -4]}}, "above 0"),
        (trial() | {"prior": 5}, "m0, V0_diag, a0 and b0"),
        (trial() | {"trend": "false"}, "true or false"),
        (trial() | {"weekday": None}, "true or false"),
        (trial() | {"carry_over": 1}, "true or false"),
        (trial() | {"outcome": "mood ring"}, "one of pain"),
        (trial() | {"outcome": {"items": 3}}, "without a title"),
        (with_day(value=None, answers=[4]), "the measure, and no value beside it"),
        (with_answers([1, 2]), "2 answers"),
        (with_answers([1, 2, 3, 4, "5"]), "not a number"),
        (with_answers([1, 2, 3, 4, 6]), "an answer of 6"),
        (with_answers([1] * 5, value=20), "no value beside it"),
        (with_answers("11111"), "a list with a number or null"),
        ([], "an object with outcome"),
    ],
)
def test_what_cannot_be_used_is_refused_and_named(document, said):
    with pytest.raises(InvalidInput, match=said.replace("[", r"\[").replace("(", r"\(")):
        report(document)


def test_all_days_of_one_arm_missing_are_refused():
    document = trial()
    days = [day | {"value": None} if day["arm"] == "diet" else day for day in document["days"]]
    with pytest.raises(InvalidInput, match="at least one value in each arm"):
        read_trial(document | {"days": days})


def test_errors_hold_neither_the_person_s_words_nor_names_of_arms():
    for document in (with_day(arm="my secret"), trial() | {"outcome": {"family": "my secret"}}):
        with pytest.raises(InvalidInput) as problem:
            read_trial(document)
        assert "secret" not in str(problem.value)


def test_three_days_say_that_the_prior_decides():
    document = trial(n=4, block=2)
    found = report(document | {"days": document["days"][1:]})
    assert found["prior_decides"]
    assert "what was assumed before decides this" in found["sentence"]


def test_a_constant_series_is_no_effect_and_no_crash():
    document = trial()
    found = report(document | {"days": [day | {"value": 4.0} for day in document["days"]]})
    assert found["mean"] == pytest.approx(0.0, abs=0.05)
    assert found["p_same"] > 0.95


def test_one_day_a_week_is_analysed_with_gaps_of_seven():
    document = trial(n=140, block=14, phi=0.7)
    weekly = [day for day in document["days"] if day["day"] % 7 == 0]
    found = report(document | {"days": weekly})
    assert found["n_days"] == 20
    assert found["n_missing"] == 134 - 20
    assert found["sd"] > report(document)["sd"]


def test_a_treatment_changed_half_way_is_an_arm_of_its_own():
    document = trial(n=84)
    days = [
        day | {"arm": "diet, stricter"} if day["arm"] == "diet" and day["day"] > 41 else day for day in document["days"]
    ]
    found = report(document | {"arms": ["usual", "diet", "diet, stricter"], "days": days})
    assert [answer["arm"] for answer in found["comparisons"]] == ["diet", "diet, stricter"]


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 2**32), n=st.integers(2, 60), missing=st.floats(0, 1), level=st.sampled_from([0.0, 5.0, 10.0])
)
def test_whatever_the_days_the_answer_is_whole_or_a_refusal(seed, n, missing, level):
    draws = np.random.default_rng(seed)
    value = np.clip(level + draws.integers(-3, 4) * draws.random(n), 0, 10)
    days = [
        {"day": int(d), "arm": ["usual", "diet"][draws.integers(2)], "value": None if draws.random() < missing else v}
        for d, v in zip(draws.choice(61, n, replace=False), value.tolist(), strict=True)
    ]
    try:
        read = read_trial(trial() | {"days": days})
    except InvalidInput:
        return
    found = analyse(read)[0]
    assert np.isfinite([found.effect.mean, found.effect.sd, found.effect.quantile(0.025), found.phi_mean]).all()
    assert found.zones.better + found.zones.same + found.zones.worse == pytest.approx(1.0)
    assert 0 < found.phi_mean < 0.95


def test_answers_to_a_questionnaire_are_scored_and_one_left_out_makes_the_day_missing():
    scored = read_trial(with_answers([5, 5, 5, 5, 5]))
    assert scored.value.tolist() == [40, 44, 48, 52, 40, 100, 48, 52]
    assert (scored.mcid, scored.outcome.better, scored.outcome.scale) == (10, "higher", (0, 100))
    missing = read_trial(with_answers([5, None, 5, 5, 5]))
    assert missing.seen.tolist() == [0, 1, 2, 3, 4, 6, 7]
    assert read_trial(with_answers([0] * 5) | {"mcid": 15}).mcid == 15


def test_a_measure_of_one_s_own_is_scored_like_ours():
    own = {"title": "Itch", "items": 2, "item_range": [0, 4], "range": [0, 8], "better": "lower", "family": "normal",
           "mcid": 1, "source": "ours", "licence": "CC0-1.0"}  # fmt: skip
    days = [{"day": i, "arm": "ab"[i % 2], "answers": [i % 3, 1]} for i in range(6)]
    found = read_trial({"outcome": own, "arms": ["a", "b"], "days": days})
    assert found.value.tolist() == [1, 2, 3, 1, 2, 3]
    assert found.outcome.name == "Itch"
