"""The tests' own server: what a killed run left behind is gone in the next one."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from django.conf import settings

from coproduce.network.database import DatabaseUrls, roles
from tests.network.database_fixture import Shared, TestServer, _drop_abandoned

KILLED = """
import os, signal
from tests.network.database_fixture import shared_server
with shared_server() as server, server.database("killed") as urls:
    print(urls.owner.split("?")[0].rsplit("/")[-1], flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def names(server: TestServer) -> set[str]:
    with roles.connect_outside(server.server.urls().owner) as connection:
        return {row[0] for row in connection.execute("SELECT datname FROM pg_database")}


def test_database_of_a_killed_run_is_dropped_by_the_next_and_living_ones_stay(database_server: TestServer) -> None:
    here = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", KILLED], cwd=here, capture_output=True, text=True, check=False)
    killed = done.stdout.strip()
    with database_server.database() as living:
        assert killed in names(database_server)
        _drop_abandoned(database_server)
        assert killed not in names(database_server)
        roles.check(living)


def test_a_shared_database_is_made_once_and_goes_with_the_last_who_uses_it(database_server: TestServer) -> None:
    name, filled = f"shared_{uuid.uuid4().hex[:10]}", []

    def fill(shared: Shared) -> None:
        filled.append(shared.urls)
        (shared.folder / "note").write_text("made")

    def fail(_shared: Shared) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"), database_server.shared_database(name, fail):
        pass
    with database_server.shared_database(name, fill) as one:
        with database_server.shared_database(name, fill) as other:
            assert (other.folder / "note").read_text() == "made"
        assert name in names(database_server)
        with database_server.database(mould=one.urls) as copy:
            roles.check(copy)
    assert filled == [one.urls]
    assert name not in names(database_server)
    assert not one.folder.exists()


def test_each_database_has_a_data_folder_of_its_own_in_this_process(committed: DatabaseUrls) -> None:
    assert settings.COPRODUCE.data.name == committed.owner.rsplit("/", 1)[-1].split("?")[0]
    assert settings.COPRODUCE.data.parent == Path(os.environ["COPRODUCE_DATA"])
