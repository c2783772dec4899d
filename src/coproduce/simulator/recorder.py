"""The recorder: turns what agents do into events of the shared vocabulary, batch by batch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import polars as pl

from coproduce.events import ABSENT, KINDS, SCHEMA, Event, EventFrame
from coproduce.simulator.streams import IntArray, Streams

#: The actor of what no person does: matching, following up, measuring. Its role is Role.COMPUTER.
COMPUTER_ID = 0

#: What stands at these places of a column; it is looked up only when events are kept.
Lookup = tuple[np.ndarray, "np.ndarray | Lookup"]
Column = np.ndarray | float | int | Lookup
_DEFAULTS: Mapping[str, float | int] = {
    "time": 0,
    "kind": 0,
    "actor": ABSENT,
    "subject": ABSENT,
    "object": ABSENT,
    "role": 0,
    "site": ABSENT,
    "topic": ABSENT,
    "value": float("nan"),
    "cause": ABSENT,
}
_TYPES: Mapping[str, type[np.generic]] = {
    **dict.fromkeys(_DEFAULTS, np.int64), "kind": np.uint8, "role": np.uint8, "site": np.int32, "topic": np.int32,
    "value": np.float64,
}  # fmt: skip


def _looked_up(pair: Lookup) -> np.ndarray:
    """What stands at the places of a pair."""
    held, places = pair
    return np.asarray(held[_looked_up(places) if isinstance(places, tuple) else places])


class Writer(Protocol):
    """What a stage writes to; whether anything is kept is the caller's choice and changes nothing in the run."""

    def at(self, time: int) -> None:
        """All that follows happens at this time, in microseconds since 1970 UTC."""
        ...

    def write(self, kind: type[Event], n: int, **columns: Column) -> IntArray:
        """Records n events of one kind; gives their `seq`, int64 (n,).

        A column is an array of n, one number, or a pair: an array, and where in it the n stand.
        """
        ...


class Silent:
    """Keeps nothing; every seq is -1."""

    def __init__(self) -> None:
        self._absent = np.full(0, ABSENT, dtype=np.int64)

    def at(self, time: int) -> None:
        """Forgets the time."""

    def write(self, kind: type[Event], n: int, **columns: Column) -> IntArray:
        """Forgets the events."""
        if n > self._absent.size:
            self._absent = np.full(max(n, 2 * self._absent.size), ABSENT, dtype=np.int64)
            self._absent.flags.writeable = False
        return self._absent[:n]


class Recorder:
    """Keeps every event of one run in columns; `seq` counts up from 0 in the order of writing."""

    def __init__(self, run: int) -> None:
        self.run = run
        self._time = 0
        self._next = 0
        self._room = 1 << 12
        self._held = {name: np.full(self._room, absent, _TYPES[name]) for name, absent in _DEFAULTS.items()}

    def at(self, time: int) -> None:
        """All that follows happens at this time, in microseconds since 1970 UTC."""
        self._time = time

    def write(self, kind: type[Event], n: int, **columns: Column) -> IntArray:
        """As `Writer.write`."""
        first, end = self._next, self._next + n
        if end > self._room:
            self._grow(end)
        # Columns that are not named already hold what stands for absent.
        for name, given in columns.items():
            self._held[name][first:end] = _looked_up(given) if isinstance(given, tuple) else given
        self._held["time"][first:end] = self._time
        self._held["kind"][first:end] = kind.meaning.code
        self._next = end
        return np.arange(first, end, dtype=np.int64)

    def _grow(self, least: int) -> None:
        self._room = max(2 * self._room, least)
        for name, column in self._held.items():
            grown = np.full(self._room, _DEFAULTS[name], _TYPES[name])
            grown[: self._next] = column[: self._next]
            self._held[name] = grown

    def frame(self, resolution: int) -> EventFrame:
        """Everything recorded, as an EventFrame of this resolution in microseconds."""
        n = self._next
        columns = {name: column[:n].copy() for name, column in self._held.items()}
        columns |= {"run": np.full(n, self.run, dtype=np.int32), "seq": np.arange(n), "recorded": columns["time"]}
        return EventFrame(pl.DataFrame({name: columns[name] for name in SCHEMA}, schema=SCHEMA), resolution)


#: Blocks of kinds that a sample keeps whole where the subject is no person.
_KEPT_WHOLE = ("people", "commons", "improvement", "governance", "model")


def sample(frame: EventFrame, owners: pl.DataFrame, share: float, seed: int) -> EventFrame:
    """The events about a sample of people, each kept with this chance, with all of their needs.

    People's comings and goings, the commons, interventions and governance are kept whole. `owners` has columns id (a
    person or a need) and owner (the person). `seq` is counted anew; a cause that was left out becomes absent.
    """
    people = owners["owner"].unique().sort()
    drawn = Streams(seed, max(frame.runs(), default=0)).uniform("record.sample", 0, people.to_numpy())
    chosen = people.filter(pl.Series(drawn < share))
    about = owners.filter(pl.col("owner").is_in(chosen.implode()))["id"]
    whole = [code for code, kind in KINDS.items() if kind.meaning.block in _KEPT_WHOLE]
    kept = frame.rows.filter(
        (pl.col("kind").is_in(whole) & ~pl.col("subject").is_in(owners["id"].implode()))
        | pl.col("subject").is_in(about.implode())
    )
    return renumber(EventFrame(kept, frame.resolution))


def renumber(frame: EventFrame) -> EventFrame:
    """The same rows in their present order with `seq` 0, 1, 2 ... in each run, and causes following it."""
    fresh = frame.rows.with_columns((pl.int_range(pl.len(), dtype=pl.Int64).over("run")).alias("fresh"))
    causes = fresh.select("run", pl.col("seq").alias("cause"), pl.col("fresh").alias("fresh_cause"))
    joined = fresh.join(causes, on=["run", "cause"], how="left", maintain_order="left")
    rows = joined.with_columns(
        pl.col("fresh").alias("seq"), pl.col("fresh_cause").fill_null(ABSENT).alias("cause")
    ).select(list(SCHEMA))
    return EventFrame(rows, frame.resolution)
