"""Graphs of the small models: who hears whom."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from coproduce.errors import BadFile
from coproduce.simulator.streams import IntArray
from coproduce.simulator.ties import Ties, join


class Hearing(NamedTuple):
    """Whom each of n people hears: everybody, or the neighbours in compressed rows (see Ties); kernels take it."""

    everyone: bool
    start: IntArray
    neighbour: IntArray


def hearing(form: str, n: int) -> Hearing:
    """A complete graph, a cycle, a star (around person 0) or a path on n people; a complete one needs no rows.

    >>> np.diff(hearing("cycle", 5).start).tolist(), np.diff(hearing("star", 4).start).tolist()
    ([2, 2, 2, 2, 2], [3, 1, 1, 1])
    """
    if form == "complete":
        return Hearing(everyone=True, start=np.zeros(1, np.int64), neighbour=np.zeros(0, np.int64))
    ties = simple(form, n)
    return Hearing(everyone=False, start=ties.start, neighbour=ties.neighbour)


def simple(form: str, n: int) -> Ties:
    """A cycle, a star (around person 0) or a path on n people; one person has no ties."""
    one = np.arange(n)
    match form:
        case "star":
            return join(n, np.zeros(n, dtype=np.int64), one)
        case "path":
            return join(n, one[:-1], one[1:])
        case _:
            return join(n, one, (one + 1) % n)


def ring(n: int, ties_each: int, rewired: float, generator: np.random.Generator) -> Ties:
    """Everybody tied to the next `ties_each` on a ring, a share of ties switched at random; degrees stay."""
    one = np.repeat(np.arange(n), ties_each)
    other = (one + np.tile(np.arange(1, ties_each + 1), n)) % n
    pairs = np.unique(np.sort(np.stack([one, other], axis=1), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    switched = _switched(pairs, np.flatnonzero(generator.random(len(pairs)) < rewired), generator)
    return join(n, switched[:, 0], switched[:, 1])


def _switched(pairs: IntArray, chosen: IntArray, generator: np.random.Generator) -> IntArray:
    """The pairs after each chosen one has exchanged an end with another at random (Maslov and Sneppen 2002).

    A switch that would make a tie to oneself or a repeat is drawn again, up to 50 times.
    """
    ends = [(int(a), int(b)) for a, b in pairs]
    present = set(ends)
    for e in chosen.tolist():
        for f, turned in zip(generator.integers(len(ends), size=50).tolist(), generator.random(50) < 0.5, strict=True):
            (a, b), (c, d) = ends[e], ends[f][:: -1 if turned else 1]
            new = [(min(a, d), max(a, d)), (min(c, b), max(c, b))]
            if e == f or a == d or c == b or new[0] == new[1] or present & set(new):
                continue
            present -= {ends[e], ends[f]}
            present |= set(new)
            ends[e], ends[f] = new
            break
    return np.array(ends, dtype=np.int64).reshape(-1, 2)


def hubs(n: int, ties_each: int, generator: np.random.Generator) -> Ties:
    """Newcomers tied to `ties_each` others, those with many ties first (Barabasi and Albert 1999).

    Starts from 2 ties_each + 1 people who are all tied, so that there are n ties_each ties, as in the ring.
    """
    first = min(n, 2 * ties_each + 1)
    ends = [end for a in range(first) for b in range(a) for end in (a, b)]
    for newcomer in range(first, n):
        met: set[int] = set()
        while len(met) < ties_each:
            met.add(ends[int(generator.integers(len(ends)))])
        ends += [end for one in sorted(met) for end in (newcomer, one)]
    pairs = np.array(ends, dtype=np.int64).reshape(-1, 2)
    return join(n, pairs[:, 0], pairs[:, 1])


def from_file(path: str) -> Ties:
    """The ties in a file of source and target (see `coproduce measure-graph`), undirected.

    Raises BadFile or InvalidInput when it cannot be read, or holds nobody.
    """
    from coproduce.measures.edge_list import read_edges  # it brings the graph library, which only a file needs

    edges = read_edges(Path(path))
    if edges.n == 0:
        raise BadFile(given="a file without a tie", expected="lines of source and target", field="graph_file")
    return join(edges.n, edges.pairs[:, 0], edges.pairs[:, 1])


def nearest(ties: Ties, person: int, count: int) -> IntArray:
    """This person and those nearest to them, `count` in all or as many as can be reached; neighbours in order first."""
    found, seen = [person], {person}
    for one in found:
        for other in ties.neighbour[ties.start[one] : ties.start[one + 1]].tolist():
            if other not in seen:
                seen.add(other)
                found.append(other)
        if len(found) >= count:
            break
    return np.array(found[:count], dtype=np.int64)
