"""What is published of how costly and cheap behaviour spreads, on made networks and among real physicians.

The long version: `coproduce simulate diffusion --set contagion_form=reinforced --replicates 1000 --json`, and so on.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import networkx as nx
import numpy as np
import polars as pl
import pytest

from coproduce.simulator import load, run

N = 30
#: Two-sided 1 %.
Z = 2.576
CLUSTERED, RANDOM = "rewired=0", "rewired=1"


@cache
def ends(column: str, ticks: int, *settings: str) -> np.ndarray:
    """What each of N runs ends with; a half that is never reached counts as one tick more than there were."""
    scenario = load("diffusion").with_settings(settings).lasting(ticks)
    last = [run(scenario, 1, run=i, record=False).series[column][-1] for i in range(1, N + 1)]
    return np.nan_to_num(np.array(last), nan=ticks + 1.0)


def surely_less(less: np.ndarray, more: np.ndarray) -> bool:
    difference = more - less
    return bool(difference.mean() - Z * difference.std(ddof=1) / np.sqrt(N) > 0)


def half(network: str, *settings: str) -> np.ndarray:
    return ends("half_time", 400, network, *settings)


def test_t15_cheap_behaviour_spreads_faster_on_a_random_network() -> None:
    """Simple contagion: ties to near friends of friends are wasted."""
    assert surely_less(half(RANDOM), half(CLUSTERED))


def test_t15_costly_behaviour_spreads_faster_on_a_clustered_network_when_reinforcement_is_strong() -> None:
    """Centola 2010, 10.1126/science.1185231; O'Sullivan et al. 2015, 10.3389/fphy.2015.00071."""
    strong = ("contagion_form=reinforced", "chance=0.002", "reinforcement=200")
    assert surely_less(half(CLUSTERED, *strong), half(RANDOM, *strong))


def test_t15_without_reinforcement_the_same_costly_behaviour_spreads_faster_on_the_random_one() -> None:
    weak = ("contagion_form=reinforced", "chance=0.05", "reinforcement=1")
    assert surely_less(half(RANDOM, *weak), half(CLUSTERED, *weak))


def test_t15_behaviour_that_needs_two_neighbours_spreads_further_on_a_clustered_network() -> None:
    """Centola and Macy 2007, 10.1086/521848: long ties carry information and not what needs reinforcement."""
    needs_two = ("contagion_form=threshold", "chance=1", "threshold=2", "seeds=7")
    assert (ends("share", 300, CLUSTERED, *needs_two) == 1.0).all()
    assert surely_less(ends("share", 300, RANDOM, *needs_two), ends("share", 300, CLUSTERED, *needs_two))


@pytest.fixture(scope="module")
def physicians(reference_data: Path) -> Path:
    return reference_data / "networks" / "physicians.edges.csv"


def test_among_the_physicians_of_four_towns_it_stays_in_the_towns_where_it_began(physicians: Path) -> None:
    """Coleman, Katz and Menzel 1957, 10.2307/2785979: whoever is reached is in a component with a seed."""
    edges = pl.read_csv(physicians)
    graph = nx.Graph(edges.select("source", "target").rows())
    names = list(dict.fromkeys(edges.select("source", "target").to_numpy().ravel().tolist()))
    scenario = load("diffusion").having(graph_file=str(physicians), chance=1.0, seeds=1)
    for number in range(1, 6):
        outcome = run(scenario, 1, run=number).people["outcome"].to_numpy()
        seed = names[int(np.flatnonzero(outcome == 0)[0])]
        distance = nx.single_source_shortest_path_length(graph, seed)
        assert {names[i]: outcome[i] for i in np.flatnonzero(~np.isnan(outcome))} == distance


def test_among_the_physicians_what_comes_from_outside_reaches_all_towns(physicians: Path) -> None:
    scenario = load("diffusion").having(graph_file=str(physicians), seeds=0, media=0.05, chance=0.05)
    last = [run(scenario, 1, run=i, record=False).series.row(-1, named=True)["share"] for i in range(1, 11)]
    assert min(last) > 0.9
