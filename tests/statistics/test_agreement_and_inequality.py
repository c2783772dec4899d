"""Agreement and inequality: worked examples of the papers, closed forms, and hostile values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coproduce.errors import InvalidInput
from coproduce.statistics.agreement import counts_of, gwet_ac1, krippendorff_alpha
from coproduce.statistics.inequality import concentration_index, erreygers, of_strata, ranks, slope_index, wagstaff


def test_ac1_of_two_raters_of_a_rare_trait_is_high_where_kappa_is_not():
    # Gwet 2008: 118 of 125 agreed on yes, 5 and 2 disagreed, none on no: AC1 0.9408.
    units = np.repeat(np.arange(125), 2)
    ratings = np.concatenate([[1, 1] * 118, [1, 0] * 5, [0, 1] * 2])
    share = (118 * 2 + 7) / 250
    chance = 2 * share * (1 - share)
    assert gwet_ac1(counts_of(units, ratings)) == pytest.approx((118 / 125 - chance) / (1 - chance))
    assert krippendorff_alpha(counts_of(units, ratings)) < 0


def test_alpha_of_krippendorffs_nominal_example():
    # Krippendorff 2011, Computing Krippendorff's alpha-reliability, section C: four observers, twelve units.
    rows = [
        [1, 1, None, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4], [4, 4, 4, 4],
        [1, 1, 2, 1], [2, 2, 2, 2], [None, 5, 5, 5], [None, None, 1, 1], [None, None, 3, None],
    ]  # fmt: skip
    units = [unit for unit, row in enumerate(rows) for value in row if value is not None]
    values = [value for row in rows for value in row if value is not None]
    assert krippendorff_alpha(counts_of(units, values)) == pytest.approx(0.743, abs=5e-4)


def test_no_unit_rated_twice_has_no_agreement():
    assert gwet_ac1(counts_of([1, 2], [0, 1])) is None
    assert krippendorff_alpha(counts_of([1, 1], [0, 0])) is None
    assert gwet_ac1(counts_of([], [])) is None


def test_all_to_the_best_off_is_the_most_concentrated_and_equal_shares_are_not():
    rank = ranks(np.arange(100))
    assert concentration_index(np.ones(100), rank) == pytest.approx(0)
    assert concentration_index(np.r_[np.zeros(99), 1], rank) == pytest.approx(0.99)
    assert concentration_index(np.zeros(5), ranks(np.arange(5))) is None


def test_the_indices_are_scalings_of_one_another():
    draws = np.random.default_rng(2)
    y, rank = (draws.random(300) < 0.4).astype(float), ranks(draws.permutation(300))
    c = concentration_index(y, rank)
    assert wagstaff(y, rank) == pytest.approx(c / (1 - y.mean()))
    assert erreygers(y, rank, 0, 1) == pytest.approx(4 * y.mean() * c)


def test_the_slope_index_is_that_of_least_squares():
    import statsmodels.api as sm

    draws = np.random.default_rng(3)
    rank = ranks(draws.integers(0, 5, 200))
    y = 0.3 + 0.2 * rank + draws.normal(0, 0.1, 200)
    theirs = sm.OLS(y, sm.add_constant(rank)).fit()
    found = slope_index(y, rank)
    assert (found.slope, found.error) == pytest.approx((theirs.params[1], theirs.bse[1]))
    assert found.relative == pytest.approx(theirs.params[1] / y.mean())


def test_a_rank_that_is_none_is_refused_and_one_rank_has_no_slope():
    with pytest.raises(InvalidInput):
        ranks([1.0, float("nan")])
    assert slope_index(np.ones(5), ranks(np.ones(5))) is None


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 12)), min_size=2, max_size=5))
def test_indices_from_counts_of_strata_are_those_of_the_people(strata):
    n = np.array([[size for size, _ in strata]], dtype=float)
    met = np.minimum(np.array([[k for _, k in strata]], dtype=float), n)
    place = np.repeat(np.arange(len(strata)), n[0].astype(int))
    y = np.concatenate([np.r_[np.ones(int(k)), np.zeros(int(size - k))] for size, k in zip(n[0], met[0], strict=True)])
    rank, found = ranks(place), of_strata(n, met)
    assert found.erreygers[0] == pytest.approx(erreygers(y, rank, 0, 1))
    if 0 < y.mean() < 1:
        assert found.concentration[0] == pytest.approx(concentration_index(y, rank))
        assert found.wagstaff[0] == pytest.approx(wagstaff(y, rank))
        if y.size >= 3:
            assert found.relative[0] == pytest.approx(slope_index(y, rank).relative)
