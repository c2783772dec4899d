"""The pages are served with what the settings say, and the worker beside them ends with them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from coproduce.errors import InvalidInput
from coproduce.network import serving
from coproduce.network.database import DatabaseUrls
from coproduce.settings import Settings

#: Tries to reach a process that starts, and the pause between two.
TRIES, PAUSE = 600, 0.1


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_taken_port_is_refused_before_anything_starts(
    taken: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving.subprocess, "Popen", lambda *_: pytest.fail("the worker was started"))
    with pytest.raises(InvalidInput, match="--port"):
        serving.serve_pages(Settings(data=tmp_path), host="127.0.0.1", port=taken, with_worker=True)


def test_a_name_that_is_no_address_of_this_machine_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        serving.serve_pages(Settings(data=tmp_path), host="192.0.2.1", port=free_port(), with_worker=False)


@pytest.mark.parametrize(("host", "bound"), [("127.0.0.1", "127.0.0.1:8080"), ("::1", "[::1]:8080")])
def test_an_address_of_either_kind_is_bound(tmp_path: Path, host: str, bound: str) -> None:
    assert serving._Pages(Settings(data=tmp_path), host, 8080).cfg.settings["bind"].get() == [bound]


def test_who_read_what_is_written_nowhere(tmp_path: Path) -> None:
    chosen = serving._Pages(Settings(data=tmp_path, workers=3), "127.0.0.1", 8080).cfg
    assert chosen.accesslog is None
    assert (chosen.workers, chosen.worker_class_str) == (3, "gthread")


@pytest.fixture
def served(committed: DatabaseUrls, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`coproduce serve --with-worker` on a network, and its address."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("DJANGO")},
        "COPRODUCE_DATA": str(tmp_path / "data"),
        "COPRODUCE_DATABASE_URL": committed.application,
        "COPRODUCE_DATABASE_OWNER_URL": committed.owner,
        "COPRODUCE_WORKERS": "1",
    }
    port = free_port()
    command = [sys.executable, "-m", "coproduce", "serve", "--port", str(port), "--with-worker"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    yield process, f"http://127.0.0.1:{port}"
    process.kill()
    process.wait()


def health(address: str) -> dict[str, object]:
    """What the health page says once it answers at all."""
    for _try in range(TRIES):
        try:
            with urllib.request.urlopen(f"{address}/health") as answer:
                found: dict[str, object] = json.load(answer)
                return found
        except urllib.error.HTTPError as refused:
            return dict(json.load(refused))
        except OSError:
            time.sleep(PAUSE)
    pytest.fail("the site never answered")


def test_it_answers_with_the_worker_beside_it_and_both_end_together(
    served: tuple[subprocess.Popen[str], str], tmp_path: Path
) -> None:
    process, address = served
    assert health(address)["status"] == "ok"
    for _try in range(TRIES):
        if (tmp_path / "data" / "worker-alive").exists():
            break
        time.sleep(PAUSE)
    children = psutil.Process(process.pid).children(recursive=True)
    assert any("worker" in child.cmdline() for child in children)
    process.send_signal(signal.SIGTERM)
    said = process.communicate()[1]
    assert psutil.wait_procs(children, timeout=60)[1] == []
    assert address in said
    assert "Traceback" not in said


def test_a_worker_that_does_not_end_is_cut_off() -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE) as beside:
        assert beside.stdout is not None
        beside.stdout.readline()
        serving._end(beside, seconds=0.2)
        assert beside.returncode == -signal.SIGKILL
