"""Intervals for shares against a closed form and a second library."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from coproduce.errors import InvalidInput
from coproduce.statistics.intervals import wilson


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
