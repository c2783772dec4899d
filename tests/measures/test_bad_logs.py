"""Logs that are not as they should be: every measure answers, nothing is swallowed, nothing is divided by zero."""

import json

import polars as pl
import pytest

from coproduce.clock import DAY_US
from coproduce.events import EventFrame, kinds
from coproduce.measures import CATALOGUE, Request, Strata, measure_all
from tests.measures.story import at, log, measured

EVENTS = [
    *(at(kinds.Joined, 0, i, site=i % 2) for i in range(40)),
    *(at(kinds.NeedStated, 1 + i / 10, i, 100 + i, site=i % 2) for i in range(40)),
    *(at(kinds.Replied, 2 + i / 10, (i + 1) % 40, 100 + i, value=5.0) for i in range(40)),
    *(at(kinds.NeedConfirmed, 3 + i / 10, i, 100 + i) for i in range(40)),
]


def whole(frame, **request):
    found = measure_all(frame, Request(**request))
    json.dumps([m.as_json() for m in found], allow_nan=False)
    assert [m.id for m in found if m.by is None] == list(CATALOGUE)
    assert all(m.note for m in found if m.value is None)
    return {m.id: m.value for m in found if m.by is None}


def test_rows_repeated_turned_around_and_with_gaps_change_no_number_but_the_quality():
    frame = log(*EVENTS)
    gapped = frame.rows.with_columns(pl.col("seq") * 3)
    odd = EventFrame.from_rows(pl.concat([gapped.reverse(), gapped.head(9)]))
    one, other = whole(frame), whole(odd)
    assert {key for key in one if one[key] != other[key]} <= {"L1"}


def test_a_kind_nobody_knows_is_kept_and_counted_in_the_quality():
    rows = log(*EVENTS).rows
    unknown = rows.tail(3).with_columns(kind=pl.lit(233, dtype=pl.UInt8), seq=pl.col("seq") + 500)
    found = measured(EventFrame.from_rows(pl.concat([rows, unknown])), only=("L1",))["L1"]
    assert "3 of an unknown kind" in found.note


def test_clocks_that_disagree_and_times_to_come_are_told():
    rows = log(*EVENTS).rows
    ahead = rows.tail(2).with_columns(time=pl.col("time") + 9_000 * DAY_US, seq=pl.col("seq") + 500)
    behind = rows.tail(2).with_columns(recorded=pl.col("time") - 5, seq=pl.col("seq") + 600)
    found = measured(EventFrame.from_rows(pl.concat([rows, ahead, behind])), only=("L1",))["L1"]
    assert "2 dated after the end" in found.note
    assert "recorded before they happened" in found.note


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf"), -1e308])
def test_values_that_are_no_numbers_reach_no_number(value):
    whole(EventFrame.from_rows(log(*EVENTS).rows.with_columns(value=pl.lit(value))))


def test_an_empty_network_answers_every_measure_with_none_or_zero():
    assert set(whole(EventFrame.empty()).values()) <= {None, 0.0}


def test_a_network_of_loops_and_repeats_has_their_simple_shape():
    loops = [at(kinds.Connected, 5, i, i) for i in range(40)]
    twice = [at(kinds.Connected, 5, i, (i + 1) % 40) for i in range(40) for _ in range(3)]
    found = measured(log(*EVENTS[:40], *loops, *twice), only=("S1.ties", "S6.core", "S7"))
    assert (found["S1.ties"].value, found["S6.core"].value, found["S7"].value) == (40, 2, None)


def test_a_site_that_left_is_measured_for_the_time_it_was_there():
    left = [at(kinds.Left, 50, i) for i in range(0, 40, 2)]
    now = measured(
        log(*EVENTS, *left, at(kinds.VoteCast, 200, 1, 5, site=1)), by="site", window_days=28, only=("S0", "N1.needs")
    )
    assert "S0 site=0" not in now or not now["S0 site=0"].value
    assert now["S0"].value == 20


def test_a_stratum_of_one_is_hidden_and_with_it_another():
    rows = [(str(i), "", "", "one" if i == 0 else "many" if i < 25 else "others", "1") for i in range(40)]
    strata = Strata.from_table(pl.DataFrame(rows, schema=["actor", "from", "to", "stratum", "rank"], orient="row"))
    found = measured(log(*EVENTS), strata=strata, by="stratum", only=("E5", "E4.*", "N1.needs", "H5.mean"))
    assert found["N1.needs stratum=one"].value is None
    assert found["N1.needs stratum=others"].value is None
    assert found["N1.needs stratum=many"].value == 24
