"""XmR charts against published charts of two other tools, and the metamorphic checks that need no fixture."""

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coproduce.errors import InvalidInput
from coproduce.statistics.control import Convention, Factor, Signal, xmr

NHS_NAMES = {
    "Common Cause": Signal.NONE,
    "Above UCL": Signal.ABOVE_LIMIT,
    "Below LCL": Signal.BELOW_LIMIT,
    "7 Points Above CL": Signal.RUN_ABOVE,
    "7 Points Below CL": Signal.RUN_BELOW,
    "7 Point Trend (Increasing)": Signal.RISING,
    "7 Point Trend (Decreasing)": Signal.FALLING,
    "2 in 3 Above CL": Signal.TWO_OF_THREE_HIGH,
    "2 in 3 Below CL": Signal.TWO_OF_THREE_LOW,
}
SERIES = st.lists(st.integers(-1_000, 1_000).map(lambda n: n / 8), min_size=2, max_size=40)


@pytest.fixture(scope="session")
def nhs_cases(reference_data):
    return json.loads((reference_data / "learning" / "xmr_plot_the_dots.json").read_text())["cases"]


def test_limits_of_all_nhs_cases_agree(nhs_cases):
    assert len(nhs_cases) == 74
    for case in nhs_cases:
        chart, expected = xmr(case["y"]), case["expected"]
        ours = (chart.centre, chart.lower, chart.upper)
        assert ours == pytest.approx((expected["mean"][0], expected["lpl"][0], expected["upl"][0]), abs=1e-6), case[
            "id"
        ]


def test_signals_of_all_nhs_cases_agree(nhs_cases):
    for case in nhs_cases:
        expected = [NHS_NAMES[name] for name in case["expected"]["special_cause_type"]]
        assert list(xmr(case["y"]).signals) == expected, case["id"]


def test_the_moving_range_chart_of_montgomery_example_6_5_with_a_frozen_baseline(reference_data):
    cases = json.loads((reference_data / "learning" / "spc_charts.json").read_text())
    case = next(c for c in cases if c["id"] == "mont_6.5_mr")
    convention = Convention(factor=Factor.EXACT, screen=False)
    chart = xmr(case["input"]["cost"], convention, baseline=case["args"]["freeze"])
    assert chart.moving_ranges == pytest.approx(case["expected"]["y"][1:])
    assert chart.mean_range == pytest.approx(case["expected"]["cl"][-1])
    assert chart.range_limit == pytest.approx(case["expected"]["ucl"][-1], rel=2e-4)


def test_the_factors_are_the_three_in_use():
    assert [round(f.number, 5) for f in Factor] == [2.66, 2.65957, 2.65868]


def test_screening_leaves_out_one_large_jump():
    values = [1.0, 2.0] * 6 + [100.0]
    assert xmr(values, Convention(screen=False)).mean_range == pytest.approx((11 + 98) / 12)
    assert xmr(values, Convention(screen=True)).mean_range == 1.0


def test_each_rule_is_found_where_it_was_planted():
    # Limits come from the quiet baseline: centre 0, moving ranges 2, reach 5.32.
    quiet = [1.0, -1.0] * 10
    for planted, signal in [
        ([9.0], Signal.ABOVE_LIMIT),
        ([-9.0], Signal.BELOW_LIMIT),
        ([1.0] * 7, Signal.RUN_ABOVE),
        ([-1.5] * 7, Signal.RUN_BELOW),
        ([-3.0, -2.0, -1.0, 1.0, 2.0, 3.0, 3.2], Signal.RISING),
        ([4.0, 0.5, 4.0], Signal.TWO_OF_THREE_HIGH),
        ([-4.0, -0.5, -4.0], Signal.TWO_OF_THREE_LOW),
    ]:
        assert signal in xmr(quiet + planted, baseline=20).signals, signal


def test_six_in_a_row_are_no_run_and_no_trend():
    quiet = [1.0, -1.0] * 10
    assert not xmr([*quiet, *[1.0] * 6], baseline=20).is_special()
    assert not xmr([*quiet, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5], baseline=20).is_special()


@given(SERIES, st.sampled_from([2.0, 0.5, 4.0]), st.integers(-64, 64))
def test_shifting_and_scaling_the_data_moves_the_limits_with_them(values, scale, shift):
    ours, moved = xmr(values), xmr([scale * v + shift for v in values])
    assert moved.centre == pytest.approx(scale * ours.centre + shift, abs=1e-6)
    assert moved.upper - moved.centre == pytest.approx(scale * (ours.upper - ours.centre), abs=1e-6)


@given(SERIES, st.integers(0, 40))
def test_a_missing_point_leaves_out_the_ranges_beside_it_and_nothing_else(values, place):
    place = min(place, len(values))
    holed = [*values[:place], None, *values[place:]]
    ranges = [abs(b - a) for a, b in pairwise(holed) if a is not None and b is not None]
    if not ranges:
        return
    chart = xmr(holed, Convention(screen=False))
    assert chart.centre == pytest.approx(np.mean(values), abs=1e-9)
    assert chart.upper - chart.centre == pytest.approx(2.66 * np.mean(ranges), abs=1e-9)


def test_rules_pass_over_a_missing_point():
    quiet = [1.0, -1.0] * 10
    signals = xmr([*quiet, 1.5, 1.5, 1.5, None, 1.5, 1.5, 1.5, 1.5], baseline=20).signals
    assert [s is Signal.RUN_ABOVE for s in signals[20:]] == [True, True, True, False, True, True, True, True]


@given(SERIES, SERIES)
def test_a_frozen_baseline_gives_the_limits_of_its_points_alone(first, later):
    frozen = xmr([*first, *later], baseline=len(first))
    assert (frozen.centre, frozen.upper) == (xmr(first).centre, xmr(first).upper)


@pytest.mark.parametrize("values", [[], [1.0], [None, 2.0], [float("nan"), float("inf"), 1.0], [1.0, None, 2.0]])
def test_without_two_neighbours_there_is_no_chart(values):
    with pytest.raises(InvalidInput, match="points with a value"):
        xmr(values)


def test_false_signals_on_pure_noise_are_rare_and_known():
    # With 24 points of noise; the share of charts with any signal is the price of all rules together.
    draws = np.random.default_rng(11)
    flagged = sum(xmr(draws.normal(size=24)).is_special() for _ in range(1_000)) / 1_000
    assert 0.15 < flagged < 0.45
