"""The spread of an innovation: ties, rules of contagion, files of ties, and hostile values."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coproduce import rng
from coproduce.errors import BadFile, InvalidInput
from coproduce.events import inspect, kinds
from coproduce.simulator import load, run
from coproduce.simulator.models import graphs
from coproduce.simulator.models.diffusion import Diffusion
from coproduce.simulator.recorder import Silent
from coproduce.simulator.streams import Streams
from coproduce.simulator.ties import Ties


def spread(**changed: object) -> Diffusion:
    return Diffusion(load("diffusion").having(**changed).parameters, Streams(1, 1), Silent())  # type: ignore[arg-type]


def as_networkx(ties: Ties) -> nx.Graph:
    graph = nx.empty_graph(ties.degree.size)
    graph.add_edges_from(zip(ties.owner.tolist(), ties.neighbour.tolist(), strict=True))
    return graph


def test_the_ring_is_the_circulant_graph_of_another_library() -> None:
    ours = as_networkx(graphs.ring(40, 3, 0.0, rng.stream(1, "t")))
    assert nx.utils.graphs_equal(ours, nx.circulant_graph(40, [1, 2, 3]))


@pytest.mark.parametrize("rewired", [0.1, 1.0])
def test_switching_keeps_every_degree_and_undoes_the_clustering(rewired: float) -> None:
    ring, switched = (graphs.ring(500, 3, share, rng.stream(1, "t")) for share in (0.0, rewired))
    assert (switched.degree == 6).all()
    assert nx.average_clustering(as_networkx(ring)) == pytest.approx(0.6)
    assert nx.average_clustering(as_networkx(switched)) < (0.02 if rewired == 1.0 else 0.5)


def test_hubs_have_as_many_ties_as_the_ring_and_far_less_even_degrees() -> None:
    ring, hubs = graphs.ring(400, 3, 0.0, rng.stream(1, "t")), graphs.hubs(400, 3, rng.stream(1, "t"))
    assert hubs.degree.sum() == ring.degree.sum()
    assert hubs.degree.min() >= 3
    assert hubs.degree.max() > 30


@pytest.mark.parametrize("n", [1, 2, 3, 7, 8])
@pytest.mark.parametrize("graph", ["ring", "hubs"])
def test_few_people_are_tied_to_whom_there_is(n: int, graph: str) -> None:
    assert spread(n_agents=n, graph=graph, rewired=1.0).ties.degree.max() <= n - 1


def test_the_nearest_are_those_of_a_breadth_first_search() -> None:
    ties = graphs.ring(60, 2, 0.4, rng.stream(3, "t"))
    distance = nx.single_source_shortest_path_length(as_networkx(ties), 5)
    near = graphs.nearest(ties, 5, 20)
    assert len(set(near.tolist())) == 20
    assert max(distance[i] for i in near.tolist()) <= min(distance[i] for i in range(60) if i not in set(near.tolist()))


@pytest.mark.parametrize(
    ("form", "chances"),
    [("simple", [0, 0.1, 0.19, 0.271]), ("reinforced", [0, 0.1, 0.4, 0.4]), ("threshold", [0, 0, 0, 0.1])],
)
def test_the_chance_to_adopt_follows_from_the_number_of_adopting_neighbours(form: str, chances: list[float]) -> None:
    model = spread(contagion_form=form, chance=0.1, reinforcement=4.0, threshold=3)
    assert model._contagion(np.arange(4.0)) == pytest.approx(chances)


def test_certain_contagion_reaches_each_person_after_as_many_ticks_as_they_are_away() -> None:
    result = run(load("diffusion").having(n_agents=80, chance=1.0, seeds=1, rewired=0.3), 1)
    model = spread(n_agents=80, chance=1.0, seeds=1, rewired=0.3)
    seed = int(np.flatnonzero(model.has)[0])
    distance = nx.single_source_shortest_path_length(as_networkx(model.ties), seed)
    assert result.people["outcome"].to_list() == [distance[i] for i in range(80)]


def test_what_comes_from_outside_alone_follows_the_closed_form() -> None:
    """With no ties, each adopts by tick t with the chance 1 - (1 - media)^t."""
    series = run(load("diffusion").having(n_agents=20_000, ties_each=0, seeds=0, media=0.05), 1, record=False).series
    expected = 1 - 0.95 ** np.arange(1, 61)
    assert np.abs(series["share"].to_numpy() - expected).max() < 4 * np.sqrt(0.25 / 20_000)


def test_isolated_people_adopt_only_from_outside(tmp_path: Path) -> None:
    file = tmp_path / "ties.csv"
    file.write_text("source,target\na,b\nb,c\nalone,alone\n")
    result = run(load("diffusion").having(graph_file=str(file), chance=1.0, seeds=1, ties_each=50), 4)
    assert result.people.height == 4
    assert result.people["outcome"].null_count() + result.people["outcome"].is_nan().sum() >= 1
    everybody = run(load("diffusion").having(graph_file=str(file), media=1.0), 4)
    assert everybody.series["share"].to_list() == [1.0] * 60


def test_half_time_is_the_first_tick_with_half_of_all_people() -> None:
    series = run(load("diffusion").having(chance=0.3).lasting(200), 1, record=False).series
    half = int(series["half_time"][-1])
    assert series["share"][half - 1] >= 0.5 > series["share"][half - 2]
    assert series["half_time"][: half - 1].is_nan().all()


def test_events_are_the_ties_and_one_use_for_each_who_adopted() -> None:
    result = run(load("diffusion").having(n_agents=50, media=0.1), 1)
    assert result.frame.of(kinds.Connected).height == 150
    assert result.frame.of(kinds.ResourceUsed)["actor"].n_unique() == result.series["adopters"][-1]
    assert inspect(result.frame.rows).is_clean()


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_allowed_parameters_spread_and_never_shrink(data: st.DataObject) -> None:
    chosen: dict[str, object] = {}
    for name, spec in load("diffusion").specs().items():
        if name == "graph_file":
            continue
        if spec.choices:
            chosen[name] = data.draw(st.sampled_from(spec.choices))
        elif spec.type is int:
            chosen[name] = data.draw(st.integers(int(spec.low), 20))
        else:
            chosen[name] = data.draw(st.floats(spec.low, spec.high))
    series = run(load("diffusion").having(**chosen).lasting(10), 1, record=False).series
    assert (series["adopters"].diff().drop_nulls() >= 0).all()
    assert series["share"].is_between(0, 1).all()
    assert series["exposed"].is_between(0, 1).all()


@pytest.mark.parametrize("content", [None, b"", b"# nothing\n", b"\x00\x01\x02", b"only-one-column\nx\n"])
def test_a_file_that_is_no_list_of_ties_is_refused(content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "ties.csv"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises((BadFile, InvalidInput)):
        run(load("diffusion").having(graph_file=str(file)), 1)


def test_a_path_keeps_its_capitals_when_typed(tmp_path: Path) -> None:
    file = tmp_path / "Ties.CSV"
    file.write_text("a b\nb c\n")
    scenario = load("diffusion").with_settings([f"graph_file={file}"])
    assert run(scenario, 1).people.height == 3


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("n_agents=0", "from 1 to"),
        ("chance=1.2", "from 0 to 1"),
        ("media=nan", "from 0 to 1"),
        ("graph=lattice", "one of ring, hubs"),
        ("contagion_form=complex", "one of simple, reinforced, threshold"),
        ("seed=3", "Did you mean seeds?"),
        ("ties_each=-1", "from 0 to"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_was_expected(typed: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        load("diffusion").with_settings([typed])
    assert said in str(refused.value)
