"""What somebody writes about their need stands in the need and nowhere else: no mail, report, log line or other row."""

from __future__ import annotations

import io
import logging
from datetime import timedelta
from typing import NoReturn

import pytest
from django.conf import LazySettings
from django.core import mail
from django.db import connection
from django.test import Client

from coproduce.network import worker
from coproduce.network.commons.actions import create_resource
from coproduce.network.needs import actions
from coproduce.network.needs.actions import Outcome, Wish
from coproduce.network.needs.duties import follow_up
from coproduce.network.needs.models import Need, Offer
from coproduce.network.people.asking import computer
from coproduce.network.people.notices import deliver
from coproduce.network.people.policy import told
from tests.network.needs.conftest import START, Town, words_of
from tests.network.security.conftest import account_of

#: Stands in everything that is written here, and in nothing else.
MARK = "quetzalfeather"
WORDS = f"She needs a letter for school about her {MARK}."
#: The need itself: its words, its chips, what was said about it.
OF_THE_NEED = {"needs_need", "needs_reply"}


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What the log's own handler writes, in its own form.

    The stream is replaced without a flush: the one that was there may be a test's own, closed since.
    """
    stream = io.StringIO()
    handlers = [one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler]
    assert handlers, "the settings name a handler that writes to the console"
    for one in handlers:
        monkeypatch.setattr(one, "stream", stream)
    for name in ("django", "django.request"):
        monkeypatch.setattr(logging.getLogger(name), "disabled", False)
    return stream


@pytest.fixture
def need(town: Town) -> Need:
    """A need with marked words all over it, asked about, answered, thanked for, and told about by mail."""
    for name in ("josephine", "bianca"):
        account_of(getattr(town, name), f"{name}@example.org")
    stated = actions.state_need(
        town.josephine, wish=Wish(words=WORDS, goal=f"No more {MARK}."), for_person=town.orleans.person
    )
    actions.ask_person(town.josephine, need_id=stated.pk, person_id=town.bianca.actor)
    actions.reply(town.bianca, need_id=stated.pk, words=f"I know the {MARK}.")
    letter = create_resource(town.bianca, words=words_of("A letter", "Dear teacher"), share=True)
    actions.offer_resource(town.bianca, need_id=stated.pk, version_id=letter.latest_id or 0, words=f"For the {MARK}.")
    with told(town.josephine):
        offer = Offer.objects.get(need=stated, version__isnull=False)
    said = Outcome(answer="partly", words=f"Less {MARK}.", thanks=f"Thanks from the {MARK}.")
    actions.report_outcome(town.josephine, need_id=stated.pk, offer_id=offer.pk, outcome=said)
    follow_up(START + timedelta(days=40))
    return stated


def test_mail_says_that_something_is_there_and_not_what(need: Need) -> None:
    assert deliver(START + timedelta(days=41)) >= 3
    for message in mail.outbox:
        assert MARK not in message.message().as_string().lower()


def test_no_table_but_that_of_the_need_holds_the_words(need: Need) -> None:
    with told(computer("operator")), connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        found = set()
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" AS row WHERE row::text ILIKE %s', [f"%{MARK}%"])
            if cursor.fetchone()[0]:
                found.add(table)
    assert found == OF_THE_NEED


class Fault(Exception):
    """A fault of ours whose message quotes what it was about."""


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer to a need fails, with the words in the exception, its cause and its frames."""

    def fail(*_arguments: object, **given: object) -> NoReturn:
        quoted = str(given)
        try:
            raise KeyError(quoted)
        except KeyError as cause:
            raise Fault(f"{quoted} could not be kept") from cause

    monkeypatch.setattr(actions, "reply", fail)


def fail_at(town: Town, need: Need) -> bytes:
    client = Client(raise_request_exception=False)
    with told(computer("accounts")):
        account = account_of(town.bianca, "bianca@example.org")
        client.force_login(account, backend="coproduce.network.people.accounts.Backend")
    answer = client.post(f"/needs/{need.pk}/reply/", {"words": f"I know the {MARK}."})
    assert answer.status_code == 500
    return bytes(answer.content)


def test_a_fault_is_told_without_the_words_on_the_page_and_in_the_log(
    town: Town, need: Need, broken: None, written: io.StringIO
) -> None:
    page = fail_at(town, need)
    assert MARK.encode() not in page
    assert "Fault" in written.getvalue()
    assert "test_own_words.py" in written.getvalue()
    assert "KeyError" in written.getvalue()
    assert MARK not in written.getvalue()
    assert f"/{need.pk}/" not in written.getvalue()


def test_a_report_of_a_fault_by_mail_holds_no_words_and_no_names(
    town: Town, need: Need, broken: None, settings: LazySettings
) -> None:
    settings.ADMINS = [("Operator", "operator@example.org")]
    handler = logging.getLogger("django").handlers
    reports = [one for one in handler if type(one).__name__ == "AdminEmailHandler"]
    assert reports, "Django sends one to whoever is named in ADMINS"
    for include_html in (False, True):
        mail.outbox.clear()
        reports[0].include_html = include_html  # type: ignore[attr-defined]
        fail_at(town, need)
        (message,) = mail.outbox
        text = str(message.body) + "".join(str(part) for part, _kind in getattr(message, "alternatives", []))
        assert "Fault" in text
        assert MARK not in text
        assert "bianca@example.org" not in text


def test_a_duty_that_fails_over_a_need_writes_none_of_its_words(
    need: Need, monkeypatch: pytest.MonkeyPatch, written: io.StringIO
) -> None:
    def fail(*_arguments: object, **_named: object) -> NoReturn:
        raise Fault(WORDS)

    monkeypatch.setattr("coproduce.network.needs.duties.match_again", fail)
    monkeypatch.setattr("coproduce.network.needs.duties._perhaps_helped", lambda _news: [need.pk])
    worker.run_once(worker.duties(), START + timedelta(days=41))
    assert "new resources for open needs" in written.getvalue()
    assert MARK not in written.getvalue()
