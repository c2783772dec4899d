"""Finds out who is asking, once a request, and lets pages read inside one transaction that knows it."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from coproduce.network.people.asking import computer
from coproduce.network.people.policy import told
from coproduce.network.people.session import asking_of

Answer = Callable[[HttpRequest], HttpResponse]

#: Signing up, in and out: allauth must find an account before anybody is signed in, and only here may it.
ACCOUNT_PAGES = "/accounts/"


class AskingMiddleware:
    """Sets `request.asking`; a request that only reads runs in one transaction as that person."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/static/") or request.path == "/health":
            return self.get_response(request)
        response = self._answer(request)
        if not request.asking.is_guest and "Cache-Control" not in response:  # type: ignore[attr-defined]
            # What somebody reads here is kept by no shared computer's browser and no proxy.
            add_never_cache_headers(response)
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(ACCOUNT_PAGES):
            with told(computer("accounts")):
                return self._answer_knowing(request)
        if request.method not in ("GET", "HEAD"):
            # An action opens its own transaction.
            return self._answer_knowing(request)
        with transaction.atomic():
            with told(computer("accounts"), changing=False):
                request.asking = asking_of(request)  # type: ignore[attr-defined]
            with told(request.asking, changing=False):  # type: ignore[attr-defined]
                return self.get_response(request)

    def _answer_knowing(self, request: HttpRequest) -> HttpResponse:
        request.asking = asking_of(request)  # type: ignore[attr-defined]
        return self.get_response(request)
