"""Concentration: closed forms and hostile amounts."""

import numpy as np
import pytest

from coproduce.errors import InvalidInput
from coproduce.statistics.concentration import blau, gini, half_work_set, theil


def test_gini_is_half_the_mean_difference_over_the_mean():
    x = np.random.default_rng(1).lognormal(size=200)
    difference = np.abs(x[:, None] - x[None, :]).mean()
    assert gini(x) == pytest.approx(difference / (2 * x.mean()))


def test_all_alike_is_no_concentration_and_one_who_has_all_is_the_most():
    assert (gini([3.0] * 7), theil([3.0] * 7)) == (pytest.approx(0), pytest.approx(0))
    assert gini([0] * 9 + [1]) == pytest.approx(0.9)
    assert theil([0] * 9 + [1]) == pytest.approx(np.log(10))


def test_theil_is_the_weighted_sum_of_its_groups():
    left, right = np.array([1.0, 4.0, 2.0]), np.array([6.0, 3.0, 3.0])
    both = np.concatenate([left, right])
    shares = [x.sum() / both.sum() for x in (left, right)]
    inside = sum(s * theil(x) for s, x in zip(shares, (left, right), strict=True))
    between = sum(s * np.log(x.mean() / both.mean()) for s, x in zip(shares, (left, right), strict=True))
    assert theil(both) == pytest.approx(inside + between)


def test_the_half_work_set_is_the_fewest_who_do_half():
    assert [half_work_set(x) for x in ([4, 3, 2, 1], [1, 1, 1, 1], [10], [5, 5])] == [2, 2, 1, 1]


def test_blau_counts_kinds():
    assert blau([1, 1, 1, 1]) == pytest.approx(0.75)
    assert blau([7]) == 0


@pytest.mark.parametrize("number", [gini, theil, half_work_set, blau])
def test_nothing_has_no_concentration(number):
    assert number([0.0, 0.0]) is None
    assert number([]) is None


@pytest.mark.parametrize("bad", [-1.0, float("nan"), float("inf")])
@pytest.mark.parametrize("number", [gini, theil, half_work_set, blau])
def test_amounts_that_are_none_are_refused(number, bad):
    with pytest.raises(InvalidInput):
        number([1.0, bad])
