"""The embedded server: made once, shared, stopped by the last one out, closed to everybody else."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from coproduce.errors import Conflict, Unavailable
from coproduce.network.database import EmbeddedServer, programs, roles
from coproduce.network.database.layout import SUPERUSER, read_passwords
from coproduce.network.database.postmaster import running
from coproduce.network.database.urls import parse_url, to_url
from tests.network.database.processes import another_user, leave
from tests.network.database_fixture import TestServer


def ask(server: EmbeddedServer, question: str) -> object:
    parts = parse_url(server.urls().owner, setting="x")
    with roles.connect(to_url({**parts, "user": SUPERUSER, "dbname": SUPERUSER})) as connection:
        row = connection.execute(question).fetchone()
        return row and row[0]


def test_held_server_answers_and_stops_when_the_only_user_leaves(server: EmbeddedServer) -> None:
    with server.hold():
        assert roles.check(server.urls()) == 18
    assert not server.is_running()


def test_second_process_uses_the_same_server_and_the_last_one_out_stops_it(server: EmbeddedServer) -> None:
    with server.hold():
        before = running(server.layout.cluster, server.layout.name)
        with another_user(server.layout.data) as other:
            assert running(server.layout.cluster, server.layout.name) == before
            leave(other)
        assert server.is_running()
    assert not server.is_running()


def test_first_process_may_leave_while_another_goes_on(server: EmbeddedServer) -> None:
    hold = server.hold()
    with another_user(server.layout.data) as other:
        hold.release()
        assert server.is_running()
        leave(other)
    assert not server.is_running()


def test_server_that_was_asked_to_stay_outlives_its_users_until_it_is_stopped(server: EmbeddedServer) -> None:
    server.start(stay=True)
    server.hold().release()
    assert server.is_running()
    server.stop()
    assert not server.is_running()


def test_server_in_use_is_stopped_by_force_only(server: EmbeddedServer) -> None:
    with server.hold():
        with pytest.raises(Conflict, match="in use"):
            server.stop()
        server.stop(force=True)
        assert not server.is_running()


def test_starting_and_stopping_twice_changes_nothing(server: EmbeddedServer) -> None:
    assert server.start() == server.start()
    server.stop()
    server.stop()
    assert not server.is_running()


def test_what_was_written_is_there_after_a_restart(server: EmbeddedServer) -> None:
    with server.hold(), roles.connect(server.urls().owner) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
    with server.hold(), roles.connect(server.urls().application) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (42,)


def test_data_folder_with_a_long_path_and_odd_letters_works(server: EmbeddedServer) -> None:
    long = EmbeddedServer(server.layout.data / "ünï côdé 'quoted'" / ("x" * 150), fast_unsafe=True)
    with long.hold():
        assert roles.check(long.urls()) == 18


def test_password_file_that_was_lost_is_made_again(server: EmbeddedServer) -> None:
    server.start()
    server.layout.passwords.unlink()
    with server.hold():
        assert roles.check(server.urls()) == 18


def test_cluster_that_was_half_made_when_the_machine_stopped_is_made_anew(unmade_server: EmbeddedServer) -> None:
    unmade_server.layout.unfinished.mkdir(parents=True)
    (unmade_server.layout.unfinished / "half").touch()
    with unmade_server.hold():
        assert roles.check(unmade_server.urls()) == 18
    assert not unmade_server.layout.unfinished.exists()


def test_cluster_of_another_version_is_named_and_not_touched(unmade_server: EmbeddedServer) -> None:
    unmade_server.layout.cluster.mkdir(parents=True)
    (unmade_server.layout.cluster / "PG_VERSION").write_text("17\n")
    with pytest.raises(Unavailable, match="made by PostgreSQL 17"):
        unmade_server.start()


def test_data_folder_that_is_a_file_is_refused_in_plain_words(unmade_server: EmbeddedServer) -> None:
    unmade_server.layout.data.parent.mkdir(exist_ok=True)
    unmade_server.layout.data.write_text("not a folder")
    with pytest.raises(Unavailable, match="cannot be written"):
        unmade_server.start()
    unmade_server.layout.data.unlink()


def test_nobody_else_may_read_passwords_cluster_or_socket(database_server: TestServer) -> None:
    layout = database_server.server.layout
    found = running(layout.cluster, layout.name)
    assert found is not None
    assert found.socket_folder is not None
    for path in (layout.passwords, layout.passwords.parent, layout.cluster, found.socket_folder):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_server_does_not_run_as_root(database_server: TestServer) -> None:
    layout = database_server.server.layout
    found = running(layout.cluster, layout.name)
    assert found is not None
    assert Path(f"/proc/{found.process}").stat().st_uid != 0


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("SHOW listen_addresses", ""),
        ("SHOW server_encoding", "UTF8"),
        ("SHOW log_min_error_statement", "panic"),
        ("SELECT datlocale FROM pg_database WHERE datname = 'coproduce'", "C.UTF-8"),
        ("SELECT count(*) FROM pg_hba_file_rules WHERE auth_method NOT IN ('scram-sha-256', 'reject')", 0),
        ("SELECT count(*) FROM pg_authid WHERE rolpassword IS NOT NULL AND rolpassword NOT LIKE 'SCRAM-SHA-256$%'", 0),
    ],
)
def test_server_is_set_up_as_it_must_be(database_server: TestServer, question: str, answer: object) -> None:
    assert ask(database_server.server, question) == answer


def test_power_cut_may_not_destroy_a_real_network() -> None:
    from coproduce.network.database import embedded

    assert "fsync" not in embedded._RULES | embedded._SIZES
    assert EmbeddedServer(Path("x"))._fast_unsafe is False


def test_words_of_a_failed_statement_stay_out_of_the_servers_log(server: EmbeddedServer) -> None:
    with server.hold(), roles.connect(server.urls().owner) as connection:
        connection.execute("CREATE TABLE t (word text UNIQUE); INSERT INTO t VALUES ('my secret pain')")
        with pytest.raises(Exception, match="unique"):
            connection.execute("INSERT INTO t VALUES ('my secret pain')")
    logs = [path.read_text() for path in (server.layout.cluster / "log").glob("*.log")]
    assert any("duplicate key" in text for text in logs)
    assert not any("secret" in text for text in logs)


def test_each_role_has_its_own_long_password(database_server: TestServer) -> None:
    passwords = read_passwords(database_server.server.layout.passwords)
    assert len(set(passwords.values())) == 3
    assert min(map(len, passwords.values())) >= 40


@pytest.fixture
def closed_parent(folder: Path) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder to an account that may not enter its parents")
    parent = folder.parent / "closed"
    parent.mkdir(mode=0o700)
    yield parent
    EmbeddedServer(parent / "data").stop(force=True)


def test_root_may_keep_the_data_below_a_folder_that_only_root_may_enter(closed_parent: Path) -> None:
    server = EmbeddedServer(closed_parent / "data", fast_unsafe=True)
    with server.hold():
        assert roles.check(server.urls()) == 18
    assert stat.S_IMODE(closed_parent.stat().st_mode) == 0o700


def test_full_disk_is_named_and_frees_the_way_when_it_is_not_full_any_more(small_disk: Path) -> None:
    server = EmbeddedServer(small_disk / "data", fast_unsafe=True)
    with pytest.raises(Unavailable, match="could not be made") as caught:
        server.start()
    assert "full disk" in caught.value.next_step
    subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
    with server.hold():
        assert roles.check(server.urls()) == 18


def test_ordinary_account_needs_no_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("these tests run as an ordinary account already")
    place = Path(tempfile.mkdtemp(prefix="ordinary-"))
    os.chown(place, 65534, 65534)
    child = os.fork()
    if child == 0:
        version = 0
        try:
            os.setgroups([])
            os.setuid(65534)
            with EmbeddedServer(place / "data", fast_unsafe=True).hold() as hold:
                version = roles.check(hold.server.urls())
        finally:
            os._exit(version)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 18
    assert (place / "data" / "postgres").stat().st_uid == 65534
    shutil.rmtree(place)


def test_programs_below_a_folder_that_only_root_may_enter_are_copied_once(
    closed_parent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel, cache = programs.wheel_folder(), Path(tempfile.mkdtemp(prefix="cache-"))
    cache.chmod(0o755)
    (closed_parent / wheel.name).symlink_to(wheel)
    (closed_parent / f"{wheel.name}.libs").symlink_to(wheel.parent / f"{wheel.name}.libs")
    monkeypatch.setattr(programs, "wheel_folder", lambda: closed_parent / wheel.name)
    monkeypatch.setattr(programs, "CACHE", cache)
    for _ in range(2):
        with EmbeddedServer(closed_parent / "data", fast_unsafe=True).hold() as hold:
            assert roles.check(hold.server.urls()) == 18
    assert len(list(cache.iterdir())) == 1
    shutil.rmtree(cache)


def test_socket_folder_that_somebody_else_made_is_refused(unmade_server: EmbeddedServer, folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make a folder of somebody else's")
    place = unmade_server.layout.socket_folder(unmade_server._account())
    place.mkdir()
    os.chown(place, 12345, 12345)
    try:
        with pytest.raises(Unavailable, match="belongs to somebody else"):
            unmade_server.start()
    finally:
        place.rmdir()
