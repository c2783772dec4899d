"""The second wall, and what stays when a person is erased."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models import Model

from coproduce.events import Role, kinds
from coproduce.network.commons.models import Resource
from coproduce.network.log import events_about
from coproduce.network.needs import actions
from coproduce.network.needs.models import Audience, Need, Offer, Reply
from coproduce.network.people.actions import erase_person
from coproduce.network.people.asking import Asking, computer, guest
from coproduce.network.people.policy import told
from tests.network.needs.conftest import Town


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Turns the policy off: every rule says yes."""
    monkeypatch.setattr("coproduce.network.people.policy.check", lambda *_arguments, **_named: None)


@pytest.mark.parametrize("who", ["stranger", "bianca", "daniel", "steward", "guest"])
def test_with_the_policy_off_the_database_still_shows_nothing(
    town: Town, school: Need, unguarded: None, who: str
) -> None:
    others = {"steward": Asking(person=town.stranger.person, roles=frozenset({Role.STEWARD})), "guest": guest()}
    asking = others.get(who) or getattr(town, who)
    with told(asking):
        assert not Need.objects.exists()
        assert not Offer.objects.exists()
        assert not Reply.objects.exists()
        assert not Need.conditions.through.objects.exists()


@pytest.mark.parametrize("who", ["stranger", "bianca"])
def test_with_the_policy_off_nobody_changes_the_need_of_another(
    town: Town, school: Need, unguarded: None, who: str
) -> None:
    with told(computer("worker")):
        Need.objects.update(audience=Audience.NETWORK)
    with told(getattr(town, who)):
        assert Need.objects.filter(pk=school.pk).exists()
        assert Need.objects.update(words="mine now") == 0
        assert Offer.objects.exclude(helper_id=getattr(town, who).person).update(reasons=[]) == 0


def test_with_the_policy_off_nobody_states_a_need_for_a_stranger(town: Town, unguarded: None) -> None:
    with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
        actions.state_need(town.stranger, wish=actions.Wish(words="x y z"), for_person=town.orleans.person)


def test_a_need_for_ones_own_eyes_is_shown_to_no_helper(town: Town, school: Need) -> None:
    actions.ask_people(town.josephine, need_id=school.pk)
    with told(computer("worker")):
        Need.objects.update(audience=Audience.ONLY_ME)
    with told(town.bianca):
        assert not Need.objects.exists()


@pytest.fixture
def spoken(town: Town, shelf: dict[str, Resource]) -> Need:
    """A need in whose every place Josephine or somebody to her has said a word nobody else says."""
    wish = actions.Wish(words="Zanzibarite at school", goal="Zanzibarite goal", audience=Audience.NETWORK)
    need = actions.state_need(town.josephine, wish=wish, for_person=town.orleans.person)
    with told(town.josephine):
        offer = need.offers.filter(version__isnull=False).first()
    outcome = actions.Outcome(answer="partly", words="Zanzibarite outcome", thanks="Zanzibarite thanks")
    actions.report_outcome(town.josephine, need_id=need.pk, offer_id=offer.pk, outcome=outcome)
    actions.reply(town.daniel, need_id=need.pk, words="Zanzibarite, you say?")
    actions.correct_need(town.josephine, need_id=need.pk, chips=actions.Chips(words=["school", "zanzibarite"]))
    return need


def test_an_erased_persons_words_are_nowhere_and_the_counts_stay(town: Town, spoken: Need) -> None:
    assert _places("zanzibarite")
    n_events = len(events_about([spoken.pk]))
    erase_person(town.josephine, person_id=town.josephine.actor)
    assert _places("zanzibarite") == []
    after = events_about([spoken.pk])
    assert len(after) == n_events + 1
    assert after[-1].what is kinds.NeedWithdrawn
    with told(town.daniel):
        assert not Need.objects.exists()


def _places(word: str) -> list[str]:
    """Tables with the word in any row, as the owner sees them, and files of the data folder with it."""
    found = []
    with told(computer("operator")), connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            cursor.execute(f'SELECT count(*) FROM "{table}" AS t WHERE t::text ILIKE %s', [f"%{word}%"])
            if cursor.fetchone()[0]:
                found.append(table)
    for session in Session.objects.all():
        found += ["session"] if word in str(session.get_decoded()).lower() else []
    folder = Path(settings.COPRODUCE.data)
    for path in (folder / "index").rglob("*"):
        found += [path.name] if path.is_file() and word.encode() in path.read_bytes().lower() else []
    return found


@pytest.mark.parametrize("model", [Need, Offer, Need.conditions.through])
def test_the_database_asks_whom_one_stands_for_once_a_query_not_once_a_row(town: Town, model: type[Model]) -> None:
    with told(town.josephine):
        plan = model._default_manager.all().explain()
    filters = [line for line in plan.splitlines() if "Filter:" in line]
    assert filters
    assert not any(f"{name}(" in line for line in filters for name in ("stands_for", "needs_helped", "stood_for"))
