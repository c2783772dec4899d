"""Files of resources, needs, runs and judgments."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest

from coproduce.errors import BadFile
from coproduce.matching import Index, Offer, Ranking, Resource
from coproduce.matching.files import read_judgments, read_needs, read_resources, read_run, write_run

ROW = {"id": 1, "title": "Stoma care", "focus": "Stoma", "syn": ["Ostomy"], "qtype": "treatment", "body": "Text"}


def written(tmp_path: Path, data: bytes, name: str = "file") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def test_medquad_rows_are_resources(tmp_path: Path) -> None:
    path = written(tmp_path, gzip.compress(json.dumps(ROW).encode()))
    (resource,) = read_resources(path)
    assert resource == Resource("1", "Stoma care", ("Stoma",), ("Ostomy",), body="Text", kind_of_help="treatment")


BAD_RESOURCES = {
    "no JSON": b"{",
    "a list": b"[1]",
    "no title": b'{"id": "1"}',
    "a number as title": b'{"id": "1", "title": 5}',
    "a word as risk": b'{"id": "1", "title": "a", "risk_class": "high"}',
    "a risk of 9": b'{"id": "1", "title": "a", "risk_class": 9}',
    "aliases that are no list": b'{"id": "1", "title": "a", "aliases": {"a": 1}}',
    "a summary that is no text": b'{"id": "1", "title": "a", "summary": ["b"]}',
    "no UTF-8": b'{"id": "1", "title": "\xff"}',
    "a null byte in an id": b'{"id": "a\\u0000", "title": "a"}',
    "an id that a row before has": b'{"id": "0", "title": "a"}',
    "deep nesting": b"[" * 100_000,
}


@pytest.mark.parametrize("bad", BAD_RESOURCES.values(), ids=BAD_RESOURCES.keys())
def test_a_bad_row_is_refused_with_its_number_and_not_its_words(tmp_path: Path, bad: bytes) -> None:
    path = written(tmp_path, b'{"id": "0", "title": "good"}\n\n' + bad)
    with pytest.raises(BadFile, match="row 3"):
        list(read_resources(path))


def test_a_gzip_file_that_was_cut_is_refused(tmp_path: Path) -> None:
    rows = b"\n".join(json.dumps(ROW | {"id": number, "body": str(number**9)}).encode() for number in range(2000))
    path = written(tmp_path, gzip.compress(rows)[:-200])
    with pytest.raises(BadFile, match="cut or damaged"):
        list(read_resources(path))


def test_a_line_of_50_megabytes_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, gzip.compress(b'{"id": "1", "title": "' + b"a" * 50_000_000))
    with pytest.raises(BadFile, match="very long line"):
        list(read_resources(path))


def test_a_missing_file_or_a_folder_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(BadFile):
            list(read_resources(path))


def test_own_words_are_subject_newline_message(tmp_path: Path) -> None:
    row = {"qid": "7", "subject": "Stoma", "message": "It leaks.", "paraphrase": "p", "summary": "s"}
    (need,) = read_needs(written(tmp_path, json.dumps(row).encode()))
    assert [need.text(field) for field in ("own", "summary", "paraphrase")] == ["Stoma\nIt leaks.", "s", "p"]


@pytest.mark.parametrize("bad", [b"", b'{"qid": "a b"}', b'{"subject": "x"}', b'{"qid": "1", "message": 5}'])
def test_needs_that_cannot_be_used_are_refused(tmp_path: Path, bad: bytes) -> None:
    with pytest.raises(BadFile):
        read_needs(written(tmp_path, bad))


def offer(resource_id: str, rank: int, score: float) -> Offer:
    return Offer(resource_id, "", rank, score, 0.0, {}, ())


def test_a_run_keeps_the_order_of_equal_scores(tmp_path: Path) -> None:
    stream = io.StringIO()
    write_run(stream, "1", Ranking((offer("a", 1, 0.5), offer("b", 2, 0.5), offer("c", 3, 0.5)), 0.5, 3))
    scores = read_run(written(tmp_path, stream.getvalue().encode()))["1"]
    assert scores["a"] > scores["b"] > scores["c"]


def test_an_id_with_a_space_cannot_be_written() -> None:
    with pytest.raises(BadFile):
        write_run(io.StringIO(), "1", Ranking((offer("a b", 1, 0.5),), 0.5, 1))


@pytest.mark.parametrize("bad", [b"", b"1 Q0 a 1 x t", b"1 Q0 a", b"1 Q0 a 1 nan t", b"1 Q0 a 1 2 t\n1 Q0 a 2 1 t"])
def test_a_run_that_cannot_be_used_is_refused(tmp_path: Path, bad: bytes) -> None:
    with pytest.raises(BadFile):
        read_run(written(tmp_path, bad))


@pytest.mark.parametrize("header", [b"", b"need_id\tresource_id\tgrade\n"])
def test_judgments_are_read_with_and_without_a_header(tmp_path: Path, header: bytes) -> None:
    assert read_judgments(written(tmp_path, header + b"1\ta\t3\n")) == {"1": {"a": 3}}


@pytest.mark.parametrize("bad", [b"", b"1\ta\t2.5", b"1 a 2", b"1\ta\t2\n1\ta\t3", b"h\th\th\nh\th\th"])
def test_judgments_that_cannot_be_used_are_refused(tmp_path: Path, bad: bytes) -> None:
    with pytest.raises(BadFile):
        read_judgments(written(tmp_path, bad))


def test_an_index_of_a_file_is_whole(tmp_path: Path) -> None:
    rows = b"\n".join(json.dumps(ROW | {"id": number}).encode() for number in range(5))
    assert len(Index.in_memory(read_resources(written(tmp_path, rows)))) == 5
