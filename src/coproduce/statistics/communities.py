"""Communities: modularity of a partition, exactly, and a good partition by the Leiden algorithm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from coproduce import rng
from coproduce.statistics.graph import Graph, Ints

#: Seeds of the search in graphs up to LARGE ties; larger ones get fewer, since the gain shrinks as the cost grows.
SEEDS = 20
LARGE = 200_000
_ITERATIONS, _ITERATIONS_LARGE = 10, 3
_ROUNDS = 8


@dataclass(frozen=True)
class Partition:
    """The best partition found: the community of each node, its modularity, that of every search, and the others."""

    community: Ints
    modularity: float
    tried: tuple[float, ...]
    others: tuple[Ints, ...] = ()

    @property
    def n_communities(self) -> int:
        """How many communities, nodes without a tie each being one of its own."""
        return len(np.unique(self.community))


def modularity(graph: Graph, community: Ints, *, weighted: bool = False) -> float | None:
    """Q = sum over communities of (ties inside / m - (their degrees / 2m)^2); None in a graph without ties.

    Source: Newman and Girvan 2004, 10.1103/PhysRevE.69.026113.

    >>> modularity(Graph.of(4, [(0, 1), (2, 3)]), np.array([0, 0, 1, 1]))
    0.5
    """
    if graph.m == 0:
        return None
    weights = graph.weights if weighted else np.ones(graph.m)
    total = float(weights.sum())
    left, right = community[graph.edges[:, 0]], community[graph.edges[:, 1]]
    inside = float(weights[left == right].sum())
    degrees = np.bincount(np.concatenate([left, right]), weights=np.tile(weights, 2))
    return inside / total - float(((degrees / (2 * total)) ** 2).sum())


def best_partition(
    graph: Graph, *, seed: int = 0, seeds: int | None = None, weighted: bool = False
) -> Partition | None:
    """The partition of highest modularity that the Leiden algorithm finds from several seeds; None without ties.

    20 seeds of 10 rounds up to 200,000 ties; beyond, 3 rounds, and the fewer seeds the more ties, at least 3. A search,
    not a proof: the true
    optimum is at least as high. The same graph and seed give the same partition.
    Source: Traag, Waltman and van Eck 2019, 10.1038/s41598-019-41695-z, as NetworKit implements it.
    """
    if graph.m == 0:
        return None
    n_seeds = seeds or (SEEDS if graph.m <= LARGE else max(3, SEEDS * LARGE // graph.m))
    order = _by_place(graph)
    number = np.empty(graph.n, dtype=np.int64)
    number[order] = np.arange(graph.n)
    renumbered = Graph.of(graph.n, number[graph.edges], graph.weights)
    partitions = [found[number] for found in _leiden(renumbered, n_seeds, seed, weighted=weighted)]
    found = [modularity(graph, community, weighted=weighted) or 0.0 for community in partitions]
    best = int(np.argmax(found))
    others = tuple(one for place, one in enumerate(partitions) if place != best)
    return Partition(partitions[best], found[best], tuple(found), others)


#: Partitions with which the best one is compared.
_COMPARED = 5


def similarity(found: Partition) -> float | None:
    """The mean adjusted mutual information of the best partition with up to five of the others; None without others."""
    values = [adjusted_mutual_information(found.community, other) for other in found.others[:_COMPARED]]
    return float(np.mean(values)) if values else None


def adjusted_mutual_information(one: Ints, other: Ints) -> float:
    """How much two partitions share beyond chance: 1 the same, about 0 at random; arithmetic mean of entropies.

    Source: Vinh, Epps and Bailey 2010, J Mach Learn Res 11:2837-2854.

    >>> adjusted_mutual_information(np.array([0, 0, 1, 1]), np.array([5, 5, 2, 2]))
    1.0
    """
    n = len(one)
    _, a = np.unique(one, return_inverse=True)
    _, b = np.unique(other, return_inverse=True)
    cells = np.bincount(a * (b.max() + 1) + b) / n
    rows, columns = np.bincount(a), np.bincount(b)
    entropy_a, entropy_b = (_entropy(sizes / n) for sizes in (rows, columns))
    shared = entropy_a + entropy_b - _entropy(cells)
    chance = _expected_information(np.unique(rows, return_counts=True), np.unique(columns, return_counts=True), n)
    most = (entropy_a + entropy_b) / 2
    return 1.0 if abs(most - chance) < 1e-15 else float((shared - chance) / (most - chance))


def _entropy(shares: NDArray[np.float64]) -> float:
    kept = shares[shares > 0]
    return float(-(kept * np.log(kept)).sum())


def _expected_information(rows: tuple[Ints, Ints], columns: tuple[Ints, Ints], n: int) -> float:
    """The mutual information by chance of partitions with these sizes (size, how many): hypergeometric cells."""
    total = 0.0
    for a, many_a in zip(*rows, strict=True):
        for b, many_b in zip(*columns, strict=True):
            cell = np.arange(max(1, a + b - n), min(a, b) + 1, dtype=np.float64)
            chance = (
                gammaln(a + 1) + gammaln(b + 1) + gammaln(n - a + 1) + gammaln(n - b + 1) - gammaln(n + 1)
                - gammaln(cell + 1) - gammaln(a - cell + 1) - gammaln(b - cell + 1) - gammaln(n - a - b + cell + 1)
            )  # fmt: skip
            gained = cell / n * (np.log(n) + np.log(cell) - np.log(float(a)) - np.log(float(b)))
            total += int(many_a) * int(many_b) * float((gained * np.exp(chance)).sum())
    return total


def _by_place(graph: Graph) -> Ints:
    """The nodes in an order that follows from the ties alone, so that other names do not lead the search elsewhere.

    Colours are refined by the colours of the neighbours (Weisfeiler and Leman 1968); where two nodes look alike after
    that, their numbers decide.
    """
    starts, nodes, _ = graph.adjacency
    colour = graph.degrees.astype(np.uint64)
    has_ties = graph.degrees > 0
    for _turn in range(_ROUNDS):
        around = np.zeros(graph.n, dtype=np.uint64)
        around[has_ties] = np.add.reduceat(_mixed(colour)[nodes], starts[:-1][has_ties])
        colour = _mixed(colour * np.uint64(3) + around)
    return np.lexsort((colour, graph.degrees))


def _mixed(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A hash of each word (SplitMix64, Steele, Lea and Flood 2014, 10.1145/2714064.2660195)."""
    z = words + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def _leiden(graph: Graph, n_seeds: int, seed: int, *, weighted: bool) -> list[Ints]:
    # Loaded here: it brings much with it, and only this search needs it.
    import networkit

    iterations = _ITERATIONS if graph.m <= LARGE else _ITERATIONS_LARGE
    # Several threads would give another partition each time.
    before = networkit.getMaxNumberOfThreads()
    networkit.setNumberOfThreads(1)
    try:
        columns = (graph.weights if weighted else np.ones(graph.m), (graph.edges[:, 0], graph.edges[:, 1]))
        engine = networkit.GraphFromCoo(columns, n=graph.n, directed=False, weighted=weighted)
        found = []
        for turn in range(n_seeds):
            networkit.setSeed(rng.key(seed, "leiden", turn=turn) % 2**31, False)
            search = networkit.community.ParallelLeiden(engine, iterations=iterations, randomize=True)
            search.run()
            found.append(np.array(search.getPartition().getVector(), dtype=np.int64))
    finally:
        networkit.setNumberOfThreads(before)
    return found
