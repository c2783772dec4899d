"""Asking people and being asked; offering oneself, a resource, a new resource; saying no."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest

from coproduce.errors import Absent, Conflict, InvalidInput
from coproduce.events import kinds
from coproduce.network.commons.models import Resource
from coproduce.network.log import Row, events_about
from coproduce.network.needs import actions, queries
from coproduce.network.needs.models import Audience, Need, Offer, Reply
from coproduce.network.people.models import Notice, Person
from coproduce.network.people.policy import told
from tests.network.needs.conftest import SCHOOL, Town, words_of


def rows(need: Need, kind: type) -> list[Row]:
    return [row for row in events_about([need.pk]) if row.what is kind]


@pytest.fixture
def everybodys(town: Town, shelf: dict[str, Resource]) -> Need:
    """A need that everybody signed in may see."""
    wish = actions.Wish(words=SCHOOL, audience=Audience.NETWORK)
    return actions.state_need(town.josephine, wish=wish, for_person=town.orleans.person)


def test_a_suggested_helper_sees_the_need_only_once_asked(town: Town, school: Need) -> None:
    with pytest.raises(Absent):
        actions.offer_self(town.bianca, need_id=school.pk)
    (offer,) = actions.ask_people(town.josephine, need_id=school.pk)
    (invited,) = rows(school, kinds.Invited)
    assert (invited.object, invited.cause) == (town.bianca.person, offer.matched_seq)
    with told(town.bianca):
        assert Need.objects.filter(pk=school.pk).exists()
        assert Notice.objects.get().kind == Notice.Kind.ASKED_TO_HELP


def test_asking_the_same_person_twice_is_asking_once(town: Town, school: Need) -> None:
    for _turn in range(2):
        actions.ask_person(town.josephine, need_id=school.pk, person_id=town.bianca.actor)
    assert len(rows(school, kinds.Invited)) == 1


def test_a_no_is_without_penalty_and_hides_the_need_again(town: Town, school: Need) -> None:
    actions.ask_people(town.josephine, need_id=school.pk)
    actions.decline_help(town.bianca, need_id=school.pk)
    assert len(rows(school, kinds.HelpDeclined)) == 1
    with told(town.bianca):
        assert not Need.objects.exists()


def test_a_yes_connects_the_two(town: Town, school: Need) -> None:
    (offer,) = actions.ask_people(town.josephine, need_id=school.pk)
    actions.accept(town.bianca, need_id=school.pk, offer_id=offer.pk)
    connected = next(row for row in events_about([town.josephine.actor]) if row.what is kinds.Connected)
    assert connected.actor == town.bianca.person
    with told(town.josephine):
        assert Notice.objects.filter(kind=Notice.Kind.PERSON_OFFERED, person=town.josephine.person).count() == 1


def test_nobody_says_yes_in_the_place_of_who_was_asked(town: Town, school: Need) -> None:
    (offer,) = actions.ask_people(town.josephine, need_id=school.pk)
    with pytest.raises(Conflict):
        actions.accept(town.josephine, need_id=school.pk, offer_id=offer.pk)


def test_nobody_is_asked_more_often_than_they_said(town: Town, shelf: dict[str, Resource]) -> None:
    Person.objects.filter(pk=town.bianca.person).update(help_capacity=1)
    first, second = (actions.state_need(who, wish=actions.Wish(words=SCHOOL)) for who in (town.josephine, town.daniel))
    actions.ask_person(town.josephine, need_id=first.pk, person_id=town.bianca.actor)
    assert actions.ask_people(town.daniel, need_id=second.pk) == []
    with pytest.raises(Conflict):
        actions.ask_person(town.daniel, need_id=second.pk, person_id=town.bianca.actor)


def test_a_need_for_ones_own_eyes_asks_nobody(town: Town, shelf: dict[str, Resource]) -> None:
    need = actions.state_need(town.josephine, wish=actions.Wish(words=SCHOOL, audience=Audience.ONLY_ME))
    with pytest.raises(Conflict):
        actions.ask_person(town.josephine, need_id=need.pk, person_id=town.bianca.actor)


def test_somebody_who_does_not_help_cannot_be_asked(town: Town, school: Need) -> None:
    with pytest.raises(Absent):
        actions.ask_person(town.josephine, need_id=school.pk, person_id=town.stranger.actor)


def test_a_person_who_comes_forward_is_matched_and_accepted(town: Town, everybodys: Need) -> None:
    offer = actions.offer_self(town.stranger, need_id=everybodys.pk, words="I had the same letter.")
    matched, replied = rows(everybodys, kinds.PersonMatched)[-1], rows(everybodys, kinds.Replied)[0]
    assert (matched.actor, replied.cause) == (town.stranger.person, matched.seq)
    actions.accept(town.josephine, need_id=everybodys.pk, offer_id=offer.pk)
    with told(town.stranger):
        assert Offer.objects.get(pk=offer.pk).state == Offer.State.ACCEPTED


def test_one_who_was_suggested_may_come_forward_where_everybody_sees_the_need(town: Town, everybodys: Need) -> None:
    offer = actions.offer_self(town.bianca, need_id=everybodys.pk)
    assert (offer.state, len(rows(everybodys, kinds.PersonMatched))) == (Offer.State.OFFERED, 1)


def test_offering_the_same_resource_twice_offers_it_once(town: Town, everybodys: Need) -> None:
    version = Resource.objects.get(latest__title="Sleep and tiredness").latest_id
    for _turn in range(2):
        actions.offer_resource(town.stranger, need_id=everybodys.pk, version_id=version, words="This one.")
    replied = [row.object for row in rows(everybodys, kinds.Replied)]
    assert replied == [version]


def test_a_resource_made_for_a_need_names_the_need_as_its_cause(town: Town, everybodys: Need) -> None:
    token = uuid4()
    made = [
        actions.offer_new_resource(
            town.stranger, need_id=everybodys.pk, words=words_of("Band practice", "Play sitting down."), token=token
        )
        for _turn in range(2)
    ]
    assert made[0].pk == made[1].pk
    about = events_about([made[0].pk])
    created, shared = (
        next(r for r in about if r.what is kind) for kind in (kinds.ResourceCreated, kinds.ResourceShared)
    )
    matched = next(row for row in rows(everybodys, kinds.ResourceMatched) if row.object == made[0].latest_id)
    assert (created.cause, shared.cause, matched.cause) == (everybodys.stated_seq, created.seq, shared.seq)


def test_nobody_offers_anything_for_their_own_need(town: Town, everybodys: Need) -> None:
    with pytest.raises(Conflict):
        actions.offer_self(town.josephine, need_id=everybodys.pk)


def test_a_reply_sent_twice_is_said_once(town: Town, everybodys: Need) -> None:
    token = uuid4()
    for _turn in range(2):
        actions.reply(town.stranger, need_id=everybodys.pk, words="Ask the school nurse.", token=token)
    assert len(rows(everybodys, kinds.Replied)) == 1
    with told(town.josephine):
        assert Reply.objects.get().words == "Ask the school nurse."


@pytest.mark.parametrize("words", ["", " ", "a\x00b", "a" * 5_001], ids=["nothing", "blank", "null", "long"])
def test_a_reply_that_cannot_be_kept_writes_nothing(town: Town, everybodys: Need, words: str) -> None:
    with pytest.raises(InvalidInput):
        actions.reply(town.stranger, need_id=everybodys.pk, words=words)
    assert rows(everybodys, kinds.Replied) == []


def test_replying_while_acting_for_somebody_else_is_replying_as_oneself(town: Town, everybodys: Need) -> None:
    said = actions.reply(replace(town.daniel, acting_for=None), need_id=everybodys.pk, words="We did it in two pages.")
    assert said.author_id == town.daniel.person


def test_of_many_who_could_help_those_with_most_room_are_shown(town: Town) -> None:
    Person.objects.filter(pk=town.daniel.person).update(help_capacity=9)
    assert [person.pk for person in queries.people_with_room(town.josephine, limit=1)] == [town.daniel.person]
