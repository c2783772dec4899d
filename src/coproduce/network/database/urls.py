"""The two addresses of a database, application's and owner's: read, checked, turned into what others need."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

from coproduce.errors import InvalidInput

_EXAMPLE = "postgresql://role:password@host:5432/database"


@dataclass(frozen=True)
class DatabaseUrls:
    """Addresses of one database: as the application (row-level security holds) and as the owner (migrations, dumps)."""

    application: str = field(repr=False)
    owner: str = field(repr=False)

    def on(self, database: str) -> DatabaseUrls:
        """The same server and roles, another database."""
        return DatabaseUrls(with_database(self.application, database), with_database(self.owner, database))


def parse_url(url: str, *, setting: str) -> dict[str, str]:
    """The parts of a PostgreSQL address by libpq's names (host, port, user, password, dbname and options).

    Raises InvalidInput, naming the setting and never its value, when it is no such address or names no role or
    database.
    """
    try:
        scheme = urlsplit(url).scheme
        parts = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    except (psycopg.ProgrammingError, ValueError):
        scheme, parts = "", {}
    ports = parts.get("port", "").split(",")
    if (
        "\0" in url
        or scheme not in ("postgresql", "postgres")
        or not all(port == "" or _is_port(port) for port in ports)
    ):
        raise InvalidInput(
            given=f"a value of {setting} that is no PostgreSQL address",
            expected=f"an address such as {_EXAMPLE}",
            next_step="Write %40 for @, %3A for : and %2F for / inside a password.",
            field=setting,
        )
    for part, word in (("user", "role"), ("dbname", "database")):
        if not parts.get(part):
            raise InvalidInput(
                given=f"a value of {setting} without a {word}", expected=f"an address such as {_EXAMPLE}", field=setting
            )
    return parts


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < 65536


def to_url(parts: dict[str, str]) -> str:
    """An address from its parts; every part that has no place of its own goes into the query.

    >>> to_url({"user": "app", "dbname": "net", "host": "/tmp/x", "passfile": "/d/pgpass"})
    'postgresql://app@/net?host=%2Ftmp%2Fx&passfile=%2Fd%2Fpgpass'
    """
    rest = {name: value for name, value in parts.items() if name not in ("user", "password", "dbname")}
    login = quote(parts["user"], safe="")
    if "password" in parts:
        login += ":" + quote(parts["password"], safe="")
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in sorted(rest.items()))
    return f"postgresql://{login}@/{quote(parts['dbname'], safe='')}" + (f"?{query}" if query else "")


def with_database(url: str, database: str) -> str:
    """The same address with another database."""
    return to_url({**parse_url(url, setting="the database address"), "dbname": database})


def database_of(url: str) -> str:
    """Name of the database of an address."""
    return parse_url(url, setting="the database address")["dbname"]


def role_of(url: str) -> str:
    """Name of the role of an address."""
    return parse_url(url, setting="the database address")["user"]


#: What a page asks is nearly always the same few statements: the server reads and plans each once a connection.
_PREPARED = {"server_side_binding": True, "prepare_threshold": 5}


def django_database(url: str) -> dict[str, Any]:
    """The entry of Django's DATABASES for an address."""
    parts = parse_url(url, setting="the database address")
    own = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    entry: dict[str, Any] = {"ENGINE": "django.db.backends.postgresql"}
    entry |= {django: parts.get(libpq, "") for libpq, django in own.items()}
    entry["OPTIONS"] = {**_PREPARED, **{name: value for name, value in parts.items() if name not in own}}
    return entry


def given_urls(application: str, owner: str) -> DatabaseUrls | None:
    """The addresses that the settings name, checked; None when they name none and the embedded server is meant.

    Raises InvalidInput when only one is given or they name the same role: the application must not be the owner.
    """
    if not application and not owner:
        return None
    both = {"COPRODUCE_DATABASE_URL": application, "COPRODUCE_DATABASE_OWNER_URL": owner}
    for setting, value in both.items():
        if not value:
            raise InvalidInput(
                given=f"no {setting}, though the other address is set",
                expected="both addresses, or neither",
                next_step=f"Set {setting}, or remove the other one to use the embedded database.",
                field=setting,
            )
    first, second = (parse_url(value, setting=setting) for setting, value in both.items())
    if first["user"] == second["user"]:
        raise InvalidInput(
            given="the same role in COPRODUCE_DATABASE_URL and COPRODUCE_DATABASE_OWNER_URL",
            expected="two roles, since the application must own nothing",
            next_step="docs/how-to/run-for-real.md shows how to make them.",
        )
    if first["dbname"] != second["dbname"]:
        raise InvalidInput(
            given="two databases in COPRODUCE_DATABASE_URL and COPRODUCE_DATABASE_OWNER_URL",
            expected="the same database, as two roles",
        )
    return DatabaseUrls(to_url(first), to_url(second))
