"""One table that turns what went wrong into an answer: a page in plain words, a fragment for htmx, or problem+json.

Pages for 5xx stand alone: they ask no database and no session. Others are ordinary pages, and fall back to the
stand-alone form when even that fails. What a person had typed is given back to them, never thrown away and never
logged.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.csrf import requires_csrf_token

from coproduce.errors import Absent, CoproduceError
from coproduce.network.design.spoken import spoken, told

logger = logging.getLogger("coproduce.errors")

HTML, PROBLEM, JSON = "text/html", "application/problem+json", "application/json"


@dataclass(frozen=True)
class Words:
    """What a page says about a status: what happened, and what to do next."""

    title: str
    text: str


#: Every status that we answer with, in plain words.
WORDS: Mapping[int, Words] = {
    400: Words(gettext_noop("We could not read that"), gettext_noop("Go back, change it and send it again.")),
    403: Words(gettext_noop("This is not open to you"), gettext_noop("Sign in, or ask the network's stewards.")),
    404: Words(
        gettext_noop("There is no such page"),
        gettext_noop("It may have moved, or it is not open to you. Start again from the home page."),
    ),
    405: Words(gettext_noop("That does not work here"), gettext_noop("Go back and use the buttons of the page.")),
    409: Words(
        gettext_noop("Somebody changed this before you"),
        gettext_noop("Nothing is lost. Look at both versions, then send yours again."),
    ),
    413: Words(gettext_noop("That is too much at once"), gettext_noop("Make it shorter, or send it in parts.")),
    422: Words(gettext_noop("We cannot work this out"), gettext_noop("The records do not hold what it takes.")),
    500: Words(
        gettext_noop("Something broke on our side"),
        gettext_noop("It is not your fault, and it has been written down. Please try again in a few minutes."),
    ),
    503: Words(
        gettext_noop("We will be back in a moment"),
        gettext_noop("A part of this network does not answer now. Please try again in a few minutes."),
    ),
}

#: What Django raises, as status and short name; CoproduceError brings its own.
FOREIGN: tuple[tuple[type[Exception], int, str], ...] = (
    (Http404, 404, "absent"),
    (PermissionDenied, 403, "not-allowed"),
    (RequestDataTooBig, 413, "too-large"),
    (TooManyFieldsSent, 413, "too-large"),
    (TooManyFilesSent, 413, "too-large"),
    (OperationalError, 503, "unavailable"),
    (InterfaceError, 503, "unavailable"),
)


@dataclass(frozen=True)
class Problem:
    """One thing that went wrong, ready to be told."""

    status: int
    code: str
    title: str
    detail: str
    next_step: str

    @classmethod
    def of(cls, status: int, code: str, detail: str = "", next_step: str = "") -> Problem:
        """A problem with the words that belong to its status, save where it brings its own."""
        words = WORDS.get(status, WORDS[500])
        return cls(status, code, _(words.title), detail, next_step or _(words.text))

    @classmethod
    def from_exception(cls, raised: BaseException | None, status: int = 500) -> Problem:
        """The problem behind an exception; `status` where we do not know the exception."""
        if isinstance(raised, CoproduceError):
            # A 500 of ours is a fault: its words are for the log, not for the reader. What is absent needs no more
            # words than the title's, which are the same for every kind of thing and in the reader's language.
            own = raised.status < 500 and not isinstance(raised, Absent)
            next_step = spoken(str(raised.next_step)) if own else ""
            return cls.of(raised.status, raised.code, told(raised) if own else "", next_step)
        for kind, code, name in FOREIGN:
            if isinstance(raised, kind):
                return cls.of(code, name)
        return cls.of(status, _CODES.get(status, "error"))


_CODES = {400: "invalid-input", 403: "not-allowed", 404: "absent"}


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The problem in the form that was asked for."""
    wanted = request.get_preferred_type([HTML, PROBLEM, JSON])
    if wanted in (PROBLEM, JSON):
        response: HttpResponse = JsonResponse(_as_json(problem), status=problem.status, content_type=PROBLEM)
    elif getattr(request, "htmx", False):
        page = render_to_string("design/errors/fragment.html", {"problem": problem})
        response = HttpResponse(page, status=problem.status)
        response["HX-Retarget"], response["HX-Reswap"] = "#messages", "innerHTML show:window:top"
    else:
        response = HttpResponse(_as_page(request, problem), status=problem.status)
    response["Cache-Control"] = "no-store"
    response["Vary"] = "Accept, HX-Request, Cookie"
    if problem.status == 503:
        response["Retry-After"] = "30"
    return response


def _as_json(problem: Problem) -> dict[str, object]:
    """RFC 9457 problem details (Nottingham, Wilde, Dalal 2023)."""
    said = {"detail": problem.detail, "next_step": problem.next_step}
    return {
        "type": f"urn:coproduce:problem:{problem.code}",
        "title": problem.title,
        "status": problem.status,
        **{name: text for name, text in said.items() if text},
    }


def _as_page(request: HttpRequest, problem: Problem) -> str:
    context = {
        "problem": problem,
        "kept": list(kept_fields(request)),
        "network_name": settings.COPRODUCE.network_name,
        "emergency_number": settings.COPRODUCE.emergency_number,
    }
    if problem.status < 500:
        try:
            return render_to_string("design/errors/page.html", context, request)
        except Exception:
            logger.exception("An error page could not be drawn with its surroundings; it is sent without them.")
    if problem.status == 503:
        # Nothing is wrong with what they sent: the same page lets them send it again. The token asks no database.
        return render_to_string("design/errors/alone.html", {**context, "csrf_token": get_token(request)})
    return render_to_string("design/errors/alone.html", {**context, "kept": []})


#: Fields that are never given back: tokens and secrets.
_SECRETS = ("csrfmiddlewaretoken", "password", "code", "otp", "token", "credential", "secret")


def kept_fields(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """What the person had typed, to give back to them; nothing when another site sent it.

    A page that offers to send a stranger's form again would undo the protection that refused it.
    """
    if request.method != "POST" or not _from_here(request):
        return
    try:
        posted = request.POST
    except Exception:
        logger.info("A form could not be read to the end; its words cannot be given back.")
        return
    for name, values in posted.lists():
        if not any(secret in name.lower() for secret in _SECRETS):
            yield from ((name, str(value)) for value in values)


def _from_here(request: HttpRequest) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    return urlsplit(origin).netloc == request.get_host()


class ErrorMiddleware:
    """Answers what a view raised, when it is ours or Django's own; faults go on to Django, which logs them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, raised: Exception) -> HttpResponse | None:
        """The answer to an error of ours below 500, or to one that is Django's own way of saying the same."""
        if isinstance(raised, (OperationalError, InterfaceError)):
            logger.error("The database does not answer: %s", type(raised).__name__)
            return answer(request, Problem.from_exception(raised))
        if isinstance(raised, CoproduceError):
            if raised.status >= 500:
                logger.error("%s: %s", raised.code, type(raised).__name__, exc_info=raised)
            return answer(request, Problem.from_exception(raised))
        return None


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400."""
    return answer(request, Problem.from_exception(exception, 400))


@requires_csrf_token
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403."""
    return answer(request, Problem.from_exception(exception, 403))


@requires_csrf_token
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404."""
    return answer(request, Problem.from_exception(exception, 404))


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: 503 when a service is away, 500 for a fault; Django has logged it."""
    return answer(request, Problem.from_exception(sys.exc_info()[1], 500))


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose protection did not match: most often an expired session. The typed words are kept."""
    problem = Problem(
        403,
        "form-expired",
        _("This page was open for too long"),
        "",
        _("Nothing was sent yet. Your words are kept below: look at them and send them again.")
        if request.method == "POST" and _from_here(request)
        else _("Nothing was sent. Open the page again and send the form from there."),
    )
    return answer(request, problem)
