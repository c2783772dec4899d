"""The proportional hazards model agrees with a second library and says when there is no answer."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import CoxPHFitter

from coproduce.errors import InvalidInput
from coproduce.statistics.hazard import cox_slope


def made(seed, n=200, slope=0.7, *, whole=False):
    draws = np.random.default_rng(seed)
    x = draws.normal(size=n)
    event_at = draws.exponential(np.exp(-slope * x) * 10)
    seen_until = draws.uniform(2, 30, n)
    t = np.minimum(event_at, seen_until)
    return (np.ceil(t) if whole else t), event_at <= seen_until, x


def of_lifelines(t, event, x):
    frame = pd.DataFrame({"t": t, "e": event, "x": x})
    fitted = CoxPHFitter().fit(frame, "t", "e", fit_options={"precision": 1e-12, "r_precision": 1e-14})
    return float(fitted.params_["x"]), float(fitted.standard_errors_["x"])


@pytest.mark.parametrize("whole", [False, True], ids=["no ties", "many ties"])
@pytest.mark.parametrize("seed", range(3))
def test_slope_and_error_are_those_of_another_library(seed, whole):
    data = made(seed, whole=whole)
    found = cox_slope(*data)
    value, error = of_lifelines(*data)
    assert found.value == pytest.approx(value, abs=1e-6)
    assert found.error == pytest.approx(error, abs=1e-6)


def test_the_planted_slope_is_covered_as_often_as_the_error_says():
    found = [cox_slope(*made(seed, n=120)) for seed in range(200)]
    held = np.mean([abs(one.value - 0.7) <= 1.96 * one.error for one in found])
    assert 0.91 <= held <= 0.985


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.01, 100), st.floats(-1e3, 1e3))
def test_units_of_time_and_of_the_covariate_only_scale_the_slope(seed, factor, shift):
    t, event, x = made(seed, n=40)
    plain, scaled = cox_slope(t, event, x), cox_slope(t * 7, event, x * factor + shift)
    assert scaled.value * factor == pytest.approx(plain.value, rel=1e-4, abs=1e-6)
    order = np.random.default_rng(seed).permutation(40)
    assert cox_slope(t[order], event[order], x[order]).value == pytest.approx(plain.value, abs=1e-9)


@pytest.mark.parametrize(
    ("t", "event", "x"),
    [
        ([], [], []),
        ([1, 2], [False, False], [1, 2]),
        ([1, 2, 3], [True, True, True], [5, 5, 5]),
        ([1, 2, 3, 4], [True, True, False, False], [1, 1, 0, 0]),
        ([1, 2, 3], [False, False, True], [1, 2, 3]),
    ],
)
def test_where_no_slope_can_be_told_there_is_none(t, event, x):
    assert cox_slope(t, event, x) is None


@pytest.mark.parametrize(
    ("t", "event", "x"),
    [([1], [True, False], [1]), ([-1, 1], [True, True], [1, 2]), ([1, np.nan], [True, True], [1, 2]),
     ([1, 2], [True, True], [np.inf, 2]), ([[1, 2]], [[1, 1]], [[1, 2]])],
)  # fmt: skip
def test_what_is_no_number_is_refused(t, event, x):
    with pytest.raises(InvalidInput):
        cox_slope(t, event, x)
