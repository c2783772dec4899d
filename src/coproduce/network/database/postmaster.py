"""Is the server alive? Asked of the process itself, since a lock file can outlive it and its number be given away."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from coproduce import clock


@dataclass(frozen=True)
class LockFile:
    """What postmaster.pid says: the process, the folder of its socket and its state."""

    process: int
    socket_folder: Path | None
    ready: bool

    def has_socket(self) -> bool:
        """Whether the socket is where the server put it."""
        return self.socket_folder is not None and (self.socket_folder / ".s.PGSQL.5432").exists()


def read_lock_file(cluster: Path) -> LockFile | None:
    """The lock file of a cluster; None when there is none or it is cut (the server was killed while writing it)."""
    try:
        lines = (cluster / "postmaster.pid").read_text("utf-8", "replace").splitlines()
        process = abs(int(lines[0]))
    except (FileNotFoundError, NotADirectoryError, ValueError, IndexError):
        return None
    folder = lines[4].strip() if len(lines) > 4 else ""
    return LockFile(process, Path(folder) if folder else None, len(lines) > 7 and lines[7].strip() == "ready")


def is_server(process: int, name: str) -> bool:
    """Whether this process is the server called `name`: alive, not a zombie, and started with that name.

    The command line is what every account may read, in a container too; the working folder is not.
    """
    try:
        found = psutil.Process(process)
        return found.status() != psutil.STATUS_ZOMBIE and f"cluster_name={name}" in found.cmdline()
    except psutil.Error:
        return False


def running(cluster: Path, name: str) -> LockFile | None:
    """The lock file, if the server that wrote it is alive."""
    found = read_lock_file(cluster)
    return found if found and is_server(found.process, name) else None


def _orphans(name: str, user: int) -> Iterator[psutil.Process]:
    for process in psutil.process_iter(["cmdline", "uids", "status"]):
        title = " ".join(process.info["cmdline"] or [])
        uids = process.info["uids"]
        if title.startswith(f"postgres: {name}: ") and uids and uids.real == user:
            yield process


def end_orphans(name: str, user: int, *, seconds: float = 10) -> None:
    """Ends what a killed server left running, so that it lets go of the shared memory.

    Most leave by themselves at once; one in the middle of a long query does not. SIGQUIT makes it leave without
    touching anything, which is what the server itself does in a crash; the log replays what was committed.
    """
    deadline = clock.monotonic() + seconds
    while left := list(_orphans(name, user)):
        last = clock.monotonic() > deadline
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.send_signal(signal.SIGKILL if last else signal.SIGQUIT)
        if last:
            return
        time.sleep(0.05)
