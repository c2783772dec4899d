"""Random numbers: named, counter-based, uniform, and shared between scenarios."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.special import ndtri

from coproduce.simulator.normal import quantile
from coproduce.simulator.streams import Streams, mix

SPLITMIX_SEED_0 = (0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F)


def test_the_finaliser_gives_the_published_numbers_of_splitmix64() -> None:
    gamma = 0x9E3779B97F4A7C15
    assert tuple(mix(k * gamma % 2**64) for k in (1, 2, 3)) == SPLITMIX_SEED_0


def test_a_number_depends_on_its_agent_and_not_on_who_else_draws() -> None:
    streams = Streams(7, 1)
    everybody = streams.uniform("choice", 3, 1_000)
    some = np.array([5, 999, 17])
    assert (streams.uniform("choice", 3, some) == everybody[some]).all()


@given(st.lists(st.integers(min_value=0, max_value=2**62), max_size=20), st.integers(min_value=0, max_value=2**31))
def test_few_agents_draw_what_they_draw_among_many(agents: list[int], tick: int) -> None:
    """Few are reckoned one by one, many as an array: the numbers are the same to the last bit."""
    streams = Streams(7, 1)
    some = np.array(agents, dtype=np.int64)
    among_many = streams.uniform("choice", tick, np.concatenate([some, np.arange(50)]))
    assert streams.uniform("choice", tick, some).tolist() == among_many[: len(agents)].tolist()


@pytest.mark.parametrize("other", [("choose", 3, 7, 1), ("choice", 4, 7, 1), ("choice", 3, 8, 1), ("choice", 3, 7, 2)])
def test_name_tick_seed_and_run_each_give_unrelated_numbers(other: tuple[str, int, int, int]) -> None:
    name, tick, seed, run = other
    here, there = Streams(7, 1).uniform("choice", 3, 20_000), Streams(seed, run).uniform(name, tick, 20_000)
    assert abs(np.corrcoef(here, there)[0, 1]) < 0.03
    assert not np.isin(here, there).any()


def test_uniforms_are_uniform_over_agents_and_over_ticks() -> None:
    streams = Streams(2, 1)
    over_agents = streams.uniform("x", 1, 100_000)
    over_ticks = np.concatenate([streams.uniform("x", tick, 3) for tick in range(10_000)])
    for drawn in (over_agents, over_ticks):
        assert stats.kstest(drawn, "uniform").pvalue > 1e-4
        assert abs(np.corrcoef(drawn[:-1], drawn[1:])[0, 1]) < 0.02
        assert 0 < drawn.min() < drawn.max() < 1


@given(st.lists(st.floats(min_value=1e-300, max_value=1 - 1e-16), max_size=5))
def test_normal_quantiles_agree_with_scipy(u: list[float]) -> None:
    assert quantile(np.array(u)) == pytest.approx(ndtri(np.array(u)), rel=1e-12, abs=1e-14)


def test_normals_are_normal() -> None:
    assert stats.kstest(Streams(1, 1).normal("z", 1, 100_000), "norm").pvalue > 1e-4
