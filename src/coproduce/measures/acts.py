"""What people did, by the level of engagement it shows: the acts from which E1 and E2 are counted."""

from __future__ import annotations

from enum import IntEnum

import polars as pl

from coproduce.events import Event, EventFrame, Role, kinds


class Level(IntEnum):
    """The levels of E1, each including those below it."""

    NONE = 0
    AWARE = 1
    PARTICIPANT = 2
    CONTRIBUTOR = 3
    OWNER = 4


#: What an actor must have done to be at a level. Care itself (an encounter, a treatment) is not engagement.
SHOWS: dict[Level, tuple[type[Event], ...]] = {
    Level.AWARE: (kinds.Joined, kinds.ResourceShown, kinds.ResourceOpened),
    Level.PARTICIPANT: (
        kinds.NeedStated,
        kinds.NeedClarified,
        kinds.ResourceUsed,
        kinds.OutcomeReported,
        kinds.NeedConfirmed,
        kinds.NeedUnreachable,
        kinds.NeedReopened,
        kinds.Thanked,
        kinds.Rated,
        kinds.VoteCast,
        kinds.TeamJoined,
        kinds.Connected,
        kinds.SurveyAnswered,
        kinds.ObservationRecorded,
        kinds.TrialStarted,
        kinds.ConcernRaised,
    ),
    Level.CONTRIBUTOR: (
        kinds.ResourceCreated,
        kinds.ResourceRevised,
        kinds.ResourceShared,
        kinds.Corrected,
        kinds.Replied,
        kinds.Reviewed,
        kinds.Graded,
        kinds.AuditRated,
        kinds.LessonDrawn,
        kinds.TaskDone,
        kinds.TeamStarted,
        kinds.AimSet,
        kinds.CycleStarted,
        kinds.CycleStudied,
        kinds.ProposalMade,
    ),
}


def act_table(frame: EventFrame) -> pl.DataFrame:
    """Acts that show a level: run, person, time, level (Level). One row an act, from people only."""
    level_of = {k.meaning.code: int(level) for level, ks in SHOWS.items() for k in ks}
    own = frame.rows.filter(
        pl.col("kind").is_in(list(level_of)) & (pl.col("actor") >= 0) & (pl.col("role") != Role.COMPUTER)
    ).select(
        "run",
        pl.col("actor").alias("person"),
        "time",
        pl.col("kind").replace_strict(level_of, return_dtype=pl.UInt8, default=0).alias("level"),
    )
    return pl.concat([own, _received(frame, kinds.Invited, Level.AWARE), _helped(frame), _owned(frame)])


def _received(frame: EventFrame, kind: type[Event], level: Level) -> pl.DataFrame:
    rows = frame.of(kind).filter(pl.col("object") >= 0)
    return rows.select("run", pl.col("object").alias("person"), "time", pl.lit(level, dtype=pl.UInt8).alias("level"))


def _helped(frame: EventFrame) -> pl.DataFrame:
    """A confirmed help: the object of a confirmation, where it is a person and not the one who confirms."""
    people = frame.rows.filter((pl.col("actor") >= 0) & (pl.col("role") != Role.COMPUTER))
    who = people.select("run", pl.col("actor").alias("person")).unique()
    helped = frame.of(kinds.NeedConfirmed).filter(pl.col("object") != pl.col("actor"))
    rows = helped.select(
        "run", pl.col("object").alias("person"), "time", pl.lit(Level.CONTRIBUTOR, dtype=pl.UInt8).alias("level")
    )
    return rows.join(who, on=["run", "person"], how="semi")


def _owned(frame: EventFrame) -> pl.DataFrame:
    """Acts of accountable owners on what they own while they own it and it lives; a team's starter owns it at first."""
    named = frame.of(kinds.OwnerAssigned).select("run", "subject", pl.col("object").alias("owner"), "time", "seq")
    begun = frame.of(kinds.TeamStarted).select("run", "subject", pl.col("actor").alias("owner"), "time", "seq")
    ended = frame.of(kinds.ResourceRetired).select(
        "run", "subject", pl.lit(-1, dtype=pl.Int64).alias("owner"), "time", "seq"
    )
    spells = pl.concat([named, begun, ended]).filter(pl.col("subject") >= 0).sort("run", "subject", "time", "seq")
    until = pl.col("time").shift(-1).over("run", "subject")
    spells = spells.select(
        "run", pl.col("subject").alias("thing"), "owner", pl.col("time").alias("from_us"), until.alias("to_us")
    ).filter(pl.col("owner") >= 0)
    written = frame.of(kinds.ResourceCreated, kinds.ResourceRevised, kinds.ResourceShared)
    of_thing = written.select("run", pl.col("object").alias("part"), pl.col("subject").alias("thing")).unique()
    owners = spells.select("run", pl.col("owner").alias("actor")).unique()
    acts = frame.rows.filter(pl.col("role") != Role.COMPUTER).join(owners, on=["run", "actor"], how="semi")
    ends = [
        acts.select("run", "actor", "time", pl.col(column).alias("part")).filter(pl.col("part") >= 0)
        for column in ("subject", "object")
    ]
    touched = pl.concat(ends)
    touched = pl.concat(
        [
            touched.rename({"part": "thing"}),
            touched.join(of_thing, on=["run", "part"]).select("run", "actor", "time", "thing"),
        ]
    ).join(spells, left_on=["run", "thing", "actor"], right_on=["run", "thing", "owner"])
    live = (pl.col("time") >= pl.col("from_us")) & (pl.col("to_us").is_null() | (pl.col("time") < pl.col("to_us")))
    return touched.filter(live).select(
        "run", pl.col("actor").alias("person"), "time", pl.lit(Level.OWNER, dtype=pl.UInt8).alias("level")
    )
