"""What goes wrong is told in plain words, in the form that was asked for, and typed words come back."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path

from coproduce import errors as raised
from coproduce.network import urls as real
from coproduce.network.errors import WORDS, Problem, csrf_failure, kept_fields

NEED = "My daughter cannot sleep since Tuesday, and I do not know whom to ask."
HERE = {"HTTP_SEC_FETCH_SITE": "same-origin"}

RAISED: dict[str, tuple[Exception, int]] = {
    "invalid": (raised.InvalidInput(given="a word", expected="a number"), 400),
    "not-allowed": (raised.NotAllowed("Only its owner may do this."), 403),
    "absent": (raised.Absent("resource"), 404),
    "conflict": (raised.Conflict("Somebody changed this text."), 409),
    "not-computable": (raised.NotComputable("The log counts weeks."), 422),
    "unavailable": (raised.Unavailable("The index does not answer."), 503),
    "tampered": (raised.Tampered("Row 7 does not match."), 500),
    "database": (OperationalError("connection refused at /secret/path"), 503),
    "django-404": (Http404("secret words"), 404),
    "django-403": (PermissionDenied("secret words"), 403),
    "too-big": (RequestDataTooBig("secret words"), 413),
    "fault": (RuntimeError("secret words"), 500),
}


def _view(problem: Exception) -> Callable[[HttpRequest], HttpResponse]:
    def view(_request: HttpRequest) -> HttpResponse:
        raise problem

    return view


urlpatterns = [*real.urlpatterns, *(path(f"raise/{name}", _view(problem)) for name, (problem, _) in RAISED.items())]
handler400, handler403, handler404, handler500 = real.handler400, real.handler403, real.handler404, real.handler500


@pytest.fixture
def browser(client: Client) -> Client:
    client.raise_request_exception = False
    return client


pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.mark.parametrize("name", RAISED)
def test_every_error_has_its_status_and_a_page_with_one_heading(browser: Client, name: str) -> None:
    answer = browser.get(f"/raise/{name}")
    assert answer.status_code == RAISED[name][1]
    assert answer.content.count(b"<h1>") == 1
    assert b"secret" not in answer.content


@pytest.mark.parametrize("name", RAISED)
def test_a_program_gets_problem_json(browser: Client, name: str) -> None:
    answer = browser.get(f"/raise/{name}", HTTP_ACCEPT="application/problem+json")
    told = json.loads(answer.content)
    assert answer["Content-Type"] == "application/problem+json"
    assert told["status"] == answer.status_code == RAISED[name][1]
    assert "secret" not in answer.content.decode()


def test_htmx_gets_a_fragment_for_the_message_area(browser: Client) -> None:
    answer = browser.get("/raise/conflict", HTTP_HX_REQUEST="true")
    assert (answer.status_code, answer["HX-Retarget"]) == (409, "#messages")
    assert b"<html" not in answer.content


@pytest.mark.parametrize("kind", [kind for kind, _status in RAISED.values()])
def test_every_status_has_words_of_its_own(kind: Exception) -> None:
    assert Problem.from_exception(kind).status in WORDS


def test_an_error_of_ours_says_what_was_wrong_only_below_500() -> None:
    told = Problem.from_exception(raised.Conflict("Two edits.", next_step="Compare them."))
    fault = Problem.from_exception(raised.Tampered("Row 7."))
    assert (told.detail, told.next_step, fault.detail) == ("Two edits.", "Compare them.", "")


def test_an_expired_form_gives_the_typed_words_back(rf: RequestFactory) -> None:
    request = rf.post("/need", {"words": NEED, "csrfmiddlewaretoken": "old", "when": "week"}, **HERE)
    page = csrf_failure(request).content.decode()
    assert NEED in page
    assert 'name="when" value="week"' in page
    assert "old" not in dict(kept_fields(request)).values()


def test_a_form_that_another_site_sent_is_not_offered_again(rf: RequestFactory) -> None:
    request = rf.post("/need", {"words": NEED}, HTTP_SEC_FETCH_SITE="cross-site")
    assert NEED not in csrf_failure(request).content.decode()


def test_an_older_browser_is_known_by_its_origin(rf: RequestFactory) -> None:
    mine = rf.post("/need", {"words": NEED}, HTTP_ORIGIN="http://testserver")
    other = rf.post("/need", {"words": NEED}, HTTP_ORIGIN="http://testserver.evil.example")
    assert (len(list(kept_fields(mine))), list(kept_fields(other))) == (1, [])


@pytest.mark.parametrize("field", ["password", "new_password1", "otp_code", "credential", "csrfmiddlewaretoken"])
def test_secrets_are_never_given_back(rf: RequestFactory, field: str) -> None:
    assert list(kept_fields(rf.post("/x", {field: "hunter22"}, **HERE))) == []


def test_kept_words_are_shown_as_words_not_as_markup(rf: RequestFactory) -> None:
    page = csrf_failure(rf.post("/x", {"words": "<script>alert(1)</script>" * 3}, **HERE)).content.decode()
    assert "<script>alert" not in page


def test_a_signed_out_person_keeps_the_words_of_a_refused_form(browser: Client) -> None:
    answer = browser.post("/raise/not-allowed", {"words": NEED}, **HERE)
    assert answer.status_code == 403
    assert NEED in answer.content.decode()


def test_a_form_past_the_limit_is_told_so(browser: Client) -> None:
    answer = browser.post("/accounts/login/", {"login": "x" * 3_000_000})
    assert answer.status_code == 413


def test_a_null_byte_in_the_address_is_no_fault_of_ours(browser: Client) -> None:
    assert browser.get("/raise/%00").status_code == 404


def test_the_real_form_protection_calls_our_page() -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/accounts/login/", {"login": "kestrel@example.org"}, **HERE)
    assert answer.status_code == 403
    assert b"open for too long" in answer.content
