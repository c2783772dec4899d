"""`coproduce scenario`: pack, run, compare, knock-out and trial as commands."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from coproduce.cli import app
from coproduce.errors import BadFile, Conflict, InvalidInput
from tests.architecture.tree import ROOT

SMALL = ["seid2021", "--set", "n_patients=40", "--set", "patients_per_clinician=8", "--set", "needs=false",
         "--set", "n_sites=4", "--ticks", "20"]  # fmt: skip


def call(*words: str) -> Any:
    answer = CliRunner().invoke(app, ["scenario", *words], catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout) if "--json" in words else answer.stdout


def test_a_pack_is_written_and_runs_again(tmp_path: Path) -> None:
    out = str(tmp_path / "s.zip")
    assert call("pack", *SMALL, "--replicates", "2", "--seed", "5", "--out", out, "--json")["seed"] == 5
    found = call("run", out, "--json")
    assert (found["identical"], found["runs"], found["changed"]) == (True, 2, {})
    assert "Every number is the same." in call("run", out)


def test_a_pack_with_an_own_rule_runs_where_its_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "examples" / "habit_rule.py", tmp_path)
    call("pack", *SMALL, "--rule", "habit_rule:habit", "--replicates", "2", "--workers", "2", "--out", "habit.zip")
    assert "Every number is the same." in call("run", "habit.zip")
    (tmp_path / "habit_rule.py").unlink()
    answer = CliRunner().invoke(app, ["scenario", "run", "habit.zip"])
    assert answer.exit_code != 0
    assert isinstance(answer.exception, Conflict)


def test_a_comparison_has_one_difference_a_tick() -> None:
    found = call("compare", *SMALL, "--change", "sharing=1", "--outcome", "shared_information", "--replicates", "2",
                 "--json")  # fmt: skip
    assert len(found["difference"]) == 20
    assert found["differs"]
    assert "shared_information with sharing=1" in call("compare", *SMALL, "--change", "sharing=1", "--outcome",
                                                      "shared_information", "--replicates", "2")  # fmt: skip


def test_a_knock_out_names_the_paths(tmp_path: Path) -> None:
    words = [*SMALL, "--change", "sharing=1", "--path", "commons", "--replicates", "2"]
    found = call("knock-out", *words, "--figure", str(tmp_path), "--json")
    assert [path["path"] for path in found["paths"]] == ["commons"]
    assert (tmp_path / "knock-out-mean-outcome.svg").is_file()
    assert "commons barred" in call("knock-out", *words)


@pytest.mark.parametrize("design", ["parallel", "stepped"])
def test_a_trial_by_site_answers_with_truth_beside_estimate(design: str) -> None:
    found = call("trial", *SMALL, "--lever", "previsit_planning=1", "--design", design, "--begins", "6", "--steps", "2",
                 "--replicates", "2", "--json")  # fmt: skip
    assert found["design"] == design
    assert {"estimate", "total", "spill_over", "power"} <= set(found)


def test_power_is_told_by_the_state_that_the_network_begins_in() -> None:
    words = ["trial", *SMALL, "--lever", "previsit_planning=1", "--begins", "6", "--replicates", "3"]
    found = call(*words, "--baseline", "patient_activation=0.6,0.2", "--json")
    alone = call(*words, "--set", "patient_activation=0.2", "--json")
    assert (found["baseline"], [one["value"] for one in found["states"]]) == ("patient_activation", [0.2, 0.6])
    assert found["states"][0] == {"value": 0.2, **{name: alone[name] for name in alone if name != "design"}}
    told = call(*words, "--baseline", "patient_activation=0.6,0.2")
    assert "by patient activation before it" in told
    assert "0.2" in told


def test_a_factorial_trial_says_whether_levers_are_complements() -> None:
    words = ["lhn2025", *SMALL[1:], "--lever", "registry=1", "--lever", "previsit_planning=1", "--design", "factorial"]
    found = call("trial", *words, "--replicates", "2", "--json")
    assert len(found["arms"]) == 4
    assert found["interactions"][0]["relation"] in {"complements", "substitutes", "neither"}
    assert "registry x previsit_planning" in call("trial", *words, "--replicates", "2")


@pytest.mark.parametrize(
    "words",
    [["pack", "seid2021"], ["run"], ["compare", "seid2021"], ["knock-out", "seid2021"], ["trial", "seid2021"],
     ["trial", *SMALL, "--lever", "registry=1", "--design", "guess"],
     ["trial", *SMALL, "--lever", "registry=1", "--design", "factorial", "--baseline", "patient_activation=0.2"],
     ["trial", *SMALL, "--lever", "registry=1", "--baseline", "peer_form=none"]],
)  # fmt: skip
def test_wrong_use_exits_with_2(words: list[str]) -> None:
    assert CliRunner().invoke(app, ["scenario", *words]).exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        ["pack", "nope", "--out", "x.zip"],
        ["compare", *SMALL, "--change", "sharng=1"],
        ["trial", *SMALL, "--lever", "peer_form=none"],
        ["trial", *SMALL, "--lever", "registry=1", "--begins", "30"],
        ["trial", *SMALL, "--lever", "registry=2"],
        ["trial", *SMALL, "--lever", "registry=1", "--begins", "6", "--baseline", "registry=0.5"],
        ["trial", *SMALL, "--lever", "registry=1", "--begins", "6", "--baseline", "patient_activation="],
        ["trial", *SMALL, "--lever", "registry=1", "--begins", "6", "--baseline", "patient_activation=0.2,nan"],
        ["trial", *SMALL, "--lever", "registry=1", "--begins", "6", "--baseline", "patient_activation=0.2,7"],
    ],
)
def test_what_makes_no_sense_is_refused(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidInput):
        CliRunner().invoke(app, ["scenario", *words], catch_exceptions=False)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_no_pack_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile):
        CliRunner().invoke(app, ["scenario", "run", str(tmp_path / "absent.zip")], catch_exceptions=False)
