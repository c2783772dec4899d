"""Backup and restore: whole or not there; what fails leaves the living database as it was."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from coproduce import clock
from coproduce.errors import BadFile, Conflict, CoproduceError, InvalidInput, Unavailable
from coproduce.network.database import DatabaseUrls, roles
from coproduce.network.database.backup import Backup, backup, inspect, restore
from coproduce.network.database.erasures import Erasure, record_erasure
from coproduce.network.database.urls import parse_url, to_url

TABLES = """
CREATE TABLE people (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, word text);
ALTER TABLE people ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON people USING (id = current_setting('coproduce.person', true)::int);
CREATE TABLE events (seq bigint PRIMARY KEY, note text);
REVOKE UPDATE, DELETE ON events FROM coproduce_app;
INSERT INTO people (word) VALUES ('ünï'), ('שלום'), ('🙂');
INSERT INTO events SELECT n, md5(n::text) FROM generate_series(1, 20000) n;
"""
CONTENT = """
SELECT (SELECT md5(string_agg(p::text, ',' ORDER BY id)) FROM people p),
       (SELECT md5(string_agg(e::text, ',' ORDER BY seq)) FROM events e)
"""


def ask(url: str, question: str) -> object:
    with roles.connect(url) as connection:
        return connection.execute(question).fetchone()


def databases(urls: DatabaseUrls) -> set[str]:
    """This network's database and what stands beside it; tests in other processes have theirs on the same server."""
    with roles.connect(urls.owner) as connection:
        return {
            row[0] for row in connection.execute("SELECT datname FROM pg_database WHERE datname ^@ current_database()")
        }


@pytest.fixture
def network(fresh_database: DatabaseUrls) -> DatabaseUrls:
    """A small network's database."""
    with roles.connect(fresh_database.owner) as owner:
        owner.execute(TABLES)
    return fresh_database


@pytest.fixture
def made(network: DatabaseUrls, tmp_path: Path) -> Backup:
    """Its backup."""
    return backup(network, tmp_path / "a.backup")


def test_restore_brings_back_every_row(network: DatabaseUrls, made: Backup, tmp_path: Path) -> None:
    before = ask(network.owner, CONTENT)
    with roles.connect(network.owner) as owner:
        owner.execute("DELETE FROM events; DROP TABLE people")
    restore(network, made.file, data=tmp_path)
    assert ask(network.owner, CONTENT) == before


def test_restored_database_holds_the_application_as_before(network: DatabaseUrls, made: Backup, tmp_path: Path) -> None:
    restore(network, made.file, data=tmp_path)
    assert roles.check(network) >= 15
    assert ask(network.application, "SELECT count(*) FROM people") == (0,)
    with roles.connect(network.application) as application, pytest.raises(psycopg.errors.InsufficientPrivilege):
        application.execute("DELETE FROM events")


def test_rights_on_later_tables_and_closed_doors_come_back(network: DatabaseUrls, made: Backup, tmp_path: Path) -> None:
    restore(network, made.file, data=tmp_path)
    with roles.connect(network.owner) as owner:
        owner.execute("CREATE TABLE later (id int)")
    assert ask(network.application, "SELECT count(*) FROM later") == (0,)
    assert ask(network.owner, "SELECT has_database_privilege('public', current_database(), 'CONNECT')") == (False,)


def test_ids_go_on_where_they_stopped(network: DatabaseUrls, made: Backup, tmp_path: Path) -> None:
    restore(network, made.file, data=tmp_path)
    assert ask(network.owner, "INSERT INTO people (word) VALUES ('new') RETURNING id") == (4,)


def test_backup_is_readable_by_its_owner_only(made: Backup) -> None:
    assert made.file.stat().st_mode & 0o777 == 0o600


def test_backup_says_when_it_was_made_and_what_is_in_it(made: Backup) -> None:
    assert abs(made.made_at - clock.now()) < timedelta(minutes=1)
    assert made.tables == {"people", "events"}


def test_older_backup_is_replaced_and_no_draft_stays(network: DatabaseUrls, made: Backup) -> None:
    first = made.file.stat().st_ino
    backup(network, made.file)
    assert made.file.stat().st_ino != first
    assert list(made.file.parent.iterdir()) == [made.file]


def test_file_that_is_no_backup_is_never_written_over(network: DatabaseUrls, tmp_path: Path) -> None:
    precious = tmp_path / "thesis.docx"
    precious.write_text("years of work")
    with pytest.raises(InvalidInput, match="something else already is"):
        backup(network, precious)
    assert precious.read_text() == "years of work"


@pytest.mark.parametrize("place", ["nowhere/a.backup", "."])
def test_place_that_cannot_hold_a_backup_is_refused(network: DatabaseUrls, tmp_path: Path, place: str) -> None:
    with pytest.raises(InvalidInput):
        backup(network, tmp_path / place)


def test_backup_as_the_application_is_refused_and_nothing_is_written(network: DatabaseUrls, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="could not be made"):
        backup(DatabaseUrls(network.application, network.application), tmp_path / "a.backup")
    assert list(tmp_path.iterdir()) == []


def test_backup_onto_a_full_disk_says_so_and_keeps_the_older_one(network: DatabaseUrls, small_disk: Path) -> None:
    older = backup(network, small_disk / "a.backup")
    content = older.file.read_bytes()
    with contextlib.suppress(OSError), (small_disk / "filler").open("wb") as filler:
        filler.write(b"x" * 30_000_000)
    with pytest.raises(Unavailable, match="could not be made") as caught:
        backup(network, older.file)
    assert caught.value.next_step == "Free some disk and try again."
    assert older.file.read_bytes() == content
    assert {path.name for path in small_disk.iterdir()} == {"a.backup", "filler"}


@pytest.mark.parametrize("part", [0.02, 0.3, 0.7, 0.999])
def test_cut_backup_is_refused_and_nothing_is_lost(
    network: DatabaseUrls, made: Backup, tmp_path: Path, part: float
) -> None:
    before, known = ask(network.owner, CONTENT), databases(network)
    os.truncate(made.file, int(made.n_bytes * part))
    with pytest.raises(BadFile, match="cut or damaged"):
        restore(network, made.file, data=tmp_path)
    assert ask(network.owner, CONTENT) == before
    assert databases(network) == known


def test_thorough_look_finds_a_byte_that_changed(made: Backup) -> None:
    content = bytearray(made.file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    made.file.write_bytes(content)
    with pytest.raises(BadFile, match="cut or damaged"):
        inspect(made.file, thorough=True)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"PGDMP", b"hello" * 1000, b"PGDMP" + b"\0" * 5000])
def test_file_of_another_kind_is_refused(network: DatabaseUrls, tmp_path: Path, content: bytes) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_bytes(content)
    with pytest.raises(BadFile, match="Expected: a file that `coproduce db backup` made"):
        restore(network, wrong, data=tmp_path)


def test_backup_of_a_newer_format_is_named(made: Backup) -> None:
    content = bytearray(made.file.read_bytes())
    content[6] = 99
    made.file.write_bytes(content)
    with pytest.raises(BadFile, match="newer PostgreSQL"):
        inspect(made.file)


def test_missing_file_and_folder_are_refused(tmp_path: Path) -> None:
    for wrong in (tmp_path / "none", tmp_path):
        with pytest.raises(BadFile, match="cannot be read"):
            inspect(wrong)


def test_backup_of_another_program_is_refused(network: DatabaseUrls, made: Backup, tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="another program"):
        restore(network, made.file, data=tmp_path, must_contain=["django_migrations"])


def test_erasures_since_the_backup_are_repeated_before_anybody_sees_the_data(
    network: DatabaseUrls, made: Backup, tmp_path: Path
) -> None:
    record_erasure(tmp_path, 1, made.made_at - timedelta(days=30))
    record_erasure(tmp_path, 2, made.made_at + timedelta(minutes=5))

    def erase(restored: DatabaseUrls, erasures: Sequence[Erasure]) -> None:
        assert ask(network.owner, "SELECT count(*) FROM people") == (3,)
        with roles.connect(restored.owner) as owner:
            for erasure in erasures:
                owner.execute("UPDATE people SET word = '' WHERE id = %s", [erasure.person_id])

    restore(network, made.file, data=tmp_path, after=erase)
    with roles.connect(network.owner) as owner:
        assert owner.execute("SELECT word FROM people ORDER BY id").fetchall() == [("ünï",), ("",), ("🙂",)]


def test_erasures_that_cannot_be_repeated_keep_the_living_database(
    network: DatabaseUrls, made: Backup, tmp_path: Path
) -> None:
    before, known = ask(network.owner, CONTENT), databases(network)

    def fail(_restored: DatabaseUrls, _erasures: Sequence[Erasure]) -> None:
        raise CoproduceError("no")

    with pytest.raises(CoproduceError, match="no"):
        restore(network, made.file, data=tmp_path, after=fail)
    assert ask(network.owner, CONTENT) == before
    assert databases(network) == known


def test_people_who_are_connected_are_cut_off_and_come_back(
    network: DatabaseUrls, made: Backup, tmp_path: Path
) -> None:
    with roles.connect(network.application) as connected:
        restore(network, made.file, data=tmp_path)
        with pytest.raises(psycopg.OperationalError):
            connected.execute("SELECT 1")
    assert ask(network.application, "SELECT 1") == (1,)


def test_second_restore_at_the_same_time_is_refused(network: DatabaseUrls, made: Backup, tmp_path: Path) -> None:
    said: list[str] = []

    def try_another(_restored: DatabaseUrls, _erasures: Sequence[Erasure]) -> None:
        def other() -> None:
            with pytest.raises(Conflict) as caught:
                restore(network, made.file, data=tmp_path)
            said.append(str(caught.value))

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()

    restore(network, made.file, data=tmp_path, after=try_another)
    assert said == ["Another restore of this database is running. Wait until it has finished."]


def test_what_a_killed_restore_left_behind_is_cleared_away(network: DatabaseUrls, made: Backup, tmp_path: Path) -> None:
    known = databases(network)
    name = parse_url(network.owner, setting="x")["dbname"]
    with roles.connect_outside(network.owner) as outside:
        roles.make_database(outside, f"{name}_restoring")
        roles.make_database(outside, f"{name}_replaced")
    restore(network, made.file, data=tmp_path)
    assert databases(network) == known


def test_owner_that_may_not_make_databases_is_told(network: DatabaseUrls, made: Backup, tmp_path: Path) -> None:
    superuser = to_url({**parse_url(network.owner, setting="x"), "user": "postgres"})
    with roles.connect(superuser) as connection:
        connection.execute("ALTER ROLE coproduce_owner NOCREATEDB")
        try:
            with pytest.raises(Unavailable, match="may not make a database"):
                restore(network, made.file, data=tmp_path)
        finally:
            connection.execute("ALTER ROLE coproduce_owner CREATEDB")
