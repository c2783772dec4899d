"""The needs of a log as episodes: one row from a statement (or a reopening) to its exit, built once for all measures.

The state machine of a need, from its events in order of time:

    NeedStated ── clarified, matched, delivered ──> NeedConfirmed by the person who stated it, or whom it is for
        │                                             │
        └─> NeedWithdrawn, NeedRedirected,            └─> NeedReopened: a new episode, with its own clock
            NeedExpired, NeedUnreachable ──────────────>

The first exit closes an episode. A confirmation by somebody else closes nothing, unless it was done for that person
(ActedFor). What does not fit (an exit of a closed need, a second statement) changes nothing and is counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import polars as pl

from coproduce.events import Event, EventFrame, Role, kinds


class Exit(IntEnum):
    """How an episode ended; 0 while it is open."""

    OPEN = 0
    CONFIRMED = 1
    WITHDRAWN = 2
    REDIRECTED = 3
    EXPIRED = 4
    UNREACHABLE = 5


_EXITS = {
    kinds.NeedConfirmed.meaning.code: Exit.CONFIRMED,
    kinds.NeedWithdrawn.meaning.code: Exit.WITHDRAWN,
    kinds.NeedRedirected.meaning.code: Exit.REDIRECTED,
    kinds.NeedExpired.meaning.code: Exit.EXPIRED,
    kinds.NeedUnreachable.meaning.code: Exit.UNREACHABLE,
}
_STATED = kinds.NeedStated.meaning.code
_REOPENED = kinds.NeedReopened.meaning.code
_CONFIRMED = kinds.NeedConfirmed.meaning.code
_MOVES = [_STATED, _REOPENED, *_EXITS]

#: First moments within an episode, by column; `replied_us` counts replies by another person only.
_MOMENTS: dict[str, list[type[Event]]] = {
    "clarified_us": [kinds.NeedClarified],
    "matched_us": [kinds.ResourceMatched, kinds.PersonMatched],
    "shown_us": [kinds.ResourceShown, kinds.ResourceOpened],
    "used_us": [kinds.ResourceUsed],
    "followed_us": [kinds.NeedFollowedUp],
}
_FOLLOWED = [k.meaning.code for block in _MOMENTS.values() for k in block]
_READ = [*_MOVES, *_FOLLOWED, *(k.meaning.code for k in (kinds.Replied, kinds.OutcomeReported))]

DAY = 86_400_000_000.0


@dataclass(frozen=True)
class NeedTable:
    """Episodes, and the moves of the state machine that made them.

    `episodes`: run, need, opened_us, reopened (not the first), reopened_later, closed_us (null while open), exit
    (Exit), owner, person (whom it is for), role, site, topic, deadline_days (first episodes only, NaN without), met_by
    (object of the confirmation, else of the last use before it), the first moments (clarified_us, matched_us,
    shown_us, used_us, replied_us, followed_us), word_us (last word of the person), foreign (somebody else confirmed),
    end_us (end of observation of its run), wait_days (to the exit or to the end).
    `moves`: run, need, time, fits (False where the move does not fit the machine).
    """

    episodes: pl.DataFrame
    moves: pl.DataFrame


def need_table(frame: EventFrame, ends: pl.DataFrame) -> NeedTable:
    """Episodes of every need in the frame; `ends` (run, end_us) says until when each run was observed."""
    rows = frame.rows.filter(pl.col("kind").is_in(_READ) & (pl.col("subject") >= 0))
    rows = rows.select("run", "seq", "time", "kind", "actor", "subject", "object", "role", "site", "topic", "value")
    rows = rows.sort("run", "subject", "time", "seq")
    marked = _marked(_joined(rows, frame))
    episodes = _episodes(marked).join(ends, on="run", how="left")
    until = pl.coalesce("closed_us", "end_us")
    return NeedTable(
        episodes.with_columns(((until - pl.col("opened_us")) / DAY).clip(lower_bound=0.0).alias("wait_days")),
        _moves(marked, rows),
    )


def _joined(rows: pl.DataFrame, frame: EventFrame) -> pl.DataFrame:
    """Rows from each need's first statement on, with who stated it and which rows were done for that person."""
    is_stated = pl.col("kind") == _STATED
    stated = rows.filter(is_stated).unique(subset=["run", "subject"], keep="first", maintain_order=True)
    stated = stated.select(
        "run",
        "subject",
        pl.col("seq").alias("stated_seq"),
        pl.col("time").alias("stated_us"),
        pl.col("actor").alias("owner"),
        pl.col("object").alias("person"),
        pl.col("role").alias("owner_role"),
        pl.col("site").alias("need_site"),
        pl.col("topic").alias("need_topic"),
        pl.col("value").alias("deadline"),
    )
    joined = rows.join(stated, on=["run", "subject"], how="inner", maintain_order="left")
    after = (pl.col("time") > pl.col("stated_us")) | (
        (pl.col("time") == pl.col("stated_us")) & (pl.col("seq") >= pl.col("stated_seq"))
    )
    acted = frame.of(kinds.ActedFor).filter(pl.col("cause") >= 0)
    acted = acted.select("run", pl.col("cause").alias("seq"), pl.col("subject").alias("acted_for"))
    acted = acted.unique(subset=["run", "seq"], keep="first", maintain_order=True)
    return joined.filter(after).join(acted, on=["run", "seq"], how="left", maintain_order="left")


def _marked(joined: pl.DataFrame) -> pl.DataFrame:
    """Each row with `opens` or `closes` where it moves the machine, and the number of its episode in the table."""
    # Absent people are -1, and an absent actor is never the person.
    acted_for = pl.col("acted_for").fill_null(-1)
    mine = ((pl.col("actor") >= 0) & (pl.col("actor").eq(pl.col("owner")) | pl.col("actor").eq(pl.col("person")))) | (
        (acted_for >= 0) & (acted_for.eq(pl.col("owner")) | acted_for.eq(pl.col("person")))
    )
    is_confirmed = pl.col("kind") == _CONFIRMED
    is_exit = pl.col("kind").is_in(list(_EXITS))
    first = pl.col("kind").eq(_STATED) & pl.col("seq").eq(pl.col("stated_seq"))
    frame = joined.with_columns(mine.alias("mine"), first.alias("first"))
    frame = frame.with_columns((is_exit & (~is_confirmed | pl.col("mine"))).alias("exits"))
    token = (
        pl.when(pl.col("first") | pl.col("kind").eq(_REOPENED)).then(1).when(pl.col("exits")).then(0).otherwise(None)
    )
    frame = frame.with_columns(token.cast(pl.Int8).alias("token"))
    # The first row of a need opens it whatever came before, so the state never leaks from one need to the next.
    state = pl.col("token").shift(1).forward_fill()
    frame = frame.with_columns(
        (pl.col("first") | (pl.col("kind").eq(_REOPENED) & state.eq(0))).alias("opens"),
        (pl.col("exits") & state.eq(1)).fill_null(False).alias("closes"),
        (pl.col("first") | state.eq(1)).alias("while_open"),
    )
    return frame.with_columns(pl.col("opens").cast(pl.UInt32).cum_sum().alias("row"))


def _episodes(marked: pl.DataFrame) -> pl.DataFrame:
    def moment(condition: pl.Expr, name: str) -> pl.Expr:
        return pl.when(condition).then(pl.col("time")).otherwise(None).alias(name)

    another = (pl.col("actor") >= 0) & ~pl.col("mine") & (pl.col("role") != Role.COMPUTER)
    moments = [moment(pl.col("kind").is_in([k.meaning.code for k in ks]), name) for name, ks in _MOMENTS.items()]
    exit_code = pl.col("kind").replace_strict(_EXITS, default=0, return_dtype=pl.UInt8)
    used = pl.col("kind").eq(kinds.ResourceUsed.meaning.code) & pl.col("while_open")
    columns = marked.select(
        "row",
        *moments,
        moment(pl.col("kind").eq(kinds.Replied.meaning.code) & another, "replied_us"),
        moment(pl.col("mine") & ~pl.col("opens"), "word_us"),
        moment(pl.col("closes"), "closed_us"),
        pl.when(pl.col("closes")).then(exit_code).otherwise(0).alias("exit"),
        pl.when(pl.col("closes") & pl.col("kind").eq(_CONFIRMED)).then(pl.col("object")).alias("confirmed_object"),
        pl.when(used).then(pl.col("object")).alias("used_object"),
        (pl.col("kind").eq(_CONFIRMED) & ~pl.col("mine")).alias("foreign"),
    )
    first_times = [*_MOMENTS, "replied_us", "closed_us"]
    grouped = columns.group_by("row", maintain_order=True).agg(
        pl.col(*first_times).min(),
        pl.col("word_us", "exit", "foreign", "confirmed_object").max(),
        pl.col("used_object").drop_nulls().last(),
    )
    opened = marked.filter(pl.col("opens")).select(
        "row",
        "run",
        pl.col("subject").alias("need"),
        pl.col("time").alias("opened_us"),
        (~pl.col("first")).alias("reopened"),
        "owner",
        "person",
        pl.col("owner_role").alias("role"),
        pl.col("need_site").alias("site"),
        pl.col("need_topic").alias("topic"),
        pl.when(pl.col("first")).then(pl.col("deadline")).otherwise(float("nan")).alias("deadline_days"),
    )
    met_by = pl.when(pl.col("confirmed_object") >= 0).then(pl.col("confirmed_object")).otherwise(pl.col("used_object"))
    again = (pl.col("need") == pl.col("need").shift(-1)) & (pl.col("run") == pl.col("run").shift(-1))
    return opened.join(grouped, on="row", how="left", maintain_order="left").with_columns(
        met_by.alias("met_by"), again.fill_null(False).alias("reopened_later")
    )


def _moves(marked: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Every move with whether it fitted: those before any statement are in `rows` only."""
    kept = marked.filter(pl.col("kind").is_in(_MOVES)).select(
        "run", "seq", (pl.col("opens") | pl.col("closes")).alias("fits")
    )
    moves = rows.filter(pl.col("kind").is_in(_MOVES)).select("run", "seq", pl.col("subject").alias("need"), "time")
    return moves.join(kept, on=["run", "seq"], how="left").with_columns(pl.col("fits").fill_null(False))
