"""Two roles: the owner, who makes tables, and the application, who owns nothing and cannot step over row security."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg import sql

from coproduce.errors import Conflict, Unavailable
from coproduce.network.database.urls import DatabaseUrls, database_of, role_of, with_database

OLDEST_MAJOR = 15
#: Databases that every server has and a role may usually enter, for work that cannot be done from inside our own.
_MEETING_PLACES = ("postgres", "template1")

Connection = psycopg.Connection[tuple[Any, ...]]


def connect(url: str) -> Connection:
    """A connection in autocommit mode.

    Raises Unavailable when the server does not answer or refuses; its own words may name hosts and roles, and stay out.
    """
    try:
        connection = psycopg.connect(url, autocommit=True, connect_timeout=10, application_name="coproduce")
    except psycopg.OperationalError as problem:
        raise Unavailable(
            f"The database cannot be reached: {_reason(str(problem))}.", next_step="Run `coproduce doctor`."
        ) from problem
    connection.execute("SET client_min_messages = warning")
    return connection


def _reason(said: str) -> str:
    """Plain words for the common refusals of libpq and the server, without names."""
    reasons = {
        "password authentication failed": "it refused the password",
        "no password supplied": "it asked for a password and the address has none",
        "does not exist": "there is no such database or role",
        "pg_hba.conf": "it does not let this role in from here",
        "timeout": "it did not answer in time",
        "translate host name": "there is no host of that name",
        "No such file": "no server is running",
        "refused": "no server is running there",
        "starting up": "it is still starting",
        "shutting down": "it is shutting down",
        "too many": "it has no free connection",
    }
    return next((plain for sign, plain in reasons.items() if sign in said), "it refused the connection")


def connect_outside(owner_url: str) -> Connection:
    """A connection of the owner to another database of the same server, from which ours can be made or renamed."""
    for place in _MEETING_PLACES:
        try:
            return connect(with_database(owner_url, place))
        except Unavailable:
            continue
    raise Unavailable(
        f"The owner's role can enter neither of the databases {' and '.join(_MEETING_PLACES)}, so no database can be "
        "made or replaced.",
        next_step="Let it connect to the database postgres (GRANT CONNECT), then try again.",
    )


def make_roles(superuser: Connection, passwords: Mapping[str, str], *, owner: str, application: str) -> None:
    """Makes both roles, or brings them back to what they must be. Only a superuser can; used on the embedded server.

    The owner may make databases, for tests and for a restore beside the living one, and is a member of the
    application's role, which lets it end the application's connections.
    """
    rights = {owner: "CREATEDB", application: "NOCREATEDB"}
    for role, right in rights.items():
        known = superuser.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
        verb = "ALTER" if known else "CREATE"
        # The server is given the SCRAM verifier: the password itself never crosses to it, nor to its log.
        verifier = superuser.pgconn.encrypt_password(passwords[role].encode(), role.encode(), b"scram-sha-256").decode()
        superuser.execute(
            sql.SQL(
                f"{verb} ROLE {{}} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION {right} PASSWORD {{}}"
            ).format(sql.Identifier(role), sql.Literal(verifier))
        )
    superuser.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(application), sql.Identifier(owner)))


def make_database(connection: Connection, name: str, *, owner: str | None = None) -> bool:
    """Makes an empty UTF-8 database if there is none of that name; whether it was made."""
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return False
    command = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name))
    if owner:
        command += sql.SQL(" OWNER {}").format(sql.Identifier(owner))
    connection.execute(command)
    return True


def make_open_database(superuser: Connection, urls: DatabaseUrls) -> None:
    """Makes the database of these addresses, open to the application and nobody else, unless there is one.

    It is made under another name and renamed when complete: a process killed halfway leaves no half-open database.
    """
    name = database_of(urls.owner)
    if superuser.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return
    unfinished = f"{name}_unfinished"
    superuser.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(unfinished)))
    make_database(superuser, unfinished, owner=role_of(urls.owner))
    open_to_application(urls.on(unfinished))
    superuser.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(unfinished), sql.Identifier(name))
    )


def open_database(urls: DatabaseUrls) -> None:
    """Lets the application, and nobody else, connect to the database. Safe to repeat."""
    with connect(urls.owner) as connection:
        for command in (
            "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
            "GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {application}",
        ):
            connection.execute(
                sql.SQL(command).format(
                    database=sql.Identifier(connection.info.dbname),
                    application=sql.Identifier(role_of(urls.application)),
                )
            )


def open_to_application(urls: DatabaseUrls) -> None:
    """Lets the application, and nobody else, into the database, and gives it rights on what the owner will make.

    Only future tables are touched: a right that a migration took away stays away. Safe to repeat.
    """
    open_database(urls)
    application = sql.Identifier(role_of(urls.application))
    owner = sql.Identifier(role_of(urls.owner))
    with connect(urls.owner) as connection:
        connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(application))
        connection.execute("ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")
        for rights in (
            "SELECT, INSERT, UPDATE, DELETE ON TABLES",
            "USAGE, SELECT ON SEQUENCES",
            "EXECUTE ON FUNCTIONS",
        ):
            connection.execute(
                sql.SQL(f"ALTER DEFAULT PRIVILEGES FOR ROLE {{}} IN SCHEMA public GRANT {rights} TO {{}}").format(
                    owner, application
                )
            )


def server_major(connection: Connection) -> int:
    """The server's version, 15 or more.

    Raises Unavailable for an older one.
    """
    major = connection.info.server_version // 10000
    if major < OLDEST_MAJOR:
        raise Unavailable(
            f"The database server is PostgreSQL {major}; Coproduce needs {OLDEST_MAJOR} or newer.",
            next_step="Upgrade it, or unset COPRODUCE_DATABASE_URL and COPRODUCE_DATABASE_OWNER_URL to use the "
            "embedded one.",
        )
    return major


#: What an application's role must not be: what is asked of the server, and how to say it.
_TOO_MUCH = {
    "SELECT rolsuper FROM pg_roles WHERE rolname = current_user": "is a superuser",
    "SELECT rolbypassrls FROM pg_roles WHERE rolname = current_user": "may bypass row-level security",
    "SELECT rolcreaterole FROM pg_roles WHERE rolname = current_user": "may make roles, and so give itself any right",
    "SELECT EXISTS (SELECT FROM pg_roles WHERE (rolsuper OR rolbypassrls) AND rolname <> current_user "
    "AND pg_has_role(current_user, oid, 'MEMBER'))": "is a member of a role that row-level security does not hold",
    "SELECT pg_has_role(current_user, datdba, 'MEMBER') FROM pg_database WHERE datname = current_database()": (
        "owns the database, or is a member of the role that does"
    ),
    "SELECT EXISTS (SELECT FROM pg_class WHERE pg_has_role(current_user, relowner, 'MEMBER') "
    "AND relpersistence <> 't')": "owns tables, or is a member of a role that does",
}


def check(urls: DatabaseUrls) -> int:
    """Checks that both addresses lead to one good database and that the application's role is held; its version.

    Raises Unavailable for a server that is too old or not UTF-8, Conflict for roles that row-level security would
    not hold or addresses of two different databases.
    """
    with connect(urls.application) as connection, connect(urls.owner) as owner:
        major = server_major(connection)
        for question, what in _TOO_MUCH.items():
            if (row := connection.execute(question).fetchone()) and row[0]:
                raise Conflict(
                    f"The role of COPRODUCE_DATABASE_URL {what}, so row-level security would not guard people's data.",
                    next_step="Use a role made as docs/how-to/run-for-real.md shows.",
                )
        same = "SELECT oid, datname, pg_postmaster_start_time() FROM pg_database WHERE datname = current_database()"
        if connection.execute(same).fetchone() != owner.execute(same).fetchone():
            raise Conflict(
                "COPRODUCE_DATABASE_URL and COPRODUCE_DATABASE_OWNER_URL lead to two different databases.",
                next_step="Give both the same host, port and database.",
            )
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            raise Unavailable(
                f"The database's encoding is {encoding}; Coproduce needs UTF8.",
                next_step="Make the database with ENCODING 'UTF8' TEMPLATE template0.",
            )
    return major
