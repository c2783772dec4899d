"""Aalen-Johansen and Kaplan-Meier against lifelines, closed forms and invariants."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import AalenJohansenFitter, KaplanMeierFitter

from coproduce.errors import InvalidInput
from coproduce.statistics.survival import aalen_johansen, kaplan_meier


def waits(seed=1, n=400, causes=4):
    """Distinct durations with causes; lifelines breaks ties at random, so there are none."""
    draws = np.random.default_rng(seed)
    return draws.permutation(n) / 7 + 0.01, draws.integers(0, causes, n)


@pytest.mark.parametrize("cause", [1, 2, 3])
def test_cumulative_incidence_and_its_variance_agree_with_lifelines(cause):
    durations, causes = waits()
    theirs = AalenJohansenFitter(calculate_variance=True).fit(durations, causes, event_of_interest=cause)
    ours = aalen_johansen(durations, causes, cause=cause)
    shared = theirs.cumulative_density_.iloc[:, 0].loc[ours.times].to_numpy()
    assert ours.share == pytest.approx(shared, abs=1e-12)
    variance = theirs.variance_.loc[ours.times].to_numpy()
    usable = np.isfinite(variance)
    assert usable.sum() > 300
    assert ours.variance[usable] == pytest.approx(variance[usable], abs=1e-9)


def test_one_cause_gives_kaplan_meier_with_its_log_log_interval_as_in_lifelines():
    durations, causes = waits(2)
    theirs = KaplanMeierFitter().fit(durations, causes > 0)
    ours = kaplan_meier(durations, causes > 0)
    inside = ours.share < 1
    assert ours.share == pytest.approx(1 - theirs.survival_function_.iloc[1:, 0].to_numpy(), abs=1e-12)
    band = theirs.confidence_interval_.loc[ours.times]
    assert ours.low[inside] == pytest.approx((1 - band.iloc[:, 1].to_numpy())[inside], abs=1e-9)
    assert ours.high[inside] == pytest.approx((1 - band.iloc[:, 0].to_numpy())[inside], abs=1e-9)


def test_without_censoring_the_incidence_is_the_plain_share():
    curve = aalen_johansen([1, 2, 2, 3, 4], [1, 2, 1, 1, 2])
    assert [curve.at(t).value for t in (0.5, 1, 2, 3, 9)] == pytest.approx([0, 0.2, 0.4, 0.6, 0.6])


def test_without_censoring_the_variance_is_binomial():
    curve = aalen_johansen(np.arange(1.0, 101.0), [1, 2] * 50)
    share = curve.share[49]
    assert curve.variance[49] == pytest.approx(share * (1 - share) / 100, abs=1e-12)


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3)), min_size=1, max_size=60))
def test_the_incidences_of_all_causes_and_survival_sum_to_one(rows):
    durations, causes = zip(*rows, strict=True)
    total = sum(aalen_johansen(durations, causes, cause=c).share for c in (1, 2, 3))
    anything = kaplan_meier(durations, np.array(causes) > 0).share
    assert total == pytest.approx(anything, abs=1e-9)


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3)), min_size=1, max_size=60))
def test_the_curve_never_falls_and_its_band_holds_it(rows):
    curve = aalen_johansen(*zip(*rows, strict=True))
    assert (np.diff(curve.share) >= 0).all()
    assert (curve.low <= curve.share + 1e-12).all()
    assert (curve.share <= curve.high + 1e-12).all()
    assert (curve.low >= 0).all()
    assert (curve.high <= 1).all()


def test_beyond_the_longest_follow_up_the_share_is_unknown_unless_nobody_waits():
    assert aalen_johansen([1, 5], [1, 0]).at(6) is None
    assert aalen_johansen([1, 5], [1, 2]).at(6).value == 0.5


def test_the_median_is_the_first_time_at_which_half_have_been_met():
    assert kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1]).quantile(0.5).value == 2
    assert aalen_johansen([1, 2, 3, 4], [1, 2, 2, 0]).quantile(0.5) is None


def test_95_percent_intervals_cover_the_true_incidence_about_95_percent_of_the_time():
    draws, covered, truth = np.random.default_rng(5), 0, 0.5 * (1 - np.exp(-1.0))
    for _ in range(1_000):
        exits, censored = draws.exponential(1.0, 80), draws.exponential(3.0, 80)
        causes = np.where(exits <= censored, draws.integers(1, 3, 80), 0)
        found = aalen_johansen(np.minimum(exits, censored), causes).at(1.0)
        covered += found.low <= truth <= found.high
    assert 925 <= covered <= 975


def test_nobody_gives_no_number():
    assert aalen_johansen([], []).at(1) is None
    assert aalen_johansen([], []).quantile(0.5) is None


@pytest.mark.parametrize(("durations", "causes"), [([-1.0], [1]), ([float("nan")], [1]), ([1.0], [1, 2])])
def test_durations_that_cannot_be_are_refused(durations, causes):
    with pytest.raises(InvalidInput):
        aalen_johansen(durations, causes)
