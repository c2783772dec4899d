"""A network's database as it runs for real (fsync on), in a folder of its own."""

from __future__ import annotations

import contextlib
import os
import platform
import tempfile
from collections.abc import Iterator
from pathlib import Path

from coproduce.network.database import EmbeddedServer


@contextlib.contextmanager
def network() -> Iterator[EmbeddedServer]:
    """A migrated network in a new folder, durable, with Django pointed at it; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="coproduce-bench-") as folder:
        for name in [name for name in os.environ if name.startswith("COPRODUCE_")]:
            del os.environ[name]
        os.environ |= {
            "COPRODUCE_DATA": str(Path(folder) / "data"),
            "COPRODUCE_SECRET_KEY": "a-key-for-benchmarks-only",
            "DJANGO_SETTINGS_MODULE": "coproduce.network.settings",
        }
        with EmbeddedServer(Path(folder) / "data").hold() as hold:
            import django
            from django.core.management import call_command

            django.setup()
            call_command("migrate", database="owner", verbosity=0, interactive=False)
            yield hold.server


def machine() -> dict[str, object]:
    """What the numbers were taken on, and how busy it was."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load_before": [round(load, 2) for load in os.getloadavg()],
    }


def fsync_microseconds(folder: Path) -> float:
    """How long this disk takes to make 8 kB durable: one commit cannot be quicker, and the log's commits queue."""
    import time

    path = folder / "fsync-probe"
    handle = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        started = time.perf_counter()
        for number in range(200):
            os.pwrite(handle, b"x" * 8192, number * 8192)
            os.fdatasync(handle)
        return round((time.perf_counter() - started) / 200 * 1e6, 1)
    finally:
        os.close(handle)
        path.unlink()
