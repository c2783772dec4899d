"""Who is tied to whom: the interaction graph of S1, and the contributions from which co-production is projected."""

from __future__ import annotations

import polars as pl

from coproduce.events import Event, Role, kinds
from coproduce.measures.people import members
from coproduce.measures.study import Log, Slice
from coproduce.statistics.graph import Graph, Ints


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
    return log.once(("interactions", start, end), lambda: _interactions(log, start, end))


def _interactions(log: Log, start: int, end: int) -> pl.DataFrame:
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


def graph_of(part: Slice) -> tuple[pl.DataFrame, Graph]:
    """Everybody who was a member in the window, numbered, and the simple graph of the ties between them."""
    return part.log.once(("graph", part.start, part.end), lambda: _graph(part))


def _graph(part: Slice) -> tuple[pl.DataFrame, Graph]:
    whole = members(part.log.people, part.start, part.end).with_row_index("node")
    return whole, Graph.of(whole.height, _numbered(interaction_ties(part.log, part.start, part.end), whole))


def _numbered(ties: pl.DataFrame, whole: pl.DataFrame) -> Ints:
    """Ties as pairs of node numbers; a tie to somebody who is no member in the window is left out."""
    for end in ("a", "b"):
        nodes = whole.select("run", pl.col("person").alias(end), pl.col("node").cast(pl.Int64).alias(f"node_{end}"))
        ties = ties.join(nodes, on=["run", end], how="inner")
    return ties.select("node_a", "node_b").to_numpy().reshape(-1, 2)
