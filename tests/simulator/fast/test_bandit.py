"""The `bandit` workload on the fast engine: its start, its books, and the same bits with any number of threads."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from coproduce.events import inspect
from coproduce.simulator import load, run
from coproduce.simulator.fast.bandit_start import begin, true_responses
from coproduce.simulator.fast.bandit_state import SEGMENT_BITS, State
from coproduce.simulator.models.bandit import TYPE_MEANS
from coproduce.simulator.streams import Streams

#: Two segments of neighbours and five blocks.
N = 20_000


@pytest.fixture(scope="module")
def state() -> State:
    return begin(N, Streams(3, 1), recorded=False)


def ends(s: State) -> tuple[np.ndarray, np.ndarray]:
    """Both ends of every tie, read back from the tiles."""
    n_segments = ((N - 1) >> SEGMENT_BITS) + 1
    tile = np.repeat(np.arange(s.tile.size - 1), np.diff(s.tile))
    one = s.panel[s.block[tile // n_segments]] + (s.tie >> 16)
    return one, ((tile % n_segments) << SEGMENT_BITS) + (s.tie & 0xFFFF)


def test_ties_are_read_from_both_ends_and_reach_everybody_alike(state: State) -> None:
    one, other = ends(state)
    assert one.size == 8 * N
    assert np.array_equal(np.sort(one * N + other), np.sort(other * N + one))
    assert abs(np.bincount(one, minlength=N).var() - 8) < 0.6  # Poisson, but for a loop that counts twice
    assert max(one.max(), other.max()) < N


def test_a_tie_weighs_one_over_the_degree(state: State) -> None:
    degree = np.bincount(ends(state)[0], minlength=N)
    expected = np.divide(1, degree * 65_535, out=np.zeros(N), where=degree > 0)
    np.testing.assert_allclose(state.share, expected, rtol=1e-6)


def test_panels_and_blocks_cover_everybody_once(state: State) -> None:
    assert (state.panel[0], state.panel[-1]) == (0, N)
    assert (np.diff(state.block) > 0).all()
    assert (state.block[0], state.block[-1]) == (0, N // 100)
    sizes = np.diff(state.panel)
    assert abs(sizes.var() / 100 - 1) < 0.4  # multinomial: nearly Poisson with mean 100


def test_true_responses_spread_around_the_means_of_the_types_and_the_best_is_the_largest(state: State) -> None:
    theta = np.stack([true_responses(state, np.full(N, k, dtype=np.uint8)) for k in range(8)], axis=1)
    deviation = (theta - TYPE_MEANS[state.type]) / 0.15
    assert abs(deviation.mean()) < 0.01
    assert abs(deviation.std() - 1) < 0.01
    assert np.array_equal(theta.argmax(axis=1), state.best)


@pytest.mark.parametrize("threads", [2, 4])
def test_threads_change_no_bit(threads: int) -> None:
    scenario = load("bandit").having(n_patients=200_000).lasting(5)
    one, several = (run(scenario, 8, record=False, threads=k, tabled=False).series for k in (1, threads))
    assert several.equals(one)


def test_recording_changes_no_number_and_the_events_are_those_counted() -> None:
    scenario = load("bandit").having(n_patients=500).lasting(12)
    silent, told = run(scenario, 2, record=False), run(scenario, 2)
    assert told.series.equals(silent.series)
    assert inspect(told.frame.rows).is_clean()
    observed = told.frame.rows.filter(pl.col("cause") >= 0).group_by("time", maintain_order=True).agg(
        pl.len().cast(pl.Float64).alias("encounters"), pl.col("value").mean().alias("mean_outcome")
    )  # fmt: skip
    assert observed["encounters"].to_list() == told.series["encounters"].to_list()
    np.testing.assert_allclose(observed["mean_outcome"], told.series["mean_outcome"], rtol=1e-9)


def test_activation_in_the_series_is_that_of_the_people_at_the_end() -> None:
    result = run(load("bandit").having(n_patients=700).lasting(9), 4, record=False)
    patients = result.people.filter(pl.col("id") <= 700)
    assert result.series["activation"][-1] == pytest.approx(patients["activation"].mean(), abs=1e-6)
    assert result.series["engagement_1"][-1] == (patients["engagement"] == 1).sum()
