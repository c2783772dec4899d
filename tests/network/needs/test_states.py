"""The table of states, walked at random: on the table itself, and through the actions on a real database."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coproduce.errors import Conflict
from coproduce.events import kinds
from coproduce.network.commons.models import Resource
from coproduce.network.log import events_about
from coproduce.network.needs import actions
from coproduce.network.needs.models import Need
from coproduce.network.needs.states import CLOSED, OPEN, WAYS, moved
from coproduce.network.people.asking import Asking
from coproduce.network.people.policy import told
from tests.network.needs.conftest import SCHOOL, START, Town

DEEDS = sorted({deed for ways in WAYS.values() for deed in ways})
EXITS = {kinds.NeedConfirmed, kinds.NeedWithdrawn, kinds.NeedRedirected, kinds.NeedUnreachable, kinds.NeedExpired}


def test_every_state_has_a_row_and_is_open_or_closed() -> None:
    assert set(WAYS) == set(Need.State)
    assert set(Need.State) == OPEN | CLOSED
    assert not OPEN & CLOSED


@pytest.mark.parametrize("state", sorted(Need.State))
def test_a_closed_need_is_only_reopened_and_an_open_one_never(state: Need.State) -> None:
    for deed in DEEDS:
        try:
            after = moved(state, deed)
        except Conflict:
            continue
        assert (deed == "reopen") == (state in CLOSED and after in OPEN)


@given(st.lists(st.sampled_from(DEEDS), max_size=30))
def test_whatever_is_done_a_need_is_met_only_by_being_confirmed(deeds: list[str]) -> None:
    state = Need.State.HEARD
    for deed in deeds:
        try:
            after = moved(state, deed)
        except Conflict:
            continue
        if after == Need.State.CONFIRMED:
            assert deed == "confirm"
        state = after


def _doings(town: Town, need: Need, offer_id: int) -> dict[str, object]:
    who, worker = town.josephine, Asking(system="worker", at=START)
    outcome = actions.Outcome(answer="partly")
    return {
        "use": lambda: actions.use_offer(who, need_id=need.pk, offer_id=offer_id),
        "answer": lambda: actions.report_outcome(who, need_id=need.pk, offer_id=offer_id, outcome=outcome),
        "ask": lambda: actions.ask_people(who, need_id=need.pk),
        "confirm": lambda: actions.confirm_met(who, need_id=need.pk),
        "give-up": lambda: actions.give_up_need(who, need_id=need.pk, reason="cost"),
        "withdraw": lambda: actions.withdraw_need(who, need_id=need.pk),
        "redirect": lambda: actions.redirect_need(who, need_id=need.pk),
        "follow-up": lambda: actions.follow_up_need(worker, need_id=need.pk),
        "silent": lambda: actions.count_silent(worker, need_id=need.pk),
        "reopen": lambda: actions.reopen_need(who, need_id=need.pk),
        "correct": lambda: actions.correct_need(who, need_id=need.pk, chips=actions.Chips()),
    }


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_the_log_of_any_walk_fits_the_machine_and_ends_where_the_need_stands(
    town: Town, shelf: dict[str, Resource], data: st.DataObject
) -> None:
    need = actions.state_need(town.josephine, wish=actions.Wish(words=SCHOOL), for_person=town.orleans.person)
    with told(town.josephine):
        doings = _doings(town, need, need.offers.get(rank=1, version__isnull=False).pk)
    for deed in data.draw(st.lists(st.sampled_from(sorted(doings)), max_size=8)):
        try:
            doings[deed]()  # type: ignore[operator]
        except Conflict:
            continue
    is_open = True
    for row in events_about([need.pk]):
        assert row.what is kinds.NeedStated or row.cause >= 0
        if row.what in EXITS or row.what is kinds.NeedReopened:
            assert is_open == (row.what in EXITS)
            is_open = row.what is kinds.NeedReopened
    with told(town.josephine):
        assert (Need.objects.get(pk=need.pk).state in OPEN) == is_open
