"""Who stands between others: betweenness, paths through a few, and what their loss would break."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from coproduce import rng
from coproduce.statistics.graph import Floats, Graph, Ints, giant

#: Sources of shortest paths; in a smaller graph all nodes, and the numbers are exact.
SOURCES = 128
#: How many of the most central are lost at once.
LOST = 5


def betweenness(
    graph: Graph, through: NDArray[np.bool_] | None = None, *, seed: int = 0
) -> tuple[Floats, float | None]:
    """The shortest paths between two others through each node, and the share of paths with a node of `through` inside.

    Exact up to 128 nodes; beyond, from as many sources at random, scaled to all of them: the standard error of a node's
    number is about its own spread over sources divided by the square root of 128. The share is None without a path, and
    counts pairs of which neither end is in `through`.
    Source: Brandes 2001, 10.1080/0022250X.2001.9990249; sampling Brandes and Pich 2007, 10.1142/S0218127407018403.
    """
    sources = np.arange(graph.n)
    if graph.n > SOURCES:
        sources = np.sort(rng.stream(seed, "betweenness sources").choice(graph.n, SOURCES, replace=False))
    chosen = np.zeros(graph.n, dtype=np.bool_) if through is None else through
    adjacency = graph.adjacency
    between, inside, pairs = _accumulated(adjacency.starts, adjacency.nodes, sources, chosen)
    scale = graph.n / max(len(sources), 1)
    return between * scale / 2, inside / pairs if pairs else None


def betweenness_centralisation(graph: Graph, between: Floats) -> float | None:
    """Sum of (largest - own betweenness) over what a star of as many nodes has; None for fewer than three nodes.

    Source: Freeman 1979, 10.1016/0378-8733(78)90021-7.
    """
    if graph.n < 3:
        return None
    most = (graph.n - 1) * (graph.n - 1) * (graph.n - 2) / 2
    return float((between.max() - between).sum() / most)


@njit(cache=True)
def _accumulated(
    starts: Ints, nodes: NDArray[np.int32], sources: Ints, chosen: NDArray[np.bool_]
) -> tuple[Floats, float, int]:
    """Dependencies summed over sources; pairs with no end chosen, and how much of their paths pass the chosen."""
    n = len(starts) - 1
    between = np.zeros(n)
    inside, pairs = 0.0, 0
    order = np.empty(n, dtype=np.int64)
    for source in sources:
        distance = np.full(n, -1, dtype=np.int64)
        paths, clear, depends = np.zeros(n), np.zeros(n), np.zeros(n)
        distance[source], paths[source], clear[source] = 0, 1.0, 1.0
        order[0] = source
        first, last = 0, 1
        while first < last:
            node = order[first]
            first += 1
            # Paths that end in a chosen node and go on have it inside.
            onward = 0.0 if chosen[node] and node != source else clear[node]
            for k in range(starts[node], starts[node + 1]):
                other = nodes[k]
                if distance[other] < 0:
                    distance[other] = distance[node] + 1
                    order[last] = other
                    last += 1
                if distance[other] == distance[node] + 1:
                    paths[other] += paths[node]
                    clear[other] += onward
        for place in range(last - 1, 0, -1):
            node = order[place]
            for k in range(starts[node], starts[node + 1]):
                other = nodes[k]
                if distance[other] == distance[node] - 1:
                    depends[other] += paths[other] / paths[node] * (1 + depends[node])
            between[node] += depends[node]
            if not chosen[source] and not chosen[node]:
                pairs += 1
                inside += 1 - clear[node] / paths[node]
    return between, inside, pairs


def loss_of_most_central(graph: Graph, between: Floats) -> float:
    """The share of the largest component that is gone without the five through whom most shortest paths lead.

    `between` (n,) is each node's betweenness; the graph holds a tie.
    """
    kept = np.ones(graph.n, dtype=np.bool_)
    kept[np.argsort(-between, kind="stable")[:LOST]] = False
    return 1 - int(giant(graph.within(kept)).sum()) / int(giant(graph).sum())


def robustness(graph: Graph) -> float | None:
    """R = 1/N sum over q of the largest component's share after taking off the q most tied nodes in turn.

    The most tied of those left is taken each time; between equals the order of the nodes decides. None without nodes.
    Source: Schneider et al. 2011, 10.1073/pnas.1009440108.
    """
    if graph.n == 0:
        return None
    starts, nodes, _ = graph.adjacency
    return float(_regrown(starts, nodes, _most_tied_first(starts, nodes, graph.degrees)))


@njit(cache=True)
def _most_tied_first(starts: Ints, nodes: NDArray[np.int32], degrees: Ints) -> Ints:
    """The order in which nodes go when the one with most neighbours left goes each time."""
    n = len(degrees)
    left = degrees.copy()
    gone = np.zeros(n, dtype=np.bool_)
    order = np.empty(n, dtype=np.int64)
    # Nodes in lists by degree; a node may stand in several, only where it belongs now counts.
    head = np.full(degrees.max() + 1 if n else 1, -1, dtype=np.int64)
    size = n + nodes.size
    link, who = np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int64)
    used = 0
    for node in range(n - 1, -1, -1):
        link[used], who[used], head[left[node]] = head[left[node]], node, used
        used += 1
    top = len(head) - 1
    for q in range(n):
        while True:
            while head[top] < 0:
                top -= 1
            cell = head[top]
            head[top] = link[cell]
            node = who[cell]
            if not gone[node] and left[node] == top:
                break
        gone[node] = True
        order[q] = node
        for k in range(starts[node], starts[node + 1]):
            other = nodes[k]
            if not gone[other]:
                left[other] -= 1
                link[used], who[used], head[left[other]] = head[left[other]], other, used
                used += 1
    return order


@njit(cache=True)
def _root(parent: Ints, node: int) -> int:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


@njit(cache=True)
def _regrown(starts: Ints, nodes: NDArray[np.int32], order: Ints) -> float:
    """Puts nodes back in reverse, joins what they tie, and sums the largest component before each, over n^2."""
    n = len(order)
    parent = np.arange(n)
    weight = np.zeros(n, dtype=np.int64)
    largest, total = 0, 0.0
    for q in range(n - 1, -1, -1):
        total += largest / n
        node = order[q]
        weight[node] = 1
        for k in range(starts[node], starts[node + 1]):
            if weight[nodes[k]] == 0:
                continue
            a, b = _root(parent, node), _root(parent, int(nodes[k]))
            if a != b:
                parent[b] = a
                weight[a] += weight[b]
        largest = max(largest, weight[_root(parent, node)])
    return total / n
