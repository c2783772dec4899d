"""S0 and S1: how large the network is, and how much of it hangs together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from coproduce import rng
from coproduce.events import Role
from coproduce.measures.acts import Level
from coproduce.measures.engagement import NO_PEOPLE, levels
from coproduce.measures.measurement import Answer
from coproduce.measures.scatter import scattered
from coproduce.measures.study import Slice
from coproduce.measures.ties import graph_of
from coproduce.statistics.intervals import wilson

Ints = NDArray[np.int64]

#: Under this many people a network is described by its table only (MEASURES, rules of section 4).
FEWEST_PEOPLE = 30


def size(part: Slice) -> Iterator[Answer]:
    """S0: members at the end of the window, how many of them took part in it, their roles and sites."""
    end = min(part.end, part.log.at + 1)
    here = part.people.filter(pl.col("left_us").is_null() | (pl.col("left_us") >= end))
    n = here.height
    known = int(here["joined"].sum())
    note = f"{n - known} seen acting without having joined" if n > known else None
    yield Answer("S0", float(n), n, note=note)
    took_part = levels(part).join(here.select("run", "person"), on=["run", "person"])
    yield Answer("S0.active", float((took_part["level"] >= Level.PARTICIPANT).sum()), n)
    for role in Role:
        if role not in (Role.COMPUTER, Role.UNKNOWN):
            yield Answer(f"S0.{role.name.lower()}", float((here["role"] == role).sum()), n)
    yield Answer("S0.sites", float(here.filter(pl.col("site") >= 0)["site"].n_unique()), n)


def giant_component(part: Slice) -> Iterator[Answer]:
    """S1: the share of members who are in the largest weak component of the interaction graph, by the window's ties.

    With several runs each has its own graph; members of the largest component of each are added up. For a group the
    graph is still everybody's, and its own members are counted.
    """
    if part.people.is_empty():
        names = ("S1", "S1.tied", "S1.size", "S1.ties", "S1.null")
        yield from (Answer.none(name, NO_PEOPLE) for name in names)
        return
    whole, graph = graph_of(part)
    edges = graph.edges
    inside = _in_giant(edges, whole["run"].to_numpy())
    mine = whole.join(part.people.select("run", "person"), on=["run", "person"], how="semi")["node"].to_numpy()
    tied = np.unique(edges[np.isin(edges, mine)])
    n, members = len(mine), int(inside[mine].sum())
    note = f"fewer than {FEWEST_PEOPLE} people: read the table, not the share" if n < FEWEST_PEOPLE else None
    shares = [Answer("S1", members / n, n, note=note), Answer("S1.tied", len(tied) / n, n, note=note)]
    # The largest component of each of several runs is added up; people drawn again would make one network of all.
    yield from shares if whole["run"].n_unique() > 1 else (scattered(part, share) for share in shares)
    yield Answer("S1.size", float(members), n)
    yield Answer("S1.ties", float(np.isin(edges, mine).any(axis=1).sum()), n)
    yield _null(part, edges, whole, mine)


def _in_giant(edges: Ints, runs: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which nodes are in the largest component of their run; a node without ties is in none."""
    n = len(runs)
    graph = coo_array((np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(n, n))
    _, label = connected_components(graph, directed=False)
    sizes = np.bincount(label)
    inside = np.zeros(n, dtype=bool)
    for run in np.unique(runs):
        labels = np.unique(label[runs == run])
        largest = labels[np.argmax(sizes[labels])]
        inside |= (label == largest) & (sizes[largest] > 1)
    return inside


def _null(part: Slice, edges: Ints, whole: pl.DataFrame, mine: Ints) -> Answer:
    """The same share in networks with the same degrees and random partners (configuration model, repeats kept)."""
    if part.null <= 0:
        return Answer.none("S1.null", "drawn only with --null R", len(mine))
    runs = whole["run"].to_numpy()
    draws = rng.stream(part.seed, "null network")
    shares = []
    for _ in range(part.null):
        mixed = edges.copy()
        for run in np.unique(runs):
            own = np.flatnonzero(runs[edges[:, 0]] == run) if len(edges) else np.empty(0, dtype=np.int64)
            mixed[own] = draws.permutation(edges[own].ravel()).reshape(-1, 2)
        shares.append(float(_in_giant(mixed, runs)[mine].mean()))
    low, high = np.quantile(shares, [0.025, 0.975])
    note = f"{part.null} networks; low and high hold 95 % of them"
    return Answer("S1.null", float(np.mean(shares)), len(mine), float(low), float(high), note=note)


def quality(part: Slice) -> Iterator[Answer]:
    """L1: the share of rows of the log that nothing is odd about, and what is odd about the others."""
    log = part.log
    report = log.report
    n = len(log.frame) + log.n_future + log.n_timeless + log.n_repeated
    odd = {
        "of an unknown kind": log.n_unknown_kind,
        "repeated": log.n_repeated,
        "dated after the end of the log": log.n_future,
        "with an impossible time": log.n_timeless,
        "recorded before they happened": log.frame.rows.filter(pl.col("recorded") < pl.col("time")).height,
        "whose cause is not in the log": report.n_orphan_cause if report else 0,
        "out of order": report.n_out_of_order if report else 0,
    }
    told = "; ".join(f"{count} {what}" for what, count in odd.items() if count) or None
    if n == 0:
        yield Answer.none("L1", "the log is empty")
        return
    bad = min(n, sum(odd.values()))
    yield Answer.of("L1", wilson(n - bad, n), n, missing=bad, note=told)
