"""The figures of the small models are made from their runs, and estimates carry their intervals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from coproduce.simulator import load
from coproduce.simulator.findings.catalogue import FIGURES, Effort
from coproduce.simulator.findings.estimates import mean, paths, said, share
from coproduce.statistics.intervals import Estimate

MADE = {
    "zollman-graphs": 8, "polarisation-mistrust": 9, "selective-studies": 6, "march-socialisation": 9,
    "publicgood-decay": 12, "diffusion-reinforcement": 6, "activation-and-density": 8, "structure-at-equal-ties": 12,
    "what-and-with-whom": 12,
}  # fmt: skip


@pytest.mark.parametrize("name", MADE)
def test_a_figure_holds_one_row_a_case_says_how_many_runs_it_took(name: str) -> None:
    declared = next(figure for figure in FIGURES if figure.name == name)
    figure = declared.make(Effort(replicates=2, seed=3))
    assert len(figure.table.rows) == MADE[name]
    assert "2 runs" in figure.summary


def test_a_mean_has_the_normal_interval_of_another_library() -> None:
    values = np.array([1.0, 2.0, 4.0, 7.0])
    low, high = stats.norm.interval(0.95, values.mean(), stats.sem(values))
    found = mean(values)
    assert (found.value, found.low, found.high) == pytest.approx((3.5, low, high))


def test_one_run_has_a_mean_and_no_interval() -> None:
    assert mean(np.array([0.3])) == Estimate(0.3, None, None)
    assert said(mean(np.array([0.3]))) == "0.30"


def test_a_share_is_never_more_certain_than_its_runs_allow() -> None:
    assert share(np.ones(10)).value == 1.0
    assert share(np.ones(10)).low == pytest.approx(0.7225, abs=1e-4)
    assert said(share(np.ones(10))) == "1.00 (0.72 to 1.00)"


def test_paths_hold_each_run_and_tick() -> None:
    found = paths(load("publicgood").lasting(4), "contribution", seed=1, replicates=3)
    assert found.shape == (3, 4)
    assert not np.array_equal(found[0], found[1])
