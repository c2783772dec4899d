"""What is wrong with this installation, in plain words, and what to do: small checks that change nothing.

`run_checks(settings)` runs them all. A check that cannot be made says so; none stops the others. The embedded database
is started to look at it, and stopped again when nobody else uses it.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import socket
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import psutil

from coproduce import clock
from coproduce.errors import CoproduceError
from coproduce.matching.dense import packaged_encoder
from coproduce.network.database import DatabaseUrls, EmbeddedServer, is_embedded, resolve_urls, roles
from coproduce.network.database.account import server_account
from coproduce.network.database.erasures import read_erasures
from coproduce.network.database.layout import has_passwords, make_data_folder, try_lock
from coproduce.network.database.postmaster import read_lock_file
from coproduce.network.database.programs import SERVER_MAJOR, programs_for

#: Free bytes in the data folder below which the database may stop, and below which it will soon.
FULL, NEARLY_FULL = 200_000_000, 1_000_000_000
#: Seconds by which two machines' clocks may differ before times in the log stop making sense.
CLOCK_SECONDS = 5
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class State(StrEnum):
    """How a check went: `warning` can wait, `failed` means that something will not work."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True)
class Finding:
    """What one check found, in plain words."""

    check: str
    state: State
    says: str
    next_step: str = ""

    @property
    def message(self) -> str:
        """What is so, and what to do about it."""
        return f"{self.says} {self.next_step}".strip()


class DoctorSettings(Protocol):
    """The settings that the checks look at; `coproduce.settings.Settings` has them."""

    @property
    def data(self) -> Path: ...
    @property
    def database_url(self) -> str: ...
    @property
    def database_owner_url(self) -> str: ...
    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def dense(self) -> bool: ...


Found = tuple[State, str, str]
_OK, _WARNING, _FAILED = State.OK, State.WARNING, State.FAILED


def run_checks(
    settings: DoctorSettings, *, pending_migrations: Callable[[], Sequence[str]] | None = None
) -> list[Finding]:
    """Every check, in the order in which one would look.

    `pending_migrations` gives the names of migrations not yet applied; it is asked only when the database answers.
    """
    findings = [
        _look("data folder", lambda: _data_folder(settings.data)),
        _look("disk", lambda: _disk(settings.data)),
        _look("secrets", lambda: _secrets(settings.data)),
        _look("erasures", lambda: _erasures(settings.data)),
    ]
    with contextlib.ExitStack() as until_done:
        reachable = True
        if is_embedded(settings):
            findings += (of_server := _of_the_server(EmbeddedServer(settings.data), until_done))
            reachable = of_server[-1].state is State.OK
        if reachable:
            findings += list(_of_the_database(settings, pending_migrations))
    findings += [
        _look("port", lambda: _port(settings.host, settings.port)),
        _look("clock", _clock),
        _look("dense mode", lambda: _dense(wanted=settings.dense)),
        _look("browser", _browser),
    ]
    return findings


def _look(name: str, check: Callable[[], Found]) -> Finding:
    """Runs one check; an error of ours is its finding, any other names its kind only: one that faints helps nobody."""
    try:
        return Finding(name, *check())
    except CoproduceError as problem:
        return Finding(name, _FAILED, problem.problem, problem.next_step)
    except PermissionError:
        return Finding(
            name,
            _FAILED,
            "Something in the data folder, or the folder itself, is closed to this account.",
            "Run Coproduce as the account that owns the data folder, or set COPRODUCE_DATA to a folder of this one.",
        )
    except Exception as problem:
        return Finding(name, _FAILED, f"The check itself failed ({type(problem).__name__}).", "Please report this.")


def _of_the_server(server: EmbeddedServer, until_done: contextlib.ExitStack) -> list[Finding]:
    """Checks of the embedded server; the last one starts it, when nothing stands in its way, for as long as we look."""
    findings = [
        _look("embedded programs", lambda: _programs(server)),
        _look("embedded database", lambda: _embedded(server)),
        _look("locks", lambda: _locks(server)),
    ]

    def start() -> Found:
        if any(found.state is _FAILED for found in findings) or _busy(server) or not server.exists():
            return _WARNING, "The database was not tried.", "See to the findings above, then run `coproduce doctor`."
        if not server.is_running():
            until_done.enter_context(server.hold())
        return _OK, "The database starts.", ""

    return [*findings, _look("start", start)]


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest of its parents that is there."""
    return next(place for place in (folder, *folder.parents) if place.exists())


def _data_folder(data: Path) -> Found:
    if not data.exists():
        parent = _nearest(data)
        if not parent.is_dir() or not os.access(parent, os.W_OK | os.X_OK):
            return (
                _FAILED,
                f"The data folder {data} is not there and cannot be made.",
                "Make it and give it to the account that runs Coproduce, or set COPRODUCE_DATA.",
            )
        return _OK, f"The data folder {data} will be made by `coproduce init`.", ""
    make_data_folder(data)
    return _OK, f"The data folder {data} can be written.", ""


def _disk(data: Path) -> Found:
    free = shutil.disk_usage(_nearest(data)).free
    says = f"{free / 1e9:.1f} GB are free where the data folder is."
    if free < FULL:
        return _FAILED, f"The disk is full: {free / 1e6:.0f} MB are free where the data folder is.", (
            "Free some disk now; the database stops when none is left. Nothing that was saved is lost."
        )  # fmt: skip
    if free < NEARLY_FULL:
        return _WARNING, f"The disk is nearly full: {free / 1e6:.0f} MB are free.", "Free some disk soon."
    return _OK, says, ""


def _secrets(data: Path) -> Found:
    folder = data / "secrets"
    if not folder.exists():
        return _OK, "No keys have been made yet.", ""
    for path in (folder, *sorted(folder.iterdir())):
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            return _FAILED, f"{path} can be read by other accounts of this machine.", f"Run `chmod go= {path}`."
    return _OK, "Keys and passwords can be read by this account only.", ""


def _erasures(data: Path) -> Found:
    n = len(read_erasures(data))
    return _OK, f"The list of erasures can be read ({n} in it).", ""


def _programs(server: EmbeddedServer) -> Found:
    account = server_account(server.layout.cluster)
    done = programs_for(account).run("postgres", "--version", account=account, folder=Path("/"))
    if done.status:
        return _FAILED, "The embedded PostgreSQL does not run on this machine.", (
            "Use a server of your own: docs/how-to/run-for-real.md says how."
        )  # fmt: skip
    who = f", as the account {account.name}" if account else ""
    return _OK, f"PostgreSQL {SERVER_MAJOR} is installed and runs{who}.", ""


def _embedded(server: EmbeddedServer) -> Found:
    if not server.exists():
        return _WARNING, "There is no database yet.", "Run `coproduce init`."
    server.check_version()
    if not has_passwords(server.layout.passwords):
        return _WARNING, "The database's password file is lost.", "Nothing to do: the next start makes a new one."
    if not server.is_running():
        return _OK, "The database is not running now.", ""
    if not server.in_use() and not server.layout.stay.exists():
        return _WARNING, "The database runs and nobody uses it: its last user was killed.", (
            "Nothing to do: the next one to leave stops it."
        )  # fmt: skip
    return _OK, "The database is running.", ""


def _locks(server: EmbeddedServer) -> Found:
    layout = server.layout
    if _busy(server):
        return _WARNING, "Another process is starting or stopping the database.", (
            "Wait a minute. If it stays so, end that process; nothing is lost."
        )  # fmt: skip
    left = (layout.cluster / "postmaster.pid").exists()
    if left and not server.is_running():
        found = read_lock_file(layout.cluster)
        other = found is not None and psutil.pid_exists(found.process)
        whose = " Its number now belongs to another program." if other else ""
        return _WARNING, f"The database was killed and left a stale lock file behind.{whose}", (
            "Nothing to do: the next start clears it away and recovers."
        )  # fmt: skip
    return _OK, "No stale locks.", ""


def _busy(server: EmbeddedServer) -> bool:
    """Whether a process is starting or stopping the server right now."""
    try:
        handle = os.open(server.layout.start_lock, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        return not try_lock(handle, fcntl.LOCK_SH)
    finally:
        os.close(handle)


def _of_the_database(
    settings: DoctorSettings, pending_migrations: Callable[[], Sequence[str]] | None
) -> Iterator[Finding]:
    """Checks that need an answer from the database."""

    def answers() -> Found:
        major = roles.check(resolve_urls(settings, start=False))
        return _OK, f"PostgreSQL {major} answers, and row-level security holds the application's role.", ""

    first = _look("database", answers)
    yield first
    if first.state is _FAILED:
        return
    yield _look("database clock", lambda: _database_clock(resolve_urls(settings, start=False)))
    if pending_migrations is not None:
        ask = pending_migrations
        yield _look("migrations", lambda: _migrations(ask()))


def _database_clock(urls: DatabaseUrls) -> Found:
    with roles.connect(urls.application) as connection:
        before = clock.now()
        row = connection.execute("SELECT clock_timestamp()").fetchone()
        between = before + (clock.now() - before) / 2
    seconds = abs((row[0] - between).total_seconds()) if row else 0.0
    if seconds > CLOCK_SECONDS:
        return _WARNING, f"The database's clock and this machine's differ by {seconds:.0f} seconds.", (
            "Let both machines take their time from the network (NTP)."
        )  # fmt: skip
    return _OK, "The database's clock agrees with this machine's.", ""


def _migrations(pending: Sequence[str]) -> Found:
    if pending:
        return _FAILED, f"{len(pending)} changes of the database's tables are waiting.", "Run `coproduce migrate`."
    return _OK, "The database's tables are up to date.", ""


def _port(host: str, port: int) -> Found:
    if not 0 <= port < 65536:
        return _FAILED, "COPRODUCE_PORT is no port.", "Set it to a number from 1 to 65535."
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as problem:
        if problem.errno == errno.EADDRINUSE:
            return _taken(port)
        reasons = {
            errno.EACCES: f"Only root may listen on port {port}.",
            errno.EADDRNOTAVAIL: "This machine has no such address as COPRODUCE_HOST names.",
        }
        return (
            _FAILED,
            reasons.get(problem.errno or 0, "COPRODUCE_HOST names no address."),
            "Set COPRODUCE_HOST to 127.0.0.1 and COPRODUCE_PORT to 8000, with a proxy in front.",
        )
    return _OK, f"Port {port} is free.", ""


def _taken(port: int) -> Found:
    """Whose the port is, as far as this account may see."""
    who = ""
    for process in psutil.process_iter(["name", "cmdline"]):
        try:
            taken = any(c.laddr.port == port and c.status == psutil.CONN_LISTEN for c in process.net_connections("tcp"))
        except psutil.Error:
            continue
        if taken:
            if any("coproduce" in argument for argument in process.info["cmdline"] or []):
                return _OK, f"Port {port} is in use by this network's own server.", ""
            who = f" by the program {process.info['name']} (process {process.pid})"
            break
    return _FAILED, f"Port {port} is taken{who}.", "Stop that program, or set COPRODUCE_PORT to another port."


def _clock() -> Found:
    installed = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)
    if clock.now() < installed:
        return _WARNING, "This machine's clock is behind the day on which Coproduce was installed.", (
            "Set the clock; times in the log would be wrong."
        )  # fmt: skip
    return _OK, "This machine's clock can be right.", ""


def _dense(*, wanted: bool) -> Found:
    if not wanted:
        return _OK, "Needs are matched by words; dense mode is not asked for.", ""
    return _OK, f"Dense mode has its model, {packaged_encoder().name}.", ""


def _browser() -> Found:
    if not any(shutil.which(browser) for browser in BROWSERS):
        return _WARNING, "There is no Chromium; only the browser tests need it.", "On Debian: `apt install chromium`."
    return _OK, "Chromium is there for the browser tests.", ""
