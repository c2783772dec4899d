"""Somebody with a session who asks for pages over one connection, and how long each answer took."""

from __future__ import annotations

import http.client
import re
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode

_HIDDEN = re.compile(r'name="(csrfmiddlewaretoken|once|whom)"[^>]*? value="([^"]+)"')


class Refused(RuntimeError):
    """A page was not what it had to be."""


@dataclass(frozen=True)
class Answer:
    """One answer, with the milliseconds between the question and its last byte."""

    status: int
    body: bytes
    location: str
    ms: float


@dataclass
class Visitor:
    """One person at one browser."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    _line: http.client.HTTPConnection | None = None

    def get(self, path: str) -> Answer:
        """A page."""
        return self._ask("GET", path, None)

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        """A form, sent."""
        return self._ask("POST", path, urlencode(fields))

    def hidden_fields(self, answer: Answer) -> dict[str, str]:
        """What a form of this page sends by itself. Raises Refused when there is none."""
        found = dict(_HIDDEN.findall(answer.body.decode()))
        if "csrfmiddlewaretoken" not in found:
            raise Refused(f"a page without a form, status {answer.status}")
        return found

    def leave(self) -> None:
        """Closes the connection."""
        if self._line is not None:
            self._line.close()

    def _ask(self, method: str, path: str, body: str | None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"http://127.0.0.1:{self.port}",
            }
        if self._line is None:
            self._line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        started = time.perf_counter()
        self._line.request(method, path, body, headers)
        answer = self._line.getresponse()
        text = answer.read()
        ms = (time.perf_counter() - started) * 1000
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        return Answer(answer.status, text, answer.headers.get("Location", ""), ms)
