"""Documents of the PRODUCE app: the same numbers with days taken as independent and as hanging together."""

import copy
import json

import numpy as np
import pytest
from typer.testing import CliRunner

from coproduce.cli import app
from coproduce.errors import InvalidInput, NotComputable
from coproduce.evidence.personal import produce
from coproduce.evidence.personal.produce import KINDS, as_shown, beside, both, in_words, read_blocks
from coproduce.evidence.personal.report import report

ORDER = ("baseline", "strict", "liberalized", "strict", "liberalized")


def made(weeks=3, **more):
    """A document with blocks of so many weeks, in which strict has fewer stools and lower scores."""
    draws = np.random.default_rng(8)
    blocks = []
    for arm in ORDER:
        low = arm == "strict"
        response = {
            "daily_stool_frequency": draws.poisson(1.0 if low else 3.0, 7 * weeks).tolist(),
            "daily_stool_consistency": draws.choice([2, 4, 7], 7 * weeks, p=(0.5, 0.3, 0.2)).tolist(),
            "promis_pain_interference": {"t-score": (50 - 6 * low + draws.normal(0, 1, weeks)).tolist()},
            "promis_gi_symptoms": {"t-score": (50 + draws.normal(0, 1, weeks)).tolist()},
        }
        blocks.append({"treatment": arm, "child_response": response, "parent_response": response})
    return {"data": blocks, "metadata": {"user_age": 15}} | more


@pytest.fixture(scope="module")
def answer(tmp_path_factory):
    """What the command answers to the document: everything below holds of what people are given."""
    path = tmp_path_factory.mktemp("produce") / "made.json"
    path.write_text(json.dumps(made()))
    result = CliRunner().invoke(app, ["trial", "analyse", str(path), "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def pairs_of(document, name):
    """The answers of one outcome alone, which takes no sampler for weekly scores."""
    (kind,) = [kind for kind in KINDS if kind.name == name]
    return both(kind, read_blocks(document, "child"))


def test_every_outcome_and_pair_has_both_answers_from_the_same_numbers(answer):
    shown = as_shown(made(), "child")
    assert answer["respondent"] == "child"
    assert list(answer["outcomes"]) == list(shown)
    letters = {"baseline": "baseline", "strict": "A", "liberalized": "B"}
    for name, pairs in answer["outcomes"].items():
        assert [(pair["arm"], pair["reference"]) for pair in pairs] == list(produce.PAIRS)
        for pair in pairs:
            difference = shown[name][f"{letters[pair['arm']]}_minus_{letters[pair['reference']]}"]
            assert difference.items() <= pair["days_independent"].items()
            assert pair["n_by_arm"] == {arm: shown[name]["n_by_arm"][letters[arm]] for arm in pair["n_by_arm"]}
            assert pair["days_hang_together"]["n_days"] == shown[name]["n_used"]
            for found in (pair["days_independent"], pair["days_hang_together"]):
                assert sum(found[f"p_{zone}"] for zone in ("better", "same", "worse")) == pytest.approx(1.0)


def test_the_answer_beside_is_that_of_a_trial_with_the_calendar_written_out_by_hand(answer):
    """Weekly scores stand seven days apart, the first of each block after a switch is missing, 2.9 points matter."""
    days, start = [], 0
    for i, block in enumerate(made()["data"]):
        for week, score in enumerate(block["child_response"]["promis_pain_interference"]["t-score"]):
            washed_out = i > 0 and week == 0
            days.append({"day": start + 7 * week, "arm": block["treatment"], "value": None if washed_out else score})
        start += 21
    outcome = {"name": "pain interference", "scale": [0, 100], "better": "lower", "family": "normal"}
    by_hand = report({"outcome": outcome, "arms": list(ORDER[:3]), "mcid": 2.9, "days": days})["comparisons"]
    pairs = answer["outcomes"]["pain_interference"]
    assert [pair["days_hang_together"] for pair in pairs[:2]] == by_hand
    assert pairs[0]["days_hang_together"]["mean"] < -2.9
    assert pairs[0]["days_hang_together"]["phi_mean"] > 0.0


def test_what_matters_of_a_count_is_a_tenth_of_the_reference(answer):
    """The app's ratios of 0.9 and 1.1, told as differences; so both answers ask the same question."""
    pair = answer["outcomes"]["stool_frequency"][2]
    liberal = as_shown(made(), "child")["stool_frequency"]["raw_mean"]["B"]
    said = pair["days_hang_together"]["sentences"]["clinician"]
    assert f"better by {0.1 * liberal:g} or more" in said


def test_a_thin_arm_says_that_the_prior_decides(answer):
    """Three weekly scores of the baseline, four of each diet: every weekly pair is thin, no daily one is."""
    for name, pairs in answer["outcomes"].items():
        thin = name in {"pain_interference", "gi_symptoms"}
        for pair in pairs:
            assert pair["prior_decides"] == thin
            assert pair["days_hang_together"]["prior_decides"] == thin
    told = in_words(answer).splitlines()
    assert [("was assumed before decides" in line) for line in told] == [False] * 6 + [True] * 6


def test_only_the_pairs_of_a_thin_arm_are_thin():
    document = made(weeks=4)
    document["data"][0]["child_response"]["promis_gi_symptoms"]["t-score"][1:] = [None] * 3
    pairs = pairs_of(document, "gi_symptoms")
    assert [pair["prior_decides"] for pair in pairs] == [True, True, False]
    assert [pair["days_hang_together"]["prior_decides"] for pair in pairs] == [True, True, False]


def test_days_that_hang_together_say_less_than_as_many_independent_ones():
    """Scores that wander: the interval that knows it is wider."""
    document = made(weeks=8)
    for block, level in zip(document["data"], (50, 44, 47, 52, 45), strict=True):
        scores = [level + 0.3 * week for week in range(8)]
        block["child_response"]["promis_gi_symptoms"]["t-score"] = scores
    pair = pairs_of(document, "gi_symptoms")[2]
    ours, theirs = pair["days_hang_together"], pair["days_independent"]
    assert ours["q975"] - ours["q025"] > 1.5 * (theirs["q975"] - theirs["q025"])


def test_a_sampler_that_does_not_settle_leaves_the_other_answer_standing(monkeypatch):
    def refuse(document):
        raise NotComputable("The sampler did not settle on these days.")

    monkeypatch.setattr(produce, "report", refuse)
    found = beside(made(), "parent")
    pair = found["outcomes"]["gi_symptoms"][0]
    assert pair["days_hang_together"] is None
    assert pair["days_independent"]["sd"] > 0
    line = in_words(found).splitlines()[9]
    assert "did not settle" in line
    assert "decides this" in line
    assert "as the app did" in line


def test_a_document_of_the_app_is_not_drawn(tmp_path):
    path = tmp_path / "made.json"
    path.write_text(json.dumps(made()))
    drawn = CliRunner().invoke(app, ["trial", "analyse", str(path), "--figure", str(tmp_path / "f")])
    assert drawn.exit_code == 2
    assert not (tmp_path / "f").exists()


def changed(path, value):
    document = copy.deepcopy(made())
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("data",), None, "data"),
        (("data",), [], "data.treatment"),
        (("data",), [1, 2], "data"),
        (("data", 1, "treatment"), "carnivore", "data"),
        (("data", 1, "treatment"), ["strict"], "data"),
        (("data", 1, "treatment"), None, "data"),
        (("data", 0, "treatment"), "strict", "data.treatment"),
        (("metadata", "user_age"), "fifteen", "metadata.user_age"),
        (("metadata", "user_age"), float("nan"), "metadata.user_age"),
        (("data", 2, "child_response"), None, "data[2].child_response.daily_stool_frequency"),
        (("data", 2, "child_response", "daily_stool_consistency"), "7777", "data[2].child_response.daily_stool_c"),
        (("data", 0, "child_response", "daily_stool_frequency", 3), "four", "daily_stool_frequency[3]"),
        (("data", 0, "child_response", "daily_stool_frequency", 3), -1, "daily_stool_frequency[3]"),
        (("data", 0, "child_response", "daily_stool_frequency", 3), 2.5, "daily_stool_frequency[3]"),
        (("data", 0, "child_response", "daily_stool_frequency", 3), True, "daily_stool_frequency[3]"),
        (("data", 0, "child_response", "daily_stool_consistency", 0), 8, "daily_stool_consistency[0]"),
        (("data", 0, "child_response", "promis_gi_symptoms"), [50, 50], "promis_gi_symptoms.t-score"),
        (("data", 0, "child_response", "promis_gi_symptoms", "t-score", 0), float("inf"), "t-score[0]"),
        (("data", 0, "child_response", "promis_gi_symptoms", "t-score"), [None, None], "data"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("analyse", [as_shown, beside])
def test_a_document_that_is_wrong_is_refused_by_the_field(analyse, path, value, field):
    with pytest.raises(InvalidInput) as refused:
        analyse(changed(path, value), None)
    assert field in refused.value.field


def test_without_an_age_the_parent_s_answers_count():
    document = made()
    del document["metadata"]
    document["data"][0]["child_response"] = None
    assert as_shown(document, None)["gi_symptoms"]["n_by_arm"]["baseline"] == 3
