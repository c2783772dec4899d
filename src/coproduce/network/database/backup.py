"""Backup and restore: a file is whole or not there, and a restore that fails leaves the living database alone."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql

from coproduce.errors import BadFile, Conflict, InvalidInput, Unavailable
from coproduce.network.database import roles
from coproduce.network.database.erasures import Erasure, read_erasures
from coproduce.network.database.layout import sync_folder
from coproduce.network.database.programs import Finished, Programs, first_complaint, programs
from coproduce.network.database.urls import DatabaseUrls, database_of, parse_url, to_url

MAGIC = b"PGDMP"
#: Any number; with the database's name it is the lock that two restores of one database cannot both have.
_RESTORE_LOCK = 4_762_019

#: What is done with a restored database before people see it: its addresses, and the erasures made since the backup.
Afterwards = Callable[[DatabaseUrls, Sequence[Erasure]], None]


@dataclass(frozen=True)
class Backup:
    """A backup file that was read through and found whole."""

    file: Path
    made_at: datetime
    server_major: int
    tables: frozenset[str]
    n_bytes: int


def backup(urls: DatabaseUrls, file: Path) -> Backup:
    """Writes the whole database into one file that only we may read, and reads it through once.

    The file appears at its place complete or not at all; a backup that was there before is replaced only then.
    Raises InvalidInput when something that is no backup is in its place, Unavailable when it cannot be made.
    """
    file = file.absolute()
    _check_place(file)
    with roles.connect(urls.owner) as connection:
        tools = programs(roles.server_major(connection))
    handle, name = tempfile.mkstemp(prefix=f".{file.name[:100]}.", suffix=".partial", dir=file.parent)
    os.close(handle)
    draft = Path(name)
    try:
        done = _run(tools, "pg_dump", urls.owner, "--format=custom", f"--file={draft}")
        if done.status:
            raise Unavailable(
                f"The backup could not be made: {first_complaint(done.complaint)}. Nothing was written.",
                next_step=_advice(done),
            )
        made = inspect(draft, thorough=True)
        _sync(draft)
        draft.replace(file)
        sync_folder(file.parent)
    finally:
        draft.unlink(missing_ok=True)
    return Backup(file, made.made_at, made.server_major, made.tables, made.n_bytes)


def inspect(file: Path, *, thorough: bool = False) -> Backup:
    """What a backup file holds; with `thorough` every byte is read and checked.

    Raises BadFile for a file that is missing, empty, of another kind, cut, damaged, or made by a newer PostgreSQL.
    """
    expected = "a file that `coproduce db backup` made"
    try:
        with file.open("rb") as opened:
            head = opened.read(len(MAGIC))
    except OSError as problem:
        raise BadFile(given=f"a backup file that cannot be read ({problem.strerror})", expected=expected) from problem
    if head != MAGIC:
        given = "an empty file" if not head else "a file of another kind"
        raise BadFile(given=given, expected=expected, next_step="Choose another file; nothing was changed.")
    tools = programs()
    listed = tools.run("pg_restore", "--list", str(file))
    checked = tools.run("pg_restore", f"--file={os.devnull}", str(file)) if thorough and not listed.status else listed
    found = re.search(r"Archive created at (\d+-\d+-\d+ \d+:\d+:\d+)", listed.output)
    version = re.search(r"Dumped from database version: (\d+)", listed.output)
    if checked.status or not found or not version:
        newer = "unsupported version" in listed.complaint
        raise BadFile(
            given="a backup made by a newer PostgreSQL" if newer else "a backup that is cut or damaged",
            expected=expected,
            next_step="Update Coproduce first." if newer else "Use another backup; nothing was changed.",
        )
    return Backup(
        file=file,
        made_at=datetime.strptime(found[1], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC),
        server_major=int(version[1]),
        tables=frozenset(re.findall(r"^\d+; \d+ \d+ TABLE (?!DATA )\S+ (\S+) ", listed.output, re.MULTILINE)),
        n_bytes=file.stat().st_size,
    )


def restore(
    urls: DatabaseUrls,
    file: Path,
    *,
    data: Path,
    after: Afterwards | None = None,
    must_contain: Sequence[str] = (),
) -> Backup:
    """Replaces the database by a backup, all at once.

    The backup is read into a new database beside the living one; `after` repeats there the erasures of `data` since
    the backup; only then do the two change names, in one transaction, and the old one is dropped. Whatever fails before
    that leaves the living database as it was. People who are connected are cut off for an instant and reconnect.

    `must_contain` names tables without which the file is not a backup of ours.
    Raises BadFile for a file that cannot be used, Conflict for another restore at the same time or a database that
    stays in use, Unavailable for a server that fails.
    """
    found = inspect(file)
    if missing := [table for table in must_contain if table not in found.tables]:
        raise BadFile(
            given=f"a backup of another program ({len(missing)} of our tables are missing)",
            expected="a file that `coproduce db backup` made",
            next_step="Choose another file; nothing was changed.",
        )
    erasures = read_erasures(data, since=found.made_at)
    with roles.connect_outside(urls.owner) as outside, _alone(outside, database_of(urls.owner)):
        major = roles.server_major(outside)
        if found.server_major > major:
            raise BadFile(
                given=f"a backup of PostgreSQL {found.server_major}",
                expected=f"one of PostgreSQL {major} or older, which this server is",
                next_step="Restore into a server of that version; nothing was changed.",
            )
        living = database_of(urls.owner)
        fresh = f"{living}_restoring"
        _drop(outside, fresh)
        _drop(outside, f"{living}_replaced")
        try:
            _make_like(outside, fresh, like=living)
            _fill(urls.on(fresh), file, programs(major))
            if after is not None:
                after(urls.on(fresh), erasures)
            _swap(outside, living, fresh)
        except BaseException:
            _drop(outside, fresh)
            raise
        _drop(outside, f"{living}_replaced")
    return found


def _check_place(file: Path) -> None:
    if not file.parent.is_dir():
        raise InvalidInput(given="a backup file in a folder that is not there", expected="a folder that exists")
    if not file.exists():
        return
    head = b""
    if file.is_file():
        with file.open("rb") as opened:
            head = opened.read(len(MAGIC))
    if head != MAGIC:
        raise InvalidInput(
            given="a place for the backup where something else already is",
            expected="a new file, or an older backup to replace",
            next_step="Choose another name; nothing was changed.",
        )


def _run(tools: Programs, name: str, url: str, *arguments: str) -> Finished:
    """Runs a program on a database; the password goes through its surroundings, since anybody may read arguments."""
    parts = parse_url(url, setting="the database address")
    password = parts.pop("password", None)
    secret = {"PGPASSWORD": password} if password else {}
    return tools.run(name, *arguments, f"--dbname={to_url(parts)}", environment=secret, seconds=24 * 3600)


def _sync(file: Path) -> None:
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _advice(done: Finished) -> str:
    advice = {
        "No space left": "Free some disk and try again.",
        "row-level security": "Use the owner's address, and never FORCE ROW LEVEL SECURITY on a table.",
        "permission denied": "Use the address of the role that owns the tables.",
    }
    return next((plain for sign, plain in advice.items() if sign in done.complaint), "Run `coproduce doctor`.")


@contextlib.contextmanager
def _alone(outside: roles.Connection, database: str) -> Iterator[None]:
    row = outside.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [_RESTORE_LOCK, database]).fetchone()
    if not row or not row[0]:
        raise Conflict("Another restore of this database is running.", next_step="Wait until it has finished.")
    try:
        yield
    finally:
        outside.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [_RESTORE_LOCK, database])


def _drop(outside: roles.Connection, name: str) -> None:
    outside.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _make_like(outside: roles.Connection, name: str, *, like: str) -> None:
    """Makes an empty database with the collation of another one, so that sorting and indexes stay as they were."""
    locale = "datlocale" if outside.info.server_version >= 170000 else "daticulocale"
    row = outside.execute(
        f"SELECT datlocprovider, datcollate, datctype, {locale} FROM pg_database WHERE datname = %s",  # noqa: S608
        [like],
    ).fetchone()
    command = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name))
    if row:
        provider, collate, ctype, locale_name = row
        command += sql.SQL(" LC_COLLATE {} LC_CTYPE {}").format(sql.Literal(collate), sql.Literal(ctype))
        word = {"i": "LOCALE_PROVIDER icu ICU_LOCALE", "b": "LOCALE_PROVIDER builtin BUILTIN_LOCALE"}.get(provider)
        command += (
            sql.SQL(f" {word} {{}}").format(sql.Literal(locale_name)) if word else sql.SQL(" LOCALE_PROVIDER libc")
        )
    try:
        outside.execute(command)
    except psycopg.errors.InsufficientPrivilege as problem:
        raise Unavailable(
            "The owner's role may not make a database, so the backup cannot be restored beside the living one.",
            next_step="Give it the right (ALTER ROLE ... CREATEDB) and try again; nothing was changed.",
        ) from problem


def _fill(urls: DatabaseUrls, file: Path, tools: Programs) -> None:
    """Reads the backup into an empty database. Rights come from the backup, so that none comes back that was taken."""
    done = _run(tools, "pg_restore", urls.owner, "--no-owner", "--exit-on-error", str(file.absolute()))
    if done.status:
        unknown = re.search(r'role "([a-z0-9_]+)" does not exist', done.complaint)
        if unknown:
            raise Conflict(
                f"The backup names the database role {unknown[1]}, which this server does not have.",
                next_step="Make a role of that name and use it in the addresses; nothing was changed.",
            )
        if re.search(r"could not read|could not find block|corrupt|unexpected end|incomplete", done.complaint):
            raise BadFile(
                given="a backup that is cut or damaged",
                expected="a whole one",
                next_step="Use another backup; nothing was changed.",
            )
        raise Unavailable(
            f"The backup could not be restored: {first_complaint(done.complaint)}. Nothing was changed.",
            next_step=_advice(done),
        )
    roles.open_database(urls)
    with roles.connect(urls.owner) as connection:
        connection.execute("ANALYZE")


def _swap(outside: roles.Connection, living: str, fresh: str) -> None:
    """Gives the new database the living one's name, in one transaction, after ending everybody's connections."""
    for _ in range(5):
        with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
            outside.execute("SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE datname = %s", [living])
        try:
            with outside.transaction():
                for old, new in ((living, f"{living}_replaced"), (fresh, living)):
                    outside.execute(
                        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new))
                    )
            return
        except psycopg.errors.ObjectInUse:
            continue
    raise Conflict(
        "The database stays in use, so the backup was not put in its place; nothing was changed.",
        next_step="Stop `coproduce serve` and `coproduce worker`, then restore again.",
    )
