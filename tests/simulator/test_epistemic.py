"""Networks of researchers: the compiled models do what their sources say, number for number where that can be asked."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from coproduce.errors import InvalidInput
from coproduce.events import inspect
from coproduce.simulator import Result, Scenario, load, run
from coproduce.simulator.models import draws
from coproduce.simulator.models.graphs import simple
from coproduce.simulator.models.polarisation import likelihood, updated
from coproduce.simulator.streams import Streams

GRAPHS = ("complete", "cycle", "star", "path")
FAMILY = ("zollman", "polarisation", "selective")


def last(scenario: Scenario, seed: int = 1, number: int = 1) -> dict[str, float]:
    return run(scenario, seed, run=number, record=False).series.row(-1, named=True)


def neighbours(graph: str, n: int) -> list[list[int]]:
    if graph == "complete":
        return [[j for j in range(n) if j != i] for i in range(n)]
    ties = simple(graph, n)
    return [ties.neighbour[ties.start[i] : ties.start[i + 1]].tolist() for i in range(n)]


def by_hand(graph: str, n: int, pulls: int, edge: float, rounds: int) -> list[float]:
    """The same model in plain probabilities: mean credence after each round until it is settled."""
    streams, near = Streams(5, 1), neighbours(graph, n)
    credence, means = streams.uniform("epistemic.prior", 0, n), []
    for tick in range(1, rounds + 1):
        trying = credence > 0.5
        if not trying.any() or (credence > 0.99).all():
            break
        result = binom.ppf(streams.uniform("epistemic.trial", tick, n), pulls, 0.5 + edge)
        for i, before in enumerate(credence.copy()):
            seen = [j for j in [i, *near[i]] if trying[j]]
            true = before * np.prod([binom.pmf(result[j], pulls, 0.5 + edge) for j in seen])
            false = (1 - before) * np.prod([binom.pmf(result[j], pulls, 0.5 - edge) for j in seen])
            credence[i] = true / (true + false)
        means.append(credence.mean())
    return means


@pytest.mark.parametrize("graph", GRAPHS)
def test_zollman_is_bayes_rule_on_what_each_researcher_sees(graph: str) -> None:
    scenario = load("zollman").having(n_agents=6, graph=graph, pulls=20, edge=0.03, rounds=40)
    expected = by_hand(graph, 6, 20, 0.03, 40)
    found = run(scenario, 5, record=False).series["credence"].to_list()
    assert len(expected) > 3
    assert found[: len(expected)] == pytest.approx(expected)
    assert found[len(expected) :] == pytest.approx([expected[-1]] * (40 - len(expected)))


def test_kernels_draw_the_numbers_of_the_named_streams() -> None:
    streams = Streams(2**63, 9)
    begin = draws.start(draws.words(streams, "a.name"), 12)
    assert [draws.uniform(begin, i) for i in range(50)] == streams.uniform("a.name", 12, 50).tolist()


@pytest.mark.parametrize("number", range(1, 6))
@pytest.mark.parametrize("graph", GRAPHS)
def test_without_mistrust_polarisation_is_zollman(graph: str, number: int) -> None:
    same = {"n_agents": 8, "graph": graph, "pulls": 30, "edge": 0.02, "rounds": 300}
    doubting = run(load("polarisation").having(mistrust=0.0, **same), 3, run=number, record=False).series
    trusting = run(load("zollman").having(**same), 3, run=number, record=False).series
    for column in trusting.drop("activation").columns:
        assert doubting[column].to_numpy() == pytest.approx(trusting[column].to_numpy(), abs=1e-9), column


def test_activation_at_its_neutral_values_changes_nothing_and_below_makes_fewer_trials() -> None:
    scenario = load("zollman").having(graph="cycle", rounds=200)
    neutral = run(scenario.having(activation_contagion=1.0), 1, record=False).series
    assert neutral.equals(run(scenario, 1, record=False).series)


def test_less_active_researchers_take_longer() -> None:
    scenario = load("zollman").having(pulls=100, edge=0.02)
    slow, fast = (
        np.mean([last(scenario.having(activation=mean), number=n)["rounds"] for n in range(1, 30)]) for mean in (0.2, 1)
    )
    assert slow > 2 * fast


def test_activation_spreads_to_the_most_active_whom_one_hears_and_no_further() -> None:
    series = run(load("zollman").having(activation=0.3, activation_contagion=0.5, rounds=60), 1, record=False).series
    first = Streams(1, 1).uniform("epistemic.activation", 0, 10) ** (0.7 / 0.3)
    assert (series["activation"].diff().drop_nulls() >= 0).all()
    assert series["activation"][-1] <= first.max()


def test_the_curious_bring_back_what_everybody_had_given_up() -> None:
    given_up = [n for n in range(1, 60) if last(load("zollman"), number=n)["correct"] == 0]
    assert given_up
    for number in given_up:
        assert last(load("zollman").having(curiosity=0.2), number=number)["correct"] == 1


def test_full_doubt_ignores_a_result_and_more_than_full_doubt_turns_it_round() -> None:
    high, low = likelihood(10, 0.6)[8], likelihood(10, 0.4)[8]
    assert updated(0.3, high, low, 0.0, False) == pytest.approx(0.3 * high / (0.3 * high + 0.7 * low))
    assert updated(0.3, high, low, 0.5, False) > 0.3
    assert updated(0.3, high, low, 1.0, False) == pytest.approx(0.3)
    assert updated(0.3, high, low, 2.0, False) == pytest.approx(0.3)
    assert updated(0.3, high, low, 1.2, True) < 0.3


def test_everything_passed_on_is_the_same_as_hearing_every_researcher() -> None:
    passed = load("selective").having(sharing_form="all", heard=0, n_agents=7, n_deciders=3)
    heard = passed.having(sharing_form="none", heard=7)
    for number in range(1, 6):
        assert last(passed, number=number) == pytest.approx(last(heard, number=number))


def test_what_deciders_are_told_changes_nothing_for_researchers() -> None:
    told = run(load("selective").having(rounds=20), 4, record=False).series
    untold = run(load("selective").having(rounds=20, sharing_form="none"), 4, record=False).series
    both = min(int(told["rounds"][-1]), int(untold["rounds"][-1]))
    assert told["credence"][:both].to_list() == untold["credence"][:both].to_list()


def test_a_run_stops_when_nobody_tries_or_all_are_sure_and_stays_as_it_is() -> None:
    for number in range(1, 30):
        series = run(load("zollman").having(pulls=100, edge=0.01), 1, run=number, record=False).series
        stop = int(series["rounds"][-1])
        settled = series["settled"].to_numpy()
        assert settled[max(stop - 1, 0) :].all()
        assert not settled[: max(stop - 1, 0)].any()
        assert series["trying"][-1] == 0.0 or series["correct"][-1] == 1.0
        assert series[max(stop - 1, 0) :].n_unique() == 1


def test_fewer_rounds_than_it_takes_leave_a_run_unsettled_for_all_its_ticks() -> None:
    short = run(load("zollman").having(graph="cycle", rounds=5).lasting(9), 1).series
    assert short.height == 9
    assert short["rounds"].to_list() == [1, 2, 3, 4, 5, 5, 5, 5, 5]
    assert short["settled"].sum() == 0


def test_rounds_say_how_long_a_run_lasts_unless_ticks_are_given() -> None:
    assert load("zollman").ticks == load("zollman").parameters.rounds == 10_000
    assert load("zollman").with_settings(["rounds=70"]).ticks == 70
    assert load("zollman").with_settings(["rounds=70"]).lasting(30).ticks == 30


@pytest.mark.parametrize("preset", FAMILY)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_any_allowed_parameters_give_credences_and_shares(preset: str, data: st.DataObject) -> None:
    small = {"n_agents": 12, "pulls": 300, "n_deciders": 5, "heard": 20, "own_trials": 4, "rounds": 25}
    chosen: dict[str, object] = {}
    for name, spec in load(preset).specs().items():
        if spec.choices:
            chosen[name] = data.draw(st.sampled_from(spec.choices))
        elif spec.type is int:
            chosen[name] = data.draw(st.integers(int(spec.low), small[name]))
        else:
            chosen[name] = data.draw(st.floats(spec.low, spec.high))
    result = run(load(preset).having(**chosen), 1)
    shares = result.series.drop("rounds").to_numpy()
    assert ((shares >= 0) & (shares <= 1)).all()
    assert (result.series["rounds"].diff().drop_nulls() >= 0).all()
    assert result.people["outcome"].is_between(0, 1).all()
    assert inspect(result.frame.rows).is_clean()


@pytest.mark.parametrize("preset", FAMILY)
def test_one_researcher_alone_learns_from_nobody_else(preset: str) -> None:
    end = last(load(preset).having(n_agents=1, rounds=200))
    assert end["sure"] in (0.0, 1.0)


def test_no_edge_teaches_nobody_anything() -> None:
    series = run(load("zollman").having(edge=0.0, rounds=50), 1, record=False).series
    assert series["credence"].n_unique() == 1
    assert series["settled"].sum() == 0


def test_people_end_with_their_credence_and_their_role() -> None:
    result: Result = run(load("selective").having(n_agents=3, n_deciders=2), 1)
    assert result.people["role"].to_list() == [4, 4, 4, 3, 3]
    assert result.people.filter(pl.col("role") == 4)["outcome"].mean() == pytest.approx(result.series["credence"][-1])


@pytest.mark.parametrize(
    ("preset", "typed", "said"),
    [
        ("zollman", "n_agents=0", "from 1 to"),
        ("zollman", "edge=0.5", "from 0 to 0.499"),
        ("zollman", "edge=-0.1", "from 0 to 0.499"),
        ("zollman", "edge=nan", "from 0 to 0.499"),
        ("zollman", "graph=circle", "one of complete, cycle, star, path"),
        ("zollman", "pull=5", "Did you mean pulls?"),
        ("zollman", "rounds=1e9", "a whole number"),
        ("zollman", "n_patients=10", "n_agents"),
        ("polarisation", "mistrust=-1", "from 0 to 100"),
        ("polarisation", "doubt_form=anti", "one of ignore, contrary"),
        ("selective", "sharing_form=some", "one of against, none, all"),
        ("selective", "heard=-1", "from 0 to"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_was_expected(preset: str, typed: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        load(preset).with_settings([typed])
    assert said in str(refused.value)
