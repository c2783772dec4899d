"""`coproduce simulate`: the forms that other people's scripts call."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from coproduce.cli import app
from coproduce.errors import InvalidInput
from coproduce.events import Resolution, codec
from coproduce.simulator.network import COLUMNS

SMALL = ["simulate", "seid2021", "--set", "n_patients=60", "--ticks", "12", "--seed", "3"]


def call(*words: str) -> str:
    answer = CliRunner().invoke(app, list(words), catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def test_json_is_one_document_with_series_and_final() -> None:
    document = json.loads(call(*SMALL, "--replicates", "2", "--json"))
    assert (document["preset"], document["seed"], document["ticks"], document["replicates"]) == ("seid2021", 3, 12, 2)
    assert document["parameters"]["n_patients"] == 60
    assert document["columns"] == list(COLUMNS)
    assert {len(series) for series in document["series"].values()} == {12}
    assert {len(final) for final in document["final"].values()} == {2}


def test_series_are_means_over_replicates_and_final_each_last_value() -> None:
    document = json.loads(call(*SMALL, "--replicates", "3", "--json"))
    for name in set(document["columns"]) - {"contribution", "outcome_gap"}:
        assert document["series"][name][-1] == pytest.approx(sum(document["final"][name]) / 3)


def test_bandit_answers_with_its_columns() -> None:
    document = json.loads(call("simulate", "bandit", "--set", "n_patients=200", "--ticks", "5", "--json"))
    assert document["columns"] == ["encounters", "mean_outcome", "share_best", "engagement_0", "engagement_1",
                                   "engagement_2", "engagement_3", "stock", "activation"]  # fmt: skip


def test_threads_change_nothing_in_the_numbers() -> None:
    one, two = (call(*SMALL, "--replicates", "4", "--threads", k, "--json") for k in ("1", "2"))
    assert one == two


@pytest.mark.parametrize("engine", ["fast", "oracle"])
def test_a_large_seed_and_threads_beyond_the_replicates_are_taken_by_both_engines(engine: str) -> None:
    asked = ["simulate", "bandit", "--set", "n_patients=90", "--ticks", "4", "--engine", engine, "--seed", str(2**63)]
    one, four = (json.loads(call(*asked, "--replicates", "2", "--threads", k, "--json")) for k in ("1", "4"))
    assert one == four
    assert one["seed"] == 2**63


def test_events_are_written_with_their_resolution_and_one_run_a_replicate(tmp_path: Path) -> None:
    out = tmp_path / "events.parquet"
    call(*SMALL, "--replicates", "2", "--out", str(out))
    frame, report = codec.read(out)
    assert report.is_clean()
    assert frame.runs() == [1, 2]
    assert frame.resolution == Resolution.WEEK
    again = tmp_path / "again.parquet"
    call(*SMALL, "--replicates", "2", "--threads", "2", "--out", str(again))
    assert out.read_bytes() == again.read_bytes()


def test_a_recorded_sample_is_smaller_and_changes_no_number(tmp_path: Path) -> None:
    whole, part = tmp_path / "whole.parquet", tmp_path / "part.parquet"
    numbers = [call(*SMALL, "--json", "--out", str(whole)), call(*SMALL, "--json", "--out", str(part), "--record",
               "sample=0.2")]  # fmt: skip
    assert numbers[0] == numbers[1]
    assert 0 < pl.read_parquet(part).height < pl.read_parquet(whole).height


def test_the_table_shows_start_end_and_change() -> None:
    shown = call(*SMALL)
    assert "12 weeks, seed 3" in shown
    assert re.search(r"activation\s+0\.\d+\s+0\.\d+\s+[+-]", shown)


def test_list_and_plan_say_what_there_is() -> None:
    assert {"bandit", "seid2021"} <= {p["preset"] for p in json.loads(call("simulate", "--list", "--json"))["presets"]}
    assert "patient_influence" in call("simulate", "seid2021", "--list")
    stages = [step["stage"] for step in json.loads(call("simulate", "--plan", "--json"))["plan"]]
    assert list(dict.fromkeys(stages)) == ["stated", "matched", "used", "outcome", "learned", "shared"]
    assert re.search(r"activation_moves .* pull_on, let_go, drift_to ", call("simulate", "--plan"))


@pytest.mark.parametrize(
    "words",
    [
        ["simulate"],
        ["simulate", "seid2021", "--seed", "-1"],
        ["simulate", "seid2021", "--replicates", "0"],
        ["simulate", "seid2021", "--engine", "warp"],
        ["simulate", "seid2021", "--record", "sample=2"],
        ["simulate", "seid2021", "--record", "often"],
        ["simulate", "seid2021", "--ticks", "many"],
    ],
)
def test_wrong_use_exits_with_2_and_says_so(words: list[str]) -> None:
    answer = CliRunner().invoke(app, words)
    assert answer.exit_code == 2
    assert "Traceback" not in answer.output


@pytest.mark.parametrize("words", [["nope"], ["bandit", "--set", "n_patients=0"], ["seid2021", "--set", "x=1"],
                                   ["seid2021", "--ticks", "0"],
                                   ["zollman", "--engine", "fast"]])  # fmt: skip
def test_what_the_model_refuses_becomes_one_clear_error(words: list[str]) -> None:
    with pytest.raises(InvalidInput):
        CliRunner().invoke(app, ["simulate", *words], catch_exceptions=False)
