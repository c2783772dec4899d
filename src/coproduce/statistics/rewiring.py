"""Networks with the same degrees and otherwise random ties: the null model of structure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numba import njit

from coproduce import rng
from coproduce.statistics.graph import Graph, Ints

#: Swaps tried for each tie: a first mixing, and from one network to the next (Milo et al. 2003, cond-mat/0312028).
_MIXING, _BETWEEN = 20, 10


def rewired(graph: Graph, repeats: int, *, seed: int = 0) -> Iterator[Graph]:
    """So many simple graphs in which each node keeps its degree; ties are swapped in pairs at random.

    Swaps that would make a loop or a repeat are not made. The same graph and seed give the same networks.
    Source: Maslov and Sneppen 2002, 10.1126/science.1065103.
    """
    edges = graph.edges.copy()
    for turn in range(repeats):
        tries = (_BETWEEN if turn else _MIXING) * graph.m
        words = rng.stream(seed, "rewire", turn=turn).integers(0, 2**63 - 1, 2, dtype=np.int64)
        edges = _swapped(edges, graph.n, tries, np.uint64(words[0] | 1))
        yield Graph.of(graph.n, edges)


@njit(cache=True)
def _swapped(edges: Ints, n: int, tries: int, state: np.uint64) -> Ints:
    """Swaps the ends of two random ties so many times, where both new ties are new and no loops (xorshift64*)."""
    edges = edges.copy()
    m = len(edges)
    room = 16
    while room < 4 * m:
        room *= 2
    held = np.full(room, -1, dtype=np.int64)
    for row in range(m):
        _put(held, edges[row, 0], edges[row, 1], n)
    for _ in range(tries if m > 1 else 0):
        state ^= state >> np.uint64(12)
        state ^= state << np.uint64(25)
        state ^= state >> np.uint64(27)
        word = state * np.uint64(2685821657736338717)
        x = np.int64((word >> np.uint64(33)) % np.uint64(m))
        y = np.int64((word & np.uint64(0x7FFFFFFF)) % np.uint64(m))
        a, b, c, d = edges[x, 0], edges[x, 1], edges[y, 0], edges[y, 1]
        if word & np.uint64(1 << 32):
            c, d = d, c
        # a-b and c-d become a-d and c-b.
        if x == y or a in (c, d) or b in (c, d):
            continue
        if _place(held, a, d, n) >= 0 or _place(held, c, b, n) >= 0:
            continue
        _take(held, _place(held, a, b, n))
        _take(held, _place(held, c, d, n))
        _put(held, a, d, n)
        _put(held, c, b, n)
        edges[x, 0], edges[x, 1], edges[y, 0], edges[y, 1] = a, d, c, b
    return edges


@njit(cache=True)
def _home(key: int, mask: int) -> int:
    """Where a key would stand in an empty table: the product wraps around, the mask keeps it inside."""
    return ((key * 0x1E3779B97F4A7C15) >> 20) & mask


@njit(cache=True)
def _place(held: Ints, a: int, b: int, n: int) -> int:
    """Where the tie stands in the table, or -1."""
    key, mask = min(a, b) * n + max(a, b), len(held) - 1
    place = _home(key, mask)
    while held[place] >= 0:
        if held[place] == key:
            return place
        place = (place + 1) & mask
    return -1


@njit(cache=True)
def _put(held: Ints, a: int, b: int, n: int) -> None:
    key, mask = min(a, b) * n + max(a, b), len(held) - 1
    place = _home(key, mask)
    while held[place] >= 0:
        place = (place + 1) & mask
    held[place] = key


@njit(cache=True)
def _take(held: Ints, place: int) -> None:
    """Empties a place, and moves up those that stood behind it for want of room (Knuth 1973, algorithm 6.4 R)."""
    mask = len(held) - 1
    hole, at = place, place
    while True:
        at = (at + 1) & mask
        if held[at] < 0:
            held[hole] = -1
            return
        home = _home(held[at], mask)
        if ((at - home) & mask) >= ((at - hole) & mask):
            held[hole] = held[at]
            hole = at
