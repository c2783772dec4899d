"""From names of confounders to columns of numbers: categories, lines and squares."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from coproduce.errors import InvalidInput
from coproduce.evidence.arrays import Floats

#: A plain name with at most so many different whole values stands for categories; with more, for a line and a square.
MOST_LEVELS = 6
_CATEGORY = re.compile(r"C\((\w+)\)")
_POWER = re.compile(r"(?:I\()?(\w+)\s*(?:\*\*|\^)\s*([2-4])\)?")
_NAME = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Columns:
    """Named columns of numbers, without an intercept: values (n, p)."""

    names: tuple[str, ...]
    values: Floats


def columns(table: pl.DataFrame, terms: Sequence[str] | str) -> Columns:
    """The columns that the terms stand for.

    A term is `C(name)` for categories (the first is the reference), `I(name**2)` or `name^2` for a power, `+name`
    inside a formula `a + b`, or a plain name: categories when it has at most 6 different whole values or is text,
    else a line and a square. As soon as a name stands in a power of its own, its plain form is a line only. Raises
    InvalidInput for a name that the table does not have, or a term of another form.

    >>> table = pl.DataFrame({"sex": [0, 1, 1], "age": [30.5, 41.0, 52.5]})
    >>> columns(table, ["sex", "age"]).names
    ('sex=1', 'age', 'age^2')
    """
    listed = [part.strip() for part in (terms.split("+") if isinstance(terms, str) else terms) if str(part).strip()]
    powered = {found[1] for term in listed if (found := _POWER.fullmatch(term))}
    parts = [_term(table, term, powered) for term in listed]
    names = tuple(name for part in parts for name in part.names)
    values = [part.values for part in parts]
    return Columns(names, np.hstack(values) if values else np.empty((table.height, 0)))


def _term(table: pl.DataFrame, term: str, powered: set[str]) -> Columns:
    if found := _CATEGORY.fullmatch(term):
        return _categories(_column(table, found[1]))
    if found := _POWER.fullmatch(term):
        column = _column(table, found[1])
        return Columns((f"{found[1]}^{found[2]}",), _numbers(column)[:, None] ** int(found[2]))
    if not _NAME.fullmatch(term):
        raise InvalidInput(
            given="a confounder of an unknown form",
            expected="a column's name, C(name) or I(name**2)",
            field="confounders",
        )
    column = _column(table, term)
    if term in powered:
        return Columns((term,), _numbers(column)[:, None])
    if not column.dtype.is_numeric() or _few_levels(column):
        return _categories(column)
    x = _numbers(column)
    return Columns((term, f"{term}^2"), np.column_stack([x, x**2]))


def _column(table: pl.DataFrame, name: str) -> pl.Series:
    if name not in table.columns:
        raise InvalidInput(given="a column that the table does not have", expected="one of its own", field=name)
    column = table[name]
    if column.null_count():
        raise InvalidInput(
            given=f"{column.null_count()} rows without this confounder", expected="a value in every row",
            next_step="Leave those people out, say so, or give the missing ones a category of their own.", field=name,
        )  # fmt: skip
    if column.dtype.is_float() and not column.is_finite().all():
        raise InvalidInput(given="values that are not numbers", expected="finite numbers", field=name)
    return column


def _few_levels(column: pl.Series) -> bool:
    values = column.unique()
    return values.len() <= MOST_LEVELS and bool((values == values.round(0)).all())


def _numbers(column: pl.Series) -> Floats:
    if not column.dtype.is_numeric():
        raise InvalidInput(given="a power of words", expected="a column of numbers", field=column.name)
    values: Floats = column.cast(pl.Float64).to_numpy().astype(np.float64)
    return values


def _categories(column: pl.Series) -> Columns:
    levels = column.unique().sort().to_list()
    found = [(column == level).cast(pl.Float64).to_numpy() for level in levels[1:]]
    values = np.column_stack(found) if found else np.empty((column.len(), 0))
    return Columns(tuple(f"{column.name}={level:g}" if isinstance(level, float) else f"{column.name}={level}"
                         for level in levels[1:]), values)  # fmt: skip
