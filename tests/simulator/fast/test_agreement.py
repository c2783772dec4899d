"""The comparison of engines sees what it must see, and the fast engine stands it."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.simulator.agreement import Runs, agreement
from benchmarks.simulator.timing import ENGINES

from coproduce.simulator import load, run

N_RUNS = 200


def runs(engine: str, n_patients: int, ticks: int) -> Runs:
    scenario = load("bandit").having(n_patients=n_patients).lasting(ticks)
    each = (run(scenario, 1, run=i + 1, record=False, engine=engine, tabled=False) for i in range(N_RUNS))  # type: ignore[arg-type]
    return np.stack([result.series.to_numpy() for result in each])


def test_the_fast_engine_agrees_with_the_oracle_at_every_tick() -> None:
    found = agreement(runs("fast", 250, 20), runs("oracle", 250, 20))
    assert found.n_compared == 2 * 20 * 9
    assert found.holds, found


@pytest.fixture(scope="module")
def reference() -> Runs:
    return np.stack([ENGINES["ours"](100, 10, 1_000 + i).numbers for i in range(400)])


@pytest.mark.filterwarnings("ignore:`is_in` with a collection:DeprecationWarning")
@pytest.mark.parametrize(("peer", "n_runs"), [("numpy", 80), ("mesa", 80), ("agentpy", 80), ("mesa_frames", 25)])
def test_the_engines_that_are_measured_beside_ours_do_the_same_work(peer: str, n_runs: int, reference: Runs) -> None:
    theirs = np.stack([ENGINES[peer](100, 10, i).numbers for i in range(n_runs)])
    found = agreement(reference, theirs, variances=False)
    assert found.holds, found
    assert np.isfinite(found.largest)


@pytest.mark.parametrize(("shift", "stretch"), [(0.6, 1.0), (0.0, 2.0)])
def test_a_moved_mean_or_a_wider_spread_at_one_tick_is_seen(shift: float, stretch: float) -> None:
    draw = np.random.default_rng(7)
    ours, theirs = draw.normal(size=(2, N_RUNS, 30, 9))
    assert agreement(ours, theirs).holds
    theirs[:, 11, 4] = theirs[:, 11, 4] * stretch + shift
    found = agreement(ours, theirs)
    assert not found.holds
    assert (found.tick, found.column) == (12, 4)


def test_what_never_varies_must_be_equal() -> None:
    still = np.full((N_RUNS, 2, 1), 3.0)
    assert agreement(still, still).holds
    assert not agreement(still, still + 1e-3).holds
