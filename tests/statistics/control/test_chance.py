"""The exact chance of a signal against enumeration, published run lengths, closed forms, and charts drawn at random."""

from itertools import product
from math import erfc, sqrt

import numpy as np
import pytest
from scipy import stats

from coproduce.errors import InvalidInput
from coproduce.statistics.control import Rules, chance_of_signal
from coproduce.statistics.control.chance import _silent
from coproduce.statistics.control.rules import nelson, nhs, western_electric

ZONED = [Rules.WESTERN_ELECTRIC, Rules.NELSON, Rules.NHS]
BEYOND_3 = erfc(3 / sqrt(2))


def signals(rules, points):
    centre, sigma = np.zeros_like(points), np.ones_like(points)
    if rules is Rules.NHS:
        return nhs(points, centre, sigma) > 0
    found = (nelson if rules is Rules.NELSON else western_electric)(points, centre, sigma)
    return np.logical_or.reduce(list(found.values()))


@pytest.mark.parametrize("rules", ZONED)
def test_one_or_two_points_signal_only_beyond_a_limit(rules):
    assert chance_of_signal(1, rules) == pytest.approx(BEYOND_3)
    assert chance_of_signal(2, rules) == pytest.approx(1 - (1 - BEYOND_3) ** 2)


def test_western_electric_is_the_sum_over_every_row_of_zones():
    middles = np.array([-3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5])
    chances = np.diff(stats.norm.cdf([-np.inf, -3, -2, -1, 0, 1, 2, 3, np.inf]))
    rows = np.array(list(product(range(8), repeat=6)))
    carried = signals(Rules.WESTERN_ELECTRIC, middles[rows]).any(axis=1)
    expected = chances[rows].prod(axis=1)[carried].sum()
    assert chance_of_signal(6, Rules.WESTERN_ELECTRIC) == pytest.approx(expected, rel=1e-12)


def test_the_average_run_length_of_western_electric_is_the_published_one():
    # Champ and Woodall 1987, table 1: 91.75 with all four rules. Ours asks for three (five) points first.
    silent = _silent(Rules.WESTERN_ELECTRIC, 4_000)
    assert 1 + sum(silent) == pytest.approx(91.75, rel=0.003)


@pytest.mark.parametrize("rules", ZONED)
def test_charts_drawn_at_random_signal_as_often(rules):
    points = np.random.default_rng(9).normal(size=(40_000, 24))
    share = signals(rules, points).any(axis=1).mean()
    expected = chance_of_signal(24, rules)
    assert abs(share - expected) < 4 * sqrt(expected * (1 - expected) / len(points))


def test_six_points_in_order_add_less_than_two_in_720():
    # Of the rules that six points can carry, Nelson has one more than Western Electric: six in order, 2 in 720.
    grown = chance_of_signal(6, Rules.NELSON) - chance_of_signal(6, Rules.WESTERN_ELECTRIC)
    assert 0 < grown < 2 / 720


@pytest.mark.parametrize(("n", "chance"), [(13, 1 - 0.963), (90, 1 - 0.891)])
def test_the_anhoej_rules_have_their_known_rate(n, chance):
    assert chance_of_signal(n, Rules.ANHOEJ) == pytest.approx(chance, abs=5e-4)


@pytest.mark.parametrize("rules", [Rules.BEST_BOX, Rules.CUT_BOX])
def test_the_boxes_keep_their_promise(rules):
    assert all(0 < chance_of_signal(n, rules) <= 0.075 for n in (10, 24, 60, 100))


@pytest.mark.parametrize("n", [0, -1, 201])
def test_too_few_and_too_many_points_are_refused(n):
    with pytest.raises(InvalidInput):
        chance_of_signal(n, Rules.NHS)
