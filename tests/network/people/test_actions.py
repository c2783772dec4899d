"""Joining, proxies, hand-over, erasure: what changes, what is written, what is refused."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from coproduce.errors import Absent, Conflict, InvalidInput, NotAllowed
from coproduce.events import Role, kinds
from coproduce.network.log import events_about
from coproduce.network.log.reading import events_by
from coproduce.network.people import actions, queries
from coproduce.network.people.ages import age, born_by
from coproduce.network.people.asking import Asking, computer, guest
from coproduce.network.people.duties import hand_over_those_of_age
from coproduce.network.people.models import Account, Identity, Notice, Person, Proxy
from coproduce.network.people.policy import told
from tests.network.people.conftest import NOON, Joins

pytestmark = pytest.mark.django_db

TWELVE = date(2014, 3, 1)


def kinds_of(rows: list) -> list[type]:
    return [row.what for row in rows]


def test_joining_writes_one_event_that_holds_no_name(join: Joins) -> None:
    bianca = join("Bianca", name="Bianca Secretname")
    (row,) = events_by([bianca.actor])
    assert row.what is kinds.Joined
    assert row.value == Role.PATIENT


def test_a_parent_registers_a_child_and_may_act_for_her(join: Joins) -> None:
    parent = join("Josephine", Role.FAMILY)
    child = actions.register_child(parent, pseudonym="Orleans", name="O B", birth_date=TWELVE)
    assert [person.pk for person in queries.people_i_act_for(parent)] == [child.pk]
    assert kinds.ProxyGranted in kinds_of(events_about([child.pk]))


@pytest.mark.parametrize("born", [date(2008, 5, 31), date(2026, 6, 2), date(1900, 1, 1)])
def test_a_grown_or_unborn_child_is_refused(join: Joins, born: date) -> None:
    with pytest.raises(InvalidInput, match="under 18"):
        actions.register_child(join("P", Role.FAMILY), pseudonym="C", name="N", birth_date=born)


def test_a_guest_registers_nobody(db: None) -> None:
    with pytest.raises(NotAllowed):
        actions.register_child(guest(), pseudonym="C", name="N", birth_date=TWELVE)


def test_only_a_steward_grants_roles_and_nobody_grants_their_own(join: Joins) -> None:
    patient, steward = join("P"), join("S", Role.STEWARD)
    with pytest.raises(NotAllowed):
        actions.grant_role(patient, person_id=patient.actor, role=Role.STEWARD)
    actions.grant_role(steward, person_id=patient.actor, role=Role.CLINICIAN)
    with pytest.raises(Conflict):
        actions.grant_role(steward, person_id=patient.actor, role=Role.CLINICIAN)


def test_nobody_takes_the_stewards_role_by_signing_up(db: None) -> None:
    with pytest.raises(InvalidInput):
        actions.join(computer("accounts"), pseudonym="X", role=Role.STEWARD)


def test_a_person_never_asked_for_is_absent_to_strangers_not_forbidden(join: Joins) -> None:
    stranger, someone = join("A"), join("B")
    with pytest.raises(Absent):
        actions.end_proxy(stranger, person_id=someone.actor, proxy_id=1)


def test_identities_are_seen_by_the_person_and_their_proxy_only(join: Joins) -> None:
    parent, stranger = join("Parent", Role.FAMILY), join("Stranger")
    child = actions.register_child(parent, pseudonym="C", name="Real Name", birth_date=TWELVE)
    assert queries.identity(parent, person_id=child.pk).name == "Real Name"
    with pytest.raises(Absent):
        queries.identity(stranger, person_id=child.pk)


def test_with_the_policy_off_the_database_still_shows_no_identity(join: Joins, monkeypatch: pytest.MonkeyPatch) -> None:
    someone, stranger = join("A", name="Real Name"), join("B")
    monkeypatch.setattr("coproduce.network.people.policy.check", lambda *_args, **_arguments: None)
    with pytest.raises(Absent):
        queries.identity(stranger, person_id=someone.actor)
    with told(stranger):
        assert Identity.objects.count() == 1
        assert not Identity.objects.filter(person_id=someone.actor).exists()
        assert Identity.objects.filter(person_id=someone.actor).update(name="Taken") == 0


def test_without_being_told_who_asks_the_database_shows_nothing(join: Joins) -> None:
    join("A")
    with told(guest()):
        assert Identity.objects.count() == 0
        assert Account.objects.count() == 0


def test_who_asked_before_is_known_again_after_a_question_in_between(join: Joins) -> None:
    a, b = join("A"), join("B")
    with told(a):
        with told(b, changing=False):
            assert list(Identity.objects.values_list("pk", flat=True)) == [b.actor]
        assert list(Identity.objects.values_list("pk", flat=True)) == [a.actor]


def test_an_ended_proxy_sees_and_does_nothing_more(join: Joins) -> None:
    parent = join("Parent", Role.FAMILY)
    child = actions.register_child(parent, pseudonym="C", name="N", birth_date=TWELVE)
    actions.end_proxy(parent, person_id=child.pk, proxy_id=parent.actor)
    with pytest.raises(Absent):
        queries.identity(parent.when(NOON + timedelta(seconds=1)), person_id=child.pk)


def test_at_majority_the_proxies_end_and_the_person_is_told(join: Joins) -> None:
    parent = join("Parent", Role.FAMILY)
    child = actions.register_child(parent, pseudonym="C", name="N", birth_date=date(2008, 6, 2))
    assert hand_over_those_of_age(NOON) == 0
    assert hand_over_those_of_age(NOON + timedelta(days=1)) == 1
    assert hand_over_those_of_age(NOON + timedelta(days=2)) == 0
    with told(computer("worker")):
        assert not Proxy.objects.open_at(NOON + timedelta(days=2)).filter(person_id=child.pk).exists()
        assert Notice.objects.filter(person_id=child.pk, kind=Notice.Kind.HAND_OVER).count() == 1


def test_hand_over_before_majority_is_refused(join: Joins) -> None:
    parent = join("Parent", Role.FAMILY)
    child = actions.register_child(parent, pseudonym="C", name="N", birth_date=TWELVE)
    with pytest.raises(InvalidInput):
        actions.hand_over(parent, person_id=child.pk)


def test_a_toddler_is_not_asked_for_assent_and_a_child_of_twelve_is(join: Joins) -> None:
    parent = join("Parent", Role.FAMILY)
    small = actions.register_child(parent, pseudonym="S", name="N", birth_date=date(2022, 1, 1))
    big = actions.register_child(parent, pseudonym="B", name="N", birth_date=TWELVE)
    with pytest.raises(InvalidInput):
        actions.record_assent(parent, person_id=small.pk)
    actions.record_assent(parent, person_id=big.pk)
    assert queries.identity(parent, person_id=big.pk).assented_at == NOON


def test_erasing_removes_name_and_log_in_and_leaves_the_events(join: Joins) -> None:
    someone = join("Somebody", name="Very Real")
    with told(computer("accounts")):
        Account.objects.create_user("real@example.org", "a-long-password", person_id=someone.actor)
    actions.erase_person(someone, person_id=someone.actor)
    with told(computer("operator")):
        assert not Identity.objects.filter(person_id=someone.actor).exists()
        assert not Account.objects.filter(email="real@example.org").exists()
    assert Person.objects.get(pk=someone.actor).pseudonym == "Someone who left"
    assert kinds_of(events_by([someone.actor])) == [kinds.Joined, kinds.PersonErased]
    noted = [json.loads(line) for line in (settings.COPRODUCE.data / "erasures.jsonl").read_text().splitlines()]
    assert someone.actor in {line["person"] for line in noted}
    assert "Real" not in json.dumps(noted)


def test_erasing_somebody_else_is_as_if_they_were_not_there(join: Joins) -> None:
    stranger, someone = join("A"), join("B")
    with pytest.raises(Absent):
        actions.erase_person(stranger, person_id=someone.actor)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "\x00", "a" * 500])
def test_an_unknown_time_zone_is_refused(join: Joins, zone: str) -> None:
    me = join("Me")
    with pytest.raises(InvalidInput, match="time zone"):
        actions.set_preferences(me, person_id=me.actor, wishes=actions.Preferences(pseudonym="Me", time_zone=zone))


@pytest.mark.parametrize("tag", ["klingon!", "", "e" * 50, "en_US; DROP TABLE"])
def test_an_unknown_language_is_refused(join: Joins, tag: str) -> None:
    me = join("Me")
    wishes = actions.Preferences(pseudonym="Me", languages=("en", tag))
    with pytest.raises(InvalidInput, match="language"):
        actions.set_preferences(me, person_id=me.actor, wishes=wishes)


@given(st.dates(date(1900, 1, 1), date(2026, 6, 1)))
def test_age_never_falls_and_grows_by_one_on_each_birthday(born: date) -> None:
    before, after = age(born, NOON), age(born, NOON + timedelta(days=366))
    assert before + 1 <= after <= before + 2


@given(st.dates(date(1930, 1, 1), date(2040, 1, 1)), st.integers(0, 30))
def test_who_was_born_by_the_last_date_is_old_enough_and_who_came_a_day_later_is_not(day: date, years: int) -> None:
    last, noon = born_by(day, years), datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    assert age(last, noon) == years
    assert age(last + timedelta(days=1), noon) == years - 1 or last + timedelta(days=1) == date(last.year, 2, 29)


@pytest.mark.parametrize("pseudonym", ["", "   ", "\u202e\u200f\x00", "x" * 61])
def test_an_empty_or_endless_pseudonym_is_refused(db: None, pseudonym: str) -> None:
    with pytest.raises(InvalidInput, match="1 to 60"):
        actions.join(computer("example"), pseudonym=pseudonym, role=Role.PATIENT)


def test_a_role_is_written_as_the_most_responsible_one_held() -> None:
    both = Asking(person=1, roles=frozenset({Role.PATIENT, Role.STEWARD}))
    assert both.role is Role.STEWARD
    assert computer("worker").role is Role.COMPUTER
