"""Times for the example network: inside the week, in the order of causes, and nothing else changed."""

from __future__ import annotations

import polars as pl

from coproduce.events import EventFrame, Resolution, inspect, kinds
from coproduce.simulator import Result, example_times
from coproduce.simulator.example_times import LAST_HOUR


def _timed(result: Result) -> EventFrame:
    return example_times(result)


def test_frame_is_clean_and_to_the_microsecond(result: Result) -> None:
    frame = _timed(result)
    assert frame.resolution == Resolution.MICROSECOND
    assert inspect(frame.rows).is_clean()
    assert frame.rows["time"].is_sorted()


def test_same_run_gives_the_same_times(result: Result) -> None:
    assert _timed(result).rows.equals(_timed(result).rows)


def test_every_event_stays_in_its_week_and_nothing_else_changes(result: Result) -> None:
    week, same = int(Resolution.WEEK), ["time", "kind", "actor", "subject", "object", "role", "site", "topic", "value"]
    start = result.scenario.start_us
    spread = pl.col("time") - start
    back = _timed(result).rows.with_columns((spread // week * week + start).alias("time"))
    assert back.select(same).sort(same).equals(result.frame.rows.select(same).sort(same))


def test_causes_come_before_effects(result: Result) -> None:
    rows = _timed(result).rows
    pairs = rows.join(rows.select(pl.col("seq").alias("cause"), pl.col("time").alias("then")), on="cause")
    assert pairs.height == rows.filter(pl.col("cause") >= 0).height > 0
    assert (pairs["then"] < pairs["time"]).all()


def test_events_of_a_need_keep_their_order(result: Result) -> None:
    needs = result.needs["id"].implode()
    order = [
        frame.rows.filter(pl.col("subject").is_in(needs)).group_by("subject").agg(pl.col("kind")).sort("subject")
        for frame in (result.frame, _timed(result))
    ]
    assert order[0].equals(order[1])


def test_who_leaves_does_nothing_afterwards(result: Result) -> None:
    frame = _timed(result)
    left = frame.of(kinds.Left).select("actor", pl.col("time").alias("gone"))
    assert frame.rows.join(left, on="actor").filter(pl.col("time") > pl.col("gone")).is_empty()
    assert {kind.meaning.block for kind in LAST_HOUR} == {"people", "commons", "model"}
