"""`coproduce trial` and `coproduce compare`: the forms that other people's scripts call."""

import json
import math

import pytest
from scipy.special import digamma
from typer.testing import CliRunner

from coproduce.cli import app
from coproduce.errors import BadFile, InvalidInput, Unavailable
from coproduce.evidence.personal.analysis import Analysed
from coproduce.evidence.personal.assumptions import weak
from coproduce.evidence.personal.chart import days_chart
from coproduce.evidence.personal.regressors import Terms
from coproduce.evidence.personal.trial import read_trial
from tests.evidence.test_comparison import made
from tests.evidence.test_report import KEYS
from tests.evidence.trials import trial


def run(*arguments):
    return CliRunner().invoke(app, [*map(str, arguments)])


def answered(*arguments):
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def written(tmp_path):
    def write(document, name="file.json"):
        path = tmp_path / name
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        return path

    return write


def test_analyse_answers_with_the_keys_of_its_contract(written):
    assert set(KEYS) <= set(answered("trial", "analyse", written(trial(missing=0.1))))


def test_analyse_in_plain_says_one_sentence_a_comparison(written):
    assert run("trial", "analyse", written(trial(effect=-3))).stdout.startswith("Your days point to pain better")


@pytest.mark.parametrize("case", range(4))
def test_reference_cases_of_exact_posteriors_pass_through_the_command(reference_data, written, case):
    given = json.loads((reference_data / "learning" / "nof1_exact_ar1.json").read_text())["cases"][case]
    expected = given.pop("expected")
    assert answered("trial", "analyse", written(given), "--format", "reference") == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("case", range(2))
def test_reference_cases_of_pooling_pass_through_the_command(reference_data, written, case):
    given = json.loads((reference_data / "learning" / "hierarchical_normal_exact.json").read_text())["cases"][case]
    bare = {key: given[key] for key in ("d", "s", "z")}
    assert answered("trial", "pool", written(bare), "--format", "reference")["tau"] == pytest.approx(
        given["expected"]["tau"], abs=1e-6
    )


def test_the_produce_sample_agrees_with_the_sampler_and_with_what_the_app_showed(reference_data):
    """The stored run is of the child's answers (its raw means are). Its own error is up to 0.025 sd for the counts."""
    folder = reference_data / "learning"
    sample = folder / "produce" / "sample_input.json"
    found = answered("trial", "analyse", sample, "--format", "reference", "--respondent", "child")
    stored = json.loads((folder / "nof1_produce.json").read_text())["results"]["sample input.json"]
    assert found == answered("trial", "analyse", sample, "--format", "reference")
    for name, expected in stored.items():
        assert set(found[name]) == set(expected)
        assert found[name]["raw_mean"] == pytest.approx(expected["raw_mean"], abs=1e-7)
        for pair in ("A_minus_baseline", "B_minus_baseline", "A_minus_B"):
            ours, theirs = found[name][pair], expected[pair]
            near = 0.025 if name == "stool_frequency" else 0.015
            assert ours["mean_diff"] == pytest.approx(theirs["mean_diff"], abs=near * theirs["sd"])
            for key in ("p_gt_thr", "p_lt_thr", "p_gt0"):
                assert ours[key] == pytest.approx(theirs[key], abs=0.015)
    shown = json.loads((folder / "produce" / "result_sample_input.json").read_text())
    gauge = {"base_vs_scd": "A_minus_baseline", "base_vs_mscd": "B_minus_baseline"}
    for name in stored:
        for theirs, ours in gauge.items():
            percent = shown[name]["gauge_graph"][theirs]["lower_than_threshold"]
            assert 100 * found[name][ours]["p_lt_thr"] == pytest.approx(percent, abs=2)


def test_counts_have_the_posterior_of_their_closed_form(reference_data):
    """With a flat prior the rate of an arm is gamma(sum, days): mean sum/days, its log digamma(sum) - log days.

    The prior of variance 1000 moves these by some 1e-4 sd. The stored run's baseline is 0.03 sd off; ours is not.
    """
    sample = reference_data / "learning" / "produce" / "sample_input.json"
    found = answered("trial", "analyse", sample, "--format", "reference", "--respondent", "child")["stool_frequency"]
    days, mean = found["n_by_arm"], found["raw_mean"]
    log_rate = {arm: digamma(round(mean[arm] * days[arm])) - math.log(days[arm]) for arm in mean}
    assert found["coef_mean"]["alpha"] == pytest.approx(log_rate["baseline"], abs=1e-4)
    assert found["coef_mean"]["bA"] == pytest.approx(log_rate["A"] - log_rate["baseline"], abs=1e-4)
    for one, other in (("A", "baseline"), ("B", "baseline"), ("A", "B")):
        ours = found[f"{one}_minus_{other}"]
        assert ours["mean_diff"] == pytest.approx(mean[one] - mean[other], abs=5e-4)
        assert ours["sd"] == pytest.approx(math.sqrt(mean[one] / days[one] + mean[other] / days[other]), rel=1e-3)


def test_a_parent_s_answers_are_other_answers(reference_data):
    sample = reference_data / "learning" / "produce" / "sample_input.json"
    found = answered("trial", "analyse", sample, "--format", "reference", "--respondent", "parent")
    assert found["stool_frequency"]["raw_mean"]["baseline"] == pytest.approx(37 / 14)


def test_pool_says_what_a_new_person_may_expect(written):
    path = written({"d": [-1.0, -0.5, -0.8], "s": [0.3, 0.3, 0.3]})
    assert answered("trial", "pool", path)["new_person"]["mean"] == pytest.approx(-0.75, abs=0.1)
    assert "3 people: mean effect" in run("trial", "pool", path).stdout


def test_compare_answers_in_json_and_in_words(written, tmp_path):
    made(n=1000).write_csv(tmp_path / "people.csv")
    spec = written('data = "people.csv"\ntreatment = "t"\noutcome = "y"\nconfounders = ["sick", "age"]\nfolds = 5',
                   "spec.toml")  # fmt: skip
    found = answered("compare", spec)
    assert {"estimate", "se", "low", "high", "balance", "effective_sample_size", "e_value", "refused"} <= set(found)
    assert found["low"] < 1.0 < found["high"]
    assert run("compare", spec).stdout.startswith("Difference ")


def test_a_refused_comparison_has_no_estimate_and_an_override_is_told(written, tmp_path):
    made(n=80).write_csv(tmp_path / "people.csv")
    text = 'data = "people.csv"\ntreatment = "t"\noutcome = "y"\nconfounders = ["sick", "age"]\n'
    found = answered("compare", written(text, "spec.toml"))
    assert found["estimate"] is None
    assert "at least 50" in found["refused"]
    overridden = run("compare", written(text + 'override = "a first look"\n', "spec.toml"), "--json")
    assert json.loads(overridden.stdout)["override"] == "a first look"
    assert "overridden" in overridden.stderr


@pytest.mark.parametrize("text", ["", "[1, 2]", "{", "\x00", '{"a": NaN'])
def test_a_file_that_is_no_json_object_is_refused(written, text):
    for command in ("analyse", "pool"):
        result = run("trial", command, written(text))
        assert isinstance(result.exception, BadFile)


def test_a_document_that_is_no_reference_case_is_refused(written):
    result = run("trial", "analyse", written({"y": [1]}), "--format", "reference")
    assert isinstance(result.exception, InvalidInput)
    assert "no reference case" in str(result.exception)


# -- many trials --------------------------------------------------------------------------------------------------


def test_of_many_trials_the_broken_ones_are_named_and_the_others_analysed(written, tmp_path):
    whole = [trial(effect=-2, seed=seed) | {"id": f"t{seed}"} for seed in range(6)]
    twice = whole[4] | {"days": [*whole[4]["days"], whole[4]["days"][0]]}
    lines = [json.dumps(one) for one in (*whole[:4], twice, whole[5])]
    lines[1:1] = ["{cut", "", "[]"]
    file, out = written("\n".join(lines), "trials.jsonl"), tmp_path / "answers.jsonl"
    receipt = answered("trial", "analyse", file, "--out", out)
    assert (receipt["n"], receipt["n_analysed"]) == (8, 5)
    assert [(one["line"], one.get("id"), one["error"]["field"]) for one in receipt["refused"]] == [
        (2, None, ""), (4, None, ""), (8, "t4", "days")
    ]  # fmt: skip
    answers = {one["line"]: one for one in map(json.loads, out.read_text().splitlines())}
    assert answers[9]["mean"] == answered("trial", "analyse", written(whole[5]))["mean"]
    assert answers[9]["id"] == "t5"
    shown = run("trial", "analyse", file).stdout
    assert shown.startswith("5 of 8 trials analysed.\nLine 2: Given: a line that cannot be read as JSON.")


def test_a_line_ends_where_a_line_ends_and_not_inside_a_name(written):
    given = trial() | {"arms": ["usual", "di\u2028et\x85"]}
    given["days"] = [{**day, "arm": given["arms"][day["arm"] == "diet"]} for day in given["days"]]
    file = written(json.dumps(given, ensure_ascii=False) + "\n{", "trials.jsonl")
    receipt = answered("trial", "analyse", file)
    assert (receipt["n_analysed"], receipt["refused"][0]["line"]) == (1, 2)


def test_answers_appear_whole_or_not_at_all_and_may_take_the_place_of_the_trials(written, tmp_path):
    file = written(json.dumps(trial()), "trials.jsonl")
    with pytest.raises(Unavailable, match="cannot be written"):
        CliRunner().invoke(
            app, ["trial", "analyse", str(file), "--out", str(tmp_path / "no" / "a.jsonl")], catch_exceptions=False
        )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["trials.jsonl"]
    answered("trial", "analyse", file, "--out", file)
    assert "sentence" in json.loads(file.read_text())


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("one.json", ["--out", "answers.jsonl"], "only of a .jsonl"),
        ("many.jsonl", ["--figure", "folder"], "is drawn"),
        ("one.json", ["--figure", "folder", "--format", "reference"], "is drawn"),
        ("many.jsonl", ["--format", "reference"], "is one document"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(written, name, options, said):
    result = run("trial", "analyse", written(trial(), name), *options)
    assert result.exit_code == 2
    assert said in result.output


def test_a_line_of_brackets_is_refused_like_any_other(written):
    file = written("[" * 100_000 + "\n" + json.dumps(trial()), "trials.jsonl")
    assert answered("trial", "analyse", file)["n_analysed"] == 1


# -- one's own days -----------------------------------------------------------------------------------------------


def test_the_days_are_drawn_with_each_arm_s_level(written, tmp_path):
    given = trial(effect=-3, missing=0.1)
    answered("trial", "analyse", written(given), "--figure", tmp_path)
    spec = json.loads((tmp_path / "days.vl.json").read_text())
    stretches, _, points = (layer["data"]["values"] for layer in spec["layer"])
    seen = [day["value"] for day in given["days"] if day["value"] is not None]
    assert [point["value"] for point in points] == pytest.approx(seen)
    level = {one["arm"]: one["value"] for one in stretches}
    effect = answered("trial", "analyse", written(given))["mean"]
    assert level[given["arms"][1]] - level[given["arms"][0]] == pytest.approx(effect)
    assert all(one["low"] < one["value"] < one["high"] for one in stretches)
    assert stretches[0]["to"] == stretches[1]["from"]
    assert (tmp_path / "days.svg").read_text().startswith("<svg")


def test_days_of_another_scale_are_drawn_without_levels():
    given = trial()
    given["outcome"] = given["outcome"] | {"family": "count", "scale": [0, 50]}
    given["days"] = [{**day, "value": day["day"] % 3} for day in given["days"]]
    read = read_trial(given)
    drawn = days_chart(Analysed(read, weak(read), Terms(), []))
    assert drawn.spec["layer"][0]["data"]["values"] == []
    assert len(drawn.table.rows) == len(given["days"])
