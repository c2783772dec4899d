"""The pattern rules against slow definitions written from the sources, on chance data with ties and limits."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coproduce.statistics.control.rules import SIGNALS, Signal, nelson, nhs, packed, unpacked, western_electric

#: Whole and half sigmas, so that points on a limit and ties happen often.
ROWS = st.lists(st.integers(-8, 8).map(lambda n: n / 2), min_size=1, max_size=30)


def windows(points, length):
    """Each point's window of the last `length` points, None before there are so many."""
    return [points[i - length + 1 : i + 1] if i >= length - 1 else None for i in range(len(points))]


def slow_zone(points, enough, length, sigma):
    found = []
    for window in windows(points, length):
        high = window is not None and window[-1] > sigma and sum(v > sigma for v in window) >= enough
        low = window is not None and window[-1] < -sigma and sum(v < -sigma for v in window) >= enough
        found.append(high or low)
    return found


def slow_row(points, length, test):
    return [window is not None and test(window) for window in windows(points, length)]


def one_side(window):
    return all(v > 0 for v in window) or all(v < 0 for v in window)


def one_way(window):
    steps = [b - a for a, b in pairwise(window)]
    return all(s > 0 for s in steps) or all(s < 0 for s in steps)


def to_and_fro(window):
    steps = [b - a for a, b in pairwise(window)]
    return all(a * b < 0 for a, b in pairwise(steps))


def mixed(window):
    return all(abs(v) > 1 for v in window) and any(v > 1 for v in window) and any(v < -1 for v in window)


SLOW = {
    "r1": lambda p: [abs(v) > 3 for v in p],
    "r2": lambda p: slow_row(p, 9, one_side),
    "r3": lambda p: slow_row(p, 6, one_way),
    "r4": lambda p: slow_row(p, 14, to_and_fro),
    "r5": lambda p: slow_zone(p, 2, 3, 2),
    "r6": lambda p: slow_zone(p, 4, 5, 1),
    "r7": lambda p: slow_row(p, 15, lambda w: all(abs(v) <= 1 for v in w)),
    "r8": lambda p: slow_row(p, 8, mixed),
}


def arrays(points):
    y = np.array(points, dtype=float)
    return y, np.zeros_like(y), np.ones_like(y)


@given(ROWS)
def test_nelsons_rules_are_their_definitions(points):
    found = nelson(*arrays(points))
    assert {rule: flags.tolist() for rule, flags in found.items()} == {
        rule: slow(points) for rule, slow in SLOW.items()
    }


@pytest.mark.parametrize(
    ("rule", "points"),
    [
        ("r2", [0.5] * 9), ("r3", [-1.0, -0.5, 0.1, 0.2, 0.3, 0.4]), ("r4", [0.5, -0.5] * 7), ("r5", [2.1, 0.0, 2.1]),
        ("r6", [1.1, 1.1, 0.0, 1.1, 1.1]), ("r7", [0.3, -1.0, 1.0] * 5), ("r8", [1.1, -1.1] * 4),
    ],
)  # fmt: skip
def test_a_pattern_one_point_shorter_is_no_signal(rule, points):
    assert nelson(*arrays(points))[rule].tolist() == [False] * (len(points) - 1) + [True]
    assert not nelson(*arrays(points[1:]))[rule].any()


@given(ROWS)
def test_western_electric_shares_zones_with_nelson_and_asks_for_eight_in_a_row(points):
    ours, theirs = western_electric(*arrays(points)), nelson(*arrays(points))
    assert [ours[r].tolist() for r in ("r1", "r2", "r3")] == [theirs[r].tolist() for r in ("r1", "r5", "r6")]
    assert ours["r4"].tolist() == slow_row(points, 8, one_side)


def slow_nhs(points):
    n = len(points)
    near = [2 < abs(v) <= 3 for v in points]
    found = [Signal.NONE] * n
    for i, value in enumerate(points):
        triples = [range(s, s + 3) for s in range(i - 2, i + 1) if s >= 0 and s + 3 <= n]
        sevens = [points[s : s + 7] for s in range(i - 6, i + 1) if s >= 0 and s + 7 <= n]
        paired = any(one_side([points[k] for k in t]) and sum(near[k] for k in t) >= 2 for t in triples)
        high = value > 0
        if abs(value) > 3:
            found[i] = Signal.ABOVE_LIMIT if high else Signal.BELOW_LIMIT
        elif near[i] and paired:
            found[i] = Signal.TWO_OF_THREE_HIGH if high else Signal.TWO_OF_THREE_LOW
        elif any(one_side(w) for w in sevens):
            found[i] = Signal.RUN_ABOVE if high else Signal.RUN_BELOW
        elif any(one_way(w) and w[1] > w[0] for w in sevens):
            found[i] = Signal.RISING
        elif any(one_way(w) for w in sevens):
            found[i] = Signal.FALLING
    return found


@given(ROWS)
def test_the_nhs_rules_are_their_definitions(points):
    assert [SIGNALS[code] for code in nhs(*arrays(points))] == slow_nhs(points)


def test_many_rows_at_once_are_each_row_alone():
    draws = np.random.default_rng(2)
    rows = draws.normal(scale=1.5, size=(60, 40))
    centre, sigma = np.zeros_like(rows), np.ones_like(rows)
    together = nelson(rows, centre, sigma)
    for i, row in enumerate(rows):
        alone = nelson(row, centre[i], sigma[i])
        assert all((together[rule][i] == alone[rule]).all() for rule in alone)
    assert all((nhs(rows, centre, sigma)[i] == nhs(row, centre[i], sigma[i])).all() for i, row in enumerate(rows))


@given(st.lists(st.one_of(st.none(), st.integers(-8, 8)), min_size=1, max_size=20))
def test_missing_points_go_to_the_end_and_what_was_found_comes_back(values):
    points = np.array([np.nan if v is None else v for v in values], dtype=float)
    useful, places = packed(points)
    assert useful[: (~np.isnan(points)).sum()].tolist() == [v for v in values if v is not None]
    assert unpacked(useful > 0, places).tolist() == [v is not None and v > 0 for v in values]


def test_turning_the_chart_upside_down_swaps_high_and_low():
    draws = np.random.default_rng(3)
    y, centre, sigma = arrays(draws.normal(scale=1.6, size=300))
    swapped = {0: 0, 1: 2, 2: 1, 3: 4, 4: 3, 5: 6, 6: 5, 7: 8, 8: 7}
    assert [swapped[code] for code in nhs(-y, centre, sigma).tolist()] == nhs(y, centre, sigma).tolist()
