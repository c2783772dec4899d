"""Intervals for shares against a closed form and a second library."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2

from coproduce.errors import InvalidInput
from coproduce.statistics.intervals import poisson, wilson


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
