"""Numbers of a graph against networkx and igraph, closed forms, and under other names of the nodes."""

import igraph
import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coproduce.errors import InvalidInput
from coproduce.statistics.communities import best_partition, modularity
from coproduce.statistics.distances import diameter, mean_path
from coproduce.statistics.graph import (
    Graph,
    components,
    core_numbers,
    degree_assortativity,
    degree_centralisation,
    giant,
    reciprocity,
)
from coproduce.statistics.triangles import closure

PAIRS = st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), max_size=60)


def twin(graph):
    """The same graph in networkx."""
    other = nx.Graph()
    other.add_nodes_from(range(graph.n))
    other.add_weighted_edges_from(
        (int(a), int(b), float(w)) for (a, b), w in zip(graph.edges, graph.weights, strict=True)
    )
    return other


def random_graph(n=300, m=2_000, seed=5):
    draws = np.random.default_rng(seed)
    return Graph.of(n, (draws.random((m, 2)) ** 2 * n).astype(np.int64))


@settings(max_examples=60, deadline=None)
@given(PAIRS)
def test_triangles_clustering_cores_and_components_are_those_of_networkx(pairs):
    graph = Graph.of(15, pairs)
    other, found = twin(graph), closure(graph)
    assert found.triangles.tolist() == list(nx.triangles(other).values())
    assert found.local_clustering == pytest.approx(list(nx.clustering(other).values()))
    assert (found.transitivity or 0) == pytest.approx(nx.transitivity(other))
    assert core_numbers(graph).tolist() == list(nx.core_number(other).values())
    assert giant(graph).sum() == max(map(len, nx.connected_components(other)))


@settings(max_examples=40, deadline=None)
@given(PAIRS, st.integers(0, 9))
def test_constraint_and_effective_size_are_those_of_networkx_with_and_without_weights(pairs, seed):
    weights = np.random.default_rng(seed).uniform(0.1, 3, len(pairs))
    for graph, weight in ((Graph.of(15, pairs), None), (Graph.of(15, pairs, weights), "weight")):
        theirs = nx.constraint(twin(graph), weight=weight)
        assert closure(graph).constraint == pytest.approx([theirs[i] for i in range(15)], nan_ok=True)
    sizes = nx.effective_size(twin(graph))
    assert closure(graph).effective_size == pytest.approx([np.nan_to_num(sizes[i]) for i in range(15)])


@settings(max_examples=60, deadline=None)
@given(PAIRS)
def test_distances_are_those_of_networkx(pairs):
    graph = Graph.of(15, pairs)
    inner = twin(graph.within(giant(graph)))
    assert diameter(graph) == nx.diameter(inner)
    if inner.number_of_nodes() > 1:
        assert mean_path(graph).value == pytest.approx(nx.average_shortest_path_length(inner))


def test_the_diameter_of_a_graph_beyond_one_batch_of_sources_is_exact():
    path = [(i, i + 1) for i in range(400)]
    shortcuts = [(int(a), int(a) + 7) for a in np.random.default_rng(1).integers(0, 390, 30)]
    graph = Graph.of(401, path + shortcuts)
    assert diameter(graph) == nx.diameter(twin(graph))


def test_a_sample_of_sources_covers_the_mean_path_of_a_large_graph():
    graph = random_graph(1_500, 6_000)
    found, exact = mean_path(graph), nx.average_shortest_path_length(twin(graph.within(giant(graph))))
    assert found.low <= exact <= found.high
    assert found.high - found.low < 0.1


def test_assortativity_and_reciprocity_agree_with_igraph():
    graph = random_graph()
    other = igraph.Graph(n=graph.n, edges=graph.edges.tolist())
    assert degree_assortativity(graph) == pytest.approx(other.assortativity_degree(directed=False), abs=1e-9)
    pairs = np.unique(np.random.default_rng(2).integers(0, 60, (900, 2)), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    directed = igraph.Graph(n=60, edges=pairs.tolist(), directed=True)
    assert reciprocity(pairs) == pytest.approx(directed.reciprocity(), abs=1e-12)


def test_strong_components_are_those_of_networkx():
    pairs = np.random.default_rng(3).integers(0, 80, (110, 2))
    theirs = nx.strongly_connected_components(nx.DiGraph(pairs.tolist()))
    sizes = np.bincount(components(80, pairs, strong=True)).tolist()
    alone = 80 - len(set(pairs.ravel().tolist()))
    assert sizes == sorted([*map(len, theirs), *[1] * alone], reverse=True)


def test_the_modularity_of_a_partition_is_that_of_igraph():
    graph = random_graph()
    community = np.random.default_rng(1).integers(0, 6, graph.n)
    other = igraph.Graph(n=graph.n, edges=graph.edges.tolist())
    assert modularity(graph, community) == pytest.approx(other.modularity(community.tolist()), abs=1e-12)


def test_two_cliques_joined_by_a_tie_are_two_communities():
    pairs = [(a + s, b + s) for s in (0, 8) for a in range(8) for b in range(a)]
    found = best_partition(Graph.of(16, [*pairs, (0, 8)]))
    assert found.n_communities == 2
    assert found.modularity == pytest.approx(2 * (28 / 57 - (57 / 114) ** 2))


def test_other_names_of_the_nodes_change_no_number():
    graph = random_graph()
    names = np.random.default_rng(9).permutation(graph.n)
    other = Graph.of(graph.n, names[graph.edges][::-1])
    for number in (degree_assortativity, degree_centralisation, diameter, lambda g: closure(g).mean_constraint):
        assert number(graph) == pytest.approx(number(other), abs=1e-12)
    assert core_numbers(graph).tolist() == core_numbers(other)[names].tolist()
    assert best_partition(graph).modularity == pytest.approx(best_partition(other).modularity, abs=1e-12)


@pytest.mark.parametrize("number", [degree_assortativity, diameter, best_partition, mean_path, degree_centralisation])
def test_a_graph_without_nodes_or_ties_has_no_number_or_zero(number):
    assert number(Graph.of(0, [])) is None
    assert number(Graph.of(2, [])) in (None, 0)


def test_loops_are_dropped_and_the_weights_of_repeats_are_summed():
    graph = Graph.of(3, [(0, 1), (1, 0), (2, 2)], [1.0, 2.5, 9.0])
    assert (graph.edges.tolist(), graph.weights.tolist()) == ([[0, 1]], [3.5])


@pytest.mark.parametrize("pairs", [[(0, 3)], [(-1, 0)]])
def test_a_tie_to_a_node_that_is_not_there_is_refused(pairs):
    with pytest.raises(InvalidInput):
        Graph.of(3, pairs)


@pytest.mark.parametrize("weight", [0.0, -1.0, float("nan"), float("inf")])
def test_a_weight_that_is_no_weight_is_refused(weight):
    with pytest.raises(InvalidInput):
        Graph.of(2, [(0, 1)], [weight])
