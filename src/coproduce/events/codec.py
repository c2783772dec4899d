"""EventFrames to and from Parquet files; the resolution travels in the file's metadata."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from coproduce.errors import BadFile
from coproduce.events.frame import EventFrame, Report, Resolution, inspect

_RESOLUTION = "coproduce.resolution_us"
_FORMAT = "coproduce.format"


def write(frame: EventFrame, path: Path, *, metadata: Mapping[str, str] | None = None) -> None:
    """Writes the frame as Parquet, whole or not at all: to a file beside it first, then renamed."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    facts = {_FORMAT: "1", _RESOLUTION: str(int(frame.resolution)), **(metadata or {})}
    try:
        frame.rows.write_parquet(partial, metadata=facts, statistics=True)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def read(path: Path) -> tuple[EventFrame, Report]:
    """The frame in a Parquet file, and what was odd about its rows (counted before they were put in order).

    A file without a stated resolution is taken to the microsecond. Repeated (run, seq) keep their first row.

    Raises BadFile when the file is absent, is not Parquet or is cut, and InvalidInput when columns do not fit.
    """
    try:
        rows = pl.read_parquet(path)
        facts = pl.read_parquet_metadata(path)
    except FileNotFoundError as problem:
        raise BadFile(given="a file that is not there", expected="a Parquet file of events") from problem
    except (pl.exceptions.PolarsError, OSError) as problem:
        raise BadFile(
            given="a file that is not Parquet, or is cut",
            expected="a Parquet file of events",
            next_step="Write it with `coproduce log export` or `coproduce simulate --out`.",
        ) from problem
    try:
        resolution = int(facts.get(_RESOLUTION, str(int(Resolution.MICROSECOND))))
    except ValueError as problem:
        raise BadFile(given="a resolution that is not a number", expected="microseconds in the metadata") from problem
    if resolution < 1:
        raise BadFile(given="a resolution that is not above 0", expected="microseconds in the metadata")
    frame = EventFrame.from_rows(rows, resolution)
    report = inspect(rows.select(frame.rows.columns).cast(frame.rows.schema))
    unique = frame.rows.unique(subset=["run", "seq"], keep="first", maintain_order=True)
    return EventFrame(unique, resolution), report
