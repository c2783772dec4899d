"""The EventFrame: fixed columns, one order, and rows that do not fit refused with a reason."""

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coproduce.errors import InvalidInput
from coproduce.events import SCHEMA, EventFrame, Report, inspect, kinds

EVENTS = [kinds.Joined(time=5, actor=1), kinds.NeedStated(time=7, actor=1, subject=9, cause=0)]


def frame():
    return EventFrame.from_events(EVENTS)


def test_a_frame_has_exactly_the_declared_columns_and_types():
    assert dict(frame().rows.schema) == dict(SCHEMA)
    with pytest.raises(InvalidInput, match="columns"):
        EventFrame(frame().rows.drop("cause"))


def test_events_are_numbered_in_the_order_they_are_given():
    rows = EventFrame.from_events(EVENTS, run=3, first_seq=10).rows
    assert rows.select("run", "seq", "kind", "recorded").rows() == [(3, 10, 1, 5), (3, 11, 30, 7)]


def test_columns_that_can_be_cast_without_loss_are_and_others_beyond_are_dropped():
    loose = frame().rows.cast({"run": pl.Int64, "kind": pl.Int64, "site": pl.Float64}).with_columns(extra=pl.lit("x"))
    assert EventFrame.from_rows(loose).rows.equals(frame().rows)


@given(st.permutations(range(6)))
def test_rows_are_sorted_by_run_and_seq(order):
    rows = EventFrame.from_events([kinds.Joined(time=i, actor=i) for i in range(6)]).rows
    assert EventFrame.from_rows(rows[list(order)]).rows.equals(rows)


@pytest.mark.parametrize(
    "column",
    [
        pl.lit("NeedStated").alias("kind"),
        pl.lit("7").alias("actor"),
        pl.lit(1.5).alias("actor"),
        pl.lit(True).alias("site"),
        pl.lit(float("nan")).alias("site"),
        pl.lit(datetime(2026, 1, 1, tzinfo=UTC)).alias("actor"),
        pl.lit(300).alias("kind"),
        pl.lit(-1).alias("kind"),
        pl.lit(2**40).alias("site"),
        pl.lit(None, dtype=pl.Int64).alias("actor"),
        pl.lit(None, dtype=pl.Int64).alias("time"),
    ],
)
def test_what_does_not_fit_its_column_is_refused(column):
    with pytest.raises(InvalidInput):
        EventFrame.from_rows(frame().rows.with_columns(column))


@pytest.mark.parametrize("dtype", [pl.Datetime("ns"), pl.Datetime("ms", "UTC"), pl.Datetime("us"), pl.Date])
def test_moments_become_microseconds_whatever_their_unit(dtype):
    moment = pl.lit(datetime(2026, 1, 1)).cast(pl.Datetime("us")).cast(dtype)
    rows = frame().rows.with_columns(time=moment, recorded=moment)
    assert EventFrame.from_rows(rows).rows["time"].to_list() == [1_767_225_600_000_000] * 2


def test_an_empty_value_is_nan():
    rows = frame().rows.with_columns(value=pl.lit(None, dtype=pl.Float64))
    assert EventFrame.from_rows(rows).rows["value"].is_nan().all()


def test_rows_are_found_by_kind_run_and_time():
    found = frame()
    assert found.of(kinds.NeedStated)["subject"].to_list() == [9]
    assert (found.runs(), len(found.run(0)), len(found.run(1))) == ([0], 2, 0)
    assert found.between(5, 7).rows["kind"].to_list() == [1]


def test_a_frame_without_oddities_is_clean_and_an_empty_one_too():
    assert inspect(frame().rows) == Report(n_rows=2)
    assert inspect(EventFrame.empty().rows).is_clean()


def test_each_oddity_is_counted():
    rows = EventFrame.from_events([kinds.Joined(time=i, actor=i) for i in range(6)]).rows
    odd = rows.with_columns(
        kind=pl.Series([1, 233, 1, 1, 1, 1], dtype=pl.UInt8),
        recorded=pl.Series([0, 1, 2, 3, 4, 0]),
        cause=pl.Series([-1, 0, 77, -1, -1, -1]),
    )
    odd = pl.concat([odd[[1, 0]], odd[3:], odd[5:]])
    assert inspect(odd) == Report(
        n_rows=6, n_unknown_kind=1, n_duplicate=1, n_out_of_order=1, n_gaps=1, n_recorded_before=2, n_orphan_cause=0
    )


def test_a_cause_that_is_not_there_is_an_orphan():
    rows = frame().rows.with_columns(cause=pl.Series([-1, 99]))
    assert inspect(rows).n_orphan_cause == 1
