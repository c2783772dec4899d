"""A sweep: every point of a design is run, in parts that survive a kill, and ends as one table."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from coproduce.clock import monotonic
from coproduce.errors import BadFile, Conflict, InvalidInput, Unavailable
from coproduce.simulator.parameters import Value
from coproduce.simulator.provenance import made_with
from coproduce.simulator.scenario import Scenario
from coproduce.simulator.studies.design import Design, job
from coproduce.simulator.studies.runs import Done, read
from coproduce.simulator.studies.workers import each

#: Seconds that a task should take: longer ones are lost by a kill, shorter ones cost more to send than to run.
_TASK_SECONDS = 0.5
_MOST_IN_A_TASK = 256
_METADATA = "coproduce.sweep"


@dataclass(frozen=True)
class Table:
    """The results of a sweep: its design, the code that ran it, and one row a run.

    Columns of `rows`: point, replicate, seed, one a factor, and one an outcome (named in `outcomes`).
    """

    design: Design
    code: dict[str, str]
    outcomes: tuple[str, ...]
    rows: pl.DataFrame

    def means(self, outcome: str) -> pl.Series:
        """The mean of an outcome over replicates, one a point, in the order of the design."""
        return self.rows.group_by("point", maintain_order=True).agg(pl.col(outcome).mean())[outcome]


@dataclass(frozen=True)
class _Task:
    scenario: Scenario
    seed: int
    window: int
    rows: tuple[tuple[int, int, dict[str, Value]], ...]


def sweep(design: Design, out: Path, *, workers: int = 1, dask: str = "", done: Done | None = None) -> Table:
    """Runs what is not there yet of a design and writes the table; the numbers do not depend on who ran what, or when.

    Beside `out` stands a folder of parts while the sweep is under way; a sweep that was stopped goes on from it. A
    table of the same design and code is given back as it is. `done` is called with the runs that are done, those of an
    earlier start first.

    Raises Conflict when another sweep writes to this file, or the file or its parts belong to another design or other
    code; Unavailable when nothing can be written there.
    """
    with _sole_writer(out) as parts:
        if out.exists():
            return _same_design(read_table(out), design, out)
        _claim(parts, design)
        finished = _finished(parts)
        left = [row for row in _all_rows(design) if (row[0], row[1]) not in finished]
        if done is not None:
            done(len(finished))
        _run(design, left, parts, workers=workers, dask=dask, done=done)
        rows = pl.concat([pl.read_parquet(part) for part in sorted(parts.glob("*.parquet"))])
        table = _table(design, rows)
        _write_whole(table.rows, out, {_METADATA: json.dumps({"design": design.document(), "code": table.code})})
        shutil.rmtree(parts)
        return table


def read_table(path: Path) -> Table:
    """The table of a finished sweep; raises BadFile when the file is not one."""
    expected = "a table that `coproduce sweep --out` wrote"
    try:
        rows, facts = pl.read_parquet(path), pl.read_parquet_metadata(path)
        about = json.loads(facts[_METADATA])
        design = Design.from_document(about["design"])
    except FileNotFoundError as problem:
        raise BadFile(
            given="a file that is not there", expected=expected, next_step="Run the sweep first."
        ) from problem
    except (pl.exceptions.PolarsError, OSError, KeyError, TypeError, ValueError) as problem:
        raise BadFile(given="a file of another kind, or cut", expected=expected) from problem
    named = {"point", "replicate", "seed", *(factor.name for factor in design.factors)}
    return Table(design, about["code"], tuple(name for name in rows.columns if name not in named), rows)


@contextlib.contextmanager
def _sole_writer(out: Path) -> Iterator[Path]:
    """The folder of parts, locked: the lock goes with the process, so a killed sweep leaves none behind."""
    parts = out.with_name(out.name + ".parts")
    try:
        parts.mkdir(parents=True, exist_ok=True)
        lock = os.open(parts / "lock", os.O_CREAT | os.O_RDWR, 0o644)
    except OSError as problem:
        raise Unavailable(
            "The table cannot be written.", next_step="Check --out: its folder and its rights."
        ) from problem
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield parts
        with contextlib.suppress(OSError):
            (parts / "lock").unlink(missing_ok=True)
            parts.rmdir()
    except BlockingIOError as problem:
        raise Conflict(
            "Another sweep writes to this file now.", next_step="Wait for it, or choose another --out."
        ) from problem
    finally:
        os.close(lock)


def _same_design(table: Table, design: Design, out: Path) -> Table:
    if Design.from_document(table.design.document()) != design or table.code != made_with():
        raise Conflict(
            f"{out.name} holds another sweep, or one of other code.",
            next_step="Choose another --out, or take the file away.",
        )
    return table


def _claim(parts: Path, design: Design) -> None:
    """Writes the design's key into a new folder of parts, or sees that an old one belongs to the same design."""
    key = parts / "design"
    if not key.exists():
        _write_text(key, design.key)
    elif key.read_text(encoding="utf-8") != design.key:
        raise Conflict(
            f"{parts.name} holds parts of another sweep, or of other code.",
            next_step="Choose another --out, or take the folder away.",
        )


def _all_rows(design: Design) -> list[tuple[int, int, dict[str, Value]]]:
    """Every run of a design: point, replicate, and the values there."""
    points = design.points()
    return [
        (point, number, {name: values[point] for name, values in points.items()})
        for point in range(design.n_points)
        for number in range(1, design.replicates + 1)
    ]


def _finished(parts: Path) -> set[tuple[int, int]]:
    done = [pl.read_parquet(part, columns=["point", "replicate"]) for part in parts.glob("*.parquet")]
    return {(point, number) for rows in done for point, number in rows.iter_rows()}


def _run(
    design: Design, left: Sequence[tuple[int, int, dict[str, Value]]], parts: Path, *, workers: int, dask: str,
    done: Done | None,
) -> None:  # fmt: skip
    """Runs these rows; the first one here, to see how many make a task."""
    if not left:
        return
    scenario = design.scenario()

    def task(rows: Sequence[tuple[int, int, dict[str, Value]]]) -> _Task:
        return _Task(scenario, design.seed, design.window, tuple(rows))

    def keep(rows: list[dict[str, Any]]) -> None:
        first = rows[0]
        _write_whole(_frame(rows), parts / f"{first['point']:09d}-{first['replicate']:06d}.parquet", {})
        if done is not None:
            done(len(rows))

    began = monotonic()
    keep(_run_task(task(left[:1])))
    size = max(1, min(_MOST_IN_A_TASK, int(_TASK_SECONDS / max(monotonic() - began, 1e-3))))
    tasks = [task(left[first : first + size]) for first in range(1, len(left), size)]
    for _, rows in each(_run_task, tasks, workers=workers, dask=dask):
        keep(rows)


def _run_task(task: _Task) -> list[dict[str, Any]]:
    found = []
    for point, number, values in task.rows:
        result = job(task.scenario, values, task.seed, number).result()
        names = result.series.columns
        ends = dict(zip(names, read(result, names, task.window), strict=True))
        both = sorted(set(ends) & set(values))
        if both:
            raise InvalidInput(given=f"a factor called {both[0]}, as an outcome is", expected="factors that are not")
        found.append({"point": point, "replicate": number, "seed": str(task.seed), **values, **ends})
    return found


def _frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, infer_schema_length=None)


def _table(design: Design, rows: pl.DataFrame) -> Table:
    whole = rows.sort("point", "replicate")
    if whole.height != design.n_runs:
        raise InvalidInput(
            given=f"{whole.height} runs", expected=f"{design.n_runs}", next_step="Start the sweep again."
        )
    named = {"point", "replicate", "seed", *(factor.name for factor in design.factors)}
    return Table(design, made_with(), tuple(name for name in whole.columns if name not in named), whole)


def _write_whole(rows: pl.DataFrame, path: Path, facts: dict[str, str]) -> None:
    """Writes a Parquet file whole or not at all."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        rows.write_parquet(partial, metadata=facts)
        partial.replace(path)
    except OSError as problem:
        raise Unavailable("The table cannot be written.", next_step="Check the room on the disk.") from problem
    finally:
        partial.unlink(missing_ok=True)


def _write_text(path: Path, text: str) -> None:
    partial = path.with_name(f".{path.name}.part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
