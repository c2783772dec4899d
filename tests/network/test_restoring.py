"""A backup brought back brings nobody back: who was erased since stays erased, and their words are nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from psycopg import sql

from coproduce import clock
from coproduce.errors import BadFile
from coproduce.events import Role
from coproduce.network.commons.actions import create_resource
from coproduce.network.commons.index import index
from coproduce.network.commons.words import Words
from coproduce.network.database import DatabaseUrls, roles
from coproduce.network.database.backup import backup
from coproduce.network.governance.queries import log_verdict
from coproduce.network.needs.actions import Wish, state_need
from coproduce.network.needs.models import Need
from coproduce.network.people.actions import Particulars, erase_person, join
from coproduce.network.people.asking import Asking, computer
from coproduce.network.people.models import Account, Identity, Person
from coproduce.network.people.policy import told
from coproduce.network.restoring import restore_network
from coproduce.settings import Settings
from tests.network.conftest import own_database
from tests.network.database_fixture import TestServer

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
#: Stands in the name, the address and the need of who is erased, and nowhere else.
THEIRS = "zanzibarite"
#: Stands in a resource that was shared after the backup.
LATER = "quetzalcoatl"


@dataclass(frozen=True)
class Restored:
    """A network after a restore: who was erased after the backup, who stayed, and what each had made before it."""

    settings: Settings
    urls: DatabaseUrls
    n_repeated: int
    erased: Asking
    stayed: Asking
    resource: int


def somebody(name: str) -> Asking:
    """Somebody with a name, a log-in and a need in their own words."""
    made = join(computer("example"), pseudonym=name[:5], role=Role.PATIENT, particulars=Particulars(name=f"Ada {name}"))
    with told(computer("accounts")):
        Account.objects.create_user(f"{name}@example.org", "a-long-password", person_id=made.pk)
    asking = Asking(person=made.pk, roles=frozenset({Role.PATIENT}), at=NOON)
    state_need(asking, wish=Wish(words=f"How does one sleep with {name} cramps?"))
    return asking


def share(asking: Asking, title: str) -> int:
    """A resource that is shared, and findable at once."""
    words = Words(title=title, kind="know-how", line_of_work=1, risk_class=0, body="Sit down first.")
    number: int = create_resource(asking, words=words, share=True).pk
    return number


@pytest.fixture(scope="module")
def restored(
    database_server: TestServer,
    migrated: DatabaseUrls,
    django_db_setup: None,
    django_db_blocker: object,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Restored]:
    """Backed up with everybody in it; then one shares something and another is erased; then brought back."""
    file = tmp_path_factory.mktemp("backup") / "network.backup"
    with own_database(database_server, migrated, django_db_blocker) as urls:
        ours = replace(settings.COPRODUCE, database_url=urls.application, database_owner_url=urls.owner)
        erased, stayed = somebody(THEIRS), somebody("plover")
        resource = share(stayed, "A letter for school")
        backup(urls, file)
        share(stayed, f"About {LATER}")
        erase_person(erased.when(clock.now()), person_id=erased.actor)
        n_repeated = restore_network(ours, file)
        yield Restored(ours, urls, n_repeated, erased, stayed, resource)


def places_with(urls: DatabaseUrls, word: str) -> list[str]:
    """Tables in which the word stands in any row, read as their owner, and files of the index with it."""
    found = []
    with roles.connect(urls.owner) as owner:
        tables = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            look = sql.SQL("SELECT count(*) FROM {} AS t WHERE t::text ILIKE %s").format(sql.Identifier(table))
            row = owner.execute(look, [f"%{word}%"]).fetchone()
            found += [table] if row and row[0] else []
    files = [path for path in (settings.COPRODUCE.data / "index").rglob("*") if path.is_file()]
    assert files, "there is no index"
    return found + [path.name for path in files if word.encode() in path.read_bytes().lower()]


def test_who_was_erased_after_the_backup_stays_erased(restored: Restored) -> None:
    assert restored.n_repeated == 1
    with told(computer("operator")):
        person = Person.objects.get(pk=restored.erased.person)
        assert person.erased_at is not None
        assert not Identity.objects.filter(person=person).exists()
    with told(computer("accounts")):
        assert not Account.objects.filter(person=person).exists()


def test_their_words_are_nowhere(restored: Restored) -> None:
    assert places_with(restored.urls, "plover"), "this way of looking finds words"
    assert places_with(restored.urls, THEIRS) == []


def test_who_stayed_finds_everything_as_it_was(restored: Restored) -> None:
    with told(restored.stayed):
        assert "plover" in Need.objects.get().words
        assert Identity.objects.get().name == "Ada plover"


def test_the_index_holds_what_the_backup_held_and_nothing_later(restored: Restored) -> None:
    assert index().card(restored.resource) is not None
    assert len(index()) == 1
    assert places_with(restored.urls, LATER) == []


def test_the_second_wall_stands_again(restored: Restored) -> None:
    assert not Need.objects.exists(), "a transaction that tells nobody's name sees no need"
    with told(restored.stayed):
        assert Need.objects.count() == 1


def test_the_log_holds_although_its_signed_head_was_further_on(restored: Restored) -> None:
    assert log_verdict(computer("operator")).holds


def test_a_backup_of_another_program_changes_nothing(
    restored: Restored, database_server: TestServer, tmp_path: Path
) -> None:
    with database_server.database("other") as other:
        backup(other, tmp_path / "other.backup")
    with pytest.raises(BadFile):
        restore_network(restored.settings, tmp_path / "other.backup")
    with told(restored.stayed):
        assert "plover" in Need.objects.get().words
