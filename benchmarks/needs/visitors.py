"""People who state needs at the same time, each through a browser's requests over the wire."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID

from coproduce import rng

N_PEOPLE = 10
SESSION, CSRF = "sessionid", "csrftoken"


@contextlib.contextmanager
def served() -> Iterator[int]:
    """The port at which the network is served by two processes, as `coproduce serve` does."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    wishes = {"COPRODUCE_PORT": str(port), "COPRODUCE_PUBLIC_URL": f"http://127.0.0.1:{port}", "COPRODUCE_WORKERS": "2"}
    server = subprocess.Popen(
        [sys.executable, "-m", "coproduce", "serve"], env={**os.environ, **wishes}, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 60
        while not _listens(port):
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("The pages could not be served.")
            time.sleep(0.2)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def sessions(n: int = N_PEOPLE) -> list[tuple[str, int]]:
    """So many people who are signed in: session key and id of each."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    from coproduce.events import Role
    from coproduce.network.people.actions import join
    from coproduce.network.people.asking import computer
    from coproduce.network.people.policy import told

    found = []
    for number in range(n):
        topics = {"helps_with": ["treatment", "living_with"], "help_capacity": 50}
        person = join(computer("example"), pseudonym=f"Person {number}", role=Role.PATIENT, traits=topics)
        with told(computer("accounts")):
            account = get_user_model().objects.create_user(f"person{number}@example.org", None, person=person)
            client = Client()
            client.force_login(account, "coproduce.network.people.accounts.Backend")
        found.append((client.cookies[SESSION].value, person.pk))
    return found


@dataclass
class Visitor:
    """One person at a browser that keeps its connection; how long each answer took, in seconds."""

    port: int
    session: str
    person: int
    seconds: dict[str, list[float]] = field(default_factory=lambda: {"state": [], "page": [], "both": []})
    wrong: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def visit(self, needs: Sequence[str], pause: float) -> None:
        """States every need and looks at its page, with a pause to read in between."""
        draws = rng.stream(7, "benchmark visitor", person=self.person)
        _status, headers, _took = self._ask("GET", "/")
        token = next(value.split(";")[0].split("=")[1] for value in headers if value.startswith(CSRF))
        for words in needs:
            time.sleep(pause * draws.random() * 2)
            form = {
                "words": words, "whom": self.person, "audience": "helpers", "line_of_work": 0, "stage": "", "goal": "",
                "needed_by": "", "once": UUID(bytes=draws.bytes(16)),
            }  # fmt: skip
            status, headers, stating = self._ask("POST", "/", urlencode(form), token)
            if status != 302:
                self.wrong.append(status)
                continue
            status, _headers, looking = self._ask("GET", headers[-1])
            self.wrong += [] if status == 200 else [status]
            for name, took in (("state", stating), ("page", looking), ("both", stating + looking)):
                self.seconds[name].append(took)

    def look(self, page: str) -> float:
        """Opens a page; how long the answer took, in seconds. Raises RuntimeError where there is none."""
        status, _headers, took = self._ask("GET", page)
        if status != 200:
            raise RuntimeError(f"{page} answered {status}.")
        return took

    def _ask(self, method: str, path: str, body: str = "", token: str = "") -> tuple[int, list[str], float]:
        """Status, cookies set with the address that is led to at the end, and how long the answer took."""
        headers = {"Cookie": f"{SESSION}={self.session}" + (f"; {CSRF}={token}" if token else "")}
        if body:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": token}
        started = time.perf_counter()
        self.connection.request(method, path, body=body, headers=headers)
        answer = self.connection.getresponse()
        answer.read()
        took = time.perf_counter() - started
        return answer.status, [*(answer.headers.get_all("Set-Cookie") or []), answer.headers.get("Location", "")], took


def together(visitors: Sequence[Visitor], needs: Sequence[str], pause: float) -> None:
    """Everybody at once."""
    threads = [threading.Thread(target=visitor.visit, args=(needs, pause)) for visitor in visitors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
