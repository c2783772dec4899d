"""Betweenness, robustness and null networks against networkx and closed forms."""

import networkx as nx
import numpy as np
import pytest

from coproduce.statistics.betweenness import betweenness, betweenness_centralisation, robustness
from coproduce.statistics.communities import adjusted_mutual_information
from coproduce.statistics.graph import Graph
from coproduce.statistics.rewiring import rewired

STAR = Graph.of(10, [(0, i) for i in range(1, 10)])


def random_graph(n=100, m=260):
    return Graph.of(n, (np.random.default_rng(1).random((m, 2)) ** 2 * n).astype(np.int64))


def test_betweenness_is_that_of_networkx():
    graph = random_graph()
    theirs = nx.betweenness_centrality(nx.Graph(graph.edges.tolist()), normalized=False)
    assert betweenness(graph)[0] == pytest.approx([theirs.get(i, 0.0) for i in range(100)], abs=1e-9)


def test_a_sample_of_sources_finds_the_most_central_nodes_of_a_large_graph():
    graph = random_graph(800, 2_400)
    theirs = nx.betweenness_centrality(nx.Graph(graph.edges.tolist()), normalized=False)
    exact = np.array([theirs.get(i, 0.0) for i in range(800)])
    assert np.corrcoef(betweenness(graph)[0], exact)[0, 1] > 0.97


def test_a_star_is_as_centralised_and_as_fragile_as_can_be():
    assert betweenness_centralisation(STAR, betweenness(STAR)[0]) == 1
    assert robustness(STAR) == pytest.approx(9 / 10 / 10)


def test_a_complete_graph_is_as_robust_as_can_be():
    n = 8
    assert robustness(Graph.of(n, [(a, b) for a in range(n) for b in range(a)])) == pytest.approx((n - 1) / (2 * n))


def test_robustness_takes_off_the_most_tied_of_those_left():
    # Two stars joined at their centres: the larger centre goes first, then the smaller.
    pairs = [(0, i) for i in range(2, 8)] + [(1, i) for i in range(8, 12)] + [(0, 1)]
    assert robustness(Graph.of(12, pairs)) == pytest.approx((5 + 10 * 1) / 12 / 12)


def test_rewired_networks_keep_every_degree_and_no_structure():
    cliques = Graph.of(60, [(10 * c + a, 10 * c + b) for c in range(6) for a in range(10) for b in range(a)])
    for one in rewired(cliques, 4, seed=2):
        assert one.degrees.tolist() == cliques.degrees.tolist()
        assert one.m == cliques.m
        kept = len(set(map(tuple, one.edges.tolist())) & set(map(tuple, cliques.edges.tolist())))
        assert kept < 0.3 * cliques.m


def test_null_networks_are_drawn_from_all_alike():
    # Four nodes of degree 1 can be paired in three ways; each should come about as often.
    graph = Graph.of(4, [(0, 1), (2, 3)])
    partner = [int(one.edges[0, 1]) for one in rewired(graph, 600, seed=4)]
    assert min(np.bincount(partner, minlength=4)[1:]) > 150


def test_the_same_seed_gives_the_same_networks():
    one, other = ([g.edges.tolist() for g in rewired(random_graph(), 2, seed=5)] for _ in range(2))
    assert one == other


@pytest.mark.parametrize("pairs", [[], [(0, 1)]])
def test_a_network_too_small_to_rewire_stays_as_it_is(pairs):
    assert [one.m for one in rewired(Graph.of(2, pairs), 2)] == [len(pairs)] * 2


def test_adjusted_mutual_information_is_that_of_scikit_learn():
    from sklearn.metrics import adjusted_mutual_info_score

    draws = np.random.default_rng(6)
    one, other = draws.integers(0, 6, 200), draws.integers(0, 4, 200)
    mixed = np.where(draws.random(200) < 0.6, one, other)
    for left, right in ((one, other), (one, mixed)):
        assert adjusted_mutual_information(left, right) == pytest.approx(
            adjusted_mutual_info_score(left, right), abs=1e-9
        )
