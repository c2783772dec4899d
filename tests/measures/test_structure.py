"""S0, S1, N6 and L1: size, giant component, the backlog law, and the quality of the log."""

import networkx as nx
import numpy as np
import polars as pl
import pytest

from coproduce.clock import DAY_US
from coproduce.events import EventFrame, Role, kinds
from coproduce.measures import Log
from coproduce.measures.ties import contributions, interaction_ties
from tests.measures.story import START, at, log, measured, value


def ties(*events):
    found = Log.of(log(*events))
    return sorted(interaction_ties(found, found.first_us, found.at + 1).select("a", "b").rows())


NEED = at(kinds.NeedStated, 0, 1, 100)
MADE = at(kinds.ResourceCreated, 0, 2, 40, object=50)


@pytest.mark.parametrize(
    "event",
    [
        at(kinds.Replied, 1, 2, 100),
        at(kinds.PersonMatched, 1, 2, 100, object=2),
        at(kinds.Thanked, 1, 1, 100, object=2),
        at(kinds.ResourceUsed, 1, 1, 100, object=50),
        at(kinds.Reviewed, 1, 1, 50, value=1.0),
        at(kinds.Connected, 1, 2, 1),
    ],
)
def test_what_one_does_for_another_ties_them(event):
    assert ties(NEED, MADE, event) == [(1, 2)]


def test_a_computers_suggestion_and_ones_own_thing_tie_nobody():
    suggested = at(kinds.PersonMatched, 1, 9, 100, object=2, role=Role.COMPUTER)
    assert ties(NEED, MADE, suggested, at(kinds.ResourceUsed, 1, 2, object=50), at(kinds.Replied, 1, 1, 100)) == []


def test_members_of_a_team_are_tied_to_the_one_who_started_it():
    team = [at(kinds.TeamStarted, 0, 1, 70), at(kinds.TeamJoined, 1, 2, 70), at(kinds.TeamJoined, 1, 3, 70)]
    assert ties(*team) == [(1, 2), (1, 3)]


def test_the_giant_component_agrees_with_networkx():
    draws = np.random.default_rng(4)
    pairs = {(int(min(p)), int(max(p))) for p in draws.integers(0, 200, (110, 2)) if p[0] != p[1]}
    frame = log(*(at(kinds.Joined, 0, i) for i in range(200)), *(at(kinds.Connected, 1, a, b) for a, b in pairs))
    graph = nx.Graph(list(pairs))
    largest = max(map(len, nx.connected_components(graph)))
    assert value(frame, "S1") == largest / 200
    assert value(frame, "S1.tied") == graph.number_of_nodes() / 200
    assert value(frame, "S1.ties") == len(pairs)


def test_a_network_without_ties_has_no_giant_component():
    assert value(log(at(kinds.Joined, 0, 1), at(kinds.Joined, 0, 2)), "S1") == 0


def test_the_null_network_is_drawn_only_when_asked_and_always_the_same():
    pairs = [(i, (i * 7 + 3) % 40) for i in range(40) if i != (i * 7 + 3) % 40]
    frame = log(*(at(kinds.Connected, 1, a, b) for a, b in pairs))
    assert measured(frame, only=("S1.null",))["S1.null"].value is None
    drawn = [measured(frame, only=("S1.null",), null=30)["S1.null"] for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert drawn[0].low <= drawn[0].value <= drawn[0].high


def test_runs_do_not_touch_each_other():
    rows = log(at(kinds.Connected, 0, 1, 2), at(kinds.Connected, 0, 2, 1), at(kinds.Joined, 0, 3)).rows
    both = EventFrame.from_rows(pl.concat([rows, rows.with_columns(run=pl.lit(1, dtype=pl.Int32))]))
    assert value(both, "S1") == pytest.approx(4 / 6)
    assert value(both, "S0") == 2 * value(EventFrame.from_rows(rows), "S0")


def test_size_counts_people_who_have_come_and_not_left():
    events = [at(kinds.Joined, i, i, value=1.0 + i % 2, site=i % 3) for i in range(1, 7)]
    found = measured(log(*events, at(kinds.Left, 8, 1), at(kinds.Left, 8, 2), at(kinds.Joined, 9, 2)), only=("S0.*",))
    assert (found["S0"].value, found["S0.patient"].value, found["S0.family"].value) == (5, 3, 2)
    assert found["S0.sites"].value == 3


def test_contributions_name_who_worked_on_what():
    found = Log.of(log(MADE, at(kinds.ResourceRevised, 2, 3, 40, object=51), at(kinds.ResourceOpened, 3, 4, object=51)))
    assert contributions(found, found.first_us, found.at + 1).select("person", "resource").rows() == [(2, 40), (3, 40)]


def steady(days=400, each=3, stay=5.0):
    """A stable queue: so many needs a day, each open for `stay` days."""
    stated = np.repeat(np.arange(days), each) + np.tile(np.arange(each), days) / each
    ids = np.arange(len(stated))
    columns = {"actor": np.r_[ids, ids], "subject": np.r_[ids, ids] + 10_000}
    time = START + (np.r_[stated, stated + stay] * DAY_US).astype(np.int64)
    kind = np.repeat([kinds.NeedStated.meaning.code, kinds.NeedConfirmed.meaning.code], len(ids))
    rows = pl.DataFrame({"time": time, "kind": kind, **columns}).filter(pl.col("time") <= START + days * DAY_US)
    rows = rows.sort("time").with_row_index("seq").with_columns(
        run=0, recorded="time", object=-1, role=1, site=-1, topic=-1, value=float("nan"), cause=-1
    )  # fmt: skip
    return EventFrame.from_rows(rows)


def test_littles_law_holds_in_a_steady_queue():
    found = measured(steady(), only=("N6.*",), window_days=300)
    assert found["N6.open"].value == pytest.approx(15, rel=0.01)
    assert found["N6.arrivals"].value == pytest.approx(3, rel=0.01)
    assert found["N6.days_open"].value == pytest.approx(5)
    assert abs(found["N6"].value) < 0.02
    assert found["N6"].low <= found["N6"].value <= found["N6"].high
    assert found["N6"].note is None


def test_needs_that_were_open_before_the_window_count_in_it_for_their_time_inside():
    assert measured(steady(), only=("N6.open",), window_days=10)["N6.open"].value == pytest.approx(15, rel=0.02)


def test_a_growing_backlog_is_called_not_stable():
    frame = log(*(at(kinds.NeedStated, i, i, 100 + i) for i in range(20)), at(kinds.NeedConfirmed, 19, 1, 101))
    assert "not stable" in measured(frame, only=("N6.*",))["N6"].note


def test_odd_rows_are_counted_and_named():
    rows = log(at(kinds.Joined, 0, 1), at(kinds.Joined, 1, 2), at(kinds.Joined, 2, 3)).rows
    odd = rows.with_columns(
        kind=pl.Series([1, 233, 1], dtype=pl.UInt8), time=pl.Series([START, START, 2**62], dtype=pl.Int64)
    )
    found = measured(EventFrame.from_rows(pl.concat([odd, odd.head(1)])), only=("L1",))["L1"]
    assert "1 of an unknown kind" in found.note
    assert "1 repeated" in found.note
    assert "1 with an impossible time" in found.note
    assert found.n == 4
