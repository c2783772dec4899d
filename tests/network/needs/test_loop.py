"""From a need to what was learned: used, outcome, confirmed; and the ways a need ends otherwise."""

from __future__ import annotations

import math

import pytest

from coproduce.errors import Conflict, InvalidInput, NotAllowed
from coproduce.events import kinds
from coproduce.measures import Request, measure_all
from coproduce.network.commons.models import Resource
from coproduce.network.log import Row, events_about, read_frame
from coproduce.network.needs import actions
from coproduce.network.needs.actions import Outcome
from coproduce.network.needs.models import Need, Offer, Reply
from coproduce.network.people.asking import computer
from coproduce.network.people.models import Notice, Proxy
from coproduce.network.people.policy import told
from tests.network.needs.conftest import Town

State = Need.State


def letter(town: Town, need: Need) -> Offer:
    with told(town.josephine):
        return need.offers.get(version__title="A letter for school")


def state(town: Town, need: Need) -> str:
    with told(town.josephine):
        return Need.objects.get(pk=need.pk).state


def rows(need: Need, kind: type) -> list[Row]:
    return [row for row in events_about([need.pk]) if row.what is kind]


def go_through(town: Town, need: Need) -> Offer:
    """Used after two days, helped and met after three."""
    offer = letter(town, need)
    actions.use_offer(town.at("josephine", 2), need_id=need.pk, offer_id=offer.pk)
    outcome = Outcome(answer="yes", thanks="You can tell that a parent wrote this.", met=True)
    actions.report_outcome(town.at("josephine", 3), need_id=need.pk, offer_id=offer.pk, outcome=outcome)
    return offer


def test_every_event_of_the_whole_way_names_the_one_that_led_to_it(town: Town, school: Need) -> None:
    offer = go_through(town, school)
    used, said = rows(school, kinds.ResourceUsed)[0], rows(school, kinds.OutcomeReported)[0]
    learned, confirmed = rows(school, kinds.LessonDrawn)[0], rows(school, kinds.NeedConfirmed)[0]
    assert used.cause == offer.matched_seq
    assert (said.cause, said.value) == (used.seq, 1.0)
    assert (learned.cause, learned.value, learned.object) == (said.seq, 1.0, offer.version_id)
    assert (confirmed.cause, confirmed.object) == (said.seq, offer.version_id)


def test_the_author_is_thanked_in_words_that_only_the_two_see(town: Town, school: Need) -> None:
    go_through(town, school)
    for asking, n_seen in ((town.daniel, 1), (town.josephine, 1), (town.stranger, 0), (town.bianca, 0)):
        with told(asking):
            assert Reply.objects.filter(to_id=town.daniel.person).count() == n_seen
    with told(town.daniel):
        assert Notice.objects.filter(kind=Notice.Kind.THANKED).count() == 1


def test_the_measures_see_the_need_met_after_three_days(town: Town, school: Need) -> None:
    go_through(town, school)
    found = {m.id: m for m in measure_all(read_frame(), Request()) if m.by is None}
    waits = [m for name, m in found.items() if name.startswith("N2") and m.value is not None]
    assert waits
    assert found["N1.needs"].value == 1


def test_only_who_stated_it_or_whom_it_is_for_stops_the_clock(town: Town, school: Need) -> None:
    with told(computer("example")):
        Proxy.objects.create(person_id=town.orleans.person, proxy_id=town.daniel.person, since=town.daniel.at)
    with pytest.raises(NotAllowed):
        actions.confirm_met(town.daniel, need_id=school.pk)
    outcome = Outcome(answer="yes", met=True)
    actions.report_outcome(town.daniel, need_id=school.pk, offer_id=letter(town, school).pk, outcome=outcome)
    assert state(town, school) == State.ANSWERED
    actions.confirm_met(town.orleans, need_id=school.pk)
    assert state(town, school) == State.CONFIRMED


def test_what_could_not_be_got_leaves_the_need_open_until_it_is_given_up(town: Town, school: Need) -> None:
    offer = letter(town, school)
    outcome = Outcome(answer="could-not-get-it", reason="distance")
    actions.report_outcome(town.josephine, need_id=school.pk, offer_id=offer.pk, outcome=outcome)
    assert state(town, school) == State.ANSWERED
    actions.give_up_need(town.josephine, need_id=school.pk, reason="distance")
    assert state(town, school) == State.UNREACHABLE
    (ended,) = rows(school, kinds.NeedUnreachable)
    assert (ended.value, ended.object) == (3.0, offer.version_id)


def test_a_reopened_need_names_what_had_closed_it(town: Town, school: Need) -> None:
    go_through(town, school)
    actions.reopen_need(town.at("josephine", 5), need_id=school.pk)
    assert state(town, school) == State.MATCHED
    assert rows(school, kinds.NeedReopened)[0].cause == rows(school, kinds.NeedConfirmed)[0].seq


@pytest.mark.parametrize(
    ("close", "arguments", "kind"),
    [
        (actions.withdraw_need, {}, kinds.NeedWithdrawn),
        (actions.redirect_need, {}, kinds.NeedRedirected),
        (actions.confirm_met, {}, kinds.NeedConfirmed),
        (actions.give_up_need, {"reason": "cost"}, kinds.NeedUnreachable),
    ],
)
def test_closing_twice_is_closing_once(town: Town, school: Need, close: object, arguments: dict, kind: type) -> None:
    for _turn in range(2):
        close(town.josephine, need_id=school.pk, **arguments)  # type: ignore[operator]
    assert len(rows(school, kind)) == 1
    with pytest.raises(Conflict):
        actions.use_offer(town.josephine, need_id=school.pk, offer_id=letter(town, school).pk)


def test_the_same_answer_sent_twice_is_one_answer(town: Town, school: Need) -> None:
    offer = letter(town, school)
    for _turn in range(2):
        actions.report_outcome(
            town.josephine, need_id=school.pk, offer_id=offer.pk, outcome=Outcome(answer="partly", words="Nearly.")
        )
    assert [row.value for row in rows(school, kinds.OutcomeReported)] == [0.5]
    with told(town.josephine):
        assert Reply.objects.filter(need=school).count() == 1


def test_an_urgent_need_that_was_redirected_is_kept_and_can_say_how_it_went(town: Town, school: Need) -> None:
    actions.redirect_need(town.josephine, need_id=school.pk)
    actions.report_outcome(town.josephine, need_id=school.pk, outcome=Outcome(answer="yes", words="We were seen."))
    assert state(town, school) == State.REDIRECTED
    with told(town.josephine):
        assert Need.objects.get(pk=school.pk).words


@pytest.mark.parametrize("given", [{"answer": "maybe"}, {"answer": "could-not-get-it"}])
def test_an_answer_outside_the_list_is_refused(town: Town, school: Need, given: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        actions.report_outcome(
            town.josephine, need_id=school.pk, offer_id=letter(town, school).pk, outcome=Outcome(**given)
        )


def test_a_lesson_that_a_person_draws_follows_from_the_outcome(town: Town, school: Need) -> None:
    go_through(town, school)
    actions.draw_lesson(town.josephine, need_id=school.pk, words="Put the child first.")
    lesson = rows(school, kinds.LessonDrawn)[-1]
    assert lesson.cause == rows(school, kinds.OutcomeReported)[0].seq
    assert (lesson.actor, math.isnan(lesson.value)) == (town.josephine.person, True)


def test_a_version_that_was_taken_back_is_not_offered(town: Town, shelf: dict[str, Resource]) -> None:
    from coproduce.network.commons.actions import retire_resource
    from tests.network.needs.conftest import SCHOOL

    gone = shelf["A letter for school"]
    retire_resource(town.daniel, resource_id=gone.pk)
    need = actions.state_need(town.daniel, wish=actions.Wish(words=SCHOOL))
    with told(town.daniel):
        assert not need.offers.filter(version=gone.latest_id).exists()
