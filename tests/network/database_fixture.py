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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from psycopg import sql

from coproduce.errors import CoproduceError
from coproduce.network.database import DatabaseUrls, EmbeddedServer, Hold, roles
from coproduce.network.database.layout import try_lock
from coproduce.network.database.urls import database_of


@dataclass(frozen=True)
class Shared:
    """A database that several processes make others from, and a folder for what belongs to it."""

    urls: DatabaseUrls
    folder: Path


@dataclass
class TestServer:
    """The server that tests share; `database()` gives a fresh, empty one with both roles."""

    __test__ = False
    hold: Hold

    @property
    def server(self) -> EmbeddedServer:
        return self.hold.server

    def make_database(self, name: str, mould: DatabaseUrls | None = None) -> DatabaseUrls:
        """A database of this name, open to the application's role as in a real network: empty, or all that `mould` has.

        Nobody may be connected to a mould.
        """
        urls = self.server.urls(name)
        with roles.connect_outside(urls.owner) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            if mould is None:
                roles.make_database(connection, name)
            else:
                parts = map(sql.Identifier, (name, database_of(mould.owner)))
                connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*parts))
        if mould is None:
            roles.open_to_application(urls)
        else:
            roles.open_database(urls)  # the rights inside came with the mould
        return urls

    def drop_database(self, name: str) -> None:
        """Drops a database and ends whoever is still connected to it."""
        with roles.connect_outside(self.server.urls().owner) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    @contextlib.contextmanager
    def database(self, prefix: str = "test", mould: DatabaseUrls | None = None) -> Iterator[DatabaseUrls]:
        """A fresh database for the block, dropped afterwards, or by the next run if this one is killed."""
        name = f"{prefix}_{uuid.uuid4().hex[:10]}"
        with _claimed(self._claim(name), fcntl.LOCK_EX):
            try:
                yield self.make_database(name, mould)
            finally:
                self.forget(name)

    @contextlib.contextmanager
    def shared_database(
        self, name: str, fill: Callable[[Shared], None], mould: DatabaseUrls | None = None
    ) -> Iterator[Shared]:
        """A database that the processes of a run share. Whoever comes first makes and fills it; the last one drops it.

        Those that come meanwhile wait. `fill` must leave no connection to it.
        """
        shared = Shared(self.server.urls(name), self._folder(name))
        with _claimed(self._claim(name), fcntl.LOCK_SH) as claim:
            with _claimed(self.server.layout.data / "making", fcntl.LOCK_EX):
                if not shared.folder.is_dir():
                    self._make_shared(shared, fill, mould)
            try:
                yield shared
            finally:
                if try_lock(claim, fcntl.LOCK_EX):
                    self._drop(name)

    def _make_shared(self, shared: Shared, fill: Callable[[Shared], None], mould: DatabaseUrls | None) -> None:
        self.make_database(shared.folder.name, mould)
        unfinished = shared.folder.with_suffix(".unfinished")
        unfinished.mkdir(parents=True, exist_ok=True)
        fill(Shared(shared.urls, unfinished))
        unfinished.rename(shared.folder)

    def forget(self, name: str) -> None:
        """Takes away a database that nobody uses any more, what belongs to it and its claim."""
        self._drop(name)
        self._claim(name).unlink(missing_ok=True)

    def _drop(self, name: str) -> None:
        self.drop_database(name)
        for folder in (self._folder(name), self._folder(name).with_suffix(".unfinished")):
            shutil.rmtree(folder, ignore_errors=True)

    def _folder(self, name: str) -> Path:
        return self.server.layout.data / "shared" / name

    def _claim(self, name: str) -> Path:
        return self.server.layout.data / "claims" / name


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
def _claimed(claim: Path, kind: int) -> Iterator[int]:
    """Holds the file whose lock says that a database is in use; made where there is none, or no more once it is had."""
    claim.parent.mkdir(exist_ok=True)
    while True:
        handle = os.open(claim, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(handle, kind)
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(handle), claim.stat()):
                break
        os.close(handle)
    try:
        yield handle
    finally:
        os.close(handle)


def _drop_abandoned(server: TestServer) -> None:
    for claim in (server.server.layout.data / "claims").glob("*"):
        with contextlib.suppress(FileNotFoundError):
            handle = os.open(claim, os.O_RDWR)
            try:
                if try_lock(handle, fcntl.LOCK_EX):
                    server.forget(claim.name)
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
