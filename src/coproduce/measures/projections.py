"""Counted once: declared projections that are filled from a log as it grows, and can be undone, resumed and rebuilt.

A projection is a table of totals that grow by adding (sums) or by keeping the largest (peaks), so that the order of
events changes nothing. The log is cut into blocks by `seq`; each block's totals are one file, written whole or not at
all, that says up to which `seq` it has counted. So a crash loses at most what was not written, and undoing is taking
files away.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from coproduce.clock import DAY_US
from coproduce.errors import BadFile, InvalidInput
from coproduce.events import EventFrame, Role
from coproduce.measures.acts import SHOWS

#: So many `seq` stand in one file: few enough that adding one event rewrites little.
BLOCK = 1 << 16
_UNTIL, _RULES = "coproduce.until", "coproduce.rules"
_DAY = (pl.col("time") // DAY_US).alias("day")
_LEVELS = {kind.meaning.code: int(level) for level, kinds in SHOWS.items() for kind in kinds}


@dataclass(frozen=True)
class Projection:
    """A declared table of totals: which rows it counts, by which keys, and what it adds up or keeps the most of."""

    name: str
    says: str
    rows: pl.Expr
    keys: tuple[pl.Expr, ...]
    sums: Mapping[str, pl.Expr]
    peaks: Mapping[str, pl.Expr]

    @property
    def key_names(self) -> list[str]:
        """The names of the columns that tell totals apart; the first is the run."""
        return ["run", *(key.meta.output_name() for key in self.keys)]

    @property
    def rules(self) -> str:
        """The hash of what decides the totals; files of other rules are counted anew."""
        parts = (self.rows, *self.keys, *self.sums.values(), *self.peaks.values())
        said = "\x1f".join(
            [self.name, *self.sums, *self.peaks, *(part.meta.serialize(format="json") for part in parts)]
        )
        return hashlib.sha256(said.encode()).hexdigest()

    def fold(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The totals of these events."""
        chosen = rows.filter(self.rows).select(
            "run", *self.keys, *(e.alias(n) for n, e in self.sums.items()), *(e.alias(n) for n, e in self.peaks.items())
        )
        return self.merge([chosen])

    def merge(self, parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
        """The totals of several tables of totals, in the order of their keys."""
        totals = pl.concat(list(parts)).group_by(self.key_names)
        merged = totals.agg(pl.col(list(self.sums)).sum(), pl.col(list(self.peaks)).max())
        return merged.sort(self.key_names)


#: The projections that are kept.
PROJECTIONS: tuple[Projection, ...] = (
    Projection(
        "events_by_day", "Events a day by kind, site and role, with the sum of their values.",
        rows=pl.lit(True), keys=(_DAY, pl.col("kind"), pl.col("site"), pl.col("role")),
        sums={
            "n": pl.lit(1, dtype=pl.Int64),
            # Whole thousandths add up to the same in any order; fractions of a float would not.
            "total_thousandths": pl.when(pl.col("value").abs() < 1e12)
            .then((pl.col("value") * 1_000).round())
            .otherwise(0)
            .cast(pl.Int64),
            "n_valued": pl.col("value").is_finite().cast(pl.Int64),
        },
        peaks={},
    ),
    Projection(
        "levels_by_day", "Each person's highest level of engagement on each day by their own acts, and how many acts.",
        rows=(pl.col("actor") >= 0) & (pl.col("role") != int(Role.COMPUTER)) & pl.col("kind").is_in(list(_LEVELS)),
        keys=(_DAY, pl.col("actor").alias("person")),
        sums={"n": pl.lit(1, dtype=pl.Int64)},
        peaks={"level": pl.col("kind").replace_strict(_LEVELS, default=0, return_dtype=pl.UInt8)},
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """Projections of one log in a folder, a file a block: <projection>/<run>-<block>.parquet."""

    folder: Path
    projections: tuple[Projection, ...] = PROJECTIONS

    def until(self, name: str, run: int = 0) -> int:
        """The last `seq` of the run that this projection has counted; -1 for none."""
        projection = self._named(name)
        return max((until for _, until in self._blocks(projection, run)), default=-1)

    def fill(self, frame: EventFrame) -> int:
        """Counts the events that come after what was counted, each once; gives how many were new to some projection.

        The frame may hold the whole log or only its newest events, as long as none between is missing. Raises
        InvalidInput when a row has a negative seq.
        """
        rows = frame.rows.unique(subset=["run", "seq"], keep="first", maintain_order=True)
        if rows.filter(pl.col("seq") < 0).height:
            raise InvalidInput(given="an event with a negative seq", expected="0 or more")
        counted = 0
        for projection in self.projections:
            new = 0
            for (run,), own in rows.group_by("run", maintain_order=True):
                fresh = own.filter(pl.col("seq") > self.until(projection.name, int(run)))
                for (block,), part in fresh.group_by(pl.col("seq") // BLOCK, maintain_order=True):
                    self._add(projection, int(run), int(block), part)
                new += fresh.height
            counted = max(counted, new)
        return counted

    def totals(self, name: str) -> pl.DataFrame:
        """The totals over all blocks and runs, in the order of their keys."""
        projection = self._named(name)
        empty = projection.fold(EventFrame.empty().rows)
        files = sorted((self.folder / name).glob("[0-9]*.parquet"))
        return projection.merge([empty, *(_read(path) for path in files if self._fits(projection, path))])

    def undo(self, seq: int, run: int = 0) -> None:
        """Forgets what was counted from `seq` on, and what shares a block with it; the next fill counts it again."""
        for projection in self.projections:
            for path, _ in self._blocks(projection, run):
                if (_block(path) + 1) * BLOCK > seq:
                    path.unlink()

    def _add(self, projection: Projection, run: int, block: int, rows: pl.DataFrame) -> None:
        path = self.folder / projection.name / f"{run}-{block}.parquet"
        before = [_read(path)] if path.is_file() and self._fits(projection, path) else []
        merged = projection.merge([*before, projection.fold(rows)])
        facts = {_UNTIL: str(int(rows["seq"].max())), _RULES: projection.rules}  # type: ignore[arg-type]
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            merged.write_parquet(partial, metadata=facts)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)

    def _blocks(self, projection: Projection, run: int) -> list[tuple[Path, int]]:
        paths = (self.folder / projection.name).glob(f"{run}-*.parquet")
        return [(path, _facts(path)[1]) for path in paths if self._fits(projection, path)]

    def _fits(self, projection: Projection, path: Path) -> bool:
        """Whether the file was counted by these rules; one of others is taken away, to be counted anew."""
        if _facts(path)[0] == projection.rules:
            return True
        path.unlink()
        return False

    def _named(self, name: str) -> Projection:
        found = next((one for one in self.projections if one.name == name), None)
        if found is None:
            raise InvalidInput(given="an unknown projection", expected=", ".join(one.name for one in self.projections))
        return found


def _block(path: Path) -> int:
    return int(path.stem.rpartition("-")[2])


def _facts(path: Path) -> tuple[str, int]:
    try:
        facts = pl.read_parquet_metadata(path)
        return facts.get(_RULES, ""), int(facts.get(_UNTIL, "-1"))
    except (pl.exceptions.PolarsError, OSError, ValueError) as problem:
        raise BadFile(
            given="a file of totals that is damaged", expected="one written by Coproduce",
            next_step="Delete the folder of projections; it is counted again from the log.",
        ) from problem  # fmt: skip


def _read(path: Path) -> pl.DataFrame:
    return pl.read_parquet(path)
