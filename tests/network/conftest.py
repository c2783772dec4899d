"""A real database with every migration: the application's role, row-level security on, nothing mocked.

`django_db` tests run in a transaction that is rolled back. A test that needs real commits, threads or several
connections takes the fixture `committed`: it gets a database of its own, cloned in a moment from the migrated one.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import django
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.template.base import Template

from coproduce import clock
from coproduce.network.database import DatabaseUrls, django_database
from coproduce.network.database.urls import database_of
from coproduce.network.log import heads
from tests.network.database_fixture import Shared, TestServer, database_server, fresh_database, worker_database

__all__ = ["database_server", "fresh_database", "worker_database"]

# pytest-django looks for settings before tests/conftest.py names them: load the apps for tests that import models.
django.setup()

_RENDER = Template._render


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
def migrated(database_server: TestServer, testrun_uid: str, django_db_blocker: object) -> Iterator[DatabaseUrls]:
    """A migrated database that nobody uses: the mould of the others, made once for all processes of a run."""

    def migrate(mould: Shared) -> None:
        with _unwatched(django_db_blocker):
            point_django_at(mould.urls)
            call_command("migrate", database="owner", verbosity=0, interactive=False)
            for alias in connections:
                connections[alias].close()

    with database_server.shared_database(f"mould_{testrun_uid[:10]}", migrate) as mould:
        yield mould.urls


@pytest.fixture(scope="session")
def django_db_setup(database_server: TestServer, migrated: DatabaseUrls, django_db_blocker: object) -> Iterator[None]:
    """Points Django at this worker's own database."""
    with database_server.database("worker", migrated) as urls, _unwatched(django_db_blocker):
        point_django_at(urls)
        _worker.append(urls)
        yield
        for alias in connections:
            connections[alias].close()


_worker: list[DatabaseUrls] = []


@pytest.fixture(scope="session", autouse=True)
def templates_are_rendered_as_for_visitors(django_test_environment: None) -> None:
    """Django's tests copy every context of every template for whoever asks for it, and nobody here does."""
    Template._render = _RENDER  # type: ignore[method-assign]


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
def own_database(
    server: TestServer, mould: DatabaseUrls, blocker: object, data: Path | None = None
) -> Iterator[DatabaseUrls]:
    """A copy of the mould that Django uses inside the block, in which transactions really commit; then the worker's.

    `data` is a data folder to begin with, such as one with the index of what the mould holds.
    """
    with server.database("clone", mould) as urls, _unwatched(blocker):
        if data is not None:
            shutil.copytree(data, _data_folder(urls))
        with pointed(urls):
            yield urls


@contextmanager
def pointed(urls: DatabaseUrls) -> Iterator[None]:
    """Points Django at a database for the block, and at the worker's own again after it."""
    point_django_at(urls)
    try:
        yield
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


@dataclass(frozen=True)
class Example:
    """The example network as a mould: its database and data folder, when it was made, the parts it told of."""

    urls: DatabaseUrls
    data: Path
    made_at: datetime
    parts: list[str]


@pytest.fixture(scope="session")
def example_mould(
    database_server: TestServer,
    migrated: DatabaseUrls,
    testrun_uid: str,
    django_db_setup: None,
    django_db_blocker: object,
) -> Iterator[Example]:
    """The whole example network, which takes long: made once for all processes of a run, and copied."""

    def seed(mould: Shared) -> None:
        from coproduce.network.laboratory import demo

        parts: list[str] = []
        now = clock.now()
        with _unwatched(django_db_blocker), pointed(mould.urls):
            demo.seed_example(now, lambda part, _share: parts.append(part))
            shutil.copytree(_data_folder(mould.urls), mould.folder / "data")
        said = {"made_at": now.isoformat(), "parts": list(dict.fromkeys(parts))}
        (mould.folder / "said.json").write_text(json.dumps(said))

    with database_server.shared_database(f"example_{testrun_uid[:10]}", seed, migrated) as mould:
        said = json.loads((mould.folder / "said.json").read_text())
        yield Example(mould.urls, mould.folder / "data", datetime.fromisoformat(said["made_at"]), said["parts"])
