"""Style sheets and scripts travel packed; pages never do.

A packed page tells by its length whether words that a link puts into it are like words that were in it (the BREACH
attack on HTTPS): what somebody wrote stays unpacked. Static files are the same for everybody.
"""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class PackedStaticMiddleware(GZipMiddleware):
    """Packs whole static files with gzip, for whoever can unpack them."""

    def process_request(self, request: HttpRequest) -> None:
        """Lets a browser ask whether what it keeps is still the newest: packing weakened the tag that it has of it."""
        kept = request.META.get("HTTP_IF_NONE_MATCH", "")
        if kept.startswith("W/") and request.path.startswith(settings.STATIC_URL):
            request.META["HTTP_IF_NONE_MATCH"] = kept.removeprefix("W/")

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The same answer, packed where it is a whole static file: a part of one is asked for in its own bytes."""
        if response.status_code != 200 or not request.path.startswith(settings.STATIC_URL):
            return response
        packed: HttpResponseBase = super().process_response(request, response)
        return packed
