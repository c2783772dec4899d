"""The needs layer: a network gets better at meeting needs by what it makes, and for no other reason."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
import pytest

from coproduce.simulator import Result, load, network, run
from coproduce.simulator.commons import NeedState, Resources
from coproduce.simulator.recorder import Silent
from coproduce.simulator.stages.stated import LINE_SHARE, LINE_SHARE_STAFF, zipf
from coproduce.simulator.streams import Streams

NOTHING_MADE = {"initial_resources": 0, "makes_for_need": 0.0, "makes_unasked": 0.0, "motive_per_level": 0.0,
                "motive_use": 0.0, "motive_thanks": 0.0}  # fmt: skip


def met_within_a_week(result: Result) -> tuple[float, float]:
    """Share of needs confirmed within a tick, of those stated in ticks 1 to 20 and in ticks 55 to 74."""
    quick = result.needs.with_columns((pl.col("state") == "confirmed") & (pl.col("closed") - pl.col("stated") <= 1))
    early, late = (quick.filter(pl.col("stated").is_between(*span))["state"].mean() for span in ((1, 20), (55, 74)))
    assert isinstance(early, float)
    assert isinstance(late, float)
    return early, late


@cache
def gains(**changed: object) -> np.ndarray:
    scenario = load("example").having(n_patients=500, n_sites=8, **changed)
    results = [run(scenario, seed, record=False) for seed in range(1, 5)]
    return np.array([late - early for early, late in map(met_within_a_week, results)])


def test_needs_are_met_sooner_as_the_commons_grows() -> None:
    assert gains().mean() > 0.08


def test_without_anything_made_most_of_that_gain_is_gone() -> None:
    assert gains(**NOTHING_MADE).mean() < 0.5 * gains().mean()


def test_engagement_climbs_in_the_example() -> None:
    series = run(load("example").having(n_patients=300), 4, record=False).series
    engaged = 1 - series["engagement_0"] / series["members"]
    assert engaged[77] > engaged[26] > engaged[0]


def test_the_best_record_of_a_topic_is_shown_first_and_retired_ones_never() -> None:
    resources = Resources()
    answers, helped, retired = [8, 8, 0, 8, 0], [2.0, 7.0, 0.0, 8.0, 0.0], [False, False, False, True, False]
    resources.add(5, topic=[1, 1, 1, 1, 0], n_answers=answers, helped=helped, retired=retired)
    assert resources.shelf(3).tolist() == [[4, -1, -1], [1, 2, 0], [-1, -1, -1]]


def test_needs_that_are_looked_at_again_are_those_that_are_open_and_every_need_counts_as_asked_for() -> None:
    running = network.begin(load("full").having(n_patients=300, n_sites=4).parameters, Streams(1, 1), Silent())
    layer = running.world.needs_layer()
    for tick in range(1, 41):
        running.advance(tick)
        states = layer.needs.state
        assert layer.needs.open_rows().tolist() == np.flatnonzero(states < NeedState.CONFIRMED).tolist()
        for state in NeedState:
            if state < NeedState.CONFIRMED:
                assert layer.needs.in_state(state).tolist() == np.flatnonzero(states == state).tolist()
        assert layer.asked.tolist() == np.bincount(layer.needs.topic, minlength=layer.asked.size).tolist()
    assert {NeedState.OPEN, NeedState.SILENT, NeedState.CONFIRMED, NeedState.EXPIRED} <= set(layer.needs.state)


def test_a_need_for_which_something_was_made_is_named_by_it(result: Result) -> None:
    made = result.resources.filter(pl.col("for_need") >= 0)
    assert made.height > 0
    needs = result.needs.select(pl.col("id").alias("for_need"), "line_of_work", "topic", "stated")
    pairs = made.join(needs, on="for_need", suffix="_need")
    assert pairs.height == made.height
    assert (pairs["topic"] == pairs["topic_need"]).all()
    assert (pairs["created"] > pairs["stated"]).all()


def test_deadlines_are_whole_days_of_one_or_more(result: Result) -> None:
    days = result.needs["deadline_days"].drop_nans()
    assert 0.6 < days.len() / result.needs.height < 0.8
    assert (days >= 1).all()
    assert (days == days.round()).all()


def test_line_shares_add_up_to_one() -> None:
    assert LINE_SHARE.sum(axis=1) == pytest.approx(np.ones(len(LINE_SHARE)))
    assert LINE_SHARE_STAFF.sum() == pytest.approx(1)


def test_zipf_shares_fall_with_rank_as_its_exponent_says() -> None:
    shares = zipf(10, 1.0)
    assert shares.sum() == pytest.approx(1)
    assert shares[0] / shares[4] == pytest.approx(5)


def test_nobody_has_more_needs_open_than_allowed(result: Result) -> None:
    open_needs = result.needs.filter(pl.col("closed") == -1).group_by("owner").len()["len"]
    assert open_needs.max() <= 2
