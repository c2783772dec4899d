"""The actor-level bootstrap: reproducible, covering, and honest about people rather than events."""

import numpy as np
import pytest

from coproduce.errors import InvalidInput
from coproduce.statistics.concentration import gini
from coproduce.statistics.resampling import bootstrap, ratio, resampled


def one(sums, **options):
    """The ratio of two totals."""
    return bootstrap(sums, {"ratio": lambda totals: totals[:, 0] / totals[:, 1]}, **options)["ratio"]


def test_the_same_seed_and_name_give_the_same_interval():
    sums = np.random.default_rng(1).integers(0, 9, (200, 2)) + 1
    assert one(sums, seed=3, name="a") == one(sums, seed=3, name="a")
    assert one(sums, seed=3, name="a") != one(sums, seed=3, name="b")


@pytest.mark.parametrize("people", [300, 6_000])
def test_the_interval_of_a_mean_is_as_wide_as_theory_says(people):
    values = np.random.default_rng(2).normal(5, 2, people)
    found = one(np.column_stack([values, np.ones(people)]), seed=1, name="mean", repeats=2_000)
    half = 1.96 * values.std() / np.sqrt(people)
    assert (found.high - found.low) / 2 == pytest.approx(half, rel=0.1)


def test_coverage_of_a_ratio_is_near_95_percent():
    covered = 0
    for trial in range(400):
        draws = np.random.default_rng(trial)
        acts = draws.poisson(4, 150) + 1
        sums = np.column_stack([draws.binomial(acts, 0.3), acts])
        found = one(sums, seed=trial, name="cover")
        covered += found.low <= 0.3 <= found.high
    assert 0.92 <= covered / 400 <= 0.98


def test_a_statistic_without_a_value_is_none():
    assert one(np.zeros((5, 2)), seed=1, name="none") is None
    assert one(np.empty((0, 2)), seed=1, name="none") is None


def test_one_person_has_no_interval():
    assert one(np.array([[1.0, 2.0]]), seed=1, name="one").low is None


@pytest.mark.parametrize("n", [60, 5_000])
def test_any_statistic_of_rows_has_the_interval_that_theory_gives_a_mean(n):
    """Beyond 2,000 rows fewer are drawn, and the interval is narrowed to what all of them would give."""
    x = np.random.default_rng(1).exponential(2.0, n)
    found = resampled(x, lambda rows: float(rows.mean()), seed=1, name="mean")
    half = 1.96 * x.std() / np.sqrt(n)
    assert (found.value - found.low + found.high - found.value) / 2 == pytest.approx(half, rel=0.15)
    total = resampled(x, lambda rows: float(rows.sum()), seed=1, name="sum", extensive=True)
    assert (total.high - total.low) / 2 == pytest.approx(n * half, rel=0.15)


def test_the_interval_of_an_index_holds_that_of_the_population():
    draws, held = np.random.default_rng(5), 0
    for seed in range(150):
        found = resampled(draws.exponential(1.0, 120), gini, seed=seed, name="gini")
        held += found.low <= 0.5 <= found.high  # the Gini index of an exponential distribution
    assert held / 150 >= 0.87


def test_a_statistic_that_rows_do_not_have_is_refused_and_one_row_has_no_interval():
    with pytest.raises(InvalidInput):
        resampled(np.zeros(3), lambda _: None, seed=1, name="x")
    assert resampled(np.ones(1), lambda rows: float(rows.sum()), seed=1, name="x").low is None


def test_a_ratio_of_totals_is_that_of_the_bootstrap_and_refuses_to_divide_by_nothing():
    sums = np.random.default_rng(4).poisson(3.0, (40, 2)).astype(float)
    found = bootstrap(sums, {"x": lambda t: t[:, 0] / t[:, 1]}, seed=2, name="x")["x"]
    assert ratio(sums, seed=2, name="x") == found
    with pytest.raises(InvalidInput):
        ratio(np.array([[1.0, 0.0]]), seed=2, name="x")
