"""A year of a made-up network, written into the log: 14 people at two places state 12 needs a month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from coproduce import clock
from coproduce.clock import DAY_US, to_us
from coproduce.events import Event, Role, kinds
from coproduce.network.database import DatabaseUrls
from coproduce.network.log import append, previous
from coproduce.network.observatory.snapshots import current
from coproduce.network.people.asking import computer, guest
from coproduce.network.people.models import Site
from coproduce.network.people.policy import told
from tests.network.conftest import own_database
from tests.network.database_fixture import TestServer

START = datetime(2025, 1, 1, tzinfo=UTC)
#: Far from every other number, so that a person's id would be seen in a page or a file.
FIRST_PERSON, FIRST_NEED = 7_654_321_000, 8_765_432_000


@pytest.fixture(scope="module")
def counted(
    database_server: TestServer, migrated: DatabaseUrls, django_db_setup: None, django_db_blocker: object
) -> Iterator[None]:
    """The year in a database of its own, counted once, for tests that only read."""
    with own_database(database_server, migrated, django_db_blocker):
        write_year()
        with told(guest()):
            current()
        yield


def write_year() -> None:
    """Writes the year into the log of the present database."""
    with told(computer("example")), clock.frozen(START + timedelta(days=366)):
        places = [Site.objects.get_or_create(slug=name, defaults={"name": name})[0].pk for name in ("east", "west")]
        append([_joined(number, places) for number in range(14)])
        for month in range(12):
            _write_month(month, places)


def _joined(number: int, places: list[int]) -> Event:
    role = Role.FAMILY if number < 12 else Role.CLINICIAN
    person = FIRST_PERSON + number
    return kinds.Joined(time=to_us(START), actor=person, role=role, site=places[number % 2])


def _write_month(month: int, places: list[int]) -> None:
    events: list[Event] = []
    for turn in range(12):
        events += _need(month, turn, places, before=len(events))
    append(events)


def _need(month: int, turn: int, places: list[int], before: int = 0) -> list[Event]:
    person, need = FIRST_PERSON + turn, FIRST_NEED + 12 * month + turn
    at = to_us(START.replace(month=month + 1)) + turn * DAY_US
    same = {"actor": person, "role": Role.FAMILY, "subject": need}
    helper = FIRST_PERSON + 12 + turn % 2
    stated = kinds.NeedStated(time=at, **same, object=person, site=places[turn % 2], value=10.0)
    replied = kinds.Replied(
        time=at + DAY_US // 2, actor=helper, role=Role.CLINICIAN, subject=need, cause=previous(before)
    )
    if turn == 0:
        asked = kinds.NeedFollowedUp(time=at + 8 * DAY_US, role=Role.COMPUTER, subject=need, cause=previous(before))
        silent = kinds.NeedExpired(time=at + 15 * DAY_US, role=Role.COMPUTER, subject=need, cause=previous(before + 2))
        return [stated, replied, asked, silent]
    if turn in (1, 2):
        return [stated, replied]
    met = kinds.NeedConfirmed(time=at + (turn + month % 3) * DAY_US, **same, cause=previous(before))
    return [stated, replied, met]
