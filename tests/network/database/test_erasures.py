"""The list of erasures outlives a crash and is never passed over in silence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from coproduce.errors import BadFile, InvalidInput
from coproduce.network.database.erasures import FILE, Erasure, read_erasures, record_erasure

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def test_erasures_are_read_back_in_order_of_time(tmp_path: Path) -> None:
    record_erasure(tmp_path, 8, DAY + timedelta(hours=1))
    record_erasure(tmp_path, 7, DAY)
    assert read_erasures(tmp_path) == (Erasure(DAY, 7), Erasure(DAY + timedelta(hours=1), 8))


def test_no_list_means_no_erasures(tmp_path: Path) -> None:
    assert read_erasures(tmp_path) == ()


def test_erasures_a_day_before_the_moment_are_repeated_and_older_ones_are_not(tmp_path: Path) -> None:
    for days in (3, 2, 1, 0):
        record_erasure(tmp_path, days, DAY - timedelta(days=days))
    assert [e.person_id for e in read_erasures(tmp_path, since=DAY)] == [1, 0]


def test_list_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    record_erasure(tmp_path, 1, DAY)
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_line_cut_by_a_crash_does_not_spoil_the_next_one(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"at": 17723')
    record_erasure(tmp_path, 1, DAY)
    assert read_erasures(tmp_path) == (Erasure(DAY, 1),)


def test_whole_last_line_counts_even_without_its_end(tmp_path: Path) -> None:
    record_erasure(tmp_path, 1, DAY)
    (tmp_path / FILE).write_text((tmp_path / FILE).read_text().rstrip("\n"))
    assert read_erasures(tmp_path) == (Erasure(DAY, 1),)


@pytest.mark.parametrize("line", ["hello", '{"at": "x", "person": 1}', "[]", "\0", '{"at": 1e300, "person": 1}'])
def test_line_that_is_no_erasure_is_named_by_its_number(tmp_path: Path, line: str) -> None:
    (tmp_path / FILE).write_text(f"{line}\n")
    with pytest.raises(BadFile, match="line 1"):
        read_erasures(tmp_path)


def test_time_without_a_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="zone"):
        record_erasure(tmp_path, 1, DAY.replace(tzinfo=None))
