"""The network model is the same on both engines, number for number and event for event."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from coproduce.simulator import Scenario, engine_for, load, names, run
from coproduce.simulator.fast.network import CompiledStreams, CompiledTies
from coproduce.simulator.streams import Streams
from coproduce.simulator.ties import Ties

PRESETS = [name for name in names() if load(name).model == "network"]
FULL = load("full").having(n_patients=60, n_sites=3).lasting(6)
CHANGES = [
    (name, value)
    for name, spec in FULL.specs().items()
    for value in (spec.choices or ((True, False) if spec.type is bool else ()))
    if value != getattr(FULL.parameters, name)
]


def assert_same(scenario: Scenario) -> None:
    oracle, fast = (run(scenario, 4, engine=engine) for engine in ("oracle", "fast"))
    assert fast.series.equals(oracle.series, null_equal=True)
    assert fast.frame.rows.equals(oracle.frame.rows)
    assert fast.people.equals(oracle.people)


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_is_the_same_on_both_engines(preset: str) -> None:
    assert_same(load(preset).having(n_patients=150, n_sites=4).lasting(25))


@pytest.mark.parametrize(("name", "value"), CHANGES)
def test_every_form_and_switch_is_the_same_on_both_engines(name: str, value: object) -> None:
    assert_same(FULL.having(**{name: value}))  # type: ignore[arg-type]


@pytest.mark.parametrize("unusual", [{"n_patients": 1}, {"patient_ties": 0.0}, {"patients_per_clinician": 1.0}])
def test_one_patient_people_without_ties_and_a_clinician_for_each_are_the_same_too(unusual: dict[str, float]) -> None:
    assert_same(load("seid2021").having(**{"n_patients": 40, **unusual}).lasting(12))


def test_size_alone_decides_when_no_engine_is_named() -> None:
    small = load("seid2021")
    assert engine_for(small) == "oracle"
    assert engine_for(small, "fast") == "fast"
    assert engine_for(small.having(n_patients=100_000).lasting(50)) == "fast"


@given(st.integers(0, 2**64), st.integers(1, 100_000), st.lists(st.integers(0, 10**9), max_size=40))
def test_kernels_draw_the_numbers_of_the_named_streams(seed: int, tick: int, agents: list[int]) -> None:
    who = np.array(agents, dtype=np.int64)
    plain, compiled = Streams(seed, 1), CompiledStreams(seed, 1)
    assert np.array_equal(compiled.uniform("a", tick, who), plain.uniform("a", tick, who))
    assert np.array_equal(compiled.uniform("a", tick, 7), plain.uniform("a", tick, 7))
    assert np.array_equal(compiled.normal("b", tick, who), plain.normal("b", tick, who))


@given(arrays(np.float64, 30, elements=st.floats(-1e3, 1e3)), arrays(np.bool_, 30))
def test_sums_over_ties_are_those_of_the_oracle_to_the_last_bit(per_tie: np.ndarray, counts: np.ndarray) -> None:
    first = np.array([0, 0, 4, 5, 29, 30])
    row = (first, np.zeros(30, dtype=np.int64), np.repeat(np.arange(5), np.diff(first)))
    assert np.array_equal(CompiledTies(*row).mean(per_tie, counts), Ties(*row).mean(per_tie, counts))
    assert np.array_equal(CompiledTies(*row).count(counts), Ties(*row).count(counts))
