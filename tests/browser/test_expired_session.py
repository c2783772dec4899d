"""A session that ends while somebody writes costs them a sign-in, never their words."""

from __future__ import annotations

import pytest
from django.conf import settings

from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor, make_account

ABOUT = "My daughter has Crohn's since March. I know a lot about school, and about waiting."


def _write_until_the_session_ends(visitor: Visitor) -> None:
    visitor.go("/me/")
    visitor.page.get_by_label("A line about you that others may see").fill(ABOUT)
    visitor.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    visitor.follow(visitor.page.get_by_role("button", name="Save"))


@pytest.mark.parametrize("javascript", [True, False], ids=["with-script", "without-script"])
def test_the_words_are_shown_again(visit: Visit, javascript: bool) -> None:
    visitor = visit(javascript=javascript, account=make_account(f"kestrel-{javascript}@example.org"))
    _write_until_the_session_ends(visitor)
    assert visitor.page.get_by_role("heading", level=1).inner_text() == "This is not open to you"
    assert visitor.page.get_by_label("What you wrote").input_value() == ABOUT


def test_after_signing_in_again_the_words_can_be_sent(visit: Visit) -> None:
    account = make_account("wren@example.org")
    visitor = visit(account=account)
    _write_until_the_session_ends(visitor)
    visitor.sign_in(account)
    visitor.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)  # signing in changes it
    visitor.follow(visitor.page.get_by_role("button", name="Send again"))
    assert "open for too long" in visitor.page.get_by_role("heading", level=1).inner_text()
    visitor.follow(visitor.page.get_by_role("button", name="Send again"))
    assert visitor.page.get_by_label("A line about you that others may see").input_value() == ABOUT
