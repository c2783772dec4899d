"""Finds out who is asking, once a request, and lets pages read inside one transaction that knows it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from coproduce.network.people.asking import Asking, computer
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
        with _transaction(request):
            request.asking = asking_of(request)  # type: ignore[attr-defined]
            with _reading(request, request.asking):  # type: ignore[attr-defined]
                response = self.get_response(request)
        if not request.asking.is_guest and "Cache-Control" not in response:  # type: ignore[attr-defined]
            # What somebody reads here is kept by no shared computer's browser and no proxy.
            add_never_cache_headers(response)
        return response


def _transaction(request: HttpRequest) -> AbstractContextManager[None]:
    """One transaction for a page that reads or signs somebody in; an action opens its own."""
    if request.path.startswith(ACCOUNT_PAGES) or request.method in ("GET", "HEAD"):
        return told(computer("accounts"))
    return nullcontext()


def _reading(request: HttpRequest, asking: Asking) -> AbstractContextManager[None]:
    if request.path.startswith(ACCOUNT_PAGES) or request.method not in ("GET", "HEAD"):
        return nullcontext()
    return told(asking, changing=False)
