"""S2 to S9: the shape of a network made by hand, against networkx, with and without null networks."""

import networkx as nx
import numpy as np
import pytest

from coproduce.events import Role, kinds
from coproduce.statistics.graph import Graph
from coproduce.statistics.triangles import closure
from coproduce.statistics.vertex_bootstrap import redrawn
from tests.measures.story import at, log, measured

DRAWS = np.random.default_rng(8)
PAIRS = sorted({tuple(sorted(map(int, p))) for p in (DRAWS.random((160, 2)) ** 2 * 50).astype(int) if p[0] != p[1]})
GRAPH = nx.Graph(PAIRS)
GRAPH.add_nodes_from(range(50))
STEWARDS = (0, 1, 2)


def network(pairs=PAIRS, n=50, names=lambda i: i):
    role = {i: Role.STEWARD if i in STEWARDS else Role.PATIENT for i in range(n)}
    joined = [at(kinds.Joined, 0, names(i), role=role[i]) for i in range(n)]
    return log(*joined, *(at(kinds.Connected, 1, names(a), names(b), role=role[a]) for a, b in pairs))


@pytest.fixture(scope="module")
def found():
    return measured(network(), only=("S2", "S3.*", "S4", "S5", "S6", "S7", "S8"), null=5)


def test_structure_is_that_of_networkx(found):
    core, largest = nx.core_number(GRAPH), GRAPH.subgraph(max(nx.connected_components(GRAPH), key=len))
    constraint = [c for c in nx.constraint(GRAPH).values() if not np.isnan(c)]
    theirs = {
        "S4.C": nx.transitivity(GRAPH), "S4.L": nx.average_shortest_path_length(largest), "S6.core": max(core.values()),
        "S7": nx.degree_assortativity_coefficient(GRAPH), "S5.constraint": np.mean(constraint),
    }  # fmt: skip
    assert {key: found[key].value for key in theirs} == pytest.approx(theirs, abs=1e-9)


def test_centralisation_is_freemans(found):
    between = np.array(list(nx.betweenness_centrality(GRAPH).values()))
    degree = np.array([d for _, d in GRAPH.degree()])
    assert found["S2.degree"].value == pytest.approx((degree.max() - degree).sum() / (49 * 48))
    assert found["S2.betweenness"].value == pytest.approx((between.max() - between).sum() / 49)


def test_hub_dependence_is_the_share_of_paths_with_a_steward_inside(found):
    inside = pairs = 0
    for a in range(3, 50):
        for b in range(3, 50):
            if a != b and nx.has_path(GRAPH, a, b):
                paths = list(nx.all_shortest_paths(GRAPH, a, b))
                pairs += 1
                inside += np.mean([bool(set(path[1:-1]) & set(STEWARDS)) for path in paths])
    assert found["S8.hubs"].value == pytest.approx(inside / pairs)


def test_the_core_correlates_as_pearson_says(found):
    core = nx.core_number(GRAPH)
    inner = {i for i in GRAPH if core[i] == max(core.values())}
    cells = [(a, b) for a in range(50) for b in range(a)]
    ties = [GRAPH.has_edge(a, b) for a, b in cells]
    pattern = [a in inner and b in inner for a, b in cells]
    assert found["S6.correlation"].value == pytest.approx(np.corrcoef(ties, pattern)[0, 1])


def test_null_networks_are_beside_structure_only_when_asked(found):
    assert all(found[key].value is not None for key in ("S3.z", "S4.sigma", "S4.omega"))
    bare = measured(network(), only=("S3.*", "S4"))
    assert {bare[key].note for key in ("S3.z", "S4.sigma", "S4.omega")} == {"drawn only with --null R"}


def test_other_names_change_no_number():
    other = measured(network(names=lambda i: 1_000 - 7 * i), only=("S2", "S3.*", "S4", "S5", "S6", "S7", "S8.hubs"))
    same = measured(network(), only=("S2", "S3.*", "S4", "S5", "S6", "S7", "S8.hubs"))
    for key, one in same.items():
        assert other[key].value == (None if one.value is None else pytest.approx(one.value, abs=1e-9)), key


def test_a_small_network_is_read_from_its_table():
    small = measured(network([(0, 1), (1, 2)], n=10), only=("S2", "S3.*", "S7"))
    assert all(m.value is None and "fewer than 30" in m.note for m in small.values())


def test_ties_of_the_window_before_are_kept_or_new():
    before = [at(kinds.Connected, 10, a, b) for a, b in ((1, 2), (1, 3), (1, 4))]
    now = [at(kinds.Connected, 35, a, b) for a, b in ((1, 2), (5, 6))]
    found = measured(log(at(kinds.Joined, 0, 9), *before, *now, at(kinds.Joined, 40, 10)), only=("S9",), window_days=20)
    assert found["S9.kept"].value == pytest.approx(1 / 3)
    assert found["S9.new"].value == 0.5
    assert measured(log(*before), only=("S9",))["S9.kept"].value is None


# -- intervals, groups, organisations ------------------------------------------------------------------------------

SCATTERED = ("S2.degree", "S4.C", "S5.constraint", "S5.size", "S7")


def test_what_people_drawn_again_would_change_is_an_interval_only_when_asked(found):
    asked = measured(network(), only=SCATTERED, null=100)
    graph = Graph.of(50, PAIRS)
    again = [closure(one).transitivity for one in redrawn(graph, 100)]
    reach = 1.959963984540054 * np.std(again, ddof=1)
    assert asked["S4.C"].high - asked["S4.C"].low == pytest.approx(2 * reach)
    for name in SCATTERED:
        assert asked[name].low < asked[name].value < asked[name].high
        assert "100 draws of people" in asked[name].note
        assert asked[name].value == found[name].value
    bare = measured(network(), only=SCATTERED)
    assert all(bare[name].low is None for name in SCATTERED)


def of_sites(pairs=PAIRS, n=50):
    site = [i % 2 for i in range(n)]
    joined = [at(kinds.Joined, 0, i, role=Role.PATIENT if i % 4 else Role.CLINICIAN, site=site[i]) for i in range(n)]
    return log(*joined, *(at(kinds.Connected, 1, a, b, role=Role.PATIENT, site=site[a]) for a, b in pairs))


def test_a_group_has_the_brokerage_and_the_core_of_its_own_people_in_everybody_s_network():
    by_site = measured(of_sites(), only=("S5", "S6", "S2.degree"), by="site")
    constraint, core = nx.constraint(GRAPH), nx.core_number(GRAPH)
    for site in (0, 1):
        mine = [i for i in range(50) if i % 2 == site]
        known = [constraint[i] for i in mine if GRAPH.degree(i)]
        assert by_site[f"S5.constraint site={site}"].value == pytest.approx(np.mean(known))
        assert by_site[f"S5.constraint site={site}"].n == len(known)
        inner = np.mean([core[i] == max(core.values()) for i in mine])
        assert by_site[f"S6.share site={site}"].value == pytest.approx(inner)
    assert not {key for key in by_site if key.startswith(("S2.degree ", "S6.core ", "S6.correlation "))}


def test_the_path_share_of_an_organisation_is_that_of_paths_with_one_of_its_people_inside():
    """Without a table a site is an organisation; people of two sites, and nobody between an organisation's own."""
    got = measured(of_sites(), only=("H6.*",))["H6.paths"]
    between = nx.betweenness_centrality(GRAPH, normalized=False)
    first = max((0, 1), key=lambda site: sum(between[i] for i in range(50) if i % 2 == site))
    mine = {i for i in range(50) if i % 2 == first}
    inside = pairs = 0
    for a in set(range(50)) - mine:
        for b in set(range(50)) - mine - {a}:
            if nx.has_path(GRAPH, a, b):
                pairs += 1
                inside += np.mean([bool(set(path[1:-1]) & mine) for path in nx.all_shortest_paths(GRAPH, a, b)])
    assert got.value == pytest.approx(inside / pairs)
    assert (got.n, got.missing) == (50, 0)


def test_without_organisations_no_paths_are_theirs():
    assert "organisation is known" in measured(network(), only=("H6.paths",))["H6.paths"].note
