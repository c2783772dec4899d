"""What the models of researchers who learn from each other were published to show.

The long version of each: `coproduce simulate PRESET --set ... --replicates 10000 --json`.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from coproduce.simulator import load, run

N = 1500
#: Two-sided 1 %, as everywhere below.
Z = 2.576


@cache
def ends(preset: str, *settings: str, n: int = N) -> dict[str, np.ndarray]:
    """The last value of each number in n runs."""
    scenario = load(preset).with_settings(settings)
    rows = [run(scenario, 1, run=i, record=False).series.row(-1) for i in range(1, n + 1)]
    return dict(zip(run(scenario, 1, record=False).series.columns, np.array(rows).T, strict=True))


def margin(share: float, n: int = N) -> float:
    return Z * float(np.sqrt(share * (1 - share) / n))


@pytest.mark.parametrize(("graph", "published"), [("complete", 0.89), ("cycle", 0.97)])
def test_t1_ten_researchers_reach_the_right_consensus_as_often_as_published(graph: str, published: float) -> None:
    """Zollman 2007, 10.1086/525605, with the numbers of Weisberg's replication, printed to two digits."""
    correct = ends("zollman", f"graph={graph}")["correct"].mean()
    assert abs(correct - published) < margin(published) + 0.005


def test_t1_every_run_settles_within_the_rounds_given() -> None:
    assert all(ends("zollman", f"graph={graph}")["settled"].all() for graph in ("complete", "cycle"))


def test_t3_the_more_reliable_graph_is_the_slower_one() -> None:
    """Zollman 2007 and 2010, 10.1007/s10670-009-9194-6: reliability is paid for with speed."""
    dense, sparse = (ends("zollman", f"graph={graph}") for graph in ("complete", "cycle"))
    right = [e["rounds"][e["correct"] == 1] for e in (dense, sparse)]
    assert sparse["correct"].mean() - dense["correct"].mean() > 0.04
    assert right[1].mean() - Z * right[1].std() / np.sqrt(right[1].size) > 3 * right[0].mean()


def test_the_cost_of_density_vanishes_when_the_difference_is_plain() -> None:
    """Rosenstock, Bruner and O'Connor 2017, 10.1086/690717: the effect is one of hard problems."""
    dense, sparse = (ends("zollman", f"graph={graph}", "edge=0.1", n=400)["correct"] for graph in ("complete", "cycle"))
    assert abs(dense.mean() - sparse.mean()) < 0.02


def test_t4_mistrust_by_distance_of_beliefs_polarises() -> None:
    """O'Connor and Weatherall 2018, 10.1007/s13194-018-0213-9."""
    split = [ends("polarisation", f"mistrust={m}", n=400)["polarised"].mean() for m in (1.2, 2, 3)]
    assert split[0] + margin(0.5, 400) < split[1] < split[2]
    right = [ends("polarisation", f"mistrust={m}", n=400)["sure"].mean() for m in (0, 2, 3)]
    assert right[0] > right[1] > right[2]


def test_t4_nobody_is_out_of_reach_where_distance_cannot_reach_full_doubt() -> None:
    """With m <= 1 no distance gives d m = 1, so no run can end in two camps."""
    for mistrust in (0, 0.5, 1):
        end = ends("polarisation", f"mistrust={mistrust}", n=400)
        assert end["polarised"].sum() == 0
        assert end["settled"].all()


def test_t4_taking_a_distrusted_result_for_its_contrary_polarises_more() -> None:
    ignored, turned = (ends("polarisation", "mistrust=1.5", f"doubt_form={f}", n=N)["polarised"].mean()
                       for f in ("ignore", "contrary"))  # fmt: skip
    assert turned - ignored > Z * np.sqrt(0.5 / N)


def test_t5_selective_sharing_of_true_results_misleads_rational_learners() -> None:
    """Weatherall, O'Connor and Bruner 2020, 10.1093/bjps/axy062: researchers are right and deciders wrong."""
    told, untold = (ends("selective", f"sharing_form={form}", n=400) for form in ("against", "none"))
    assert told["correct"].mean() > 0.9
    assert told["misled"].mean() > 0.9
    assert untold["misled"].mean() < 0.1


@pytest.mark.parametrize(
    ("weaker", "stronger"),
    [
        ("pulls=100", "pulls=10"),  # larger studies are seldom against the truth
        ("edge=0.2", "edge=0.05"),  # so are studies of a plain difference
        ("n_agents=4", "n_agents=20"),  # more studies give more to choose from
        ("heard=10", "heard=1"),  # whoever hears more researchers is harder to mislead
    ],
)
def test_t5_misleading_works_better_where_the_source_says_so(weaker: str, stronger: str) -> None:
    low, high = (ends("selective", changed, n=400)["misled"].mean() for changed in (weaker, stronger))
    assert high - low > Z * np.sqrt(2 * 0.25 / 400)


def test_t5_own_trials_mislead_too_when_only_those_against_are_told() -> None:
    produced = ends("selective", "sharing_form=none", "own_trials=10", n=400)
    assert produced["correct"].mean() > 0.9
    assert produced["misled"].mean() > 0.9
