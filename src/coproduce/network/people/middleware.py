"""Finds out who is asking, once a request, and lets pages read inside one transaction that knows it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from coproduce.network.people.asking import Asking
from coproduce.network.people.policy import told
from coproduce.network.people.queries import asking_of

Answer = Callable[[HttpRequest], HttpResponse]


class AskingMiddleware:
    """Sets `request.asking`; a request that only reads runs in one transaction as that person."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asking: Asking = asking_of(request)
        request.asking = asking  # type: ignore[attr-defined]
        if request.method in ("GET", "HEAD"):
            with told(asking, changing=False):
                return self.get_response(request)
        return self.get_response(request)
