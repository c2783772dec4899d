"""Ties: undirected, without repeats, with the degree and the mixing that were asked for."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coproduce.simulator.ties import join, within


@given(st.integers(1, 30), st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29)), max_size=80))
def test_joined_ties_are_a_simple_undirected_graph(n: int, pairs: list[tuple[int, int]]) -> None:
    kept = np.array([(a % n, b % n) for a, b in pairs], dtype=np.int64).reshape(-1, 2)
    ties = join(n, kept[:, 0], kept[:, 1])
    graph = nx.Graph([(a, b) for a, b in kept.tolist() if a != b])
    assert {frozenset(pair) for pair in zip(ties.owner.tolist(), ties.neighbour.tolist(), strict=True)} == {
        frozenset(edge) for edge in graph.edges
    }
    assert ties.neighbour.size == 2 * graph.number_of_edges()
    assert ties.degree.tolist() == [graph.degree(i) if i in graph else 0 for i in range(n)]


def test_mean_over_ties_is_the_mean_over_neighbours_that_count() -> None:
    ties = join(3, np.array([0, 0]), np.array([1, 2]))
    values = np.array([5.0, 1.0, 3.0])
    everybody = ties.mean(values[ties.neighbour], np.ones(4, dtype=np.bool_))
    assert everybody.tolist() == [2.0, 5.0, 5.0]
    only_one = ties.mean(values[ties.neighbour], ties.neighbour == 2)
    assert only_one.tolist() == [3.0, 0.0, 0.0]


@pytest.mark.parametrize(("inside", "expected"), [(0.0, 0.1), (0.5, 0.55), (1.0, 1.0)])
def test_ties_stay_inside_a_site_as_often_as_asked(inside: float, expected: float) -> None:
    generator = np.random.default_rng(1)
    site = np.arange(5_000) % 10
    one, other = within(site, 8.0, inside, generator)
    assert one.size == 20_000
    assert (site[one] == site[other]).mean() == pytest.approx(expected, abs=0.02)
