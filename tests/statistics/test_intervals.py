"""Intervals for shares against a closed form and a second library."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2, norm, quantile_test

from coproduce.errors import InvalidInput
from coproduce.statistics.intervals import mean, poisson, quantile, range_of_shares, wilson


@given(n=st.integers(1, 5_000), data=st.data())
def test_wilson_agrees_with_scipy(n, data):
    k = data.draw(st.integers(0, n))
    theirs = binomtest(k, n).proportion_ci(method="wilson")
    ours = wilson(k, n)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


@given(n=st.integers(1, 1_000), data=st.data())
def test_wilson_holds_the_share_and_stays_within_0_and_1(n, data):
    k = data.draw(st.integers(0, n))
    found = wilson(k, n)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.low < found.high


@pytest.mark.parametrize(("k", "n"), [(0, 0), (2, 1), (-1, 3), (float("nan"), 3)])
def test_a_share_of_nothing_or_beyond_the_whole_is_refused(k, n):
    with pytest.raises(InvalidInput, match="0 <= successes <= n"):
        wilson(k, n)


@given(count=st.integers(0, 2_000))
def test_the_interval_of_a_count_agrees_with_scipys_chi_square(count):
    found = poisson(count)
    low = chi2.ppf(0.025, 2 * count) / 2 if count else 0.0
    assert (found.low, found.high) == pytest.approx((low, chi2.ppf(0.975, 2 * count + 2) / 2))


def test_a_negative_count_is_refused():
    with pytest.raises(InvalidInput, match="negative count"):
        poisson(-1)


def test_the_interval_of_a_mean_is_the_normal_one_and_is_cut_where_nothing_lies_beyond():
    x = np.array([0.0, 0.2, 0.1, 0.9, 0.0])
    low, high = norm.interval(0.95, x.mean(), x.std(ddof=1) / np.sqrt(5))
    found = mean(x)
    assert (found.value, found.low, found.high) == pytest.approx((0.24, low, high))
    assert mean(x, least=0.0).low == 0.0
    assert mean([3.0]).low is None


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=200), st.sampled_from([0.1, 0.5, 0.9]))
def test_the_interval_of_a_quantile_is_that_of_scipys_test_of_quantiles(x, q):
    found = quantile(x, q)
    theirs = quantile_test(x, p=q).confidence_interval(0.95)
    for ours, other in ((found.low, theirs.low), (found.high, theirs.high)):
        assert ours is None if np.isnan(other) else ours == other
    assert found.value == np.quantile(x, q)


def test_the_range_of_shares_is_held_by_its_interval():
    """Six groups of 60 with shares from 0.3 to 0.7: 0.89 of the time. Where chance alone differs it reaches 0."""
    draws, share = np.random.default_rng(3), np.linspace(0.3, 0.7, 6)
    held = 0
    for _ in range(300):
        found = range_of_shares(draws.binomial(60, share), np.full(6, 60), seed=1)
        assert found.low <= found.value <= found.high
        held += found.low <= 0.4 <= found.high
    assert held / 300 >= 0.85
    alike = [range_of_shares(draws.binomial(60, 0.5, 6), np.full(6, 60), seed=1).low for _ in range(100)]
    assert np.mean(np.array(alike) == 0.0) > 0.5


@pytest.mark.parametrize("of", [mean, lambda x: quantile(x, 0.5)])
def test_nothing_has_no_mean_and_no_quantile(of):
    with pytest.raises(InvalidInput):
        of([])
