"""Frames to and from Parquet: nothing lost, nothing half written, and files that are no frames refused."""

import polars as pl
import pytest

from coproduce.errors import BadFile, InvalidInput
from coproduce.events import EventFrame, Resolution, codec, kinds


def frame(resolution=Resolution.MICROSECOND):
    events = [kinds.Joined(time=5, actor=1, value=1.0), kinds.NeedStated(time=7, actor=1, subject=9)]
    return EventFrame.from_events(events, resolution=resolution)


@pytest.mark.parametrize("resolution", list(Resolution))
def test_a_frame_comes_back_as_it_was_with_its_resolution(tmp_path, resolution):
    codec.write(frame(resolution), tmp_path / "f.parquet", metadata={"coproduce.preset": "x"})
    found, report = codec.read(tmp_path / "f.parquet")
    assert found.rows.equals(frame().rows)
    assert found.resolution == resolution
    assert report.is_clean()


def test_an_empty_frame_comes_back_empty(tmp_path):
    codec.write(EventFrame.empty(), tmp_path / "f.parquet")
    assert len(codec.read(tmp_path / "f.parquet")[0]) == 0


def test_writing_leaves_one_file_and_replaces_an_older_one(tmp_path):
    for _ in range(2):
        codec.write(frame(), tmp_path / "f.parquet")
    assert [p.name for p in tmp_path.iterdir()] == ["f.parquet"]


def test_a_write_that_fails_leaves_the_older_file_and_nothing_half_written(tmp_path, monkeypatch):
    codec.write(frame(), tmp_path / "f.parquet")
    monkeypatch.setattr(pl.DataFrame, "write_parquet", lambda self, path, **_: (path.write_bytes(b"half"), 1 / 0))
    with pytest.raises(ZeroDivisionError):
        codec.write(EventFrame.empty(), tmp_path / "f.parquet")
    assert [p.name for p in tmp_path.iterdir()] == ["f.parquet"]
    assert len(codec.read(tmp_path / "f.parquet")[0]) == 2


def test_a_repeated_key_keeps_its_first_row_and_is_counted(tmp_path):
    rows = frame().rows
    pl.concat([rows, rows.with_columns(actor=pl.lit(77, dtype=pl.Int64))]).write_parquet(tmp_path / "f.parquet")
    found, report = codec.read(tmp_path / "f.parquet")
    assert found.rows.equals(rows)
    assert report.n_duplicate == 2


def test_a_file_without_metadata_is_taken_to_the_microsecond(tmp_path):
    frame().rows.write_parquet(tmp_path / "f.parquet")
    assert codec.read(tmp_path / "f.parquet")[0].resolution == Resolution.MICROSECOND


@pytest.mark.parametrize("resolution", ["a week", "", "0", "-5"])
def test_a_resolution_that_is_no_number_above_zero_is_refused(tmp_path, resolution):
    facts = {"coproduce.resolution_us": resolution}
    frame().rows.write_parquet(tmp_path / "f.parquet", metadata=facts)
    with pytest.raises(BadFile, match="resolution"):
        codec.read(tmp_path / "f.parquet")


@pytest.mark.parametrize("content", [None, b"", b"PAR1", b"kind,time\n1,2\n", b"PAR1" + bytes(300) + b"PAR1"])
def test_what_is_not_parquet_is_refused(tmp_path, content):
    path = tmp_path / "f.parquet"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadFile):
        codec.read(path)


def test_a_parquet_file_of_something_else_is_refused_by_the_columns_it_lacks(tmp_path):
    pl.DataFrame({"city": ["x"]}).write_parquet(tmp_path / "f.parquet")
    with pytest.raises(InvalidInput, match="without run, seq"):
        codec.read(tmp_path / "f.parquet")
