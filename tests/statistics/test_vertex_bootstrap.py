"""Networks whose people are drawn again: what a copy keeps, and whether their spread is that of networks drawn anew."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coproduce.statistics.graph import Graph
from coproduce.statistics.vertex_bootstrap import copied, redrawn


def active(draws, n=60):
    """A network of people who are active to a different extent: a tie as likely as both are active."""
    activity = draws.beta(1, 2, n)
    a, b = np.triu_indices(n, 1)
    tied = draws.random(a.size) < activity[a] * activity[b]
    return Graph.of(n, np.stack([a[tied], b[tied]], axis=1))


def density(graph):
    return 2 * graph.m / (graph.n * (graph.n - 1))


@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20),
    st.lists(st.integers(0, 3), min_size=8, max_size=8),
)
def test_copies_of_two_people_are_tied_when_the_two_are(pairs, times):
    graph, times = Graph.of(8, pairs), np.array(times)
    who = np.repeat(np.arange(8), times)
    tied = {tuple(edge) for edge in graph.edges.tolist()}
    found = {tuple(edge) for edge in copied(graph, times).tolist()}
    wanted = {
        (i, j)
        for i in range(who.size)
        for j in range(i + 1, who.size)
        if (min(who[i], who[j]), max(who[i], who[j])) in tied
    }
    assert found == wanted


def test_everybody_once_is_the_same_network():
    graph = active(np.random.default_rng(1))
    assert copied(graph, np.ones(60, dtype=np.int64)).tolist() == graph.edges.tolist()


def test_the_spread_over_draws_of_people_is_that_of_networks_drawn_anew():
    """The density of 400 networks of other people of the same kind, beside draws from one network of each of 12."""
    draws = np.random.default_rng(2)
    anew = np.std([density(active(draws)) for _ in range(400)])
    again = [np.std([density(one) for one in redrawn(active(draws), 200, seed=k)]) for k in range(12)]
    assert np.mean(again) == pytest.approx(anew, rel=0.2)


def test_the_same_seed_draws_the_same_and_the_density_stays_on_average():
    graph = active(np.random.default_rng(3))
    one, other = ([density(g) for g in redrawn(graph, 300, seed=5)] for _ in range(2))
    assert one == other
    assert np.mean(one) == pytest.approx(density(graph), rel=0.05)


def test_two_draws_of_one_person_are_tied_by_density():
    """Everybody is tied to everybody: copies of a person are tied too, and the drawn network is complete."""
    full = Graph.of(12, [(i, j) for i in range(12) for j in range(i)])
    for one in redrawn(full, 20):
        assert one.edges.tolist() == full.edges.tolist()


@pytest.mark.parametrize("n", [0, 1, 2])
def test_a_network_without_ties_stays_one(n):
    assert [g.m for g in redrawn(Graph.of(n, []), 3)] == [0, 0, 0]
