"""The database is stopped in the middle of a request: a clear page, nothing half-written, no word lost, and on it goes.

Nothing is made up here: gunicorn serves, the embedded server is killed, and the request that it cuts off is a need
whose rows are written and whose event waits for the log's head.
"""

from __future__ import annotations

import html
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from benchmarks.service.visitor import Answer, Visitor

from coproduce.network.database import EmbeddedServer, roles
from coproduce.network.database.postmaster import running
from tests.network.commons.test_importing import row
from tests.network.database.conftest import folder  # noqa: F401 a fixture
from tests.network.database.processes import wait_until_gone
from tests.network.test_serving import PAUSE, TRIES, free_port, health

WORDS = "She needs a letter for school; what do teachers have to know?"
_MAKE = """
import json
from benchmarks.needs.visitors import sessions
from coproduce.network.launching import make_network
from coproduce.settings import Settings
make_network(Settings.from_environment())
print(json.dumps(sessions(1)))
"""
_FIELD = re.compile(r'<(?:input[^>]*? name="(\w+)"[^>]*? value="([^"]*)"|textarea[^>]*? name="(\w+)"[^>]*>([^<]*)<)')


@dataclass(frozen=True)
class Site:
    """A network that is served, the server under it, and the session of somebody in it."""

    server: EmbeddedServer
    port: int
    session: str

    def visitor(self) -> Visitor:
        return Visitor(self.port, {"sessionid": self.session})

    def rows(self) -> tuple[int, int]:
        """How many needs there are, and how many events say that one was stated (kind 30)."""
        with roles.connect(self.server.urls().owner) as connection:
            row = connection.execute(
                "SELECT (SELECT count(*) FROM needs_need), (SELECT count(*) FROM log_event WHERE kind = 30)"
            ).fetchone()
        assert row is not None
        return int(row[0]), int(row[1])


@pytest.fixture
def own_server(folder: Path) -> Iterator[EmbeddedServer]:  # noqa: F811 the fixture of this name
    """A running server that nobody else uses, with nothing in it yet."""
    server = EmbeddedServer(folder, fast_unsafe=True)
    with server.hold():
        yield server


def environment_of(server: EmbeddedServer) -> dict[str, str]:
    """Where a process of ours finds this server, and nothing of the tests' own."""
    others = {name: text for name, text in os.environ.items() if not name.startswith(("DJANGO", "COPRODUCE"))}
    return {**others, "COPRODUCE_DATA": str(server.layout.data), "COPRODUCE_WORKERS": "1"}


@pytest.fixture
def site(own_server: EmbeddedServer) -> Iterator[Site]:
    environment = environment_of(own_server)
    made = subprocess.run([sys.executable, "-c", _MAKE], env=environment, stdout=subprocess.PIPE, text=True, check=True)
    port = free_port()
    command = [sys.executable, "-m", "coproduce", "serve", "--port", str(port)]
    serving = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        assert health(f"http://127.0.0.1:{port}")["status"] == "ok"
        ((session, _person),) = json.loads(made.stdout.splitlines()[-1])
        yield Site(own_server, port, session)
    finally:
        serving.kill()
        serving.wait()


@contextmanager
def log_held(site: Site) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """The log's head is held: whoever writes an event waits."""
    connection = psycopg.connect(site.server.urls().owner)
    connection.execute("SELECT FROM log_head FOR UPDATE")
    try:
        yield connection
    finally:
        connection.close()


def until_somebody_waits(site: Site) -> None:
    with psycopg.connect(site.server.urls().owner, autocommit=True) as connection:
        for _try in range(TRIES):
            row = connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
            if row is not None and row[0]:
                return
            time.sleep(PAUSE)
    pytest.fail("the request never came to the log")


def stop(server: EmbeddedServer, how: signal.Signals) -> None:
    found = running(server.layout.cluster, server.layout.name)
    assert found is not None
    os.kill(found.process, how)
    wait_until_gone(server)


def send_and_stop(site: Site, visitor: Visitor, form: dict[str, str], how: signal.Signals) -> Answer:
    """What somebody gets whose form was on its way when the server was stopped."""
    answers: list[Answer] = []
    sending = threading.Thread(target=lambda: answers.append(visitor.post("/", form)))
    with log_held(site):
        sending.start()
        until_somebody_waits(site)
        stop(site.server, how)
        sending.join(timeout=60)
    (answer,) = answers
    return answer


def given_back(page: str) -> dict[str, str]:
    """The form that a page gives back, as a browser would send it again."""
    return {
        html.unescape(name or area): html.unescape(value or text) for name, value, area, text in _FIELD.findall(page)
    }


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGQUIT], ids=["killed", "immediate shutdown"])
def test_a_need_that_the_database_left_in_the_middle_of_is_sent_again_and_kept_once(
    site: Site, how: signal.Signals
) -> None:
    visitor = site.visitor()
    form = visitor.hidden_fields(visitor.get("/"))
    wish = {"words": WORDS, "audience": "helpers", "line_of_work": "1", "stage": "", "goal": "", "needed_by": ""}
    answer = send_and_stop(site, visitor, {**form, **wish}, how)
    page = answer.body.decode()
    assert answer.status == 503
    assert "We will be back in a moment" in page
    assert "Traceback" not in page
    again = given_back(page)
    assert again["words"] == WORDS
    site.server.start()
    assert site.rows() == (0, 0)
    assert visitor.post("/", again).status == 302
    assert site.rows() == (1, 1)


def asked(server: EmbeddedServer, question: LiteralString) -> int:
    """A number that the database tells its owner."""
    with roles.connect(server.urls().owner) as connection:
        row = connection.execute(question).fetchone()
    return int(row[0]) if row is not None and row[0] is not None else 0


def test_an_import_whose_database_was_killed_says_so_and_goes_on_where_it_stopped(
    own_server: EmbeddedServer, tmp_path: Path
) -> None:
    n_rows, path, environment = 4_500, tmp_path / "a.jsonl", environment_of(own_server)
    path.write_text("".join(json.dumps(row(number)) + "\n" for number in range(n_rows)))
    coproduce = [sys.executable, "-m", "coproduce"]
    subprocess.run([*coproduce, "init"], env=environment, check=True, stdout=subprocess.DEVNULL)
    command = [*coproduce, "commons", "import", str(path), "--origin", "killed", "--json"]
    importing = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while importing.poll() is None and not asked(own_server, "SELECT max(rows_done) FROM commons_import"):
        time.sleep(0.02)
    stop(own_server, signal.SIGKILL)
    said = importing.communicate(timeout=60)[1]
    assert importing.returncode != 0
    assert said.startswith("The database does not answer any more")
    assert "Traceback" not in said
    own_server.start()
    done = asked(own_server, "SELECT max(rows_done) FROM commons_import")
    assert asked(own_server, "SELECT count(*) FROM commons_resource") == done < n_rows
    again = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    receipt = json.loads(again.stdout)
    assert (receipt["resumed_at"], receipt["accepted"], receipt["n_rejected"]) == (done, n_rows, 0)
    assert asked(own_server, "SELECT count(*) FROM commons_version") == n_rows
