"""People around a shelf, and an index of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from coproduce.events import Role
from coproduce.network.commons import index
from coproduce.network.commons.actions import create_resource
from coproduce.network.commons.models import Resource
from coproduce.network.commons.words import Words
from coproduce.network.people.actions import join
from coproduce.network.people.asking import Asking, computer, guest
from coproduce.network.people.models import Account
from coproduce.network.people.policy import told

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Cast:
    """An author, a patient and a clinician who review, a steward, an outsider, and nobody."""

    author: Asking
    patient: Asking
    doctor: Asking
    second_doctor: Asking
    steward: Asking
    outsider: Asking
    guest: Asking


def make_cast() -> Cast:
    """Everybody, each with one role."""

    def person(name: str, role: Role) -> Asking:
        made = join(Asking(system="example", at=NOON), pseudonym=name, role=role)
        return Asking(person=made.pk, roles=frozenset({role}), at=NOON)

    return Cast(
        author=person("Author", Role.FAMILY),
        patient=person("Patient", Role.PATIENT),
        doctor=person("Doctor", Role.CLINICIAN),
        second_doctor=person("Second doctor", Role.CLINICIAN),
        steward=person("Steward", Role.STEWARD),
        outsider=person("Outsider", Role.RESEARCHER),
        guest=replace(guest(), at=NOON),
    )


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def words(**more: object) -> Words:
    """Words that may be kept; what is named is as named."""
    plain = {"title": "A letter for school", "kind": "know-how", "line_of_work": 1, "risk_class": 0, "body": "Dear."}
    return Words(**{**plain, **more})  # type: ignore[arg-type]


def shared(asking: Asking, **more: object) -> Resource:
    """A shared resource."""
    return create_resource(asking, words=words(**more), share=True)


def draft(asking: Asking, **more: object) -> Resource:
    """A draft."""
    return create_resource(asking, words=words(**more))


@pytest.fixture
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder, and so an index, that no other test sees."""
    monkeypatch.setattr(settings, "COPRODUCE", replace(settings.COPRODUCE, data=tmp_path / "data"))
    index._opened.cache_clear()
    yield tmp_path / "data"
    index._opened.cache_clear()


def signed_in(asking: Asking, client: Client | None = None) -> Client:
    """A browser in which this person is signed in; for a guest, one in which nobody is."""
    client = client or Client()
    if asking.person is not None:
        with told(computer("accounts")):
            account = Account.objects.create_user(f"{asking.person}@example.org", person_id=asking.person)
            client.force_login(account, backend="coproduce.network.people.accounts.Backend")
    return client
