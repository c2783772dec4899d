"""The request as our views see it: with who is asking."""

from __future__ import annotations

import functools
from collections.abc import Callable

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from coproduce.errors import NotAllowed
from coproduce.network.people.asking import Asking

View = Callable[..., HttpResponse]


class NetworkRequest(HttpRequest):
    """A request that went through AskingMiddleware."""

    asking: Asking


def signed_in(view: View) -> View:
    """Sends a guest to the sign-in page first, and back here afterwards.

    A form that a guest sends comes from somebody whose session ended while they wrote: the answer gives the typed
    words back (network/errors.py), where a redirect would lose them. Raises NotAllowed then.
    """

    @functools.wraps(view)
    def checked(request: NetworkRequest, *args: object, **arguments: object) -> HttpResponse:
        if request.asking.is_guest and request.method == "POST":
            raise NotAllowed(
                _("You are not signed in any more."),
                next_step=_("Nothing is lost: sign in, then send your words again."),
            )
        if request.asking.is_guest:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **arguments)

    return checked
