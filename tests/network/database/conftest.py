"""Servers for these tests: the shared one, and folders in which a test may start, kill and break its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from coproduce.network.database import EmbeddedServer
from coproduce.network.database.account import server_account
from tests.network.database_fixture import database_server, fresh_database, worker_database

__all__ = ["database_server", "fresh_database", "worker_database"]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder of its own, whose server is ended after the test."""
    with tempfile.TemporaryDirectory(prefix="coproduce-test-") as name:
        data = Path(name) / "data"
        yield data
        server = EmbeddedServer(data)
        with contextlib.suppress(Exception):
            server.stop(force=True)
        with contextlib.suppress(Exception):
            shutil.rmtree(server.layout.socket_folder(server_account(server.layout.cluster)))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 20 MB, where this account can make one."""
    place = tmp_path / "disk"
    place.mkdir()
    make = ["mount", "-t", "tmpfs", "-o", "size=20m", "none", str(place)]
    if os.geteuid() or subprocess.run(make, check=False, capture_output=True).returncode:
        pytest.skip("this account cannot make a small disk")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


@pytest.fixture
def unmade_server(folder: Path) -> EmbeddedServer:
    """A server of its own whose cluster has not been made yet."""
    return EmbeddedServer(folder, fast_unsafe=True)


@pytest.fixture(scope="session")
def made_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a cluster, roles and database, whose server is stopped; to be copied."""
    data = tmp_path_factory.mktemp("made") / "data"
    EmbeddedServer(data, fast_unsafe=True).hold().release()
    return data


@pytest.fixture
def server(folder: Path, made_folder: Path) -> EmbeddedServer:
    """A server of its own, made but not started."""
    shutil.copytree(made_folder, folder)
    return EmbeddedServer(folder, fast_unsafe=True)
