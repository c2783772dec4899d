"""`coproduce bridge`: what people who otherwise disagree find helpful, from a file of ratings."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coproduce.errors import BadFile, InvalidInput

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray


def bridge(
    ratings: Annotated[Path, typer.Argument(metavar="RATINGS.csv", help="rater, item, value: 0, 0.5 or 1.")],
    *,
    groups: Annotated[Path | None, typer.Option(metavar="GROUPS.csv", help="rater, group.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Ranks items by support from people who otherwise disagree; it never says whether a claim is true.

    Example: coproduce bridge ratings.csv --groups groups.csv --json
    """
    from coproduce.statistics import bridging

    rated = _table(ratings, ("rater", "item", "value"))
    declared = None
    if groups is not None:
        named = _table(groups, ("rater", "group")).filter(~_empty("group"))
        declared = dict(named.select("rater", "group").iter_rows())
    found = bridging.bridge(
        _names(rated["rater"]), _names(rated["item"]), _values(rated["value"]).to_numpy(), groups=declared
    )
    if as_json:
        items = [{**asdict(one), "missing_groups": list(one.missing_groups)} for one in found]
        sys.stdout.write(json.dumps({"items": items}, allow_nan=False) + "\n")
        return
    for one in sorted(found, key=lambda bridged: -bridged.intercept):
        lacking = f"; not enough raters from: {', '.join(one.missing_groups)}" if one.missing_groups else ""
        ends = f"{one.intercept:+.2f} ({one.low:+.2f} to {one.high:+.2f})"
        sys.stdout.write(f"{one.item:>12}  {one.n:>6} ratings  {ends}  {one.status.replace('_', ' ')}{lacking}\n")


def _table(path: Path, columns: Sequence[str]) -> pl.DataFrame:
    """The named columns of a CSV file, as text. Raises BadFile or InvalidInput."""
    import polars as pl

    try:
        table = pl.read_csv(path, infer_schema_length=0)
    except pl.exceptions.NoDataError:
        table = pl.DataFrame()
    except (OSError, pl.exceptions.PolarsError) as problem:
        raise BadFile(given="a file that is absent or no table", expected=f"a CSV of {', '.join(columns)}") from problem
    lacking = [name for name in columns if name not in table.columns]
    if lacking:
        raise InvalidInput(given=f"a table without {', '.join(lacking)}", expected=f"the columns {', '.join(columns)}")
    texts = table.select([pl.col(name).str.strip_chars() for name in columns])
    empty = texts.filter(_empty(columns[0]))
    if empty.height:
        raise InvalidInput(given=f"{empty.height} rows without a {columns[0]}", expected="one in each row")
    return texts


def _empty(column: str) -> pl.Expr:
    import polars as pl

    return pl.col(column).is_null() | (pl.col(column) == "")


def _names(column: pl.Series) -> NDArray[Any]:
    """Names as whole numbers where all are, written the same way; sorting numbers is quicker than sorting texts."""
    import polars as pl

    if column.null_count():
        raise InvalidInput(given=f"rows without a {column.name}", expected="one in each row")
    numbers = column.cast(pl.Int64, strict=False)
    alike = not numbers.null_count() and bool((numbers.cast(pl.String) == column).all())
    names: NDArray[Any] = (numbers if alike else column).to_numpy()
    return names


def _values(column: pl.Series) -> pl.Series:
    import polars as pl

    values = column.cast(pl.Float64, strict=False)
    if values.null_count():
        raise InvalidInput(given=f"{values.null_count()} values that are no number", expected="0, 0.5 or 1")
    return values
