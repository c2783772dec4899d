"""Reading the log: into a frame, row by row as it grows, and the few events about one thing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
from django.db import connection

from coproduce import clock
from coproduce.events import ABSENT, KINDS, SCHEMA, Event, EventFrame
from coproduce.network.log.copying import blocks

_COLUMNS = "seq, time, recorded, kind, actor, subject, object, role, site, topic, value, cause"
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """One event as it stands in the log."""

    seq: int
    time: int
    recorded: int
    kind: int
    actor: int
    subject: int
    object: int
    role: int
    site: int
    topic: int
    value: float
    cause: int

    @property
    def at(self) -> datetime:
        """When it happened, in UTC."""
        return clock.from_us(self.time)

    @property
    def what(self) -> type[Event]:
        """Its kind."""
        return KINDS[self.kind]


def head() -> tuple[int, bytes]:
    """The last sequence number (-1 in an empty log) and its hash."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, hash FROM log_head WHERE id = 1")
        seq, digest = cursor.fetchone()
    return int(seq), bytes(digest)


def read_frame(after: int = -1, until: int | None = None, kinds: Iterable[type[Event]] | None = None) -> EventFrame:
    """The events with after < seq <= until, of these kinds or of all, as a frame of run 0."""
    last, _ = head()
    first = max(int(after), -1)
    parts = list(
        blocks(_COLUMNS, after=first, until=last if until is None else min(int(until), last), only=_only(kinds))
    )
    if not parts:
        return EventFrame.empty()
    rows = pl.DataFrame(
        {
            name: np.concatenate([part[name] for part in parts]).astype(parts[0][name].dtype.newbyteorder("="))
            for name in _COLUMNS.split(", ")
        }
    )
    return EventFrame(
        rows.with_columns(pl.lit(0).alias("run")).select([pl.col(name).cast(kind) for name, kind in SCHEMA.items()])
    )


def _only(kinds: Iterable[type[Event]] | None) -> str:
    """The condition that lets through events of these kinds, or all; of our own codes."""
    if kinds is None:
        return "true"
    codes = ",".join(str(int(kind.meaning.code)) for kind in kinds)
    return f"kind = ANY('{{{codes}}}'::smallint[])"


def follow(after_seq: int = -1, kinds: Iterable[type[Event]] | None = None) -> Iterator[Row]:
    """The events after this one, of these kinds or of all, in order, up to the head of this moment; none is skipped.

    Numbers commit in order, so who keeps the last seq seen and follows from there again misses nothing.
    """
    asked = f"SELECT {_COLUMNS} FROM log_event WHERE seq > %s AND {_only(kinds)} ORDER BY seq LIMIT {_BATCH}"  # noqa: S608
    while True:
        with connection.cursor() as cursor:
            cursor.execute(asked, [after_seq])
            rows = [Row(*values) for values in cursor.fetchall()]
        yield from rows
        if len(rows) < _BATCH:
            return
        after_seq = rows[-1].seq


def events_about(subject_ids: Sequence[int]) -> list[Row]:
    """The events whose subject or object is one of these, in order; those that only act are not about them."""
    ids = [number for number in subject_ids if number > ABSENT]
    return _rows(
        f"SELECT {_COLUMNS} FROM log_event WHERE subject = ANY(%s) AND subject >= 0"  # noqa: S608
        f" UNION SELECT {_COLUMNS} FROM log_event WHERE object = ANY(%s) AND object >= 0 ORDER BY seq",
        [ids, ids],
    )


def events_by(actor_ids: Sequence[int]) -> list[Row]:
    """The events in which one of these acted, in order."""
    ids = [number for number in actor_ids if number > ABSENT]
    return _rows(
        f"SELECT {_COLUMNS} FROM log_event WHERE actor = ANY(%s) AND actor >= 0 ORDER BY seq",  # noqa: S608
        [ids],
    )


def caused_by(seqs: Sequence[int], *, most: int = 10_000) -> list[Row]:
    """These events and everything that followed from them by `cause`, in order: a story from its beginning.

    At most `most` rows, the earliest ones.
    """
    return _rows(
        f"""
        WITH RECURSIVE story AS (
            SELECT {_COLUMNS} FROM log_event WHERE seq = ANY(%s)
            UNION
            SELECT {", ".join("later." + name for name in _COLUMNS.split(", "))}
            FROM log_event AS later JOIN story ON later.cause = story.seq AND later.cause >= 0
        ) SELECT {_COLUMNS} FROM story ORDER BY seq LIMIT %s""",  # noqa: S608
        [list(seqs), most],
    )


def around(seq: int, *, most_before: int = 30, most: int = 400) -> list[Row]:
    """What led to an event, the event, and what followed from it, by `cause` and in order: the whole of a story.

    At most `most_before` events of the way that led there, and `most` rows, the earliest ones.
    """
    earlier, later = (", ".join(f"{of}.{name}" for name in _COLUMNS.split(", ")) for of in ("earlier", "later"))
    return _rows(
        f"""
        WITH RECURSIVE way AS (
            SELECT {_COLUMNS}, 0 AS steps FROM log_event WHERE seq = %s
            UNION ALL
            SELECT {earlier}, way.steps + 1
            FROM log_event AS earlier JOIN way ON earlier.seq = way.cause WHERE way.cause >= 0 AND way.steps < %s
        ), story AS (
            SELECT {_COLUMNS} FROM log_event WHERE seq = %s
            UNION
            SELECT {later} FROM log_event AS later JOIN story ON later.cause = story.seq AND later.cause >= 0
        )
        SELECT {_COLUMNS} FROM way UNION SELECT {_COLUMNS} FROM story ORDER BY seq LIMIT %s""",  # noqa: S608
        [seq, most_before, seq, most],
    )


def _rows(statement: str, values: Sequence[list[int] | int]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [Row(*found) for found in cursor.fetchall()]
