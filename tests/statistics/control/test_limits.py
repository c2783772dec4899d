"""Limits against their sources where no reference case has them, and what must hold of any data."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from coproduce.statistics.control import ChartSpec, Kind, chart
from coproduce.statistics.control.reading import specification

VALUES = st.lists(st.integers(-400, 400).map(lambda n: n / 4), min_size=3, max_size=30)
COUNTS = st.lists(st.integers(0, 60), min_size=3, max_size=30)
#: Laney 2002: cases and sizes with more variation than the binomial.
DEFECTS = [60, 75, 38, 90, 52, 70, 44, 95, 61, 58]
SIZES = [1000, 1200, 900, 1100, 950, 1050, 980, 1150, 1020, 990]


def made(kind, y, **more):
    return chart(specification({"chart": kind, "y": list(y), **more}))


def three_sigma(found):
    return found.upper - found.centre


def test_the_primed_p_chart_is_laneys_formula():
    y, n = np.array(DEFECTS), np.array(SIZES)
    centre = y.sum() / n.sum()
    sigma = np.sqrt(centre * (1 - centre) / n)
    z = (y / n - centre) / sigma
    between = np.abs(np.diff(z)).mean() / 1.128
    assert between > 1.5
    assert three_sigma(made("p'", DEFECTS, n=SIZES)) == pytest.approx(3 * sigma * between)


def test_the_primed_u_chart_is_laneys_formula():
    y, n = np.array(DEFECTS), np.array(SIZES)
    sigma = np.sqrt(y.sum() / n.sum() / n)
    z = (y / n - y.sum() / n.sum()) / sigma
    expected = 3 * sigma * np.abs(np.diff(z)).mean() / 1.128
    assert three_sigma(made("u'", DEFECTS, n=SIZES, multiply=1000)) == pytest.approx(1000 * expected)


def test_screening_leaves_the_largest_ranges_out_of_primed_limits():
    wild = [*DEFECTS[:5], 400, *DEFECTS[5:]]
    sizes = [*SIZES[:5], 1000, *SIZES[5:]]
    loose, tight = (made("pp", wild, n=sizes, screen=screen) for screen in (False, True))
    assert (three_sigma(tight) < three_sigma(loose)).all()


def test_the_g_chart_has_the_median_as_centre_and_limits_from_the_mean():
    y = [0, 3, 12, 1, 7, 30, 2]
    mean = np.mean(y)
    found = made("g", y)
    assert found.centre[0] == np.median(y)
    assert found.upper[0] == pytest.approx(mean + 3 * np.sqrt(mean * (mean + 1)))
    assert found.lower[0] == 0


def test_the_t_chart_is_an_i_chart_of_the_times_to_the_power_of_1_in_3_6():
    y = np.array([5.0, 40.0, 12.0, 3.0, 28.0, 60.0, 17.0])
    raised = made("i", y ** (1 / 3.6))
    found = made("t", y)
    assert found.centre == pytest.approx(raised.centre**3.6)
    assert found.upper == pytest.approx(raised.upper**3.6)
    assert found.lower == pytest.approx(np.maximum(raised.lower, 0) ** 3.6)


@pytest.mark.parametrize(("factor", "number"), [("2.66", 2.66), ("3/1.128", 3 / 1.128), ("3/d2", 2.6586807764)])
def test_the_factor_that_is_named_is_the_one_that_is_used(factor, number):
    found = made("i", [1, 3, 2, 6], factor=factor)
    assert three_sigma(found)[0] == pytest.approx(number * (2 + 1 + 4) / 3, rel=1e-9)


def test_screened_and_unscreened_moving_ranges_differ_by_the_jump_that_is_left_out():
    y = [1, 2] * 6 + [100]
    assert three_sigma(made("i", y, screen=False))[0] == pytest.approx(3 / 1.128 * (11 + 98) / 12)
    assert three_sigma(made("i", y, screen=True))[0] == pytest.approx(3 / 1.128)


def test_the_moving_range_beside_a_missing_value_is_missing():
    assert three_sigma(made("i", [1, 3, None, 50, 51, 53]))[0] == pytest.approx(3 / 1.128 * (2 + 1 + 2) / 3)


def test_the_limits_of_subgroups_hold_what_they_promise():
    groups = np.random.default_rng(4).normal(10, 2, size=(4_000, 5))
    found = made("xbar", groups.tolist())
    assert three_sigma(found)[0] == pytest.approx(3 * 2 / np.sqrt(5), rel=0.02)
    assert found.beyond.mean() == pytest.approx(2 * stats.norm.sf(3), abs=0.002)


@given(VALUES, st.sampled_from([0.5, 2.0, 8.0]), st.integers(-32, 32))
@pytest.mark.parametrize("kind", ["run", "i"])
def test_shifting_and_scaling_the_data_moves_the_chart_with_them(kind, values, scale, shift):
    ours, moved = made(kind, values), made(kind, [scale * v + shift for v in values])
    assert moved.centre == pytest.approx(scale * ours.centre + shift, abs=1e-8)
    assert three_sigma(moved) == pytest.approx(scale * three_sigma(ours), abs=1e-8, nan_ok=True)


@given(COUNTS)
def test_a_rate_with_area_1_is_a_count(values):
    counts, rates = made("c", values), made("u", values, n=1)
    for name in ("y", "centre", "lower", "upper"):
        assert getattr(rates, name) == pytest.approx(getattr(counts, name))


@given(COUNTS)
def test_proportions_of_equal_size_are_binomial_counts_over_that_size(values):
    found = made("p", values, n=60)
    centre = np.mean(values)
    spread = 3 * np.sqrt(centre * (1 - centre / 60))
    assert 60 * found.centre == pytest.approx(np.full(len(values), centre))
    assert 60 * found.upper == pytest.approx(np.full(len(values), min(60, centre + spread)))
    assert 60 * found.lower == pytest.approx(np.full(len(values), max(0, centre - spread)))


@given(VALUES, VALUES)
@pytest.mark.parametrize("kind", ["run", "i", "mr"])
def test_freezing_at_n_gives_the_limits_of_the_first_n(kind, first, later):
    frozen, alone = made(kind, [*first, *later], freeze=len(first)), made(kind, first)
    assert frozen.centre[-1] == pytest.approx(alone.centre[-1])
    assert frozen.upper[-1] == pytest.approx(alone.upper[-1], nan_ok=True)


@given(VALUES, VALUES)
def test_each_phase_has_the_limits_of_its_own_points(first, later):
    split = made("i", [*first, *later], part=len(first))
    alone = [made("i", values) for values in (first, later)]
    assert split.upper == pytest.approx(np.concatenate([one.upper for one in alone]))
    assert [phase.longest_run for phase in split.phases] == [one.phases[0].longest_run for one in alone]


@given(VALUES)
def test_an_excluded_point_sets_no_limit_but_is_still_held_to_them(values):
    kept, with_outlier = made("i", values), made("i", [*values, 1e6], exclude=len(values) + 1)
    assert with_outlier.upper[0] == pytest.approx(kept.upper[0])
    assert with_outlier.beyond[-1]


def test_observations_with_the_same_label_are_one_point():
    found = made("p", [1, 2, 3, 4], n=[10, 10, 10, 10], x=["2026-02-01", "2026-01-01", "2026-02-01", "2026-01-01"])
    assert found.labels == ("2026-01-01", "2026-02-01")
    assert found.y.tolist() == [6 / 20, 4 / 20]


def test_multiply_scales_points_and_limits_and_no_signal():
    plain, per_1000 = (made("u", [1, 2, 1, 40], n=[100, 120, 90, 110], multiply=m) for m in (1, 1000))
    assert per_1000.upper == pytest.approx(1000 * plain.upper)
    assert per_1000.beyond.tolist() == plain.beyond.tolist() == [False, False, False, True]


def test_the_names_of_the_charts_that_people_write_are_understood():
    spec = [specification({"chart": name, "y": [1, 2], "n": [3, 4]}).chart for name in ("XmR", "p'", "pprime", "U'")]
    assert spec == [Kind.I, Kind.PP, Kind.PP, Kind.UP]
    assert ChartSpec(chart=Kind.I, y=np.array([1.0])).factor.value == "3/1.128"
