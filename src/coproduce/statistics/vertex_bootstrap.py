"""How far the numbers of one network would scatter if its people were drawn again: the vertex bootstrap."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from coproduce import rng
from coproduce.statistics.graph import Graph, Ints


def redrawn(graph: Graph, repeats: int, *, seed: int = 0) -> Iterator[Graph]:
    """So many graphs of as many nodes, drawn with replacement; two draws are tied as the nodes they are draws of.

    Two draws of one node are tied with the density of the graph, as that node says nothing of a tie with itself.
    Weights are not kept. The same graph and seed give the same graphs.
    Source: Snijders and Borgatti 1999, Non-parametric standard errors and tests for network statistics, Connections
    22(2):161-170.
    """
    for turn in range(repeats):
        draws = rng.stream(seed, "vertex bootstrap", turn=turn)
        times = np.bincount(draws.integers(0, graph.n, graph.n), minlength=graph.n) if graph.n else np.zeros(0, int)
        edges = np.concatenate([copied(graph, times), _among_copies(graph, times, draws)])
        # Each pair is there once, the lower number first: only their order is left to make.
        edges = edges[np.argsort(edges[:, 0] * graph.n + edges[:, 1])]
        yield Graph(graph.n, edges, np.ones(len(edges)))


def copied(graph: Graph, times: Ints) -> Ints:
    """The ties (m, 2) between copies of the nodes, node i there `times[i]` times, numbered in the nodes' order.

    >>> copied(Graph.of(2, [(0, 1)]), np.array([2, 1])).tolist()
    [[0, 2], [1, 2]]
    """
    first = np.concatenate([[0], np.cumsum(times)[:-1]])
    a, b = graph.edges[:, 0], graph.edges[:, 1]
    many = times[a] * times[b]
    edge = np.repeat(np.arange(graph.m), many)
    place = np.arange(edge.size) - np.repeat(np.cumsum(many) - many, many)
    a, b = a[edge], b[edge]
    return np.stack([first[a] + place // times[b], first[b] + place % times[b]], axis=1)


def _among_copies(graph: Graph, times: Ints, draws: np.random.Generator) -> Ints:
    """Ties between copies of the same node: each pair with the density of the graph."""
    first = np.concatenate([[0], np.cumsum(times)[:-1]])
    pairs = times * (times - 1) // 2
    density = 2 * graph.m / max(graph.n * (graph.n - 1), 1)
    tied = np.flatnonzero(draws.random(int(pairs.sum())) < density)
    ends = np.cumsum(pairs)
    node = np.searchsorted(ends, tied, side="right")
    # The pairs of a node's copies in the order (0, 1), (0, 2), (1, 2), (0, 3) and so on.
    place = tied - (ends - pairs)[node]
    high = ((1 + np.sqrt(1 + 8 * place)) / 2).astype(np.int64)
    low = place - high * (high - 1) // 2
    found: Ints = first[node][:, None] + np.stack([low, high], axis=1)
    return found
