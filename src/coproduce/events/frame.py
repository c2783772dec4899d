"""The EventFrame: events as typed columns, sorted by (run, seq), the same from the live network and a simulation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from enum import IntEnum
from types import MappingProxyType

import polars as pl

from coproduce.clock import DAY_US, WEEK_US
from coproduce.errors import InvalidInput
from coproduce.events.event import KINDS, Event

SCHEMA: Mapping[str, pl.DataType] = MappingProxyType(
    {
        "run": pl.Int32(),
        "seq": pl.Int64(),
        "time": pl.Int64(),
        "recorded": pl.Int64(),
        "kind": pl.UInt8(),
        "actor": pl.Int64(),
        "subject": pl.Int64(),
        "object": pl.Int64(),
        "role": pl.UInt8(),
        "site": pl.Int32(),
        "topic": pl.Int32(),
        "value": pl.Float64(),
        "cause": pl.Int64(),
    }
)

#: The columns that an Event carries itself; the writer adds run, seq, recorded and kind.
CARRIED = tuple(f.name for f in fields(Event))


class Resolution(IntEnum):
    """The finest time that the frame tells apart, in microseconds; a finer measure is not computable."""

    MICROSECOND = 1
    DAY = DAY_US
    WEEK = WEEK_US
    MONTH = 30 * DAY_US


@dataclass(frozen=True)
class Report:
    """What was odd about rows that were read; nothing is dropped silently."""

    n_rows: int = 0
    n_unknown_kind: int = 0
    n_duplicate: int = 0
    n_out_of_order: int = 0
    n_gaps: int = 0
    n_recorded_before: int = 0
    n_orphan_cause: int = 0

    def is_clean(self) -> bool:
        """True when only rows were counted."""
        return self == Report(n_rows=self.n_rows)


@dataclass(frozen=True)
class EventFrame:
    """Rows with exactly the columns of SCHEMA, sorted by (run, seq), and their resolution in microseconds."""

    rows: pl.DataFrame
    resolution: int = Resolution.MICROSECOND

    def __post_init__(self) -> None:
        if dict(self.rows.schema) != dict(SCHEMA):
            raise InvalidInput(
                given=f"columns {', '.join(self.rows.columns) or 'none'}",
                expected=f"the columns {', '.join(SCHEMA)} with their types",
                next_step="Build the frame with EventFrame.from_rows or codec.read.",
            )

    def __len__(self) -> int:
        return self.rows.height

    @classmethod
    def empty(cls, resolution: int = Resolution.MICROSECOND) -> EventFrame:
        """A frame without a row."""
        return cls(pl.DataFrame(schema=dict(SCHEMA)), resolution)

    @classmethod
    def from_rows(cls, rows: pl.DataFrame, resolution: int = Resolution.MICROSECOND) -> EventFrame:
        """A frame from columns that can be cast to SCHEMA without loss; order and columns beyond are mended.

        Raises InvalidInput when a column is missing or holds what does not fit (text, a fraction in an id, null).
        """
        missing = [name for name in SCHEMA if name not in rows.columns]
        if missing:
            raise InvalidInput(
                given=f"a table without {', '.join(missing)}",
                expected=f"the columns {', '.join(SCHEMA)}",
                next_step="See docs/reference/events.md.",
            )
        try:
            typed = rows.select([_fitted(rows[name], dtype) for name, dtype in SCHEMA.items()])
        except pl.exceptions.PolarsError as problem:
            raise InvalidInput(
                given="values that do not fit their column",
                expected=", ".join(f"{n} {t}" for n, t in SCHEMA.items()),
                next_step="Check the file's types.",
            ) from problem
        holed = [name for name in SCHEMA if name != "value" and typed[name].null_count()]
        if holed:
            raise InvalidInput(given=f"empty cells in {', '.join(holed)}", expected="-1 where there is no id")
        typed = typed.with_columns(pl.col("value").fill_null(float("nan")))
        return cls(typed.sort("run", "seq", maintain_order=True), resolution)

    @classmethod
    def from_events(
        cls, events: Iterable[Event], *, run: int = 0, first_seq: int = 0, resolution: int = Resolution.MICROSECOND
    ) -> EventFrame:
        """A frame from events in the order they happened; `seq` counts up from first_seq, recorded is their time."""
        listed = list(events)
        columns: dict[str, list[float]] = {name: [getattr(e, name) for e in listed] for name in CARRIED}
        rows = pl.DataFrame(
            {
                **columns,
                "run": [run] * len(listed),
                "seq": range(first_seq, first_seq + len(listed)),
                "recorded": columns["time"],
                "kind": [e.meaning.code for e in listed],
            },
            schema_overrides=dict(SCHEMA),
        )
        return cls.from_rows(rows, resolution)

    def of(self, *kinds: type[Event]) -> pl.DataFrame:
        """The rows of these kinds, in order."""
        return self.rows.filter(pl.col("kind").is_in([k.meaning.code for k in kinds]))

    def runs(self) -> list[int]:
        """The runs in the frame, ascending."""
        return self.rows["run"].unique().sort().to_list()

    def run(self, run: int) -> EventFrame:
        """The rows of one run."""
        return replace(self, rows=self.rows.filter(pl.col("run") == run))

    def between(self, start: int, end: int) -> EventFrame:
        """The rows with start <= time < end, in microseconds."""
        return replace(self, rows=self.rows.filter((pl.col("time") >= start) & (pl.col("time") < end)))


def _fitted(column: pl.Series, dtype: pl.DataType) -> pl.Series:
    """The column as `dtype` where nothing is lost: moments become microseconds, UTC; text and fractions are refused."""
    if column.name in ("time", "recorded") and column.dtype in (pl.Datetime, pl.Date):
        column = column.cast(pl.Datetime("us"))
    elif not (column.dtype.is_numeric() or column.dtype == pl.Null):
        raise pl.exceptions.InvalidOperationError(f"{column.dtype} is no number")
    fitted = column.cast(dtype, strict=True)
    if column.dtype.is_float() and dtype.is_integer() and not (column.is_null() | (column == column.floor())).all():
        raise pl.exceptions.InvalidOperationError("a fraction in a whole number")
    return fitted


def inspect(rows: pl.DataFrame) -> Report:
    """Counts what is odd in rows with the columns of SCHEMA: unknown kinds, repeats, disorder, gaps, wrong clocks."""
    if rows.is_empty():
        return Report()
    pair = rows.select("run", "seq")
    step = pair.with_columns(
        (pl.col("seq") - pl.col("seq").shift(1)).alias("step"), (pl.col("run") == pl.col("run").shift(1)).alias("same")
    ).filter(pl.col("same"))
    ordered = pair.unique().sort("run", "seq").with_columns((pl.col("seq").diff().over("run") > 1).alias("gap"))
    causes = rows.filter(pl.col("cause") >= 0).select("run", pl.col("cause").alias("seq"))
    return Report(
        n_rows=rows.height,
        n_unknown_kind=rows.filter(~pl.col("kind").is_in(list(KINDS))).height,
        n_duplicate=rows.height - pair.unique().height,
        n_out_of_order=step.filter(pl.col("step") < 0).height,
        n_gaps=int(ordered["gap"].sum() or 0),
        n_recorded_before=rows.filter(pl.col("recorded") < pl.col("time")).height,
        n_orphan_cause=causes.join(pair.unique(), on=["run", "seq"], how="anti").height,
    )
