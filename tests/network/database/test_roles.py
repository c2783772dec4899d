"""Two roles: the application owns nothing and row-level security holds it; any other role is refused."""

from __future__ import annotations

import psycopg
import pytest

from coproduce.errors import Conflict, Unavailable
from coproduce.network.database import DatabaseUrls, roles
from coproduce.network.database.layout import SUPERUSER
from coproduce.network.database.urls import parse_url, to_url
from tests.network.database_fixture import TestServer

RLS = """
CREATE TABLE needs (id int PRIMARY KEY, person int);
ALTER TABLE needs ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON needs USING (person = current_setting('coproduce.person', true)::int);
INSERT INTO needs VALUES (1, 10), (2, 20);
"""


def as_superuser(urls: DatabaseUrls) -> str:
    return to_url({**parse_url(urls.owner, setting="x"), "user": SUPERUSER})


def test_application_sees_only_the_rows_that_row_level_security_lets_through(fresh_database: DatabaseUrls) -> None:
    with roles.connect(fresh_database.owner) as owner:
        owner.execute(RLS)
    with roles.connect(fresh_database.application) as application:
        application.execute("SET coproduce.person = 20")
        assert application.execute("SELECT id FROM needs").fetchall() == [(2,)]


def test_application_that_says_not_who_asks_sees_nothing(fresh_database: DatabaseUrls) -> None:
    with roles.connect(fresh_database.owner) as owner:
        owner.execute(RLS)
    with roles.connect(fresh_database.application) as application:
        assert application.execute("SELECT count(*) FROM needs").fetchone() == (0,)


@pytest.mark.parametrize(
    "command",
    [
        "ALTER TABLE needs DISABLE ROW LEVEL SECURITY",
        "DROP TABLE needs",
        "TRUNCATE needs",
        "CREATE TABLE mine (id int)",
        "CREATE ROLE friend",
        "SET ROLE coproduce_owner",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY needs TO PROGRAM 'cat'",
    ],
)
def test_application_may_not(fresh_database: DatabaseUrls, command: str) -> None:
    with roles.connect(fresh_database.owner) as owner:
        owner.execute(RLS)
    with roles.connect(fresh_database.application) as application, pytest.raises(psycopg.errors.InsufficientPrivilege):
        application.execute(command)


def test_application_may_read_and_write_what_the_owner_makes_later(fresh_database: DatabaseUrls) -> None:
    with roles.connect(fresh_database.owner) as owner:
        owner.execute("CREATE TABLE later (id int GENERATED ALWAYS AS IDENTITY, word text, n serial)")
    with roles.connect(fresh_database.application) as application:
        application.execute("INSERT INTO later (word) VALUES ('a')")
        application.execute("UPDATE later SET word = 'b'")
        assert application.execute("SELECT id, word, n FROM later").fetchall() == [(1, "b", 1)]


def test_right_that_the_owner_took_away_stays_away_when_the_roles_are_made_again(fresh_database: DatabaseUrls) -> None:
    with roles.connect(fresh_database.owner) as owner:
        owner.execute("CREATE TABLE log (id int); REVOKE UPDATE, DELETE ON log FROM coproduce_app")
    roles.open_to_application(fresh_database)
    with roles.connect(fresh_database.application) as application, pytest.raises(psycopg.errors.InsufficientPrivilege):
        application.execute("DELETE FROM log")


def test_roles_as_they_are_made_pass_the_check(fresh_database: DatabaseUrls) -> None:
    assert roles.check(fresh_database) == 18


def test_superuser_as_application_is_refused(fresh_database: DatabaseUrls) -> None:
    with pytest.raises(Conflict, match="is a superuser"):
        roles.check(DatabaseUrls(as_superuser(fresh_database), fresh_database.owner))


def test_owner_as_application_is_refused(fresh_database: DatabaseUrls) -> None:
    with pytest.raises(Conflict, match="owns the database"):
        roles.check(DatabaseUrls(fresh_database.owner, fresh_database.owner))


@pytest.mark.parametrize(
    ("right", "said"), [("BYPASSRLS", "bypass row-level security"), ("CREATEROLE", "may make roles")]
)
def test_role_with_too_many_rights_is_refused(
    database_server: TestServer, fresh_database: DatabaseUrls, right: str, said: str
) -> None:
    with roles.connect(as_superuser(fresh_database)) as superuser:
        superuser.execute(f"ALTER ROLE coproduce_app {right}")
        try:
            with pytest.raises(Conflict, match=said):
                roles.check(fresh_database)
        finally:
            superuser.execute(f"ALTER ROLE coproduce_app NO{right}")


def test_two_different_databases_are_refused(database_server: TestServer, fresh_database: DatabaseUrls) -> None:
    other = database_server.server.urls()
    with pytest.raises(Conflict, match="two different databases"):
        roles.check(DatabaseUrls(fresh_database.application, other.owner))


def test_wrong_password_is_named_without_showing_it(fresh_database: DatabaseUrls) -> None:
    parts = {**parse_url(fresh_database.application, setting="x"), "password": "hunter2"}
    with pytest.raises(Unavailable, match="refused the password") as caught:
        roles.connect(to_url(parts))
    assert "hunter2" not in str(caught.value)
