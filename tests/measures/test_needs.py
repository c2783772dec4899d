"""The state machine of a need: which events open and close its clock, and which do not."""

import polars as pl
import pytest

from coproduce.events import Role, kinds
from coproduce.measures import Exit, Log
from tests.measures.story import at, log

PARENT, CHILD, OTHER, NEED = 1, 2, 3, 100
STATED = at(kinds.NeedStated, 0, PARENT, NEED, object=CHILD, role=Role.FAMILY, site=7, value=3.0)


def episodes(*events):
    return Log.of(log(*events)).needs.episodes


def exits(*events):
    return episodes(*events)["exit"].to_list()


@pytest.mark.parametrize("who", [PARENT, CHILD])
def test_the_clock_stops_when_the_one_who_stated_it_or_whom_it_is_for_confirms(who):
    found = episodes(STATED, at(kinds.NeedConfirmed, 2, who, NEED))
    assert found["exit"].to_list() == [Exit.CONFIRMED]
    assert found["wait_days"].to_list() == [2.0]


def test_a_confirmation_by_somebody_else_stops_no_clock_and_is_counted():
    found = episodes(STATED, at(kinds.NeedConfirmed, 2, OTHER, NEED), at(kinds.Joined, 5, OTHER))
    assert found.select("exit", "foreign", "wait_days").rows() == [(Exit.OPEN, True, 5.0)]


def test_a_confirmation_by_a_proxy_who_acts_for_the_person_stops_the_clock():
    confirmed = at(kinds.NeedConfirmed, 2, OTHER, NEED)
    assert exits(STATED, confirmed, at(kinds.ActedFor, 2, OTHER, CHILD, cause=1)) == [Exit.CONFIRMED]
    assert exits(STATED, confirmed, at(kinds.ActedFor, 2, OTHER, 99, cause=1)) == [Exit.OPEN]


def test_an_absent_actor_is_never_the_person():
    nobody = at(kinds.NeedStated, 0, -1, NEED)
    assert exits(nobody, at(kinds.NeedConfirmed, 1, -1, NEED)) == [Exit.OPEN]


@pytest.mark.parametrize(
    ("kind", "exit_"),
    [
        (kinds.NeedWithdrawn, Exit.WITHDRAWN),
        (kinds.NeedRedirected, Exit.REDIRECTED),
        (kinds.NeedExpired, Exit.EXPIRED),
        (kinds.NeedUnreachable, Exit.UNREACHABLE),
    ],
)
def test_the_first_exit_closes_the_need_and_a_later_one_changes_nothing(kind, exit_):
    assert exits(STATED, at(kind, 1, PARENT, NEED), at(kinds.NeedConfirmed, 2, PARENT, NEED)) == [exit_]


def test_a_reopened_need_is_a_new_episode_whose_clock_starts_anew():
    found = episodes(
        STATED,
        at(kinds.NeedConfirmed, 2, PARENT, NEED),
        at(kinds.NeedReopened, 10, PARENT, NEED),
        at(kinds.NeedConfirmed, 13, PARENT, NEED),
    )
    assert found["wait_days"].to_list() == [2.0, 3.0]
    assert found["reopened"].to_list() == [False, True]
    assert found["deadline_days"].is_nan().to_list() == [False, True]


def test_reopening_an_open_need_changes_nothing():
    found = episodes(STATED, at(kinds.NeedReopened, 1, PARENT, NEED), at(kinds.NeedConfirmed, 4, PARENT, NEED))
    assert found["wait_days"].to_list() == [4.0]


def test_moves_that_do_not_fit_the_machine_are_counted_not_used():
    moves = Log.of(
        log(
            at(kinds.NeedConfirmed, -1, PARENT, NEED),
            STATED,
            at(kinds.NeedStated, 1, OTHER, NEED),
            at(kinds.NeedWithdrawn, 2, PARENT, NEED),
            at(kinds.NeedExpired, 3, OTHER, NEED),
            at(kinds.NeedConfirmed, 3, PARENT, NEED + 1),
        )
    ).needs.moves
    assert moves.sort("time")["fits"].to_list() == [False, True, False, True, False, False]


def test_one_need_never_leaks_into_the_next():
    found = episodes(
        STATED,
        at(kinds.NeedStated, 0, OTHER, NEED + 1),
        at(kinds.NeedConfirmed, 1, PARENT, NEED),
        at(kinds.NeedReopened, 2, OTHER, NEED + 1),
        at(kinds.NeedConfirmed, 3, OTHER, NEED + 1),
    )
    assert found.sort("need").select("need", "exit", "wait_days").rows() == [(100, 1, 1.0), (101, 1, 3.0)]


def test_the_same_need_id_in_two_runs_is_two_needs():
    rows = log(STATED, at(kinds.NeedConfirmed, 1, PARENT, NEED)).rows
    both = pl.concat([rows, rows.with_columns(run=pl.lit(1, dtype=pl.Int32))])
    from coproduce.events import EventFrame

    assert Log.of(EventFrame.from_rows(both)).needs.episodes["exit"].to_list() == [1, 1]


def test_a_reply_counts_when_it_comes_from_another_person_and_not_from_a_computer():
    found = episodes(
        STATED,
        at(kinds.Replied, 1, PARENT, NEED),
        at(kinds.Replied, 2, 50, NEED, role=Role.COMPUTER),
        at(kinds.Replied, 3, OTHER, NEED),
    )
    assert (found["replied_us"] - found["opened_us"]).to_list() == [3 * 86_400_000_000]


def test_what_met_the_need_is_what_the_confirmation_names_or_else_the_last_use_before_it():
    used = at(kinds.ResourceUsed, 1, PARENT, NEED, object=500)
    later = at(kinds.ResourceUsed, 3, PARENT, NEED, object=501)
    assert episodes(STATED, used, at(kinds.NeedConfirmed, 2, PARENT, NEED), later)["met_by"].to_list() == [500]
    named = at(kinds.NeedConfirmed, 2, PARENT, NEED, object=700)
    assert episodes(STATED, used, named)["met_by"].to_list() == [700]
