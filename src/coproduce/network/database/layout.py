"""Where the embedded server keeps its things inside the data folder, and the short folder of its socket."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import secrets
import stat
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coproduce import clock
from coproduce.errors import Unavailable
from coproduce.network.database.account import Account

DATABASE = "coproduce"
OWNER = "coproduce_owner"
APPLICATION = "coproduce_app"
SUPERUSER = "postgres"

#: A Unix socket's path holds at most 107 bytes on Linux and 103 on macOS; the file is named .s.PGSQL.5432.lock at most.
_LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432")
_PLAIN_PATH = re.compile(r"[\w./-]+", re.ASCII)


@dataclass(frozen=True)
class Layout:
    """The paths of one data folder."""

    data: Path

    @property
    def name(self) -> str:
        """Name of this server, the same for every process that looks at this data folder."""
        return "coproduce-" + hashlib.sha256(os.fsencode(self.data.resolve())).hexdigest()[:12]

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own folder."""
        return self.data / "postgres"

    @property
    def unfinished(self) -> Path:
        """A cluster that is being made; renamed when it is complete."""
        return self.data / "postgres.new"

    @property
    def start_lock(self) -> Path:
        """Held while the server is being started or stopped."""
        return self.data / "postgres.lock"

    @property
    def users(self) -> Path:
        """Held, shared, by every process that uses the server; the kernel lets go even after kill -9."""
        return self.data / "postgres.users"

    @property
    def stay(self) -> Path:
        """Present while the server was asked to run on when nobody uses it."""
        return self.data / "postgres.stay"

    @property
    def passwords(self) -> Path:
        """Passwords of the three roles, in the format of libpq's password file."""
        return self.data / "secrets" / "pgpass"

    def socket_folder(self, account: Account | None) -> Path:
        """Folder of the socket: in the data folder when its path is short and plain, otherwise a short one.

        Root's server gets /run (or /tmp), since its account need not be able to enter the data folder's parents.
        """
        inside = self.data.resolve() / "run"
        if (
            account is None
            and len(os.fsencode(inside)) <= _LONGEST_SOCKET_FOLDER
            and _PLAIN_PATH.fullmatch(str(inside))
        ):
            return inside
        places = [Path("/run")] if account else []
        for place in (*places, Path("/tmp"), Path(tempfile.gettempdir())):  # noqa: S108  (checked when made)
            if place.is_dir() and os.access(place, os.W_OK):
                return place / self.name
        raise Unavailable(
            "There is no short folder for the database's socket.",
            next_step="Make /tmp writable, or shorten COPRODUCE_DATA.",
        )


def make_data_folder(data: Path) -> None:
    """Makes the data folder, closed to others, or raises Unavailable when it cannot be made or written."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data):
            pass
    except OSError as problem:
        raise Unavailable(
            f"The data folder {data} cannot be written: {problem.strerror}.",
            next_step="Give the folder to the account that runs Coproduce, free some disk, or set COPRODUCE_DATA.",
        ) from problem


def make_private_folder(folder: Path, account: Account | None) -> None:
    """Makes a folder that only the server's account may enter.

    Raises Unavailable when somebody else already put something there: in /tmp anybody may, and a server that listened
    in their folder would answer in their name.
    """
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700, parents=True)
    found = folder.lstat()
    ours = {os.geteuid(), account.user if account else os.geteuid()}
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours:
        raise Unavailable(
            f"{folder} belongs to somebody else, so the database's socket cannot be put there.",
            next_step="Remove it, or use another COPRODUCE_DATA.",
        )
    folder.chmod(0o700)
    if account:
        account.give(folder)


def read_passwords(path: Path) -> dict[str, str]:
    """Password of each role in the password file; empty when there is no file."""
    try:
        lines = path.read_text("ascii").splitlines()
    except FileNotFoundError:
        return {}
    rows = [line.split(":") for line in lines if line and not line.startswith("#")]
    return {row[3]: row[4] for row in rows if len(row) == 5}


def has_passwords(path: Path) -> bool:
    """Whether the password file names all three roles."""
    return read_passwords(path).keys() >= {SUPERUSER, OWNER, APPLICATION}


def ensure_passwords(path: Path) -> dict[str, str]:
    """Passwords of superuser, owner and application, made once and kept where only we may read."""
    found = read_passwords(path)
    if has_passwords(path):
        return found
    kept = {role: found.get(role) or secrets.token_hex(24) for role in (SUPERUSER, OWNER, APPLICATION)}
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(path, "".join(f"*:*:*:{role}:{password}\n" for role, password in kept.items()))
    return kept


def write_whole(path: Path, text: str) -> None:
    """Writes a small file that only we may read, whole or not at all."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes a rename in this folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def only_one(lock: Path, *, seconds: float = 120) -> Iterator[None]:
    """Runs the block while no other process is inside one with the same lock file.

    The lock is the kernel's, so a process that dies in any way gives it back; the file itself means nothing.
    """
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = clock.monotonic() + seconds
        while not try_lock(handle, fcntl.LOCK_EX):
            if clock.monotonic() > deadline:
                raise Unavailable(
                    "Another process has been starting or stopping the database for a long time.",
                    next_step="Run `coproduce doctor`.",
                )
            time.sleep(0.02)
        yield
    finally:
        os.close(handle)


def try_lock(handle: int, kind: int) -> bool:
    """Takes a lock if it is free; False when somebody else holds it."""
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
