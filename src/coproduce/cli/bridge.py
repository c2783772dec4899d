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

    from coproduce.statistics.bridging import Status


def bridge(
    ratings: Annotated[
        Path,
        typer.Argument(metavar="RATINGS.csv", help="rater, item, value: 0, 0.5 or 1; invited if you have it: 1 or 0."),
    ],
    *,
    groups: Annotated[Path | None, typer.Option(metavar="GROUPS.csv", help="rater, group.")] = None,
    previous: Annotated[
        Path | None, typer.Option(metavar="FILE.json", help="An earlier --json answer, so that no status flickers.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Ranks items by support from people who otherwise disagree; it never says whether a claim is true.

    Example: coproduce bridge ratings.csv --groups groups.csv --json
    """
    from coproduce.statistics import bridging

    rated = _table(ratings, ("rater", "item", "value"), ("invited",))
    declared = None
    if groups is not None:
        named = _table(groups, ("rater", "group")).filter(~_empty("group"))
        declared = dict(named.select("rater", "group").iter_rows())
    found = bridging.bridge(
        _names(rated["rater"]), _names(rated["item"]), _values(rated["value"]).to_numpy(), groups=declared,
        invited=_flags(rated["invited"]) if "invited" in rated.columns else None,
        previous=None if previous is None else _statuses(previous),
    )  # fmt: skip
    if as_json:
        items = [{**asdict(one), "missing_groups": list(one.missing_groups)} for one in found]
        sys.stdout.write(json.dumps({"items": items}, allow_nan=False) + "\n")
        return
    for one in sorted(found, key=lambda bridged: -bridged.intercept):
        lacking = f"; not enough raters from: {', '.join(one.missing_groups)}" if one.missing_groups else ""
        ends = f"{one.intercept:+.2f} ({one.low:+.2f} to {one.high:+.2f})"
        sys.stdout.write(f"{one.item:>12}  {one.n:>6} ratings  {ends}  {one.status.replace('_', ' ')}{lacking}\n")


def _statuses(path: Path) -> dict[str, Status]:
    """The status of each item in an earlier answer. Raises BadFile."""
    from coproduce.statistics.bridging import Status

    try:
        items = json.loads(path.read_text(encoding="utf-8"))["items"]
        return {str(one["item"]): Status(one["status"]) for one in items}
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as problem:
        raise BadFile(
            given="a file that is no earlier answer", expected="what `coproduce bridge --json` printed"
        ) from problem


def _table(path: Path, columns: Sequence[str], optional: Sequence[str] = ()) -> pl.DataFrame:
    """The named columns of a CSV file, and the optional ones that it has, as text. Raises BadFile or InvalidInput."""
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
    there = [name for name in optional if name in table.columns]
    texts = table.select([pl.col(name).str.strip_chars() for name in (*columns, *there)])
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


def _flags(column: pl.Series) -> NDArray[Any]:
    known = column.is_in(["0", "1"]).fill_null(False)
    if not known.all():
        raise InvalidInput(given=f"{int((~known).sum())} rows whose {column.name} is neither", expected="1 or 0")
    flags: NDArray[Any] = (column == "1").to_numpy()
    return flags
