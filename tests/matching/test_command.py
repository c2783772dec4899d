"""`coproduce match`, as COMMANDS say."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from coproduce.cli.match import app
from coproduce.errors import Absent, CoproduceError, Unavailable
from coproduce.matching import dense
from tests.matching.conftest import SHELF

NEEDS = (
    {"qid": "1", "subject": "crohn", "message": "what causes crohn's disease", "paraphrase": "imuran", "summary": ""},
    {"qid": "2", "subject": "hi", "message": "sleep in a flare", "paraphrase": "", "summary": "school letter"},
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "R.jsonl").write_text("\n".join(json.dumps(asdict(resource)) for resource in SHELF))
    (tmp_path / "N.jsonl").write_text("\n".join(json.dumps(need) for need in NEEDS))
    (tmp_path / "J.tsv").write_text("need_id\tresource_id\tgrade\n1\t2\t3\n1\t1\t1\n2\t8\t0\n")
    return tmp_path


def call(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, [part.replace("@", f"{folder}/") for part in arguments])


RUN = ("run", "--resources", "@R.jsonl", "--needs", "@N.jsonl", "--out", "@run.txt")


def test_run_writes_a_trec_run_file_and_the_answerable_file(folder: Path) -> None:
    result = call(folder, *RUN, "--field", "own", "--top", "2", "--answerable", "@answerable.tsv", "--json")
    assert (result.exit_code, json.loads(result.stdout)["n_needs"]) == (0, 2)
    first = (folder / "run.txt").read_text().splitlines()[0].split()
    assert (first[:4], first[5]) == (["1", "Q0", "2", "1"], "coproduce")
    rows = [line.split("\t") for line in (folder / "answerable.tsv").read_text().splitlines()]
    assert [qid for qid, _ in rows] == ["1", "2"]
    assert all(0 < float(chance) < 1 for _, chance in rows)


def test_dense_mode_ranks_too(folder: Path) -> None:
    result = call(folder, *RUN, "--mode", "dense", "--json")
    assert (result.exit_code, json.loads(result.stdout)["n_needs"]) == (0, 2)
    assert (folder / "run.txt").read_text().splitlines()[0].split()[2] == "2"


def test_dense_mode_without_its_extra_is_refused_and_writes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dense.packaged_encoder.cache_clear()
    monkeypatch.setattr(dense, "_PACKAGE", "no_such_package")
    result = call(folder, *RUN, "--mode", "dense")
    dense.packaged_encoder.cache_clear()
    assert isinstance(result.exception, Unavailable)
    assert "coproduce[dense]" in result.exception.next_step
    assert not (folder / "run.txt").exists()


@pytest.mark.parametrize(("field", "need", "best"), [("paraphrase", "1", {"5", "6"}), ("summary", "2", {"8"})])
def test_run_searches_with_the_field_that_is_named(folder: Path, field: str, need: str, best: set[str]) -> None:
    call(folder, *RUN, "--field", field)
    lines = [line.split() for line in (folder / "run.txt").read_text().splitlines()]
    assert next(line[2] for line in lines if line[0] == need) in best


def test_evaluate_prints_every_measure_with_its_interval(folder: Path) -> None:
    call(folder, *RUN)
    result = call(folder, "evaluate", "--run", "@run.txt", "--judgments", "@J.tsv", "--json")
    values = json.loads(result.stdout)
    assert values["n_left_out"] == 1
    for name in ("ndcg_10", "map", "mrr_10", "success_10", "recall_100"):
        assert values[name]["low"] <= values[name]["value"] <= values[name]["high"]
    assert values["mrr_10"]["value"] == 1


def test_evaluate_shows_a_table_to_people(folder: Path) -> None:
    call(folder, *RUN)
    assert "ndcg_10" in call(folder, "evaluate", "--run", "@run.txt", "--judgments", "@J.tsv").stdout


def test_explain_says_where_and_why(folder: Path) -> None:
    arguments = ("explain", "--resources", "@R.jsonl", "--need", "what causes crohns disease", "--resource", "2")
    explained = json.loads(call(folder, *arguments, "--json").stdout)
    assert (explained["candidate"], explained["rank"]) == (True, 1)
    assert "because: It is about" in call(folder, *arguments).stdout


def test_explain_says_when_a_resource_is_no_candidate(folder: Path) -> None:
    result = call(folder, "explain", "--resources", "@R.jsonl", "--need", "school", "--resource", "5")
    assert "no candidate" in result.stdout


def test_explain_refuses_an_unknown_resource(folder: Path) -> None:
    result = call(folder, "explain", "--resources", "@R.jsonl", "--need", "school", "--resource", "99")
    assert isinstance(result.exception, Absent)


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "--resources", "@nowhere", "--needs", "@N.jsonl", "--out", "@run.txt"),
        ("run", "--resources", "@R.jsonl", "--needs", "@J.tsv", "--out", "@run.txt"),
        ("run", "--resources", "@R.jsonl", "--needs", "@N.jsonl", "--out", "@no/such/folder/run.txt"),
        ("evaluate", "--run", "@J.tsv", "--judgments", "@J.tsv"),
        ("explain", "--index", "@nowhere", "--need", "a", "--resource", "1"),
    ],
)
def test_what_cannot_be_done_is_refused_with_one_message_and_no_output(folder: Path, arguments: tuple[str]) -> None:
    result = call(folder, *arguments)
    assert isinstance(result.exception, CoproduceError)
    assert result.stdout == ""
    assert not (folder / "run.txt").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("run",),
        (*RUN, "--field", "other"),
        (*RUN, "--top", "0"),
        ("evaluate", "--run", "x"),
        ("explain", "--need", "x"),
    ],
)
def test_wrong_use_ends_with_status_2(folder: Path, arguments: tuple[str]) -> None:
    assert call(folder, *arguments).exit_code == 2


@pytest.mark.parametrize("command", ["run", "evaluate", "explain", "people"])
def test_help_shows_an_example(folder: Path, command: str) -> None:
    assert "Example: coproduce match" in call(folder, command, "--help").stdout
