"""Every reference case through the command: limits to 1e-6, signals exactly, the keys of the answer and no others."""

import json
import math

import pytest
from typer.testing import CliRunner

from coproduce.cli import app

FILES = {
    "spc_charts.json": 19,
    "xmr_plot_the_dots.json": 74,
    "rules_nelson_western_electric.json": 16,
    "funnel.json": 3,
}
ANSWERS = ("expected", "nelson", "western_electric")


def cases(folder, file):
    found = json.loads((folder / "learning" / file).read_text())
    return found if isinstance(found, list) else found["cases"]


def same(ours, theirs):
    """Equal, numbers to a relative 1e-6; a truth value is no number."""
    if isinstance(theirs, dict):
        return list(ours) == list(theirs) and all(same(ours[key], theirs[key]) for key in theirs)
    if isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(theirs, bool) or not isinstance(theirs, (int, float)):
        return ours == theirs and type(ours) is type(theirs)
    return isinstance(ours, (int, float)) and math.isclose(ours, theirs, rel_tol=1e-6, abs_tol=1e-9)


@pytest.mark.parametrize(("file", "n_cases"), FILES.items())
def test_the_command_answers_every_case_as_the_tool_does(reference_data, tmp_path, file, n_cases):
    found = cases(reference_data, file)
    assert len(found) == n_cases
    for case in found:
        asked = tmp_path / "case.json"
        asked.write_text(json.dumps({key: value for key, value in case.items() if key not in ANSWERS}))
        result = CliRunner().invoke(app, ["chart", str(asked), "--format", "reference", "--json"])
        expected = case["expected"] if "expected" in case else {key: case[key] for key in ANSWERS[1:]}
        assert same(json.loads(result.stdout), expected), case["id"]


def test_the_anhoej_limits_are_the_published_ones(reference_data):
    from coproduce.statistics.control.runs import crossings_min, longest_run_max

    rows = (reference_data / "learning" / "anhoej_limits_10_100.csv").read_text().split()[1:]
    assert len(rows) == 91
    for row in rows:
        n, longest, fewest = map(int, row.split(","))
        assert (longest_run_max(n), crossings_min(n)) == (longest, fewest), n


def test_c4_is_the_tabled_one(reference_data):
    import numpy as np

    from coproduce.statistics.control.limits import c4

    rows = (reference_data / "learning" / "control_chart_constants.csv").read_text().splitlines()
    column = rows[0].split(",").index("c4")
    sizes = np.array([float(row.split(",")[0]) for row in rows[1:]])
    tabled = [float(row.split(",")[column]) for row in rows[1:]]
    assert c4(sizes).tolist() == pytest.approx(tabled, rel=1e-9)


@pytest.mark.parametrize("case", [{}, {"id": "x"}, {"expected": {}}])
def test_a_case_of_no_known_form_is_refused(tmp_path, case):
    asked = tmp_path / "case.json"
    asked.write_text(json.dumps(case))
    result = CliRunner().invoke(app, ["chart", str(asked), "--format", "reference"])
    assert "no known form" in str(result.exception)


def test_a_target_a_direction_and_phases_of_an_nhs_case_are_read():
    from coproduce.statistics.control.reference import answered

    y = [5, 6] * 8
    case = {"y": [*y, *(v + 100 for v in y), 300], "args": {"direction": -1, "target": 50, "rebase": [17]}}
    answer = answered(case)
    assert (answer["mean"][0], answer["assurance"]) == (5.5, "consistent_fail")
    assert answer["point_type"][-1] == "special_cause_concern"
    assert answered({**case, "args": {**case["args"], "rebase": [0] * 16 + [1] + [0] * 16}}) == answer


def test_without_a_direction_a_signal_is_neutral():
    from coproduce.statistics.control.reference import answered

    answer = answered({"y": [5, 6] * 8 + [60], "args": {"direction": 0, "screen_outliers": True}})
    assert (answer["point_type"][-1], answer["assurance"]) == ("special_cause_neutral_high", None)
