"""The runs rules against enumeration of every outcome, and against the published boxes."""

from itertools import groupby, product

import numpy as np
import pytest

from coproduce.statistics.control.runs import (
    Variant,
    best_box,
    joint_chances,
    run_statistics,
    runs_signal,
    usual,
)

#: By the number of useful points: fewest crossings and longest run of the best box; then, where the cut box is smaller,
#: the fewest crossings at that longest run and the longest run at those fewest crossings.
#: Source: Anhøj and Wentzel-Larsen 2020, 10.1371/journal.pone.0233920, as tabled in qicharts2.
PUBLISHED = {
    10: (2, 6, 3, 5),
    11: (3, 7, 4, 6),
    12: (3, 6, None, None),
    15: (4, 7, 6, 6),
    19: (5, 7, 6, 5),
    26: (9, 9, 10, 7),
    31: (11, 9, 14, 8),
    40: (15, 9, None, None),
    57: (23, 12, 25, 11),
    75: (31, 12, 32, 9),
    83: (33, 10, 36, 7),
    88: (37, 12, 38, 10),
    97: (41, 12, 42, 9),
    100: (41, 10, 42, 9),
}


def counted(sides):
    runs = [len(list(run)) for _, run in groupby(side for side in sides if side)]
    return sum(runs), max(runs, default=0), max(len(runs) - 1, 0)


def test_the_chances_are_those_of_enumerating_every_outcome():
    for above in (0.5, 0.7):
        expected = np.zeros((9, 9))
        for sides in product((1, -1), repeat=9):
            _, longest, crossings = counted(sides)
            expected[crossings, longest - 1] += above ** sides.count(1) * (1 - above) ** sides.count(-1)
        assert joint_chances(9, above) == pytest.approx(expected, abs=1e-14)


def test_the_best_boxes_are_the_published_ones():
    assert {n: best_box(n) for n in PUBLISHED} == {n: box[:2] for n, box in PUBLISHED.items()}


def test_the_cut_boxes_are_the_published_ones():
    for n, (fewest, most, often, short) in PUBLISHED.items():
        crossings, longest = np.arange(n)[:, None], np.arange(1, n + 1)
        expected = (crossings >= fewest) & (longest <= most)
        if often is not None:
            expected &= ((crossings > fewest) | (longest <= short)) & ((longest < most) | (crossings >= often))
        assert (usual(n, Variant.CUT_BOX) == expected).all(), n


@pytest.mark.parametrize(("n", "specificity"), [(13, 0.963), (90, 0.891)])
def test_the_specificity_of_the_anhoej_rules_is_the_known_one(n, specificity):
    assert joint_chances(n)[usual(n)].sum() == pytest.approx(specificity, abs=5e-4)


def test_statistics_of_many_rows_are_those_of_each():
    draws = np.random.default_rng(1)
    points = draws.integers(-2, 3, size=(200, 24)).astype(float)
    points[draws.random(points.shape) < 0.1] = np.nan
    found = run_statistics(points, np.zeros_like(points))
    for row in range(len(points)):
        expected = counted(np.sign(np.nan_to_num(points[row])))
        assert (found.n_useful[row], found.longest_run[row], found.n_crossings[row]) == expected


def test_one_run_over_the_limit_is_a_signal_and_a_run_on_it_is_not():
    # 20 useful points: at most 7 in a row, at least 6 crossings.
    quiet = [1.0, -1.0] * 6 + [1.0]
    for length, expected in ((7, False), (8, True)):
        points = np.array([*quiet[: 20 - length], *[-1.0] * length])
        assert bool(runs_signal(run_statistics(points, np.zeros(20)))) is expected


def test_one_crossing_fewer_than_the_least_is_a_signal():
    for pattern, expected in (([3] * 6 + [2], False), ([4] * 5, True)):
        points = np.concatenate([[(-1.0) ** i] * length for i, length in enumerate(pattern)])
        assert bool(runs_signal(run_statistics(points, np.zeros(20)))) is expected


def test_points_on_the_centre_are_not_useful_and_do_not_break_a_run():
    found = run_statistics(np.array([1.0, 0.0, 1.0, np.nan, 1.0, -1.0]), np.zeros(6))
    assert (int(found.n_useful), int(found.longest_run), int(found.n_crossings)) == (4, 3, 1)


@pytest.mark.parametrize("points", [[], [0.0, 0.0], [np.nan]])
def test_without_a_useful_point_there_is_no_signal(points):
    found = run_statistics(np.array(points), np.zeros(len(points)))
    assert (int(found.n_useful), bool(runs_signal(found))) == (0, False)
