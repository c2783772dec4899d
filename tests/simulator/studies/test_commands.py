"""`coproduce sweep`, `sensitivity` and `contour`: one JSON document each, and clear refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from coproduce.cli import app
from coproduce.errors import BadFile, InvalidInput

SWEEP = ["sweep", "seid2021", "--set", "n_patients=20", "--set", "needs=false", "--ticks", "6"]
VARY = ["--vary", "patient_influence=0:0.2", "--vary", "sharing"]


def call(*words: str) -> str:
    answer = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return answer.stdout


@pytest.fixture(scope="module")
def grid(tmp_path_factory: pytest.TempPathFactory) -> str:
    out = str(tmp_path_factory.mktemp("sweeps") / "grid.parquet")
    document = json.loads(
        call(*SWEEP, *VARY, "--method", "grid", "--n", "3", "--replicates", "2", "--out", out, "--json")
    )
    assert (document["points"], document["runs"], document["out"]) == (9, 18, out)
    return out


@pytest.fixture(scope="module")
def sobol(tmp_path_factory: pytest.TempPathFactory) -> str:
    out = str(tmp_path_factory.mktemp("sweeps") / "sobol.parquet")
    shown = call(*SWEEP, *VARY, "--method", "sobol", "--n", "4", "--out", out)
    assert "16 points, 16 runs" in shown
    return out


def test_sensitivity_answers_with_indices_and_the_knock_outs_behind(sobol: str, tmp_path: Path) -> None:
    document = json.loads(call("sensitivity", sobol, "--outcome", "shared_information", "--explain", "1",
                               "--replicates", "2", "--figure", str(tmp_path), "--json"))  # fmt: skip
    assert {(i["factor"], i["kind"]) for i in document["indices"]} == {
        (name, kind) for name in ("patient_influence", "sharing") for kind in ("ST", "S1")
    }
    assert document["indices"][0]["factor"] == "sharing"
    assert document["explained"][0]["change"] == {"sharing": 0.75}
    assert {path["path"] for path in document["explained"][0]["paths"]} >= {"commons"}
    assert Path(document["files"][0]).name == "sensitivity-shared-information.svg"
    assert all(Path(file).is_file() for file in document["files"])


def test_sensitivity_shows_a_table(sobol: str) -> None:
    shown = call("sensitivity", sobol, "--outcome", "shared_information")
    assert "total effect" in shown
    assert "1 of 2 factors" in shown


def test_contour_answers_with_the_grid_and_its_lines(grid: str, tmp_path: Path) -> None:
    document = json.loads(call("contour", grid, "--outcome", "shared_information", "--levels", "3", "--figure",
                               str(tmp_path), "--json"))  # fmt: skip
    assert document["x"]["name"] == "patient_influence"
    assert (len(document["x_at"]), len(document["y_at"]), len(document["z"])) == (3, 3, 3)
    assert len(document["lines"]) == 3
    assert document["gain_y"]["low"] > 0
    assert (tmp_path / "contour-shared-information.svg").is_file()


def test_contour_shows_its_message_and_the_numbers(grid: str) -> None:
    assert "Over its range, each lever adds" in call("contour", grid, "--outcome", "shared_information")


@pytest.mark.parametrize(
    "words",
    [
        ["sweep"],
        ["sweep", "seid2021", "--out", "x.parquet"],
        ["sweep", "seid2021", *VARY],
        [*SWEEP, *VARY, "--out", "x.parquet", "--method", "guess"],
        [*SWEEP, *VARY, "--out", "x.parquet", "--workers", "0"],
        ["sensitivity"],
        ["contour"],
    ],
)
def test_wrong_use_exits_with_2(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "words",
    [
        ["sweep", "nope", *VARY],
        [*SWEEP, "--vary", "sharng"],
        [*SWEEP, *VARY, "--method", "sobol", "--n", "3"],
        [*SWEEP, *VARY, "--n", "1"],
        [*SWEEP, *VARY, "--window", "7"],
        [*SWEEP, "--set", "sharing=0.5", *VARY],
    ],
)
def test_a_sweep_that_makes_no_sense_is_refused_before_anything_is_written(words: list[str], tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        CliRunner().invoke(app, [*words, "--out", str(tmp_path / "x.parquet")], catch_exceptions=False)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["sensitivity", "contour"])
def test_a_file_that_is_no_sweep_is_refused(command: str, tmp_path: Path) -> None:
    with pytest.raises(BadFile):
        CliRunner().invoke(app, [command, str(tmp_path / "absent.parquet")], catch_exceptions=False)
