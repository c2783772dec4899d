"""An event is ids and coded values: a person can be erased while the counts stay true."""

from __future__ import annotations

import dataclasses

import polars as pl
import pytest

from coproduce.events import BLOCKS, KINDS, NAMES, SCHEMA, Event


def test_every_column_of_the_log_is_a_number() -> None:
    assert {name for name, dtype in SCHEMA.items() if not (dtype.is_integer() or dtype.is_float())} == set()
    assert not {pl.String, pl.Binary, pl.Object, pl.Categorical} & {type(dtype) for dtype in SCHEMA.values()}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_no_kind_adds_a_field_that_the_log_has_no_column_for(name: str) -> None:
    fields = {field.name: str(field.type) for field in dataclasses.fields(NAMES[name])}
    assert fields == {field.name: str(field.type) for field in dataclasses.fields(Event)}
    assert set(fields.values()) <= {"int", "float"}


@pytest.mark.parametrize("code", sorted(KINDS))
def test_every_kind_says_what_happened_and_by_whom(code: int) -> None:
    meaning = KINDS[code].meaning
    low, high = BLOCKS[meaning.block]
    assert low <= code <= high
    assert meaning.says.endswith(".")
    assert meaning.actor
    assert bool(meaning.value) == bool(meaning.unit), "a value needs its unit, and a unit its value"
