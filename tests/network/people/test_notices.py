"""People are told once, outside their quiet hours, also when the mail server fails and is tried again."""

from __future__ import annotations

import smtplib
from datetime import UTC, datetime, time, timedelta

import pytest
from django.core import mail

from coproduce.network.people import notices
from coproduce.network.people.asking import Asking, computer
from coproduce.network.people.models import Account, Notice, Person
from coproduce.network.people.policy import told
from tests.network.people.conftest import NOON, Joins

pytestmark = pytest.mark.django_db


@pytest.fixture
def someone(join: Joins) -> Asking:
    asking = join("Somebody")
    with told(computer("accounts")):
        Account.objects.create_user("somebody@example.org", "a-long-password", person_id=asking.actor)
    return asking


def tell(person: Asking, about: int = 7) -> bool:
    with told(person):
        return notices.tell(person_id=person.actor, kind=Notice.Kind.REPLIED, about=about, path="/needs/7/", at=NOON)


def test_a_notice_is_mailed_once_however_often_it_is_told_and_delivered(someone: Asking) -> None:
    assert [tell(someone), tell(someone)] == [True, False]
    assert [notices.deliver(NOON), notices.deliver(NOON)] == [1, 0]
    (message,) = mail.outbox
    assert message.to == ["somebody@example.org"]
    assert "/needs/7/" in message.body


def test_a_failing_mail_server_is_tried_again_and_the_mail_leaves_once(
    someone: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(someone)
    with monkeypatch.context() as broken:

        def refuse(*_args: object, **_arguments: object) -> int:
            raise smtplib.SMTPServerDisconnected

        broken.setattr("django.core.mail.EmailMessage.send", refuse)
        assert notices.deliver(NOON) == 0
    assert notices.deliver(NOON) == 0, "not before its waiting time"
    assert notices.deliver(NOON + timedelta(minutes=2)) == 1
    assert notices.deliver(NOON + timedelta(days=2)) == 0
    assert len(mail.outbox) == 1


def test_a_mail_sent_again_after_a_crash_bears_the_same_message_id(someone: Asking) -> None:
    tell(someone)
    with told(computer("worker")):
        notice = Notice.objects.get()
    first, second = (notices.message_of(notice, "a@example.org").message()["Message-ID"] for _ in range(2))
    assert first == second


def test_nobody_is_written_to_in_their_quiet_hours(someone: Asking) -> None:
    Person.objects.filter(pk=someone.actor).update(quiet_from=time(22), quiet_to=time(7), time_zone="America/New_York")
    tell(someone)
    night = datetime(2026, 6, 2, 3, 30, tzinfo=UTC)  # 23:30 in New York
    assert notices.deliver(night) == 0
    assert notices.deliver(datetime(2026, 6, 2, 11, 1, tzinfo=UTC)) == 1


@pytest.mark.parametrize(
    ("hour", "quiet"), [(21, False), (22, True), (23, True), (0, True), (6, True), (7, False), (12, False)]
)
def test_quiet_hours_may_span_midnight(hour: int, quiet: bool) -> None:
    person = Person(quiet_from=time(22), quiet_to=time(7), time_zone="UTC")
    until = notices.end_of_quiet(person, datetime(2026, 6, 1, hour, tzinfo=UTC))
    assert (until is not None) is quiet
    assert until is None or (until.hour, until.minute) == (7, 0)


def test_an_action_that_is_undone_tells_nobody(someone: Asking) -> None:
    def told_and_undone() -> None:
        with told(someone):
            notices.tell(person_id=someone.actor, kind=Notice.Kind.THANKED, about=1, path="/", at=NOON)
            raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        told_and_undone()
    assert notices.deliver(NOON) == 0


def test_others_see_nothing_of_my_notices(someone: Asking, join: Joins) -> None:
    tell(someone)
    with told(join("Stranger")):
        assert Notice.objects.count() == 0
