"""Signing in and looking after one's account: the pages that allauth brings, in our clothes."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visit
from tests.browser.visitor import DESKTOP, PHONE, make_account

FOR_GUESTS = ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"]
FOR_OWNERS = ["/accounts/email/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/logout/", "/me/"]


@pytest.mark.parametrize("path", FOR_GUESTS)
def test_a_guest_meets_no_barrier(visit: Visit, path: str) -> None:
    visitor = visit(width=PHONE)
    visitor.go(path)
    assert (visitor.barriers(), visitor.sideways()) == ([], 0)


def test_an_owner_meets_no_barrier(visit: Visit) -> None:
    visitor = visit(width=PHONE, account=make_account("dunnock@example.org"))
    found = {}
    for path in FOR_OWNERS:
        assert visitor.go(path).status == 200
        found[path] = (visitor.barriers(), visitor.sideways(), visitor.page.locator("h1").count())
    assert found == dict.fromkeys(FOR_OWNERS, ([], 0, 1))


def test_signing_in_needs_no_javascript(visit: Visit) -> None:
    make_account("siskin@example.org")
    visitor = visit(width=PHONE, javascript=False)
    visitor.go("/accounts/login/")
    visitor.page.get_by_label("Your e-mail address").fill("siskin@example.org")
    visitor.page.get_by_label("Your password", exact=True).fill("not the password")
    visitor.follow(visitor.page.locator("main").get_by_role("button", name="Sign in"))
    assert visitor.page.locator(".error-summary").is_visible()


@pytest.mark.parametrize("width", [1024, DESKTOP])
def test_the_name_of_the_network_is_whole_beside_whom_one_is_here_for(visit: Visit, width: int) -> None:
    visitor = visit(width=width, account=make_account(f"wren{width}@example.org"))
    visitor.go("/me/children/add/")
    form = {"What should others call the child?": "Orleans", "The child's name": "O", "Date of birth": "2014-03-01"}
    for label, said in form.items():
        visitor.page.get_by_label(label).fill(said)
    visitor.follow(visitor.page.locator("main form button[type=submit]"))
    assert visitor.page.locator(".who .chip").is_visible()
    name = visitor.page.locator(".wordmark span")
    room = name.evaluate("e => (e.textContent = 'Example Learning Network', e.scrollHeight - e.clientHeight)")
    assert (room, visitor.sideways()) == (0, 0)
