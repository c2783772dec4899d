"""A server that somebody else runs: over the network, with passwords, of an older version, prepared as the docs say."""

from __future__ import annotations

import re
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from coproduce.errors import Conflict, Unavailable
from coproduce.network.database import DatabaseUrls, resolve_urls, roles
from coproduce.network.database.account import server_account
from coproduce.network.database.backup import backup, inspect, restore
from coproduce.network.database.programs import Programs, programs

DOCS = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "run-for-real.md"
SERVERS = {"16": programs(16), "15": Programs(Path("/usr/lib/postgresql/15/bin"))}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module", params=SERVERS)
def external(request: pytest.FixtureRequest) -> Iterator[DatabaseUrls]:
    """A server of this version with an empty database and both roles, made with the SQL of the how-to."""
    tools = SERVERS[request.param]
    if not (tools.folder / "postgres").exists():
        pytest.skip(f"PostgreSQL {request.param} is not installed here")
    with tempfile.TemporaryDirectory(prefix="external-") as name:
        folder, account, port = Path(name), server_account(Path(name)), free_port()
        if account:
            account.give(folder)
        cluster = folder / "cluster"
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        made = tools.run(
            "initdb", "-D", str(cluster), "-U", "admin", "--auth-local=trust", "--auth-host=scram-sha-256",
            "--encoding=UTF8", "--locale=C", "--no-sync", account=account, folder=folder,
        )  # fmt: skip
        assert made.status == 0, made.complaint
        where = ("-D", str(cluster), "-w", "-l", str(folder / "log"))
        assert tools.run("pg_ctl", "start", *where, "-o", options, account=account, folder=folder).status == 0
        try:
            yield prepare(folder, port)
        finally:
            tools.run("pg_ctl", "stop", *where, "-m", "immediate", account=account, folder=folder)


def prepare(socket_folder: Path, port: int) -> DatabaseUrls:
    found = re.search(r"```sql\n(.*?)```", DOCS.read_text(), re.DOTALL)
    assert found is not None
    with psycopg.connect(host=str(socket_folder), port=port, user="admin", dbname="postgres", autocommit=True) as admin:
        for command in found[1].split(";"):
            if command.strip():
                admin.execute(command)
    settings = SimpleNamespace(
        data=socket_folder,
        database_url=f"postgresql://coproduce_app:change-me-too@127.0.0.1:{port}/coproduce",
        database_owner_url=f"postgresql://coproduce_owner:change-me@127.0.0.1:{port}/coproduce",
    )
    urls = resolve_urls(settings)
    roles.open_to_application(urls)
    return urls


def test_roles_made_as_the_how_to_says_pass_the_check(external: DatabaseUrls) -> None:
    assert roles.check(external) in (15, 16)


def test_backup_and_restore_round_trip(external: DatabaseUrls, tmp_path: Path) -> None:
    with roles.connect(external.owner) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT generate_series(1, 100) AS n")
        owner.execute("REVOKE DELETE ON kept FROM coproduce_app")
    made = backup(external, tmp_path / "a.backup")
    with roles.connect(external.owner) as owner:
        owner.execute("DROP TABLE kept")
    restore(external, made.file, data=tmp_path)
    with roles.connect(external.application) as application:
        assert application.execute("SELECT count(*) FROM kept").fetchone() == (100,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute("DELETE FROM kept")


def test_password_is_not_among_the_arguments_that_anybody_may_read(
    external: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    run = Programs.run

    def watched(self: Programs, name: str, *arguments: str, **options: object) -> object:
        seen.extend(arguments)
        return run(self, name, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Programs, "run", watched)
    backup(external, tmp_path / "a.backup")
    assert any("dbname=postgresql" in argument for argument in seen)
    assert not any("change-me" in argument for argument in seen)


def test_external_backup_restores_into_the_embedded_server(
    external: DatabaseUrls, fresh_database: DatabaseUrls, tmp_path: Path
) -> None:
    with roles.connect(external.owner) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS moved AS SELECT 42 AS n")
    restore(fresh_database, backup(external, tmp_path / "a.backup").file, data=tmp_path)
    with roles.connect(fresh_database.application) as application:
        assert application.execute("SELECT n FROM moved").fetchone() == (42,)


def test_backup_of_a_newer_server_is_refused(
    external: DatabaseUrls, fresh_database: DatabaseUrls, tmp_path: Path
) -> None:
    from coproduce.errors import BadFile

    made = backup(fresh_database, tmp_path / "a.backup")
    assert inspect(made.file).server_major == 18
    with pytest.raises(BadFile, match="a backup of PostgreSQL 18"):
        restore(external, made.file, data=tmp_path)


def test_server_that_is_too_old_is_named(external: DatabaseUrls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roles, "OLDEST_MAJOR", 17)
    with pytest.raises(Unavailable, match=r"is PostgreSQL 1[56]; Coproduce needs 17 or newer"):
        roles.check(external)


def test_superuser_as_application_is_refused(external: DatabaseUrls) -> None:
    with pytest.raises(Conflict, match="owns the database"):
        roles.check(DatabaseUrls(external.owner, external.owner))
