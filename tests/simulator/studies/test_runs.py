"""Runs for studies: the same numbers with any number of workers, common random numbers, and clear refusals."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from coproduce.errors import InvalidInput
from coproduce.simulator import load, run
from coproduce.simulator.result import Result
from coproduce.simulator.studies.runs import outcomes, read
from coproduce.simulator.studies.workers import each

TINY = load("seid2021").having(n_patients=20, needs=False).lasting(4)


def _square(x: int) -> int:
    return x * x


def test_outcomes_are_what_single_runs_end_with() -> None:
    found = outcomes([TINY], columns=["activation", "mean_outcome"], seed=5, replicates=3)
    single = [run(TINY, 5, run=r, record=False).series.select("activation", "mean_outcome").row(-1) for r in (1, 2, 3)]
    assert found[0].tolist() == [list(row) for row in single]


def test_one_worker_and_three_give_the_same_numbers() -> None:
    scenarios = [TINY.having(patient_influence=x) for x in (0.0, 0.1, 0.2)]
    one, three = (outcomes(scenarios, columns=["activation"], replicates=4, workers=k) for k in (1, 3))
    assert np.array_equal(one, three)


def test_scenarios_share_their_random_numbers() -> None:
    same = outcomes([TINY, TINY], columns=["mean_outcome"], replicates=2)
    assert np.array_equal(same[0], same[1])
    assert same[0, 0, 0] != same[0, 1, 0]


def test_a_window_averages_the_last_ticks_and_leaves_out_what_is_missing() -> None:
    result = run(TINY, 1, record=False)
    series = pl.DataFrame({"a": [0.0, 1.0, 2.0, float("nan")], "b": [float("nan")] * 4})
    made = Result(result.scenario, 1, 1, series, result.frame, result.tables)
    assert read(made, ["a"], window=3) == [1.5]
    assert np.isnan(read(made, ["b"], window=4)[0])


def test_an_unknown_outcome_is_answered_with_the_nearest() -> None:
    with pytest.raises(InvalidInput, match="Did you mean activation"):
        outcomes([TINY], columns=["activaton"], replicates=1)


def test_every_task_is_answered_once_on_processes() -> None:
    assert sorted(each(_square, list(range(7)), workers=2)) == [(i, i * i) for i in range(7)]


@pytest.mark.parametrize("workers", [0, -1, 100_000])
def test_an_impossible_number_of_workers_is_refused(workers: int) -> None:
    with pytest.raises(InvalidInput):
        list(each(_square, [1], workers=workers))
