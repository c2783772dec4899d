"""One embedded server for all tests of a run, a database for each worker.

The server's folder stays between runs (making a cluster costs half a second); whoever uses it holds it, and the last
one out stops it. Each worker's database is guarded by a lock that the kernel releases even after kill -9, so the next
run drops what a killed one left behind.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from psycopg import sql

from coproduce.errors import CoproduceError
from coproduce.network.database import DatabaseUrls, EmbeddedServer, Hold, roles
from coproduce.network.database.layout import try_lock


@dataclass
class TestServer:
    """The server that tests share; `database()` gives a fresh, empty one with both roles."""

    __test__ = False
    hold: Hold

    @property
    def server(self) -> EmbeddedServer:
        return self.hold.server

    def make_database(self, name: str) -> DatabaseUrls:
        """An empty database of this name, open to the application's role as in a real network."""
        urls = self.server.urls(name)
        with roles.connect_outside(urls.owner) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            roles.make_database(connection, name)
        roles.open_to_application(urls)
        return urls

    def drop_database(self, name: str) -> None:
        """Drops a database and ends whoever is still connected to it."""
        with roles.connect_outside(self.server.urls().owner) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    @contextlib.contextmanager
    def database(self, prefix: str = "test") -> Iterator[DatabaseUrls]:
        """A fresh database for the block, dropped afterwards, or by the next run if this one is killed."""
        name = f"{prefix}_{uuid.uuid4().hex[:10]}"
        with _claimed(self.server.layout.data / "claims" / name):
            try:
                yield self.make_database(name)
            finally:
                self.drop_database(name)


@contextlib.contextmanager
def shared_server() -> Iterator[TestServer]:
    """The tests' server, started if it does not run; a folder that no longer starts is made anew."""
    data = shared_folder()
    try:
        hold = EmbeddedServer(data, fast_unsafe=True).hold()
    except CoproduceError:
        shutil.rmtree(data, ignore_errors=True)
        hold = EmbeddedServer(data, fast_unsafe=True).hold()
    with hold:
        server = TestServer(hold)
        _drop_abandoned(server)
        yield server


def shared_folder() -> Path:
    """The folder of the tests' server: one for each checkout and account."""
    checkout = hashlib.sha256(os.fsencode(Path(__file__).resolve())).hexdigest()[:10]
    return Path(tempfile.gettempdir()) / f"coproduce-tests-{os.geteuid()}-{checkout}"


@contextlib.contextmanager
def _claimed(claim: Path) -> Iterator[None]:
    claim.parent.mkdir(exist_ok=True)
    handle = os.open(claim, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
        claim.unlink(missing_ok=True)
    finally:
        os.close(handle)


def _drop_abandoned(server: TestServer) -> None:
    for claim in (server.server.layout.data / "claims").glob("*"):
        with contextlib.suppress(FileNotFoundError):
            handle = os.open(claim, os.O_RDWR)
            try:
                if try_lock(handle, fcntl.LOCK_EX):
                    server.drop_database(claim.name)
                    claim.unlink(missing_ok=True)
            finally:
                os.close(handle)


@pytest.fixture(scope="session")
def database_server() -> Iterator[TestServer]:
    """The server that all tests of this run share."""
    with shared_server() as server:
        yield server


@pytest.fixture(scope="session")
def worker_database(database_server: TestServer) -> Iterator[DatabaseUrls]:
    """This worker's own database; empty at the start of the session."""
    with database_server.database("worker") as urls:
        yield urls


@pytest.fixture
def fresh_database(database_server: TestServer) -> Iterator[DatabaseUrls]:
    """An empty database for one test."""
    with database_server.database() as urls:
        yield urls
