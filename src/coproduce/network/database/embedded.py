"""The embedded PostgreSQL: made, started, shared between processes, stopped when the last one leaves, recovered.

Nobody needs to know a port, a password or a service. One server belongs to one data folder. It listens on a Unix socket
that only we may open, never on the network, and never runs as root. docs/explanation/decisions/embedded-postgresql.md
says why each thing is as it is.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shlex
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

from coproduce import clock
from coproduce.errors import Conflict, Unavailable
from coproduce.network.database import roles
from coproduce.network.database.account import Account, server_account
from coproduce.network.database.layout import (
    APPLICATION,
    DATABASE,
    OWNER,
    SUPERUSER,
    Layout,
    ensure_passwords,
    has_passwords,
    make_data_folder,
    make_private_folder,
    only_one,
    read_passwords,
    sync_folder,
    try_lock,
)
from coproduce.network.database.postmaster import LockFile, end_orphans, running
from coproduce.network.database.programs import SERVER_MAJOR, Finished, first_complaint, programs_for
from coproduce.network.database.urls import DatabaseUrls, parse_url, to_url

#: Written into postgresql.conf once, where the network's keeper may change them. Sized for a machine of 2 cores and
#: 2 GB that also runs everything else. Parallel queries need shared memory that small containers do not have.
_SIZES = {
    "max_connections": "100",
    "shared_buffers": "128MB",
    "effective_cache_size": "512MB",
    "maintenance_work_mem": "64MB",
    "work_mem": "8MB",
    "max_wal_size": "512MB",
    "max_parallel_workers_per_gather": "0",
    "log_rotation_size": "0",
    "log_rotation_age": "1d",
    "log_checkpoints": "off",
}
#: Given at every start, stronger than postgresql.conf. No network; a week of logs, then over again; statements, values
#: and rows hold people's words and never enter the log.
_RULES = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",
    "log_truncate_on_rotation": "on",
    "log_min_error_statement": "panic",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}
#: For tests only: a power cut would destroy the database. What was committed still survives kill -9.
_FAST_UNSAFE = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off"}
#: Recovery after a crash replays the log, which on a slow disk takes its time.
_PATIENCE_SECONDS = 600


@dataclass
class Hold:
    """One process's use of the server; `release` gives it back. A process that dies gives it back too."""

    server: EmbeddedServer
    _handle: int
    _process: int = field(default_factory=os.getpid)

    def release(self) -> None:
        """Gives the use back and stops the server if nobody else uses it; in a forked child, only the former."""
        if self._handle < 0:
            return
        self.abandon()
        if self._process == os.getpid():
            self.server.stop_if_unused()

    def abandon(self) -> None:
        """Gives the use back and leaves the server as it is."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def __enter__(self) -> Hold:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


class EmbeddedServer:
    """The PostgreSQL server of one data folder."""

    def __init__(self, data: Path, *, fast_unsafe: bool = False) -> None:
        self.layout = Layout(data.absolute())
        self._fast_unsafe = fast_unsafe

    def is_running(self) -> bool:
        """Whether the server is alive, whoever started it."""
        return self._running() is not None

    def exists(self) -> bool:
        """Whether the cluster has been made."""
        return (self.layout.cluster / "PG_VERSION").is_file()

    def start(self, *, stay: bool = False) -> DatabaseUrls:
        """Makes the cluster, roles and database if need be, recovers from any crash, starts the server; idempotent.

        With `stay` the server runs on until `stop`, even when nobody uses it.
        Raises Unavailable, with what to do, when it cannot start.
        """
        make_data_folder(self.layout.data)
        with only_one(self.layout.start_lock):
            urls = self._start()
            if stay:
                self.layout.stay.touch(mode=0o600)
        return urls

    def hold(self) -> Hold:
        """Starts the server if need be and uses it until the hold is released; the last one out stops it.

        >>> with EmbeddedServer(folder).hold() as hold:  # doctest: +SKIP
        ...     psycopg.connect(hold.server.urls().application)
        """
        make_data_folder(self.layout.data)
        with only_one(self.layout.start_lock):
            self._start()
            handle = os.open(self.layout.users, os.O_RDWR | os.O_CREAT, 0o600)
            # Somebody who is just checking whether anybody is here holds it for an instant, under the start lock.
            fcntl.flock(handle, fcntl.LOCK_SH)
        return Hold(self, handle)

    def in_use(self) -> bool:
        """Whether any process holds the server."""
        try:
            handle = os.open(self.layout.users, os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            return not try_lock(handle, fcntl.LOCK_EX)
        finally:
            os.close(handle)

    def stop(self, *, force: bool = False) -> None:
        """Stops the server; nothing happens when it does not run.

        Raises Conflict when another process uses it, unless forced.
        """
        if not self.layout.data.is_dir():
            return
        with only_one(self.layout.start_lock):
            if self.in_use() and not force:
                raise Conflict(
                    "The database is in use by another process.",
                    next_step="Stop `coproduce serve` and `coproduce worker` first, or stop the database with --force.",
                )
            self.layout.stay.unlink(missing_ok=True)
            self._stop()

    def stop_if_unused(self) -> bool:
        """Stops the server unless somebody uses it or it was asked to stay; whether it was stopped."""
        if not self.layout.data.is_dir():
            return False
        with only_one(self.layout.start_lock):
            if self.in_use() or self.layout.stay.exists():
                return False
            self._stop()
            return True

    def check_version(self) -> None:
        """Raises Unavailable when the cluster was made by another version than this installation carries."""
        major = (self.layout.cluster / "PG_VERSION").read_text("ascii").strip()
        if major != str(SERVER_MAJOR):
            raise Unavailable(
                f"The embedded database was made by PostgreSQL {major}; this installation carries {SERVER_MAJOR}.",
                next_step="Back it up with the Coproduce that made it, and restore into a new COPRODUCE_DATA.",
            )

    def urls(self, database: str = DATABASE) -> DatabaseUrls:
        """Addresses of the embedded database, started or not; passwords stay in a file that only we may read."""
        found = self._running()
        folder = found.socket_folder if found and found.socket_folder else self.layout.socket_folder(self._account())
        place = {"host": str(folder), "passfile": str(self.layout.passwords), "dbname": database}
        return DatabaseUrls(to_url({"user": APPLICATION, **place}), to_url({"user": OWNER, **place}))

    def _account(self) -> Account | None:
        return server_account(self.layout.cluster)

    def _running(self) -> LockFile | None:
        return running(self.layout.cluster, self.layout.name)

    def _start(self) -> DatabaseUrls:
        if self.exists():
            self.check_version()
            if not has_passwords(self.layout.passwords):
                self._renew_passwords()
        if (found := self._running()) and found.ready and not found.has_socket():
            self._stop()  # something swept its socket's folder, and nobody can reach it any more
        if self._running() is None:
            account = self._account()
            self._recover(account)
            if not self.exists():
                self._make_cluster(account)
            self._launch(account)
        self._wait_until_ready()
        self._ensure_database()
        return self.urls()

    def _recover(self, account: Account | None) -> None:
        """Clears away what a killed server left: processes, and a lock file whose number is now another process's.

        PostgreSQL itself recovers from a lock file of a dead process, not from one whose number was given away or
        belongs to a zombie that nobody buries, as happens in containers. Shared memory that is still in use stops a
        second server in any case.
        """
        end_orphans(self.layout.name, account.user if account else os.geteuid())
        (self.layout.cluster / "postmaster.pid").unlink(missing_ok=True)

    def _make_cluster(self, account: Account | None) -> None:
        """Makes the cluster beside its place and renames it when complete, so that a half-made one never counts."""
        passwords = ensure_passwords(self.layout.passwords)
        unfinished = self.layout.unfinished
        shutil.rmtree(unfinished, ignore_errors=True)
        make_private_folder(unfinished, account)
        socket_folder = self.layout.socket_folder(account)
        make_private_folder(socket_folder, account)
        password_file = socket_folder / "first-password"
        _write_for(account, password_file, passwords[SUPERUSER])
        try:
            done = self._run(
                "initdb",
                *(f"--username={SUPERUSER}", f"--pwfile={password_file}"),
                *("--auth-local=scram-sha-256", "--auth-host=reject", "--encoding=UTF8", "--no-instructions"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
                *(f"--set={name}={value}" for name, value in _SIZES.items()),
                *(["--no-sync"] if self._fast_unsafe else []),
                folder=unfinished,
                account=account,
            )
        finally:
            password_file.unlink(missing_ok=True)
        if done.status:
            raise Unavailable(
                f"The embedded database could not be made: {first_complaint(done.complaint)}.",
                next_step="Run `coproduce doctor`; a full disk is the usual cause.",
            )
        shutil.rmtree(self.layout.cluster, ignore_errors=True)  # without PG_VERSION it never held anything
        unfinished.rename(self.layout.cluster)
        sync_folder(self.layout.data)

    def _renew_passwords(self) -> None:
        """Gives the superuser a new password when the password file was lost; the folder is ours, so we may."""
        self._stop()
        account = self._account()
        self._recover(account)
        password = ensure_passwords(self.layout.passwords)[SUPERUSER]
        where = self._folder_argument(self.layout.cluster, account)
        done = programs_for(account).run(
            "postgres",
            *("--single", "-D", where, SUPERUSER),
            account=account,
            folder=self.layout.cluster,
            says=f"ALTER ROLE {SUPERUSER} PASSWORD '{password}'\n",
        )
        if done.status:
            self.layout.passwords.unlink()
            raise Unavailable(
                f"The database's passwords are lost and could not be renewed: {first_complaint(done.complaint)}.",
                next_step=f"Put the file {self.layout.passwords} back from a copy of the data folder.",
            )

    def _launch(self, account: Account | None) -> None:
        cluster = self.layout.cluster
        if account and cluster.stat().st_uid != account.user:
            account.give_tree(cluster)
        socket_folder = self.layout.socket_folder(account)
        make_private_folder(socket_folder, account)
        for stale in socket_folder.glob(".s.PGSQL.5432*"):
            stale.unlink(missing_ok=True)
        rules = _RULES | (_FAST_UNSAFE if self._fast_unsafe else {}) | {"cluster_name": self.layout.name}
        options = ["-k", str(socket_folder)]
        for name, value in rules.items():
            options += ["-c", f"{name}={value}"]
        done = self._run(
            "pg_ctl",
            *("start", "-w", "-t", str(_PATIENCE_SECONDS), "-o", shlex.join(options)),
            *("-l", f"{self._folder_argument(cluster, account)}/start.log"),
            folder=cluster,
            account=account,
        )
        if done.status:
            raise _not_started(cluster)

    def _wait_until_ready(self) -> None:
        """Waits for a server whose starter was killed while it was still replaying its log."""
        deadline = clock.monotonic() + _PATIENCE_SECONDS
        while (found := self._running()) and not found.ready:
            if clock.monotonic() > deadline:
                raise Unavailable("The embedded database is still recovering.", next_step="Wait, then try again.")
            time.sleep(0.05)
        if found is None:
            raise _not_started(self.layout.cluster)

    def _ensure_database(self) -> None:
        """Makes roles and database unless the application can already get in."""
        try:
            roles.connect(self.urls().application).close()
        except Unavailable:
            passwords = read_passwords(self.layout.passwords)
            superuser_url = to_url(
                {**parse_url(self.urls().owner, setting="the embedded address"), "user": SUPERUSER, "dbname": SUPERUSER}
            )
            with roles.connect(superuser_url) as superuser:
                roles.make_roles(superuser, passwords, owner=OWNER, application=APPLICATION)
                roles.make_open_database(superuser, self.urls())

    def _stop(self) -> None:
        found = self._running()
        if found is None:
            return
        account = self._account()
        for manner in ("fast", "immediate"):
            self._run("pg_ctl", "stop", "-w", "-t", "60", "-m", manner, folder=self.layout.cluster, account=account)
            if not self.is_running():
                with contextlib.suppress(OSError):
                    self.layout.socket_folder(account).rmdir()
                return
        raise Unavailable("The embedded database does not stop.", next_step="Run `coproduce doctor`.")

    def _run(self, program: str, *arguments: str, folder: Path, account: Account | None) -> Finished:
        where = self._folder_argument(folder, account)
        return programs_for(account).run(program, "-D", where, *arguments, account=account, folder=folder)

    @staticmethod
    def _folder_argument(folder: Path, account: Account | None) -> str:
        """How the server is told its folder.

        Root enters the folder before it becomes the unprivileged account, which then finds itself there and need not
        be able to enter the folder's parents (/root is closed to others); no permission is widened.
        """
        here = "/proc/self/cwd"
        return here if account and Path(here).exists() else str(folder)


def _write_for(account: Account | None, path: Path, text: str) -> None:
    """Writes a new file for the server's account; a link that waits at its place is removed, not followed."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        if account:
            os.fchown(handle, account.user, account.group)
        file.write(text)


def _not_started(cluster: Path) -> Unavailable:
    """The reason in plain words, from what the server said when it started."""
    try:
        said = (cluster / "start.log").read_text("utf-8", "replace")[-4000:]
    except OSError:
        said = ""
    known = {
        "No space left": ("the disk is full", "Free some disk and start again; nothing is lost."),
        "Permission denied": ("a file of its folder is closed to its account", "Give the folder back to its account."),
        "shared memory block": ("an older server of this folder is still running", "End it, then start again."),
        "could not map anonymous shared memory": ("there is not enough memory", "Free some memory and start again."),
    }
    for sign, (plain, next_step) in known.items():
        if sign in said:
            return Unavailable(f"The embedded database did not start: {plain}.", next_step=next_step)
    return Unavailable(
        f"The embedded database did not start: {first_complaint(said)}.",
        next_step=f"Run `coproduce doctor`. The server's own words are in {cluster / 'start.log'}.",
    )
