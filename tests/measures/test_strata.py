"""Strata: who was in which group when, and which tables are refused."""

import polars as pl
import pytest

from coproduce.errors import BadFile, InvalidInput
from coproduce.measures import Strata
from tests.measures.story import day


def table(*rows):
    return pl.DataFrame(rows, schema=["actor", "from", "to", "stratum", "rank"], orient="row")


def stratum_of(strata, person, days):
    asked = pl.DataFrame({"person": [person], "time": [day(days)]})
    return strata.assign(asked, person="person", time="time").to_list()[0]


def test_a_person_is_in_the_stratum_of_the_day():
    moved = Strata.from_table(
        table(("1", "", "2026-02-01", "rural", "1"), ("1", "2026-02-01", "2026-03-01", "town", "2"))
    )
    assert [stratum_of(moved, 1, d) for d in (0, 30.9, 31, 58, 59)] == ["rural", "rural", "town", "town", None]
    assert stratum_of(moved, 2, 0) is None


def test_strata_are_ordered_by_rank():
    found = Strata.from_table(table(("1", "", "", "high", "9"), ("2", "", "", "low", "-1"), ("3", "", "", "mid", "3")))
    assert found.order() == ["low", "mid", "high"]


@pytest.mark.parametrize(
    "row",
    [
        ("one", "", "", "a", "1"),
        ("1", "31/01/2026", "", "a", "1"),
        ("1", "2026-02-01", "2026-01-01", "a", "1"),
        ("1", "2026-02-01", "2026-02-01", "a", "1"),
        ("1", "", "", "", "1"),
        ("1", "", "", "a", "nan"),
        ("1", "", "", "a", "first"),
        ("-5", "", "", "a", "1"),
        ("1", "99999999999999999999999", "", "a", "1"),
        ("99999999999999999999999", "", "", "a", "1"),
    ],
)
def test_a_row_that_cannot_be_is_refused_by_its_number_and_not_by_the_person(row):
    with pytest.raises(InvalidInput, match="row 2 of the strata") as refused:
        Strata.from_table(table(("7", "", "", "a", "1"), row))
    assert row[0] not in str(refused.value) or len(row[0]) < 3


def test_overlapping_rows_of_one_person_are_refused():
    with pytest.raises(InvalidInput, match="overlap"):
        Strata.from_table(table(("1", "", "", "a", "1"), ("1", "2026-01-01", "", "b", "2")))


def test_a_table_without_a_column_is_refused():
    with pytest.raises(InvalidInput, match="without rank"):
        Strata.from_table(table(("1", "", "", "a", "1")).drop("rank"))


@pytest.mark.parametrize("content", [None, b"", b"\x00\xff\xfe", b"PAR1....PAR1"])
def test_a_file_that_is_no_table_is_refused(tmp_path, content):
    path = tmp_path / "strata.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises((BadFile, InvalidInput)):
        Strata.read(path)
