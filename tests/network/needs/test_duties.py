"""The worker: silence is asked about once and counted as silence; what is new is matched, and people are told once."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.core import mail

from coproduce.events import Role, kinds
from coproduce.network.commons import index
from coproduce.network.commons.actions import create_resource, revise_resource
from coproduce.network.commons.models import Resource
from coproduce.network.log import Row, events_about
from coproduce.network.needs import actions
from coproduce.network.needs.duties import expire_silent, follow_up, match_new_resources
from coproduce.network.needs.models import Cursor, Need
from coproduce.network.people.asking import computer
from coproduce.network.people.models import Account, Notice
from coproduce.network.people.notices import deliver
from coproduce.network.people.policy import told
from tests.network.needs.conftest import START, Town, words_of

Publish = Callable[..., Resource]


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def rows(need: Need, kind: type) -> list[Row]:
    return [row for row in events_about([need.pk]) if row.what is kind]


def state(need: Need) -> str:
    with told(computer("worker")):
        return Need.objects.get(pk=need.pk).state


@pytest.fixture
def publish(town: Town) -> Iterator[Publish]:
    """Shares a resource; the index is brought up to date as it would be on commit."""
    made: list[int] = []

    def share(title: str, body: str) -> Resource:
        resource = create_resource(town.daniel, words=words_of(title, body), share=True)
        made.append(resource.pk)
        index.refresh([resource.pk])
        return resource

    yield share
    index.index().remove(made)
    index.index().commit()


def test_a_silent_need_is_asked_about_once_and_then_counted_as_silent(town: Town, school: Need) -> None:
    assert [follow_up(day(n)) for n in (6, 8, 9)] == [0, 1, 0]
    assert [expire_silent(day(n)) for n in (20, 30, 31)] == [0, 1, 0]
    assert state(school) == Need.State.EXPIRED
    (asked,), (expired,) = rows(school, kinds.NeedFollowedUp), rows(school, kinds.NeedExpired)
    assert (expired.cause, expired.role) == (asked.seq, Role.COMPUTER)
    assert rows(school, kinds.NeedConfirmed) == []


def test_an_answer_after_the_question_keeps_the_need_open(town: Town, school: Need) -> None:
    follow_up(day(8))
    with told(town.josephine):
        offer = school.offers.get(rank=1, version__isnull=False)
    actions.use_offer(town.at("josephine", 9), need_id=school.pk, offer_id=offer.pk)
    assert expire_silent(day(40)) == 0
    assert state(school) == Need.State.USED


def test_a_reopened_need_may_be_asked_about_again(town: Town, school: Need) -> None:
    follow_up(day(8))
    expire_silent(day(30))
    actions.reopen_need(town.at("josephine", 31), need_id=school.pk)
    assert follow_up(day(39)) == 1
    with told(town.josephine):
        assert Notice.objects.filter(kind=Notice.Kind.FOLLOW_UP).count() == 1


def test_a_new_resource_is_matched_to_an_open_need_and_its_person_told_once(
    town: Town, school: Need, publish: Publish
) -> None:
    match_new_resources(day(1))
    new = publish("A school letter that teachers read", "Crohn's disease at school: a letter for the teacher.")
    assert [match_new_resources(day(2)) for _turn in range(2)] == [1, 0]
    with told(town.josephine):
        found = school.offers.get(version=new.latest_id)
        assert Notice.objects.filter(kind=Notice.Kind.RESOURCE_FOUND).count() == 1
    (matched,) = [row for row in rows(school, kinds.ResourceMatched) if row.seq == found.matched_seq]
    shared = next(row for row in events_about([new.pk]) if row.what is kinds.ResourceShared)
    assert matched.cause == shared.seq


def test_a_crash_before_the_cursor_moves_finds_nothing_twice(town: Town, school: Need, publish: Publish) -> None:
    match_new_resources(day(1))
    with told(computer("worker")):
        before = Cursor.objects.get().seq
    publish("A school letter that teachers read", "Crohn's disease at school: a letter for the teacher.")
    match_new_resources(day(2))
    with told(computer("worker")):
        Cursor.objects.update(seq=before)
    assert match_new_resources(day(2)) == 0


def test_a_resource_about_something_else_is_not_matched(town: Town, school: Need, publish: Publish) -> None:
    match_new_resources(day(1))
    publish("Trumpet and breathing", "Notes on playing a wind instrument.")
    assert match_new_resources(day(2)) == 0


def test_a_revision_is_offered_again_only_where_the_last_one_did_not_do(
    town: Town, school: Need, shelf: dict[str, Resource]
) -> None:
    letter = shelf["A letter for school"]
    match_new_resources(day(1))

    def revise(body: str) -> int:
        latest = Resource.objects.get(pk=letter.pk)
        words = words_of("A letter for school", body, conditions=tuple(latest.conditions.values_list("pk", flat=True)))
        revise_resource(town.daniel, resource_id=letter.pk, based_on=latest.latest_id, words=words)
        index.refresh([letter.pk])
        return match_new_resources(day(2))

    assert revise("A letter for the teacher of a child with Crohn's disease. Shorter.") == 0
    with told(town.josephine):
        offer = school.offers.get(version__resource=letter)
    partly = actions.Outcome(answer="partly")
    actions.report_outcome(town.josephine, need_id=school.pk, offer_id=offer.pk, outcome=partly)
    assert revise("A letter for the teacher of a child with Crohn's disease. With a map.") == 1


def test_a_closed_need_is_left_alone(town: Town, school: Need, publish: Publish) -> None:
    match_new_resources(day(1))
    actions.withdraw_need(town.josephine, need_id=school.pk)
    publish("A school letter that teachers read", "Crohn's disease at school: a letter for the teacher.")
    assert (match_new_resources(day(2)), follow_up(day(9))) == (0, 0)


def test_a_mail_that_failed_is_sent_later_once_and_holds_no_words(
    town: Town, school: Need, monkeypatch: pytest.MonkeyPatch
) -> None:
    with told(computer("accounts")):
        Account.objects.create_user("josephine@example.org", "a-long-password", person_id=town.josephine.actor)
    follow_up(day(8))

    def refuse(*_arguments: object, **_named: object) -> None:
        raise smtplib.SMTPServerDisconnected

    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMessage.send", refuse)
        assert deliver(day(8)) == 0
    assert [deliver(day(n)) for n in (8.01, 8.02)] == [1, 0]
    (sent,) = mail.outbox
    assert f"/needs/{school.pk}/" in sent.body
    assert "school on Monday" not in sent.body + sent.subject
