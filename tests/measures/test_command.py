"""`coproduce measure`: the forms that other people's scripts call, and files that are not what they should be."""

import json

import polars as pl
import pytest
from typer.testing import CliRunner

from coproduce.cli import app
from coproduce.errors import BadFile, InvalidInput
from coproduce.events import EventFrame, codec, kinds
from coproduce.measures import CATALOGUE, Request, changes
from tests.measures.story import START, at, log

KEYS = ["id", "value", "unit", "n", "low", "high", "missing", "by", "window", "note"]


def run(*arguments):
    return CliRunner().invoke(app, ["measure", *map(str, arguments)])


def answered(*arguments):
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["measures"]


@pytest.fixture
def events(tmp_path):
    path = tmp_path / "events.parquet"
    stated = [at(kinds.NeedStated, i, i, 100 + i, site=i % 2) for i in range(30)]
    met = [at(kinds.NeedConfirmed, i + 2, i, 100 + i, site=i % 2) for i in range(30)]
    codec.write(log(*stated, *met), path)
    return path


def rewritten(path, **columns):
    """The same file with some columns changed, written without metadata, as other people's scripts do."""
    pl.read_parquet(path).with_columns(**columns).write_parquet(path)
    return path


def test_json_has_every_declared_measure_in_the_agreed_form(events):
    found = answered(events)
    assert [m["id"] for m in found] == list(CATALOGUE)
    assert all(list(m) == KEYS for m in found)
    assert found[0] | {"low": None, "high": None, "note": None} == {
        "id": "N1.needs", "value": 30.0, "unit": "needs", "n": 30, "low": None, "high": None, "missing": 0,
        "by": None, "window": ["2026-01-01", "2026-02-01"], "note": None,
    }  # fmt: skip


def test_only_by_and_window_narrow_the_answer(events):
    found = answered(events, "--only", "N2.F7d", "--by", "site", "--window", 15)
    assert [m["by"] for m in found] == [None, {"site": 0}, {"site": 1}]
    assert found[0]["n"] == 13


def test_change_is_the_window_less_the_window_before(events):
    now = answered(events, "--only", "N1.needs", "--window", 10)[0]
    change = answered(events, "--only", "N1.needs", "--window", 10, "--change")[0]
    before = changes(codec.read(events)[0], Request(window_days=10, only=("N1.needs",)))[0]
    assert (change["value"], change["n"]) == (before.value, now["n"])
    assert change["window"] == now["window"]
    assert change["low"] <= change["value"] <= change["high"]
    assert "less the window before" in run(events, "--only", "N1", "--window", 10, "--change").stdout
    assert answered(events, "--only", "N1.needs", "--window", 30, "--change")[0]["note"].startswith("the log does not")


def test_strata_come_from_a_csv_file(events, tmp_path):
    strata = tmp_path / "strata.csv"
    strata.write_text(
        "actor,from,to,stratum,rank\n" + "".join(f"{i},,,{'a' if i < 15 else 'b'},1\n" for i in range(30))
    )
    found = answered(events, "--only", "N1.needs", "--by", "stratum", "--strata", strata)
    assert [(m["by"], m["n"]) for m in found[1:]] == [({"stratum": "a"}, 15), ({"stratum": "b"}, 15)]


def test_null_networks_run_only_when_asked(events):
    assert answered(events, "--only", "S1.null")[0]["value"] is None
    assert answered(events, "--only", "S1.null", "--null", 3)[0]["value"] is not None


def test_the_list_shows_every_measure_with_and_without_json():
    assert [m["id"] for m in json.loads(run("--list", "--json").stdout)["measures"]] == list(CATALOGUE)
    assert "N2.F24h" in run("--list").stdout


def test_people_read_a_table(events):
    told = run(events, "--only", "N1").stdout
    assert "From 2026-01-01 to 2026-02-01, UTC." in told
    assert "N1.confirmed" in told


@pytest.mark.parametrize(
    "wrong",
    [[], ["--only", "Q9"], ["--by", "planet"], ["--by", "stratum"], ["--window", "0"], ["--null", "-1"], ["--change"]],
)
def test_wrong_use_ends_with_status_2(events, wrong):
    assert run(*([events, *wrong] if wrong else [])).exit_code == 2


def test_a_file_without_metadata_is_taken_to_the_microsecond(events):
    found = answered(rewritten(events), "--only", "N2.F1h")
    assert found[0]["value"] == 0


def test_a_simulated_week_is_read_from_the_metadata(events, tmp_path):
    weekly = tmp_path / "weekly.parquet"
    codec.write(EventFrame(pl.read_parquet(events), 7 * 86_400_000_000), weekly)
    found = {m["id"]: m for m in answered(weekly, "--only", "N2")}
    assert found["N2.F24h"]["value"] is None
    assert "not computable" in found["N2.F24h"]["note"]


def test_rows_unsorted_repeated_and_of_unknown_kinds_are_told_on_standard_error_and_measured(events):
    rows = pl.read_parquet(events)
    odd = rows.tail(1).with_columns(kind=pl.lit(233, dtype=pl.UInt8), seq=pl.lit(900, dtype=pl.Int64))
    pl.concat([rows.reverse(), rows.head(3), odd]).write_parquet(events)
    result = run(events, "--only", "N1.needs", "--json")
    assert json.loads(result.stdout)["measures"][0]["value"] == 30
    assert "1 of an unknown kind" in result.stderr
    assert "3 repeated" in result.stderr


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None])
def test_values_that_are_no_numbers_are_measured(events, value):
    assert len(answered(rewritten(events, value=pl.lit(value, dtype=pl.Float64)))) == len(CATALOGUE)


def test_times_in_the_future_or_impossible_are_left_out_and_counted(events):
    rows = pl.read_parquet(events)
    far = rows.tail(2).with_columns(pl.col("seq") + 100, time=pl.Series([START + 10**16, 2**62]))
    pl.concat([rows, far]).write_parquet(events)
    quality = answered(events, "--only", "L1")[0]
    assert "1 dated after the end" in quality["note"]
    assert "1 with an impossible time" in quality["note"]


def test_a_file_without_a_row_answers_every_measure_without_a_value_or_with_zero(tmp_path):
    path = tmp_path / "empty.parquet"
    codec.write(EventFrame.empty(), path)
    found = answered(path)
    assert [m["id"] for m in found] == list(CATALOGUE)
    assert all(m["value"] in (None, 0) for m in found)
    assert all(m["window"] is None for m in found)


@pytest.mark.parametrize("content", [None, b"", b"PAR1", b"actor,time\n1,2\n", b"PAR1" + b"\x00" * 200 + b"PAR1"])
def test_a_file_that_is_not_parquet_is_refused(tmp_path, content):
    path = tmp_path / "events.parquet"
    if content is not None:
        path.write_bytes(content)
    refused = run(path, "--json")
    assert isinstance(refused.exception, BadFile)
    assert refused.stdout == ""


def test_a_file_cut_in_the_middle_is_refused(events):
    events.write_bytes(events.read_bytes()[:-700])
    assert isinstance(run(events).exception, BadFile)


def test_a_folder_is_refused(tmp_path):
    assert isinstance(run(tmp_path).exception, InvalidInput)


def test_columns_missing_or_of_text_are_refused(events):
    pl.read_parquet(events).drop("subject").write_parquet(events)
    assert isinstance(run(events).exception, InvalidInput)
