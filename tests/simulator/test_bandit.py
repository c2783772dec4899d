"""The workload on which engines are compared agrees with its published check values."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from coproduce.events import inspect
from coproduce.simulator import load, run
from coproduce.simulator.engine import Engine
from coproduce.simulator.models.bandit import COLUMNS, TYPE_MEANS, Evidence

#: Means over 100 seeds at N = 1,000, from the definition of the workload (no mean is published for what is left out).
CHECK = {
    20: {"encounters": 386, "mean_outcome": 0.661, "share_best": 0.375, "engagement_0": 452, "engagement_1": 426,
         "engagement_2": 113, "engagement_3": 10, "stock": 48, "activation": 0.522},
    60: {"encounters": 460, "mean_outcome": 0.713, "share_best": 0.521, "engagement_0": 183, "engagement_1": 391,
         "engagement_2": 320, "engagement_3": 106, "stock": 683, "activation": 0.630},
}  # fmt: skip
N_PUBLISHED, N_OURS = 100, 40
#: Two-sided 1 % over 18 comparisons (Bonferroni).
LIMIT = 3.45


@pytest.fixture(scope="module", params=["fast", "oracle"])
def final(request: pytest.FixtureRequest) -> dict[int, pl.DataFrame]:
    series = [run(load("bandit"), seed, record=False, engine=request.param).series for seed in range(N_OURS)]
    return {tick: pl.concat([s[tick - 1] for s in series]) for tick in CHECK}


@pytest.mark.parametrize("tick", CHECK)
@pytest.mark.parametrize("column", COLUMNS)
def test_means_agree_with_the_check_values_within_monte_carlo_error(
    final: dict[int, pl.DataFrame], tick: int, column: str
) -> None:
    ours = final[tick][column].to_numpy()
    error = ours.std(ddof=1) * np.sqrt(1 / N_OURS + 1 / N_PUBLISHED)
    assert abs(ours.mean() - CHECK[tick][column]) < LIMIT * error


def test_type_means_are_the_draw_that_the_workload_names() -> None:
    assert (np.random.default_rng(20240).normal(0.5, 0.2, (4, 8)) == TYPE_MEANS).all()


def test_evidence_is_capped_and_its_mean_kept() -> None:
    evidence = Evidence.none(1, 8)
    evidence.add(np.zeros(20, dtype=np.int64), np.full(20, 3), np.full(20, 0.25))
    weight, total = evidence.capped(np.array([0]), 10.0)
    assert weight[0].tolist() == [0, 0, 0, 10, 0, 0, 0, 0]
    assert total[0, 3] == pytest.approx(2.5)


@pytest.mark.parametrize("engine", ["fast", "oracle"])
@pytest.mark.parametrize("n", [1, 2, 99, 250])
def test_any_number_of_patients_runs_and_is_conserved(n: int, engine: Engine) -> None:
    result = run(load("bandit").having(n_patients=n).lasting(20), 1, engine=engine)
    levels = result.series.select(pl.sum_horizontal([f"engagement_{i}" for i in range(4)])).to_series()
    assert (levels == n).all()
    assert result.series["activation"].is_between(0, 1).all()
    assert inspect(result.frame.rows).is_clean()
