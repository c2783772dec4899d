"""kill -9 of the server, of the application, of both: the next start recovers, and what was committed is there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import psycopg
import pytest

from coproduce.network.database import EmbeddedServer, roles
from coproduce.network.database.postmaster import is_server, read_lock_file, running
from tests.network.database.processes import another_user, kill_server, wait_until_gone


def fill(server: EmbeddedServer) -> None:
    with roles.connect(server.urls().owner) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 5000) AS n")


def count(server: EmbeddedServer) -> int:
    with roles.connect(server.urls().application) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture
def running_server(server: EmbeddedServer) -> EmbeddedServer:
    server.start()
    fill(server)
    return server


def test_server_killed(running_server: EmbeddedServer) -> None:
    kill_server(running_server)
    with running_server.hold():
        assert count(running_server) == 5000


def test_application_killed(server: EmbeddedServer) -> None:
    with another_user(server.layout.data) as other:
        fill(server)
        other.send_signal(signal.SIGKILL)
        other.wait()
    assert server.is_running()
    assert not server.in_use()
    with server.hold():
        assert count(server) == 5000
    assert not server.is_running()


def test_server_and_application_killed(server: EmbeddedServer) -> None:
    with another_user(server.layout.data) as other:
        fill(server)
        other.send_signal(signal.SIGKILL)
        kill_server(server)
    with server.hold():
        assert count(server) == 5000


def test_server_killed_under_a_user_who_goes_on(running_server: EmbeddedServer) -> None:
    with running_server.hold():
        kill_server(running_server)
        running_server.start()
        assert count(running_server) == 5000


def test_transaction_cut_by_the_kill_leaves_nothing(running_server: EmbeddedServer) -> None:
    with psycopg.connect(running_server.urls().owner) as connection:
        connection.execute("INSERT INTO kept SELECT generate_series(1, 100)")
        kill_server(running_server)
        connection.close()
    with running_server.hold():
        assert count(running_server) == 5000


def test_server_killed_in_the_middle_of_a_long_query_that_goes_on_alone(running_server: EmbeddedServer) -> None:
    connection = psycopg.connect(running_server.urls().owner, autocommit=True)
    connection.pgconn.send_query(b"SELECT count(*) FROM kept a, kept b, kept c")
    kill_server(running_server)
    with running_server.hold():
        assert count(running_server) == 5000
    connection.close()


def test_lock_file_whose_number_now_belongs_to_another_process(running_server: EmbeddedServer) -> None:
    dead = kill_server(running_server)
    lock = running_server.layout.cluster / "postmaster.pid"
    lock.write_text(lock.read_text().replace(str(dead), str(os.getpid()), 1))
    assert not running_server.is_running()
    with running_server.hold():
        assert count(running_server) == 5000


def test_lock_file_cut_in_the_middle(running_server: EmbeddedServer) -> None:
    kill_server(running_server)
    (running_server.layout.cluster / "postmaster.pid").write_text("12")
    with running_server.hold():
        assert count(running_server) == 5000


def test_zombie_is_no_server(running_server: EmbeddedServer) -> None:
    name = f"cluster_name={running_server.layout.name}"
    zombie = subprocess.Popen([sys.executable, "-c", "", name])
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
    assert not is_server(zombie.pid, running_server.layout.name)
    zombie.wait()


def test_stale_socket_and_its_lock_do_not_matter(running_server: EmbeddedServer) -> None:
    found = running(running_server.layout.cluster, running_server.layout.name)
    assert found is not None
    assert found.socket_folder is not None
    kill_server(running_server)
    assert (found.socket_folder / ".s.PGSQL.5432").exists()
    (found.socket_folder / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
    with running_server.hold():
        assert count(running_server) == 5000


def test_socket_folder_that_was_swept_away_under_the_server(running_server: EmbeddedServer) -> None:
    found = running(running_server.layout.cluster, running_server.layout.name)
    assert found is not None
    assert found.socket_folder is not None
    for path in found.socket_folder.iterdir():
        path.unlink()
    found.socket_folder.rmdir()
    with running_server.hold():
        assert count(running_server) == 5000


def test_starter_killed_while_it_starts_leaves_nothing_in_the_way(unmade_server: EmbeddedServer) -> None:
    script = "import sys; from pathlib import Path; from coproduce.network.database import EmbeddedServer\n"
    script += "EmbeddedServer(Path(sys.argv[1]), fast_unsafe=True).start()"
    for seconds in (0.2, 0.4, 0.6):
        starter = subprocess.Popen([sys.executable, "-c", script, str(unmade_server.layout.data)])
        try:
            starter.wait(seconds)
        except subprocess.TimeoutExpired:
            starter.kill()
            starter.wait()
    with unmade_server.hold():
        fill(unmade_server)
        assert count(unmade_server) == 5000


def test_two_processes_that_start_it_at_once_get_one_server(unmade_server: EmbeddedServer) -> None:
    script = "import sys; from pathlib import Path; from coproduce.network.database import EmbeddedServer\n"
    script += "EmbeddedServer(Path(sys.argv[1]), fast_unsafe=True).start()"
    starters = [subprocess.Popen([sys.executable, "-c", script, str(unmade_server.layout.data)]) for _ in range(3)]
    assert [starter.wait(60) for starter in starters] == [0, 0, 0]
    assert unmade_server.is_running()


def test_stop_after_a_kill_is_quiet(running_server: EmbeddedServer) -> None:
    kill_server(running_server)
    running_server.stop()
    wait_until_gone(running_server)
    assert read_lock_file(running_server.layout.cluster) is not None
