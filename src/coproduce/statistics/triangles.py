"""Triangles: closure, clustering and Burt's constraint, all exact from one listing of every triangle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from coproduce.statistics.graph import Floats, Graph, Ints


@dataclass(frozen=True)
class Closure:
    """What the triangles of a graph tell.

    `triangles` (n,): how many each node is in; `constraint` (n,): Burt's, NaN without a neighbour.
    """

    graph: Graph
    triangles: Ints
    constraint: Floats

    @property
    def n_triangles(self) -> int:
        """How many triangles the graph has."""
        return int(self.triangles.sum()) // 3

    @property
    def transitivity(self) -> float | None:
        """Three times the triangles over the paths of two ties; None without such a path."""
        degrees = self.graph.degrees
        paths = int((degrees * (degrees - 1) // 2).sum())
        return 3 * self.n_triangles / paths if paths else None

    @property
    def local_clustering(self) -> Floats:
        """The share of a node's pairs of neighbours that are tied; 0 for fewer than two neighbours."""
        degrees = self.graph.degrees
        pairs = (degrees * (degrees - 1) / 2).astype(np.float64)
        return np.divide(self.triangles, pairs, out=np.zeros(self.graph.n), where=pairs > 0)

    @property
    def effective_size(self) -> Floats:
        """Neighbours less their mean number of ties among themselves, k - 2t/k (Borgatti 1997); 0 without one."""
        degrees = self.graph.degrees.astype(np.float64)
        redundant = np.divide(2.0 * self.triangles, degrees, out=np.zeros(self.graph.n), where=degrees > 0)
        result: Floats = degrees - redundant
        return result

    @property
    def mean_constraint(self) -> float | None:
        """The mean of Burt's constraint over nodes with a neighbour; None without any."""
        known = self.constraint[~np.isnan(self.constraint)]
        return float(known.mean()) if known.size else None


def closure(graph: Graph) -> Closure:
    """Triangles, clustering and constraint of a graph; weights count in the constraint only.

    Constraint: c_i = sum over neighbours j of (p_ij + sum over q of p_iq p_qj)^2, where p_ij is the weight of the tie
    over the sum of i's weights.
    Source: Watts and Strogatz 1998, 10.1038/30918 (local clustering); Burt 1992, Structural Holes (constraint).

    >>> closure(Graph.of(3, [(0, 1), (1, 2), (0, 2)])).n_triangles
    1
    """
    doubled = np.repeat(graph.weights, 2)
    strength = np.bincount(graph.edges.ravel(), weights=doubled, minlength=graph.n).astype(np.float64)
    starts, nodes, edges = _oriented(graph)
    triangles, through = _listed(starts, nodes, edges, graph.edges, graph.weights, strength)
    share = np.divide(graph.weights[:, None], strength[graph.edges], out=np.zeros((graph.m, 2)))
    constraint = np.bincount(graph.edges.ravel(), weights=((share + through) ** 2).ravel(), minlength=graph.n)
    return Closure(graph, triangles, np.where(graph.degrees > 0, constraint, np.nan))


def _oriented(graph: Graph) -> tuple[Ints, NDArray[np.int32], NDArray[np.int32]]:
    """Ties from the end with fewer neighbours to the one with more: so no node has more than sqrt(2 m) of them."""
    rank = np.empty(graph.n, dtype=np.int64)
    rank[np.lexsort((np.arange(graph.n), graph.degrees))] = np.arange(graph.n)
    turned = rank[graph.edges[:, 0]] > rank[graph.edges[:, 1]]
    low = np.where(turned, graph.edges[:, 1], graph.edges[:, 0])
    high = np.where(turned, graph.edges[:, 0], graph.edges[:, 1])
    order = np.argsort(low, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(low, minlength=graph.n))]).astype(np.int64)
    return starts, high[order].astype(np.int32), order.astype(np.int32)


@njit(cache=True)
def _listed(  # noqa: PLR0917 a compiled kernel takes arrays
    starts: Ints,
    nodes: NDArray[np.int32],
    edges: NDArray[np.int32],
    ends: Ints,
    weights: Floats,
    strength: Floats,
) -> tuple[Ints, Floats]:
    """Lists every triangle once; gives how many each node is in, and sum over q of p_iq p_qj for each tie both ways."""
    n = len(starts) - 1
    triangles = np.zeros(n, dtype=np.int64)
    through = np.zeros((len(ends), 2))
    mark = np.full(n, -1, dtype=np.int64)
    for a in range(n):
        for x in range(starts[a], starts[a + 1]):
            mark[nodes[x]] = edges[x]
        for x in range(starts[a], starts[a + 1]):
            b = nodes[x]
            for y in range(starts[b], starts[b + 1]):
                c = nodes[y]
                if mark[c] < 0:
                    continue
                triangles[a] += 1
                triangles[b] += 1
                triangles[c] += 1
                ab, bc, ac = np.int64(edges[x]), np.int64(edges[y]), mark[c]
                for tie, one, other in ((ab, bc, ac), (bc, ab, ac), (ac, ab, bc)):
                    # The third node q of the triangle that this tie i-j closes: i to q, then q to j.
                    i, j = ends[tie, 0], ends[tie, 1]
                    q = a + b + c - i - j
                    product = weights[one] * weights[other] / strength[q]
                    through[tie, 0] += product / strength[i]
                    through[tie, 1] += product / strength[j]
        for x in range(starts[a], starts[a + 1]):
            mark[nodes[x]] = -1
    return triangles, through
