"""The request as our views see it: with who is asking."""

from __future__ import annotations

import functools
from collections.abc import Callable

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from coproduce.network.people.asking import Asking

View = Callable[..., HttpResponse]


class NetworkRequest(HttpRequest):
    """A request that went through AskingMiddleware."""

    asking: Asking


def signed_in(view: View) -> View:
    """Sends a guest to the sign-in page first, and back here afterwards."""

    @functools.wraps(view)
    def checked(request: NetworkRequest, *args: object, **arguments: object) -> HttpResponse:
        if request.asking.is_guest:
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        return view(request, *args, **arguments)

    return checked
