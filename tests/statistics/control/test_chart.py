"""What a chart says beside its limits: phases with reasons, shift candidates, assurance, conventions; bad input."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from coproduce.cli import app
from coproduce.errors import BadFile, InvalidInput
from coproduce.statistics.control import Assurance, chart
from coproduce.statistics.control.answer import document
from coproduce.statistics.control.reading import specification

QUIET = [5, 6] * 8
FULL = {
    "chart": "u", "y": [4, 6, 5, 4, 6, 5, 7, 3, 5, 6, 4, 5],
    "n": [90, 110, 100, 95, 105, 100, 100, 100, 100, 90, 110, 100],
    "x": [f"2025-{m:02d}-01" for m in range(1, 13)], "multiply": 1000, "freeze": 8, "part": [6], "exclude": [5],
    "rules": "anhoej", "screen": False, "target": None, "improve": "down",
}  # fmt: skip
COLUMNS = [
    "chart", "x", "y", "n", "part", "xx", "baseline", "include", "cl", "lcl.95", "ucl.95", "lcl", "ucl", "n.obs",
    "n.useful", "longest.run", "longest.run.max", "n.crossings", "n.crossings.min", "runs.signal", "sigma.signal",
]  # fmt: skip


def made(**asked):
    return chart(specification(asked))


def answered(tmp_path, asked, *options):
    path = tmp_path / "spec.json"
    path.write_text(asked if isinstance(asked, str) else json.dumps(asked))
    return CliRunner().invoke(app, ["chart", str(path), *options])


def test_the_answer_has_columns_of_points_phases_and_the_convention(tmp_path):
    answer = json.loads(answered(tmp_path, FULL, "--json").stdout)
    assert list(answer)[: len(COLUMNS)] == COLUMNS
    assert all(len(answer[name]) == 12 for name in COLUMNS[1:])
    assert [phase["part"] for phase in answer["phases"]] == [1, 2]
    assert answer["convention"] | {"estimator": "sum over sum; Poisson", "rule_set": "anhoej"} == answer["convention"]
    assert answer["convention"]["version"]
    assert answer["include"][4] is False


@pytest.mark.parametrize(
    "key", ["n", "x", "multiply", "freeze", "part", "exclude", "rules", "screen", "target", "improve"]
)
def test_a_key_that_is_absent_or_null_takes_its_default(tmp_path, key):
    asked = {**FULL, "chart": "i"}
    absent = {name: value for name, value in asked.items() if name != key}
    assert answered(tmp_path, absent, "--json").stdout == answered(tmp_path, {**asked, key: None}, "--json").stdout


def test_a_frozen_baseline_says_which_it_is_since_when_and_why(tmp_path):
    y, said = (
        [5, 6, 7, 5, 4, 6, 5, 7, 6, 5, 8, 9],
        {"after": 8, "id": "wait-2025", "date": "2025-09-01", "reason": "stable"},
    )
    named = json.loads(answered(tmp_path, {"chart": "i", "y": y, "freeze": said}, "--json").stdout)
    bare = json.loads(answered(tmp_path, {"chart": "i", "y": y, "freeze": 8}, "--json").stdout)
    assert named["frozen"] == said | {"person": None}
    assert bare["frozen"] == dict.fromkeys(("id", "date", "reason", "person")) | {"after": 8}
    assert named | {"frozen": None} == bare | {"frozen": None}
    assert json.loads(answered(tmp_path, {"chart": "i", "y": y}, "--json").stdout)["frozen"] is None
    phased = {"chart": "i", "y": y, "freeze": said, "part": [6]}
    assert json.loads(answered(tmp_path, phased, "--json").stdout)["frozen"] is None


def test_without_json_people_read_what_stands_out_and_what_is_asked_of_them(tmp_path):
    told = answered(tmp_path, {"chart": "run", "y": [6, 5] * 6 + [9] * 12, "freeze": 12}).stdout
    assert "Shift candidate since 13, 12 points. What is the cause?" in told


@pytest.mark.parametrize(
    "kind", ["run", "i", "mr", "t", "c", "g", "p", "pp", "u", "up", "funnel", "cusum", "xbar", "s"]
)
def test_every_chart_is_answered_and_drawn(tmp_path, kind):
    y, x = (
        [5, 6, 7, 5, 4, 6, 5, 7, 6, 5, 8, 40],
        [i // 2 for i in range(12)] if kind in {"xbar", "s"} else list(range(12)),
    )
    drawing = tmp_path / "chart.svg"
    result = answered(tmp_path, {"chart": kind, "y": y, "n": [90] * 12, "x": x}, "--json", "--svg", str(drawing))
    assert len(json.loads(result.stdout)["y"]) == len(set(x))
    assert drawing.read_text().startswith("<svg")


def test_a_phase_carries_its_date_reason_and_person():
    start = {"after": 8, "date": "2026-03-01", "reason": "new clinic hours", "person": "17"}
    found = document(made(chart="i", y=QUIET, part=[start]))
    assert found["phases"][1] | start | {"after": None} == found["phases"][1] | {"after": None}
    assert found["phases"][0]["reason"] is None


def test_a_shift_is_offered_with_its_first_point_and_never_applied():
    found = made(chart="run", y=[6, 5] * 6 + [9] * 12, freeze=12)
    (shift,) = found.phases[0].shifts
    assert (shift.first, shift.n_points, shift.side) == (13, 12, "above")
    assert len(found.phases) == 1
    assert len(set(found.centre.tolist())) == 1


def test_a_run_of_the_usual_length_is_no_candidate():
    # 20 useful points: 7 in a row are usual, 8 are not.
    assert not made(chart="run", y=[6, 4] * 6 + [6] * 7 + [4], freeze=12).phases[0].shifts
    assert made(chart="run", y=[6, 4] * 6 + [6] * 8, freeze=12).phases[0].shifts


@pytest.mark.parametrize(
    ("target", "improve", "expected"),
    [(20, "up", Assurance.FAIL), (20, "down", Assurance.PASS), (-9, "up", Assurance.PASS), (-9, "down", Assurance.FAIL),
     (5.5, "up", Assurance.UNCERTAIN), (20, None, None), (None, "up", None)],
)  # fmt: skip
def test_assurance_compares_the_target_with_the_limits_on_the_side_that_is_better(target, improve, expected):
    assert made(chart="i", y=QUIET, target=target, improve=improve).assurance() is expected


def test_assurance_comes_from_the_last_phase():
    found = made(chart="i", y=[*QUIET, *(v + 100 for v in QUIET)], part=len(QUIET), target=50, improve="up")
    assert found.assurance() is Assurance.PASS


def test_several_rule_sets_are_read_at_once_and_kept_apart():
    found = made(chart="i", y=[*QUIET, 60], rules=["nelson", "western_electric", "nhs"], freeze=16)
    special = [name for name, flags in found.flags.items() if flags[-1]]
    assert special == ["nelson.r1", "western_electric.r1", "nhs.above the upper limit"]


def test_the_nhs_rules_bring_their_own_factor_and_screening():
    assert "2.66 x mean of screened" in document(made(chart="xmr", y=QUIET, rules="nhs"))["convention"]["estimator"]
    assert "3/1.128 x mean of all" in document(made(chart="xmr", y=QUIET))["convention"]["estimator"]


def test_a_month_without_data_is_passed_over_and_told():
    found = made(chart="i", y=[5, None, *QUIET])
    assert np.isnan(found.y[1])
    assert "points without a value, passed over: 1" in found.notes


def test_a_denominator_of_zero_makes_a_point_without_value_or_limits():
    found = document(made(chart="p", y=[1, 0, 2, 3], n=[10, 0, 10, 10]))
    assert (found["y"][1], found["ucl"][1], found["sigma.signal"][1]) == (None, None, False)
    assert "of these with a denominator of 0: 1" in found["notes"]


def test_values_that_are_all_equal_carry_no_signal_and_say_so():
    found = made(chart="i", y=[5] * 12, rules=["anhoej", "nelson", "nhs"])
    assert not found.is_special() or found.flags["nelson.r7"].any()
    assert not found.beyond.any()
    assert "all values are equal: there is no variation to set limits by" in found.notes


def test_fewer_than_ten_useful_points_are_told():
    assert any("fewer than 10 useful points" in note for note in made(chart="run", y=[1, 2, 3]).notes)


def test_an_empty_subgroup_is_a_point_without_a_value():
    found = made(chart="xbar", y=[[1, 2], [], [3, 4]])
    assert np.isnan(found.y[1])
    assert found.y[[0, 2]].tolist() == [1.5, 3.5]


def test_one_point_alone_is_a_chart_without_limits():
    assert document(made(chart="i", y=[5]))["ucl"] == [None]


def test_a_million_points_are_charted():
    y = np.random.default_rng(5).normal(size=1_000_000).round(3).tolist()
    assert made(chart="i", y=y).beyond.mean() == pytest.approx(0.0027, abs=3e-4)


HOSTILE = [
    ({"chart": "i", "y": [1, -1e308]}, "too large"),
    ({"chart": "xbar", "y": [1, 2, 3]}, "no subgroup"),
    ({"chart": "s", "y": [1, 2], "x": ["a", "b"]}, "no subgroup"),
    ({"chart": "i"}, "no y"),
    ({"chart": "i", "y": []}, "empty y"),
    ({"chart": "i", "y": "1,2"}, "no list"),
    ({"chart": "i", "y": {"a": 1}}, "no list"),
    ({"chart": "i", "y": [1, "2"]}, "no number at point 2"),
    ({"chart": "i", "y": [1, True]}, "no number at point 2"),
    ({"chart": "i", "y": [None, None]}, "no point with a value"),
    ({"chart": "i", "y": [1, 10**400]}, "too large"),
    ({"chart": "xmrr", "y": [1, 2]}, "Did you mean xmr"),
    ({"chart": "i", "y": [1, 2], "rules": "nelsen"}, "Did you mean nelson"),
    ({"chart": "p", "y": [1, 2]}, "without n"),
    ({"chart": "p", "y": [1, 5], "n": [2, 3]}, "over its denominator at point 2"),
    ({"chart": "p", "y": [1, 1], "n": [2, -3]}, "negative n at point 2"),
    ({"chart": "p", "y": [1, 1], "n": [2]}, "1 n for 2 y"),
    ({"chart": "i", "y": [1, 1], "x": [2]}, "1 x for 2 y"),
    ({"chart": "i", "y": [1, 1], "x": "ab"}, "no list"),
    ({"chart": "i", "y": [1, 1], "x": [[1], [2]]}, "x that is a list"),
    ({"chart": "c", "y": [1, -1]}, "-1 at point 2 of a c chart"),
    ({"chart": "t", "y": [1, 0]}, "0 at point 2 of a t chart"),
    ({"chart": "i", "y": [1, 2], "freeze": 3}, "freeze 3 on a chart of 2"),
    ({"chart": "i", "y": [1, 2], "freeze": 0}, "freeze 0"),
    ({"chart": "i", "y": [1, 2], "freeze": {"id": "x"}}, "a freeze that is no finite number"),
    ({"chart": "i", "y": [1, 2], "freeze": {"after": 3}}, "freeze 3 on a chart of 2"),
    ({"chart": "i", "y": [1, 2], "freeze": 1.5}, "freeze 1.5"),
    ({"chart": "i", "y": [1, 2], "part": 2}, "part 2 on a chart"),
    ({"chart": "i", "y": [1, 2], "part": ["a"]}, "part that is no"),
    ({"chart": "i", "y": [1, 2], "exclude": [9]}, "exclude 9"),
    ({"chart": "i", "y": [1, 2], "multiply": 0}, "multiply 0"),
    ({"chart": "i", "y": [1, 2], "multiply": "x"}, "multiply"),
    ({"chart": "i", "y": [1, 2], "screen": "no"}, "screen"),
    ({"chart": "i", "y": [1, 2], "improve": "left"}, "improve"),
    ({"chart": "i", "y": [1, 2], "target": "high"}, "target"),
    ({"chart": "i", "y": [1, 2], "factor": "3"}, "factor"),
    ({"chart": "cusum", "y": [1, 1, 1]}, "without variation"),
    ({"chart": "cusum", "y": [1, 2], "h": -1}, "interval"),
    ({"chart": "funnel", "y": [1], "n": [2]}, "1 sites"),
    ({"chart": "funnel", "y": [1, 2], "n": [2, 9], "part": 1}, "part"),
    ({"chart": "funnel", "y": [1, 2], "n": [2, 9], "type": "odds"}, "type of funnel"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "said"), HOSTILE)
def test_what_cannot_be_charted_is_refused_with_its_place(tmp_path, asked, said):
    result = answered(tmp_path, asked, "--json")
    assert isinstance(result.exception, InvalidInput)
    assert said in str(result.exception)
    assert result.stdout == ""


@pytest.mark.parametrize("number", ["Infinity", "-Infinity"])
def test_infinity_is_refused_and_nan_is_a_missing_value(tmp_path, number):
    refused = answered(tmp_path, f'{{"chart": "i", "y": [1, 2, {number}]}}', "--json")
    assert "infinite y at point 3" in str(refused.exception)
    kept = answered(tmp_path, '{"chart": "i", "y": [1, 2, NaN]}', "--json")
    assert json.loads(kept.stdout)["y"] == [1, 2, None]


@pytest.mark.parametrize("text", ["", "{", "\x00", "[" * 100_000])
def test_a_file_that_is_not_json_is_refused(tmp_path, text):
    assert isinstance(answered(tmp_path, text).exception, BadFile)


@pytest.mark.parametrize("text", ["[]", "3", "null"])
def test_json_that_is_no_object_is_refused(tmp_path, text):
    assert isinstance(answered(tmp_path, text).exception, InvalidInput)


def test_a_drawing_that_cannot_be_written_leaves_nothing_behind(tmp_path):
    result = answered(tmp_path, FULL, "--svg", str(tmp_path / "absent" / "chart.svg"))
    assert isinstance(result.exception, InvalidInput)
    assert [path.name for path in tmp_path.iterdir()] == ["spec.json"]
