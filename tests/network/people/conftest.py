"""The people these tests are about."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Protocol

import pytest

from coproduce.events import Role
from coproduce.network.people import actions
from coproduce.network.people.asking import Asking, computer
from coproduce.network.people.models import Person

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


class Joins(Protocol):
    def __call__(self, pseudonym: str, role: Role = ..., *, name: str = ..., born: date | None = ...) -> Asking: ...


@pytest.fixture
def join(db: None) -> Joins:
    """Makes a person and gives them as somebody who asks."""

    def make(pseudonym: str, role: Role = Role.PATIENT, *, name: str = "A Name", born: date | None = None) -> Asking:
        person: Person = actions.join(
            computer("example"),
            pseudonym=pseudonym,
            role=role,
            particulars=actions.Particulars(name=name, birth_date=born),
        )
        return Asking(person=person.pk, roles=frozenset({role}), at=NOON)

    return make
