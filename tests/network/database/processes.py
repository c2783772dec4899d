"""Other processes that use a server, for tests that kill them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from coproduce.network.database import EmbeddedServer
from coproduce.network.database.postmaster import running

_USE = """
import sys
from pathlib import Path
from coproduce.network.database import EmbeddedServer, roles
with EmbeddedServer(Path(sys.argv[1]), fast_unsafe=True).hold() as hold:
    with roles.connect(hold.server.urls().owner) as connection:
        print(connection.execute("SELECT 1").fetchone()[0], flush=True)
        sys.stdin.readline()
"""


@contextlib.contextmanager
def another_user(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the server of this folder until a line is sent to it or it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", _USE, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "1\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def leave(process: subprocess.Popen[str]) -> None:
    """Lets the other process end by itself."""
    process.communicate("go\n", timeout=30)


def kill_server(server: EmbeddedServer) -> int:
    """Kills the server with SIGKILL and waits until it is gone; its process number."""
    found = running(server.layout.cluster, server.layout.name)
    assert found is not None
    os.kill(found.process, signal.SIGKILL)
    wait_until_gone(server)
    return found.process


def wait_until_gone(server: EmbeddedServer) -> None:
    """Waits until the server no longer runs, ten seconds at most."""
    for _ in range(1000):
        if not server.is_running():
            return
        time.sleep(0.01)
    raise AssertionError("the server still runs")
