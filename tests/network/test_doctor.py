"""Each illness is given to a real installation, and the doctor names it and what to do."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coproduce import clock
from coproduce.matching import dense
from coproduce.network import doctor
from coproduce.network.database import EmbeddedServer
from coproduce.network.database.erasures import FILE
from coproduce.network.database.layout import SUPERUSER
from coproduce.network.database.urls import parse_url, to_url
from coproduce.network.doctor import Finding, State, run_checks
from tests.network.database.conftest import folder, made_folder, server, small_disk
from tests.network.database.processes import another_user, kill_server

__all__ = ["folder", "made_folder", "server", "small_disk"]


@dataclass(frozen=True)
class Patient:
    """The settings of an installation."""

    data: Path
    database_url: str = ""
    database_owner_url: str = ""
    host: str = "127.0.0.1"
    port: int = 0
    dense: bool = False


@pytest.fixture
def patient(server: EmbeddedServer) -> Patient:
    """A healthy installation whose server does not run."""
    return Patient(server.layout.data)


def finding(settings: Patient, name: str) -> Finding:
    return next(found for found in run_checks(settings) if found.check == name)


def test_healthy_installation_has_nothing_wrong(patient: Patient, server: EmbeddedServer) -> None:
    with server.hold():
        found = run_checks(patient, pending_migrations=list)
    assert [(f.check, f.says) for f in found if f.state is not State.OK and f.check != "browser"] == []
    assert {"database", "database clock", "migrations", "port", "disk"} <= {f.check for f in found}


def test_every_finding_that_is_not_ok_says_what_to_do(tmp_path: Path) -> None:
    sick = Patient(tmp_path / "none", database_url="mysql://x", port=99_999)
    assert all(f.next_step for f in run_checks(sick) if f.state is not State.OK)


def test_looking_changes_nothing(tmp_path: Path) -> None:
    run_checks(Patient(tmp_path / "none"))
    assert list(tmp_path.iterdir()) == []


def test_data_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    found = finding(Patient(tmp_path / "data"), "data folder")
    assert (found.state, "cannot be written" in found.says) == (State.FAILED, True)


def state_for_another_account(data: Path, name: str) -> State:
    """What an account that owns nothing here is told; asked in a child, since there is no way back."""
    child = os.fork()
    if child == 0:
        told = -1
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setuid(65534)
            told = list(State).index(finding(Patient(data), name).state)
        finally:
            os._exit(told & 0xFF)
    return list(State)[os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])]


def test_data_folder_that_this_account_may_not_write(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    assert state_for_another_account(closed / "data", "data folder") is State.FAILED


def test_full_disk(small_disk: Path) -> None:
    found = finding(Patient(small_disk / "data"), "disk")
    assert (found.state, found.says[:17]) == (State.FAILED, "The disk is full:")


def test_nearly_full_disk(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "NEARLY_FULL", shutil.disk_usage(patient.data).total)
    assert finding(patient, "disk").state is State.WARNING


def test_password_file_that_others_may_read(patient: Patient) -> None:
    (patient.data / "secrets" / "pgpass").chmod(0o644)
    found = finding(patient, "secrets")
    assert (found.state, "chmod go=" in found.next_step) == (State.FAILED, True)


def test_list_of_erasures_that_was_damaged(patient: Patient) -> None:
    (patient.data / FILE).write_text("garbage\n")
    assert finding(patient, "erasures").state is State.FAILED


def test_database_that_was_never_made(tmp_path: Path) -> None:
    found = finding(Patient(tmp_path), "embedded database")
    assert (found.state, found.next_step) == (State.WARNING, "Run `coproduce init`.")


def test_database_of_another_version(patient: Patient, server: EmbeddedServer) -> None:
    (server.layout.cluster / "PG_VERSION").write_text("17\n")
    found = finding(patient, "embedded database")
    assert (found.state, "made by PostgreSQL 17" in found.says) == (State.FAILED, True)


def test_database_that_does_not_start(patient: Patient, server: EmbeddedServer) -> None:
    (server.layout.cluster / "global" / "pg_control").unlink()
    found = finding(patient, "start")
    assert (found.state, "did not start" in found.says) == (State.FAILED, True)


def test_database_is_started_only_to_look_at_it(patient: Patient, server: EmbeddedServer) -> None:
    assert finding(patient, "database").state is State.OK
    assert not server.is_running()


def test_lost_password_file(patient: Patient, server: EmbeddedServer) -> None:
    server.layout.passwords.unlink()
    assert "password file is lost" in finding(patient, "embedded database").says


def test_stale_lock_of_a_killed_server(patient: Patient, server: EmbeddedServer) -> None:
    server.start()
    kill_server(server)
    found = finding(patient, "locks")
    assert (found.state, "stale lock" in found.says) == (State.WARNING, True)


def test_stale_lock_whose_number_belongs_to_another_program(patient: Patient, server: EmbeddedServer) -> None:
    (server.layout.cluster / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert "belongs to another program" in finding(patient, "locks").says


def test_start_that_hangs(patient: Patient, server: EmbeddedServer) -> None:
    with server.layout.start_lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "starting or stopping" in finding(patient, "locks").says


def test_server_whose_last_user_was_killed(patient: Patient, server: EmbeddedServer) -> None:
    with another_user(server.layout.data) as other:
        other.kill()
        other.wait()
    assert "nobody uses it" in finding(patient, "embedded database").says


def test_missing_programs(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coproduce.network.database.programs.PACKAGE", "no_such_package")
    found = finding(patient, "embedded programs")
    assert (found.state, "not installed" in found.says) == (State.FAILED, True)


def test_external_server_that_does_not_answer(tmp_path: Path) -> None:
    address = "postgresql://{}:hunter2@127.0.0.1:1/net"
    sick = Patient(tmp_path, database_url=address.format("a"), database_owner_url=address.format("b"))
    found = finding(sick, "database")
    assert (found.state, "no server is running there" in found.says) == (State.FAILED, True)
    assert "hunter2" not in found.says + found.next_step


def test_address_that_is_none(tmp_path: Path) -> None:
    found = finding(Patient(tmp_path, database_url="mysql://x", database_owner_url="mysql://y"), "database")
    assert (found.state, "no PostgreSQL address" in found.says) == (State.FAILED, True)


def test_role_that_row_level_security_does_not_hold(patient: Patient, server: EmbeddedServer) -> None:
    with server.hold():
        owner = server.urls().owner
        superuser = to_url({**parse_url(owner, setting="x"), "user": SUPERUSER})
        found = finding(replace(patient, database_url=superuser, database_owner_url=owner), "database")
    assert (found.state, "is a superuser" in found.says) == (State.FAILED, True)


@pytest.mark.parametrize("pending", [["needs.0002"], ["a", "b"]])
def test_waiting_migrations(patient: Patient, server: EmbeddedServer, pending: list[str]) -> None:
    with server.hold():
        found = next(f for f in run_checks(patient, pending_migrations=lambda: pending) if f.check == "migrations")
    assert (found.state, found.next_step) == (State.FAILED, "Run `coproduce migrate`.")


def test_clock_of_the_database_that_differs(patient: Patient, server: EmbeddedServer) -> None:
    with server.hold(), clock.frozen(datetime(2020, 1, 1, tzinfo=UTC)):
        assert finding(patient, "database clock").state is State.WARNING


def test_clock_that_is_behind_the_installation(patient: Patient) -> None:
    with clock.frozen(datetime(1999, 1, 1, tzinfo=UTC)):
        assert finding(patient, "clock").state is State.WARNING


def test_taken_port_names_the_program(patient: Patient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        found = finding(replace(patient, port=other.getsockname()[1]), "port")
    assert (found.state, f"process {os.getpid()}" in found.says) == (State.FAILED, True)


@pytest.mark.parametrize(("host", "port"), [("203.0.113.7", 0), ("no such host", 0), ("127.0.0.1", 99_999)])
def test_address_on_which_nobody_can_listen(patient: Patient, host: str, port: int) -> None:
    assert finding(replace(patient, host=host, port=port), "port").state is State.FAILED


def test_no_browser(patient: Patient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = finding(patient, "browser")
    assert (found.state, "no Chromium" in found.says) == (State.WARNING, True)


def test_check_that_fails_itself_does_not_stop_the_others() -> None:
    def broken() -> doctor.Found:
        raise ZeroDivisionError

    assert doctor._look("x", broken).says == "The check itself failed (ZeroDivisionError)."


def test_dense_mode_without_its_model(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert finding(patient, "dense mode").state is State.OK
    wanting = replace(patient, dense=True)
    assert "all-MiniLM-L6-v2" in finding(wanting, "dense mode").says
    dense.packaged_encoder.cache_clear()
    monkeypatch.setattr(dense, "_PACKAGE", "no_such_package")
    found = finding(wanting, "dense mode")
    dense.packaged_encoder.cache_clear()
    assert (found.state, "coproduce[dense]" in found.next_step) == (State.FAILED, True)
