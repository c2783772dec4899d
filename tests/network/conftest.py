"""A real database with every migration: the application's role, row-level security on, nothing mocked.

`django_db` tests run in a transaction that is rolled back. A test that needs real commits, threads or several
connections takes the fixture `committed`: it gets a database of its own, cloned in a moment from the migrated one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import django
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from coproduce.network.database import DatabaseUrls, django_database, roles
from coproduce.network.database.urls import database_of
from coproduce.network.log import heads
from tests.network.database_fixture import TestServer, database_server, fresh_database, worker_database

__all__ = ["database_server", "fresh_database", "worker_database"]

# pytest-django looks for settings before tests/conftest.py names them: load the apps for tests that import models.
django.setup()


def point_django_at(urls: DatabaseUrls) -> None:
    """Makes Django's two aliases use this database from now on, and a data folder that belongs to it.

    Ids begin anew in each database: a search index that two of them shared would find the one's things in the other.
    """
    for alias, url in (("default", urls.application), ("owner", urls.owner)):
        connections[alias].close()
        connections[alias].settings_dict.update(django_database(url))
    settings.COPRODUCE = replace(settings.COPRODUCE, data=_data_folder(urls))


def _data_folder(urls: DatabaseUrls) -> Path:
    return Path(os.environ["COPRODUCE_DATA"]) / database_of(urls.owner)


@contextmanager
def _unwatched(blocker: object) -> Iterator[None]:
    with blocker.unblock():  # type: ignore[attr-defined]
        yield


@pytest.fixture(scope="session")
def migrated(database_server: TestServer, django_db_blocker: object) -> Iterator[DatabaseUrls]:
    """A migrated database that nobody uses: the mould of the others."""
    with database_server.database("mould") as urls, _unwatched(django_db_blocker):
        point_django_at(urls)
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        for alias in connections:
            connections[alias].close()
        yield urls


@contextmanager
def cloned(server: TestServer, mould: DatabaseUrls) -> Iterator[DatabaseUrls]:
    """A database of its own with everything that the mould has."""
    with server.database("clone") as urls:
        with roles.connect_outside(urls.owner) as connection:
            name, source = database_of(urls.owner), database_of(mould.owner)
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(source))
            )
            connection.execute(
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
                    sql.Identifier(name), sql.Identifier("coproduce_app")
                )
            )
        yield urls


@pytest.fixture(scope="session")
def django_db_setup(database_server: TestServer, migrated: DatabaseUrls, django_db_blocker: object) -> Iterator[None]:
    """Points Django at this worker's own database."""
    with cloned(database_server, migrated) as urls, _unwatched(django_db_blocker):
        point_django_at(urls)
        _worker.append(urls)
        yield
        for alias in connections:
            connections[alias].close()


_worker: list[DatabaseUrls] = []


@pytest.fixture(autouse=True)
def signed_heads_go_with_the_log() -> Iterator[None]:
    """Takes away what a test signed in this worker's database: its events were rolled back, and the head is on disk.

    Else the next test that signs finds a log behind its own head, which is what tampering looks like.
    """
    yield
    for urls in _worker:
        signed = replace(settings.COPRODUCE, data=_data_folder(urls))
        heads.head_file(signed).unlink(missing_ok=True)
        heads.key_file(signed).unlink(missing_ok=True)


@contextmanager
def own_database(server: TestServer, mould: DatabaseUrls, blocker: object) -> Iterator[DatabaseUrls]:
    """A migrated database that Django uses inside the block, in which transactions really commit; then the worker's."""
    with cloned(server, mould) as urls, _unwatched(blocker):
        point_django_at(urls)
        try:
            yield urls
        finally:
            for connection in connections.all(initialized_only=True):
                connection.close()
            point_django_at(_worker[-1])


@pytest.fixture
def committed(
    database_server: TestServer, migrated: DatabaseUrls, django_db_setup: None, django_db_blocker: object
) -> Iterator[DatabaseUrls]:
    """A migrated database in which this test's transactions really commit."""
    with own_database(database_server, migrated, django_db_blocker) as urls:
        yield urls
