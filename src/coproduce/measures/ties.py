"""Who is tied to whom: the interaction graph of S1, and the contributions from which co-production is projected."""

from __future__ import annotations

import polars as pl

from coproduce.events import Event, Role, kinds
from coproduce.measures.study import Log


def interaction_ties(log: Log, start: int, end: int) -> pl.DataFrame:
    """Pairs of people who did something for one another in start <= time < end: run, a, b with a < b, each once."""
    ties = interactions(log, start, end)
    return ties.select("run", pl.min_horizontal("a", "b").alias("a"), pl.max_horizontal("a", "b").alias("b")).unique(
        maintain_order=True
    )


def interactions(log: Log, start: int, end: int) -> pl.DataFrame:
    """What people did for one another in start <= time < end: run, kind, a who did it, b for whom; one row an act.

    A tie is one of: a reply to somebody's need; a person's own offer to help with it; a thank-you; a confirmation
    that somebody's help met the need; the use or the review of a version that somebody wrote; a declared connection;
    joining the team that somebody started. What a computer suggests ties nobody.
    """
    frame = log.frame.between(start, end)
    people = frame.rows.filter((pl.col("role") != Role.COMPUTER) & (pl.col("actor") >= 0))

    def of(*wanted: type[Event]) -> pl.DataFrame:
        return people.filter(pl.col("kind").is_in([k.meaning.code for k in wanted]))

    owners = log.needs.episodes.select("run", pl.col("need").alias("subject"), "owner").unique(["run", "subject"])
    authors = log.versions.select("run", "version", "author")
    started = log.frame.of(kinds.TeamStarted).select("run", "subject", pl.col("actor").alias("starter"))
    to_need = of(kinds.Replied, kinds.PersonMatched).join(owners, on=["run", "subject"])
    used = of(kinds.ResourceUsed).join(authors, left_on=["run", "object"], right_on=["run", "version"])
    judged = of(kinds.Reviewed).join(authors, left_on=["run", "subject"], right_on=["run", "version"])
    joined = of(kinds.TeamJoined).join(started.unique(["run", "subject"]), on=["run", "subject"])
    pairs = [
        to_need.select("run", "kind", a="actor", b="owner"),
        of(kinds.Thanked, kinds.NeedConfirmed).select("run", "kind", a="actor", b="object"),
        used.select("run", "kind", a="actor", b="author"),
        judged.select("run", "kind", a="actor", b="author"),
        of(kinds.Connected).select("run", "kind", a="actor", b="subject"),
        joined.select("run", "kind", a="actor", b="starter"),
    ]
    return pl.concat(pairs).filter((pl.col("a") != pl.col("b")) & (pl.col("a") >= 0) & (pl.col("b") >= 0))


def contributions(log: Log, start: int, end: int) -> pl.DataFrame:
    """Who worked on which resource, for the bipartite graph of C1: run, person, resource, time, one row an act."""
    frame = log.frame.between(start, end)
    acts = frame.of(kinds.ResourceCreated, kinds.ResourceRevised).filter(pl.col("role") != Role.COMPUTER)
    return acts.filter((pl.col("actor") >= 0) & (pl.col("subject") >= 0)).select(
        "run", pl.col("actor").alias("person"), pl.col("subject").alias("resource"), "time"
    )
