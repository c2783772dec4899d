"""Strata: which group a person belonged to, from when to when; a declared table beside the log."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from coproduce.clock import to_us
from coproduce.errors import BadFile, InvalidInput

COLUMNS = ("actor", "from", "to", "stratum", "rank")
_ALWAYS = -(2**62), 2**62


@dataclass(frozen=True)
class Strata:
    """Rows of actor, from_us (inclusive), to_us (exclusive), stratum, rank (lowest first); no two overlap for a person.

    An empty `from` or `to` leaves that side open. Dates are days, UTC, and `to` is the first day no longer in it.
    """

    rows: pl.DataFrame

    @classmethod
    def from_table(cls, table: pl.DataFrame) -> Strata:
        """Strata from a table of the columns actor, from, to, stratum, rank, as text or numbers.

        Raises InvalidInput when a column is missing, a cell cannot be read, from is not before to, or two rows of
        one person overlap; the row is named by its number, never by the person.
        """
        lacking = [name for name in COLUMNS if name not in table.columns]
        if lacking:
            raise InvalidInput(given=f"strata without {', '.join(lacking)}", expected=", ".join(COLUMNS))
        texts = table.select([pl.col(c).cast(pl.String, strict=False).fill_null("").str.strip_chars() for c in COLUMNS])
        read = [_row(number, cells) for number, cells in enumerate(texts.iter_rows(), start=1)]
        schema = {"actor": pl.Int64, "from_us": pl.Int64, "to_us": pl.Int64, "stratum": pl.String, "rank": pl.Float64}
        rows = pl.DataFrame(read, schema=schema, orient="row").sort("actor", "from_us", maintain_order=True)
        overlap = (pl.col("actor") == pl.col("actor").shift(1)) & (pl.col("from_us") < pl.col("to_us").shift(1))
        if rows.filter(overlap).height:
            raise InvalidInput(
                given=f"{rows.filter(overlap).height} strata rows that overlap an earlier row of the same person",
                expected="one stratum for a person at a time",
                next_step="End the earlier row where the later one begins.",
            )
        return cls(rows)

    @classmethod
    def read(cls, path: Path) -> Strata:
        """Strata from a CSV file. Raises BadFile when it is not there or is no table, InvalidInput as from_table."""
        try:
            return cls.from_table(pl.read_csv(path, infer_schema_length=0))
        except (OSError, pl.exceptions.PolarsError) as problem:
            raise BadFile(
                given="a strata file that is absent or no table",
                expected=f"a CSV file with the columns {', '.join(COLUMNS)}",
            ) from problem

    def assign(self, rows: pl.DataFrame, *, person: str, time: str) -> pl.Series:
        """The stratum of the person in column `person` at the moment in column `time`, null when in none."""
        asked = rows.select(pl.col(person).alias("actor"), pl.col(time).cast(pl.Int64).alias("at")).with_row_index()
        found = asked.sort("at").join_asof(
            self.rows.sort("from_us"),
            left_on="at",
            right_on="from_us",
            by="actor",
            strategy="backward",
            check_sortedness=False,
        )
        inside = found.with_columns(pl.when(pl.col("at") < pl.col("to_us")).then(pl.col("stratum")).alias("stratum"))
        return inside.sort("index")["stratum"]

    def order(self) -> list[str]:
        """The strata by rank, lowest first, and by name within a rank."""
        ranks = self.rows.group_by("stratum").agg(pl.col("rank").min()).sort("rank", "stratum")
        return ranks["stratum"].to_list()


def _row(number: int, cells: tuple[str, ...]) -> tuple[int, int, int, str, float]:
    actor, start, end, stratum, rank = cells
    try:
        person, order = int(actor), float(rank)
        begins = _moment(start) if start else _ALWAYS[0]
        ends = _moment(end) if end else _ALWAYS[1]
    except (ValueError, OverflowError) as problem:
        raise InvalidInput(
            given=f"row {number} of the strata with a cell that cannot be read",
            expected="a whole number as actor, dates like 2026-01-31 or microseconds as from and to, a number as rank",
        ) from problem
    if begins >= ends or not stratum or not math.isfinite(order) or not 0 <= person < 2**62:
        raise InvalidInput(
            given=f"row {number} of the strata", expected="an actor, a stratum, a finite rank, and from before to"
        )
    return person, begins, ends, stratum, order


def _moment(text: str) -> int:
    if text.lstrip("-").isdigit():
        number = int(text)
        if abs(number) > _ALWAYS[1]:
            raise OverflowError
        return number
    day = date.fromisoformat(text)
    return to_us(datetime(day.year, day.month, day.day, tzinfo=UTC))
