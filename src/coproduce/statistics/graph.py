"""A simple undirected graph as arrays, and the exact numbers that degrees, components and cores give."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from coproduce.errors import InvalidInput

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Adjacency(NamedTuple):
    """Neighbours of node i: `nodes[starts[i]:starts[i + 1]]`, ascending; `edges` gives the row of each tie."""

    starts: Ints
    nodes: NDArray[np.int32]
    edges: NDArray[np.int32]


@dataclass(frozen=True)
class Graph:
    """A simple undirected graph of nodes 0 to n - 1.

    `edges` has one row (a, b), a < b, for each pair that is tied, in ascending order; `weights` one number above 0
    for each. Loops are dropped, and repeats become one tie: of the sum of their weights, or of 1 where none are given.
    """

    n: int
    edges: Ints
    weights: Floats

    @classmethod
    def of(cls, n: int, pairs: ArrayLike, weights: ArrayLike | None = None) -> Graph:
        """The simple graph of these pairs of nodes, in whatever order and direction they come.

        Raises InvalidInput for a node outside 0 to n - 1, or a weight that is not a finite number above 0.

        >>> Graph.of(3, [(1, 0), (0, 1), (2, 2)]).edges.tolist()
        [[0, 1]]
        """
        rows = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
        heavy = np.ones(len(rows)) if weights is None else np.asarray(weights, dtype=np.float64)
        if rows.size and not (rows.min() >= 0 and rows.max() < n):
            raise InvalidInput(given="a tie to a node that is not in the graph", expected=f"nodes 0 to {n - 1}")
        if heavy.shape != (len(rows),) or not (np.isfinite(heavy) & (heavy > 0)).all():
            raise InvalidInput(given="weights that are missing, infinite or not above 0", expected="one for each tie")
        ties = rows[:, 0] != rows[:, 1]
        low, high = rows[ties].min(axis=1, initial=n), rows[ties].max(axis=1, initial=-1)
        keys, place = np.unique(low * max(n, 1) + high, return_inverse=True)
        edges = np.stack([keys // max(n, 1), keys % max(n, 1)], axis=1)
        summed = np.bincount(place, weights=heavy[ties], minlength=len(keys)).astype(np.float64)
        return cls(n, edges, np.ones(len(keys)) if weights is None else summed)

    @property
    def m(self) -> int:
        """How many pairs are tied."""
        return len(self.edges)

    @cached_property
    def degrees(self) -> Ints:
        """How many neighbours each node has."""
        return np.bincount(self.edges.ravel(), minlength=self.n).astype(np.int64)

    @cached_property
    def adjacency(self) -> Adjacency:
        """The neighbours of every node."""
        ends = np.concatenate([self.edges, self.edges[:, ::-1]])
        order = np.lexsort((ends[:, 1], ends[:, 0]))
        starts = np.concatenate([[0], np.cumsum(self.degrees)]).astype(np.int64)
        rows = np.tile(np.arange(self.m, dtype=np.int32), 2)
        return Adjacency(starts, ends[order, 1].astype(np.int32), rows[order])

    def within(self, kept: NDArray[np.bool_]) -> Graph:
        """The graph of the kept nodes, numbered anew in their order."""
        number = np.cumsum(kept) - 1
        inside = kept[self.edges].all(axis=1)
        return Graph(int(kept.sum()), number[self.edges[inside]].reshape(-1, 2), self.weights[inside])


def components(n: int, pairs: Ints, *, strong: bool = False) -> Ints:
    """The component of each node, numbered from the largest down; ties between sizes in order of the first node.

    `strong`: pairs are directed and only mutual reach counts (Tarjan 1972, 10.1137/0201010); otherwise weak ones.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(pairs), dtype=np.int8), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    _, label = connected_components(graph, directed=strong, connection="strong" if strong else "weak")
    names, first, size = np.unique(label, return_index=True, return_counts=True)
    order = np.lexsort((first, -size))
    rank = np.empty(len(names), dtype=np.int64)
    rank[order] = np.arange(len(names))
    return rank[label] if n else np.empty(0, dtype=np.int64)


def giant(graph: Graph) -> NDArray[np.bool_]:
    """Which nodes are in the largest component; of two as large, the one with the first node."""
    inside: NDArray[np.bool_] = components(graph.n, graph.edges) == 0
    return inside


def degree_assortativity(graph: Graph) -> float | None:
    """Pearson's correlation of the degrees at the two ends of a tie, counted both ways; None where all are equal.

    Source: Newman 2002, 10.1103/PhysRevLett.89.208701.
    """
    left, right = (graph.degrees[graph.edges[:, side]].astype(np.float64) for side in (0, 1))
    both = np.concatenate([left, right])
    if both.size == 0 or both.min() == both.max():
        return None
    centred = both - both.mean()
    return float(2 * ((left - both.mean()) * (right - both.mean())).sum() / (centred**2).sum())


def degree_centralisation(graph: Graph) -> float | None:
    """Sum of (largest degree - degree), over what a star of as many nodes has; None for fewer than three nodes.

    Source: Freeman 1979, 10.1016/0378-8733(78)90021-7.

    >>> degree_centralisation(Graph.of(4, [(0, 1), (0, 2), (0, 3)]))
    1.0
    """
    if graph.n < 3:
        return None
    return float((graph.degrees.max() - graph.degrees).sum() / ((graph.n - 1) * (graph.n - 2)))


def reciprocity(pairs: Ints) -> float | None:
    """The share of directed ties that are answered, r = L<-> / L; of pairs without loops and repeats.

    None without ties."""
    if len(pairs) == 0:
        return None
    width = int(pairs.max()) + 1
    there, back = pairs[:, 0] * width + pairs[:, 1], pairs[:, 1] * width + pairs[:, 0]
    return float(np.isin(back, there).mean())


def core_numbers(graph: Graph) -> Ints:
    """The k of the innermost k-core that each node is in: the largest subgraph with k neighbours for everybody.

    Source: Seidman 1983, 10.1016/0378-8733(83)90028-X; algorithm Batagelj and Zaversnik 2003, arXiv:cs/0310049.
    """
    return _cores(graph.adjacency.starts, graph.adjacency.nodes, graph.degrees)


@njit(cache=True)
def _cores(starts: Ints, nodes: NDArray[np.int32], degrees: Ints) -> Ints:
    """Takes off the node with the fewest neighbours left, over and over; nodes stand in bins by that number."""
    n = len(degrees)
    left = degrees.copy()
    order = np.argsort(left, kind="mergesort")
    place = np.empty(n, dtype=np.int64)
    place[order] = np.arange(n)
    first = np.searchsorted(left[order], np.arange(n + 1))
    for i in range(n):
        node = order[i]
        for neighbour in nodes[starts[node] : starts[node + 1]]:
            k = left[neighbour]
            if k > left[node]:
                # Swap it with the first of its bin, then move the border of the bin past it.
                border = max(first[k], i + 1)
                other = order[border]
                order[border], order[place[neighbour]] = neighbour, other
                place[other], place[neighbour] = place[neighbour], border
                first[k] = border + 1
                left[neighbour] = k - 1
    return left


def core_correlation(graph: Graph, core: NDArray[np.bool_]) -> float | None:
    """Pearson's correlation of ties with the pattern in which the core is tied to itself and the rest to nobody.

    Source: Borgatti and Everett 2000, 10.1016/S0378-8733(99)00019-2, for a given core.
    """
    pairs = graph.n * (graph.n - 1) / 2
    ideal = core.sum() * (core.sum() - 1) / 2
    inside = float(core[graph.edges].all(axis=1).sum())
    spread = graph.m * (pairs - graph.m) * ideal * (pairs - ideal)
    return None if spread <= 0 else float((pairs * inside - graph.m * ideal) / np.sqrt(spread))
