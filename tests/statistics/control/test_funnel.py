"""Funnels: what must hold beyond the reference cases, and sites that cannot be placed."""

import numpy as np
import pytest
from scipy import stats

from coproduce.errors import InvalidInput
from coproduce.statistics.control import FunnelKind, chart, funnel
from coproduce.statistics.control.reading import specification


def test_the_limits_of_a_ratio_are_the_exact_poisson_ones():
    found = funnel(np.array([10.0, 12.0, 9.0]), np.array([10.0, 11.5, 9.25]), FunnelKind.RATIO, adjust=False)
    # At the upper limit so few events have a chance of 2.5 %, at the lower so many (Garwood 1936).
    lower, upper = found.limits[0] * found.denominator, found.limits[1] * found.denominator
    assert stats.gamma.sf(upper, found.denominator + 1) == pytest.approx(np.full(3, 0.025))
    assert stats.gamma.cdf(lower, found.denominator) == pytest.approx(np.full(3, 0.025))


def test_sites_that_differ_by_chance_alone_show_no_variance_between_them():
    draws = np.random.default_rng(7)
    size = draws.integers(200, 2_000, 400).astype(float)
    found = funnel(draws.binomial(size.astype(int), 0.3).astype(float), size)
    assert found.between < 2e-5
    assert found.outlier.mean() < 0.01


def test_the_variance_between_sites_is_found_where_it_was_planted():
    draws = np.random.default_rng(8)
    size = draws.integers(500, 5_000, 2_000).astype(float)
    truth = np.sin(np.clip(np.arcsin(np.sqrt(0.3)) + draws.normal(0, 0.05, 2_000), 0, np.pi / 2)) ** 2
    found = funnel(draws.binomial(size.astype(int), truth).astype(float), size)
    assert found.between == pytest.approx(0.05**2, rel=0.35)  # winsorising makes it smaller
    assert found.outlier.mean() < 0.02


def test_a_site_without_a_denominator_has_no_limits_and_the_others_keep_theirs():
    with_gap, without = (
        chart(specification({"chart": "funnel", "y": y, "n": n, "x": x}))
        for y, n, x in (([5, 0, 9, 30], [10, 0, 20, 40], list("abcd")), ([5, 9, 30], [10, 20, 40], list("acd")))
    )
    assert np.isnan(with_gap.upper[1])
    assert with_gap.upper[[0, 2, 3]] == pytest.approx(without.upper)


@pytest.mark.parametrize(
    ("num", "den", "kind"),
    [([1.0], [2.0], "proportion"), ([1, 2], [0, 3], "proportion"), ([-1, 2], [2, 3], "proportion"),
     ([4, 2], [2, 3], "proportion"), ([0, 2], [2, 3], "standardised_ratio"), ([np.nan, 2], [2, 3], "proportion"),
     ([1, 2], [np.inf, 3], "proportion")],
)  # fmt: skip
def test_sites_that_cannot_be_placed_are_refused(num, den, kind):
    with pytest.raises(InvalidInput):
        funnel(np.array(num, dtype=float), np.array(den, dtype=float), FunnelKind(kind))
