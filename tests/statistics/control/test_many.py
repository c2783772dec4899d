"""Many charts at once are each chart alone; and among many, few of those pointed out are noise."""

import numpy as np
import pytest

from coproduce.errors import InvalidInput
from coproduce.statistics.control import Rules, chart, chart_p_values, discoveries, many_charts
from coproduce.statistics.control.reading import specification

SETS = [Rules.ANHOEJ, Rules.NELSON, Rules.WESTERN_ELECTRIC, Rules.NHS]


@pytest.fixture
def table():
    draws = np.random.default_rng(10)
    values = draws.normal(20, 3, size=(120, 30)) + np.where(draws.random((120, 1)) < 0.3, 4, 0) * (np.arange(30) > 15)
    values[draws.random(values.shape) < 0.05] = np.nan
    return values


@pytest.mark.parametrize("screen", [False, True])
@pytest.mark.parametrize("baseline", [None, 15])
def test_every_row_is_the_chart_of_that_row(table, screen, baseline):
    together = many_charts(table, SETS, screen=screen, baseline=baseline)
    for i, row in enumerate(table):
        y = [None if np.isnan(v) else v for v in row]
        asked = {"chart": "i", "y": y, "rules": [str(r) for r in SETS], "screen": screen, "freeze": baseline}
        alone = chart(specification(asked))
        assert together.centre[i] == pytest.approx(alone.centre[0])
        assert 3 * together.sigma[i] == pytest.approx(alone.upper[0] - alone.centre[0])
        assert together.special[i].tolist() == alone.special().tolist()
        assert bool(together.runs_signal[i]) == alone.phases[0].runs_signal


def test_blocks_are_joined_without_a_seam(table, monkeypatch):
    whole = many_charts(table)
    monkeypatch.setattr("coproduce.statistics.control.many._BLOCK", 100)
    assert (many_charts(table).special == whole.special).all()


@pytest.mark.parametrize("shape", [(0, 5), (3, 0), (2, 1)])
def test_tables_without_charts_or_points_carry_no_signal(shape):
    assert not many_charts(np.ones(shape)).is_special().any()


def test_a_table_of_one_dimension_is_refused():
    with pytest.raises(InvalidInput):
        many_charts(np.ones(3))
    with pytest.raises(InvalidInput):
        chart_p_values(np.ones(3), np.ones(1), np.ones(1))


def test_p_values_of_noise_are_no_smaller_than_chance_allows():
    noise = np.random.default_rng(11).normal(size=(20_000, 24))
    p = chart_p_values(noise, np.zeros(20_000), np.ones(20_000))
    for level in (0.5, 0.1, 0.01):
        assert (p <= level).mean() < level + 3 * np.sqrt(level / 20_000)


def test_of_the_charts_pointed_out_few_are_noise_and_shifted_ones_are_found():
    draws = np.random.default_rng(12)
    shifted = np.arange(4_000) < 400
    values = draws.normal(size=(4_000, 24)) + np.where(shifted[:, None], 1.5, 0) * (np.arange(24) >= 12)
    found = discoveries(chart_p_values(values, np.zeros(4_000), np.ones(4_000)), 0.1)
    assert (found & ~shifted).sum() / found.sum() < 0.1
    assert found[shifted].mean() > 0.5


def test_a_chart_without_a_useful_point_is_never_odd():
    p = chart_p_values(np.array([[np.nan, np.nan], [0.0, 0.0]]), np.zeros(2), np.ones(2))
    assert p.tolist() == [1.0, 1.0]


@pytest.mark.parametrize(("p", "rate"), [([0.1], 0), ([0.1], 1), ([1.5], 0.1), ([float("nan")], 0.1)])
def test_rates_and_chances_that_cannot_be_are_refused(p, rate):
    with pytest.raises(InvalidInput):
        discoveries(np.array(p), rate)
