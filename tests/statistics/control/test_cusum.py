"""Cumulative sums against Montgomery's worked example and plain recursion."""

import numpy as np
import pytest

from coproduce.errors import InvalidInput
from coproduce.statistics.control import CusumDesign, chart, cusum
from coproduce.statistics.control.reading import specification

#: Montgomery 2013, table 9.1: 20 points around 10, then 10 around 11; sigma is 1.
EXAMPLE = [
    9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.20, 10.34, 9.03, 11.47, 10.51, 9.40, 10.08, 9.37, 10.62,
    10.31, 8.52, 10.84, 10.90, 9.33, 12.29, 11.50, 10.60, 11.08, 10.38, 11.62, 11.31, 10.52,
]  # fmt: skip


def test_montgomerys_example_signals_at_point_29_seven_points_after_the_change():
    found = cusum(np.array(EXAMPLE), 10.0, 1.0, CusumDesign(0.5, 5.0))
    assert np.flatnonzero(found.signal)[0] + 1 == 29
    assert found.high[28] == pytest.approx(5.28)
    assert found.since[28] == 7


def test_the_chart_takes_target_and_sigma_that_are_known():
    found = chart(specification({"chart": "cusum", "y": EXAMPLE, "target": 10, "sigma": 1}))
    assert np.flatnonzero(found.beyond).tolist() == [28, 29]


def test_many_rows_at_once_are_each_row_alone():
    rows = np.random.default_rng(6).normal(size=(20, 30))
    together = cusum(rows, np.zeros(20), np.ones(20))
    assert all((together.high[i] == cusum(row, 0.0, 1.0).high).all() for i, row in enumerate(rows))


def test_a_missing_point_leaves_the_sums_as_they_are():
    found = cusum(np.array([12.0, np.nan, 10.0]), 10.0, 1.0)
    assert found.high.tolist() == [1.5, 1.5, 1.0]


@pytest.mark.parametrize(("allowance", "interval"), [(-1, 5), (0.5, 0), (0.5, float("inf")), (float("nan"), 5)])
def test_a_design_that_cannot_be_is_refused(allowance, interval):
    with pytest.raises(InvalidInput):
        CusumDesign(allowance, interval)
