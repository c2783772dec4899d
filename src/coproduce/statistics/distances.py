"""Distances: the diameter, and mean path lengths from many sources at once."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from coproduce import rng
from coproduce.statistics.graph import Floats, Graph, Ints, giant
from coproduce.statistics.intervals import Z95, Estimate

#: Sources from which paths are measured; in a smaller graph all nodes, and the mean is exact.
SOURCES = 512
_WORD = 64
#: The place of the only bit set in a word, by the upper 6 bits of its product with this number (Leiserson, Prokop and
#: Randall 1998, Using de Bruijn sequences to index a 1 in a computer word).
_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
_PLACES = np.zeros(_WORD, dtype=np.int64)
for _bit in range(_WORD):
    _PLACES[(((1 << _bit) * int(_DE_BRUIJN)) & (2**64 - 1)) >> 58] = _bit


def diameter(graph: Graph) -> int | None:
    """The longest of the shortest paths within the largest component, exactly; None in an empty graph.

    Nodes are searched from, 64 at once, until no node left could be farther from any other than the farthest pair seen:
    a node's eccentricity is at most its distance to one searched from plus the eccentricity of that one.
    Source: the bounds of Takes and Kosters 2011, 10.1145/2063576.2063748.

    >>> diameter(Graph.of(4, [(0, 1), (1, 2), (2, 3)]))
    3
    """
    if graph.n == 0:
        return None
    inner = graph.within(giant(graph))
    most = np.full(inner.n, np.iinfo(np.int64).max)
    longest, sources = 0, np.argsort(-inner.degrees, kind="stable")[:_WORD]
    while sources.size:
        reach, distance = _distances(inner.adjacency.starts, inner.adjacency.nodes, sources)
        longest = max(longest, int(reach.max()))
        most = np.minimum(most, (distance + reach[None, :]).min(axis=1))
        most[sources] = reach
        left = np.flatnonzero(most > longest)
        sources = left[np.argsort(-most[left], kind="stable")[:_WORD]]
    return longest


def mean_path(graph: Graph, *, seed: int = 0) -> Estimate | None:
    """The mean shortest path of the largest component, from at most 512 sources; None under two nodes.

    Exact, with equal ends, up to 512 nodes; beyond, a random sample of sources with a normal 95 % interval of
    the mean over them, with the finite population correction.
    """
    inner = graph.within(giant(graph))
    if inner.n < 2:
        return None
    sources = np.arange(inner.n)
    if inner.n > SOURCES:
        sources = np.sort(rng.stream(seed, "path sources").choice(inner.n, SOURCES, replace=False))
    totals = _totals(inner.adjacency.starts, inner.adjacency.nodes, sources) / (inner.n - 1)
    error = float(totals.std(ddof=1)) * np.sqrt(1 / len(sources) - 1 / inner.n) if inner.n > SOURCES else 0.0
    mean = float(totals.mean())
    return Estimate(mean, mean - Z95 * float(error), mean + Z95 * float(error))


def _totals(starts: Ints, nodes: NDArray[np.int32], sources: Ints) -> Floats:
    """The sum of the distances from each source to all nodes of a connected graph."""
    batches = [sources[first : first + _WORD] for first in range(0, len(sources), _WORD)]
    sums = [_distances(starts, nodes, batch)[1].sum(axis=0, dtype=np.int64) for batch in batches]
    return np.concatenate(sums).astype(np.float64)


@njit(cache=True)
def _distances(starts: Ints, nodes: NDArray[np.int32], sources: Ints) -> tuple[Ints, NDArray[np.int32]]:
    """Breadth first from at most 64 sources of a connected graph at once: how far each reaches, and (n, sources) steps.

    Each source is one bit of a word (Then et al. 2014, 10.14778/2735496.2735507).
    """
    n = len(starts) - 1
    reach = np.zeros(len(sources), dtype=np.int64)
    steps = np.zeros((n, len(sources)), dtype=np.int32)
    seen = np.zeros(n, dtype=np.uint64)
    for bit in range(len(sources)):
        seen[sources[bit]] |= np.uint64(1) << np.uint64(bit)
    front = seen.copy()
    distance, moving = 0, True
    while moving:
        distance, moving = distance + 1, False
        reached = np.zeros(n, dtype=np.uint64)
        for node in range(n):
            word = front[node]
            if word:
                for k in range(starts[node], starts[node + 1]):
                    reached[nodes[k]] |= word
        for node in range(n):
            fresh = reached[node] & ~seen[node]
            front[node] = fresh
            seen[node] |= fresh
            while fresh:
                lowest = fresh & (~fresh + np.uint64(1))
                source = _PLACES[(lowest * _DE_BRUIJN) >> np.uint64(58)]
                steps[node, source] = distance
                reach[source] = distance
                fresh ^= lowest
                moving = True
    return reach, steps
