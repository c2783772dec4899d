"""An example network that is made, served and asked as a real one is: `coproduce demo`, gunicorn, over loopback."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

PATIENCE_SECONDS = 180


@dataclass
class Served:
    """A network that answers, and the processes that it takes."""

    port: int
    #: Seconds from the command to the first page.
    seconds: float
    process: subprocess.Popen[bytes]
    data: Path

    def web(self) -> list[psutil.Process]:
        """gunicorn and its web processes, without the worker of the network beside them."""
        children = psutil.Process(self.process.pid).children()
        return [psutil.Process(self.process.pid), *(one for one in children if "worker" not in one.cmdline())]

    def database(self) -> list[psutil.Process]:
        """The embedded server and everything that it started."""
        pid = int((self.data / "postgres" / "postmaster.pid").read_text().split()[0])
        return [psutil.Process(pid), *psutil.Process(pid).children()]

    def processor_seconds(self) -> dict[str, float]:
        """Processor time so far, of the web processes and of the database."""
        return {"web": _spent(self.web()), "database": _spent(self.database())}

    def megabytes(self) -> dict[str, float]:
        """Memory that belongs to each web process alone, and all that it maps, after what it has done so far."""
        processes = [one.memory_full_info() for one in self.web()[1:]]
        return {
            "web_process_own_mb": round(max(found.uss for found in processes) / 1e6),
            "web_process_resident_mb": round(max(found.rss for found in processes) / 1e6),
            "web_processes": len(processes),
        }


def _spent(processes: list[psutil.Process]) -> float:
    total = 0.0
    for one in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            times = one.cpu_times()
            total += times.user + times.system
    return total


@contextlib.contextmanager
def served(data: Path) -> Iterator[Served]:
    """`coproduce demo` in this folder, made where it is not yet, until the block ends."""
    port = _free_port()
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "coproduce", "demo", "--data", str(data), "--port", str(port)],
        stderr=subprocess.DEVNULL,
        env=_bare_environment(),
    )
    try:
        _until_it_answers(process, port)
        yield Served(port, round(time.perf_counter() - started, 1), process, data)
    finally:
        process.terminate()
        process.wait(timeout=60)


def use(data: Path, port: int = 8000) -> None:
    """Points this process at the same network."""
    for name in [name for name in os.environ if name.startswith("COPRODUCE_") and name != "COPRODUCE_TEST_DATA"]:
        del os.environ[name]
    os.environ |= {
        "COPRODUCE_DATA": str(data),
        "COPRODUCE_DEMO": "yes",
        "COPRODUCE_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "coproduce.network.settings",
    }
    import django

    django.setup()


def _bare_environment() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if not name.startswith("COPRODUCE_")}


def _until_it_answers(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"`coproduce demo` ended with status {process.returncode}")
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
            if answer.status == 200:
                return
        time.sleep(0.05)
    raise RuntimeError(f"no page after {PATIENCE_SECONDS} seconds")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
