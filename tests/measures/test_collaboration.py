"""C1 to C6: co-production, the ladder, mixing, reciprocity and teams, on logs counted by hand and against networkx."""

import networkx as nx
import numpy as np
import pytest

from coproduce.events import Role, kinds
from coproduce.measures import Log
from coproduce.measures.collaboration import coproduction
from coproduce.measures.study import everybody
from tests.measures.story import at, log, measured

MADE = [at(kinds.ResourceCreated, 0, 1, 40, object=50), at(kinds.ResourceRevised, 0, 2, 40, object=51)]


def wrote(person, resource, *, days=0.0, role=1):
    return at(kinds.ResourceRevised, days, person, resource, object=resource * 100 + person, role=role)


def test_working_on_one_resource_ties_by_one_over_the_others_and_fades_with_time():
    frame = log(*(wrote(who, 40) for who in (1, 2, 3)), wrote(1, 41, days=180), wrote(2, 41, days=180))
    found = Log.of(frame)
    pairs = coproduction(everybody(found, found.first_us, found.at + 1)).sort("a", "b")
    assert pairs.select("a", "b").rows() == [(1, 2), (1, 3), (2, 3)]
    assert pairs["weight"].to_list() == pytest.approx([0.5 * 0.5 + 1, 0.25, 0.25], abs=1e-9)


def test_a_resource_of_a_crowd_ties_nobody_and_is_reported():
    found = measured(log(*(wrote(who, 40) for who in range(31))), only=("C1",))
    assert (found["C1.pairs"].value, found["C1.left_out"].value, found["C1.people"].value) == (0, 1, 0)


def test_each_pair_stands_on_the_highest_rung_it_reached():
    need = at(kinds.NeedStated, 0, 9, 100)
    network = [at(kinds.Connected, 1, 1, 2)]
    coordination = [at(kinds.Replied, 1, 3, 100), at(kinds.Replied, 1, 4, 100)]
    cooperation = [at(kinds.TaskDone, 1, who, 200, object=70, value=5.0) for who in (5, 6)]
    collaboration = [at(kinds.ResourceCreated, 1, 7, 40, object=50), at(kinds.ResourceRevised, 1, 8, 40, object=51)]
    found = measured(log(need, *network, *coordination, *cooperation, *collaboration), only=("C2.*",))
    # 1-2, 3-9 and 4-9 network; 3-4 coordinate; 5-6 cooperate; 7-8 collaborate.
    assert [found[f"C2.rung{r}"].value * found["C2"].n for r in range(1, 5)] == pytest.approx([3, 1, 1, 1])
    assert found["C2"].value == pytest.approx((3 + 2 + 3 + 4) / 4 / 6)


def test_use_with_thanks_is_cooperation_and_use_alone_is_not():
    made = at(kinds.ResourceCreated, 0, 1, 40, object=50)
    used = [at(kinds.ResourceUsed, 1, who, object=50) for who in (2, 3)]
    found = measured(log(made, *used, at(kinds.Thanked, 2, 2, 50, object=1)), only=("C2.*",))
    assert (found["C2.rung1"].value, found["C2.rung3"].value) == (0.5, 0.5)


def test_mixing_by_role_is_that_of_networkx():
    draws = np.random.default_rng(3)
    pairs = {tuple(sorted(map(int, p))) for p in draws.integers(0, 40, (90, 2)) if p[0] != p[1]}
    joined = [at(kinds.Joined, 0, i, value=1.0 + i % 3, site=i % 5) for i in range(40)]
    found = measured(log(*joined, *(at(kinds.Connected, 1, a, b) for a, b in pairs)), only=("C3",))
    graph = nx.Graph(list(pairs))
    nx.set_node_attributes(graph, {i: i % 3 for i in graph}, "role")
    assert found["C3.r.role"].value == pytest.approx(nx.attribute_assortativity_coefficient(graph, "role"), abs=1e-9)
    across = sum(a % 3 != b % 3 for a, b in pairs)
    assert found["C3.ei.role"].value == pytest.approx((2 * across - len(pairs)) / len(pairs))
    assert found["C3.ei.site"].low <= found["C3.ei.site"].value <= found["C3.ei.site"].high


def test_three_roles_are_patient_or_family_clinician_and_researcher():
    full = [wrote(who, 40, role=role) for who, role in ((1, Role.FAMILY), (2, Role.CLINICIAN), (3, Role.RESEARCHER))]
    found = measured(log(*full, wrote(1, 41, role=Role.FAMILY)), only=("C3.three",))["C3.three"]
    assert (found.value, found.n) == (0.5, 2)


def test_answered_ties_beyond_chance():
    frame = log(*(at(kinds.Connected, 1, a, b) for a, b in [(1, 2), (2, 1), (1, 3), (3, 4)]))
    found = measured(frame, only=("C4.*",))
    assert found["C4"].value == 0.5
    assert found["C4.rho"].value == pytest.approx((0.5 - 4 / 12) / (1 - 4 / 12))


def test_teams_are_counted_from_the_need_to_their_first_task():
    need = at(kinds.NeedStated, 0, 9, 100)
    own = at(kinds.TeamStarted, 3, 1, 70, object=100, role=Role.FAMILY)
    centre = at(kinds.TeamStarted, 3, 2, 71, role=Role.STEWARD)
    joined = at(kinds.TeamJoined, 4, 3, 70, role=Role.CLINICIAN)
    task = at(kinds.TaskDone, 10, 1, 200, object=70, value=30.0)
    found = measured(log(need, own, centre, joined, task, at(kinds.VoteCast, 200, 9, 5)), only=("C5",))
    assert (found["C5.own"].value, found["C5.days"].value, found["C5.days"].missing) == (0.5, 3, 1)
    assert found["C5.F90d"].value == 0.5
    assert found["C5.roles"].value == pytest.approx((0.5 + 0) / 2)


def test_survival_of_edits_leaves_out_what_is_no_share():
    rows = [at(kinds.EditSurvivalMeasured, 1, 0, 50, object=1, value=v) for v in (1.0, 0.5, float("nan"), 7.0)]
    found = measured(log(*rows), only=("C6",))["C6"]
    assert (found.value, found.n, found.missing) == (0.75, 2, 2)


def test_nobody_tied_has_no_rung_and_no_mixing():
    found = measured(log(at(kinds.Joined, 0, 1), at(kinds.Joined, 0, 2)), only=("C2.*", "C3", "C4.*", "C5", "C6"))
    assert {m.value for m in found.values()} == {None}
    assert all(m.note for m in found.values())


def test_a_group_has_the_pairs_that_one_of_its_people_is_in():
    """Sites of 15 people in a row, each tied to the next: 14 pairs within a site, and one across counts for both."""
    joined = [at(kinds.Joined, 0, i, role=1 + i % 2, site=i // 15) for i in range(30)]
    tied = [at(kinds.Connected, 1, i, i + 1, role=1 + i % 2) for i in range(29)]
    made = [wrote(i, 400, days=2, role=1 + i % 2) for i in (0, 1)]
    got = measured(log(*joined, *tied, *made), only=("C2.*", "C3.*"), by="site")
    assert [got[f"C2.rung1{by}"].n for by in ("", " site=0", " site=1")] == [29, 15, 15]
    assert [got[f"C2.rung4{by}"].value for by in ("", " site=0", " site=1")] == pytest.approx([1 / 29, 1 / 15, 0])
    assert got["C3.ei.site site=0"].value == pytest.approx((1 - 14) / 15)
