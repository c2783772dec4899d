"""Each journey as a screen reader tells it: names, order, errors at their fields, changes announced, focus kept.

What is asserted is Chromium's own accessibility tree (`aria_snapshot`) and where the focus is. That stands in for no
person: docs/how-to/try-with-a-screen-reader.md is the script for somebody who uses a screen reader every day.
"""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from allauth.account.models import EmailAddress

from coproduce.events import Role
from coproduce.network.needs import actions
from coproduce.network.people.account_forms import SignupForm
from coproduce.network.people.asking import Asking
from tests.browser.conftest import Visit
from tests.browser.test_the_loop import WORDS, Accounts, accounts
from tests.browser.visitor import PHONE, Visitor

__all__ = ["accounts"]

_OBSCURED = """() => {
  const element = document.activeElement, box = element.getBoundingClientRect();
  if (element === document.body || !box.width) return "";
  const spots = [[box.left + 4, box.top + 4], [box.left + box.width / 2, box.top + box.height / 2]];
  const label = element.closest("label");
  const seen = spots.some(([x, y]) => { const top = document.elementFromPoint(x, y);
    return top && (element.contains(top) || top.contains(element) || (label && label.contains(top))); });
  return seen ? "" : element.outerHTML.slice(0, 120);
}"""


def _need(visitor: Visitor) -> str:
    visitor.go("/")
    visitor.page.get_by_label("What do you need?").fill(WORDS)
    visitor.follow(visitor.page.get_by_role("button", name="Find help").first)
    return visitor.page.url


def test_a_page_is_told_in_order_banner_main_and_footer(visit: Visit, accounts: Accounts) -> None:
    mother = visit(account=accounts.mother)
    mother.go("/")
    told = mother.page.locator("body").aria_snapshot()
    order = [told.index(part) for part in ("- banner:", "- main:", "- contentinfo:")]
    assert order == sorted(order)
    assert '- heading "What do you need?" [level=1]' in told
    assert '- textbox "What do you need?"' in told
    assert mother.page.locator("html").get_attribute("lang") == "en"


def test_the_first_key_leads_past_the_top_of_the_page(visit: Visit) -> None:
    guest = visit(width=PHONE)
    guest.go("/about/")
    guest.page.keyboard.press("Tab")
    assert guest.page.evaluate("document.activeElement.textContent") == "Skip to the page"
    guest.page.keyboard.press("Enter")
    assert guest.page.evaluate("document.activeElement.id") == "main"


def test_a_mistake_is_announced_named_and_tied_to_its_field(visit: Visit, accounts: Accounts) -> None:
    mother = visit(account=accounts.mother)
    mother.go("/")
    mother.follow(mother.page.get_by_role("button", name="Find help").first)
    summary = mother.page.get_by_role("alert").filter(has_text="Please look at this again")
    summary.wait_for()
    assert summary.evaluate("node => node === document.activeElement")
    field = mother.page.get_by_label("What do you need?")
    assert field.get_attribute("aria-invalid") == "true"
    described = field.get_attribute("aria-describedby") or ""
    errors = [mother.page.locator(f"#{name}").inner_text() for name in described.split() if name.endswith("_error")]
    assert errors
    assert errors[0] in summary.inner_text()
    summary.get_by_role("link").first.click()
    assert field.evaluate("node => node === document.activeElement")


def test_a_need_is_told_with_its_words_its_steps_and_what_can_be_done(visit: Visit, accounts: Accounts) -> None:
    mother = visit(account=accounts.mother)
    _need(mother)
    told = mother.page.get_by_role("main").aria_snapshot()
    assert '- heading "Your need" [level=1]' in told
    assert re.search(r'- list "Where it stands":\n\s+- listitem:', told)
    assert re.search(r"Heard ?: done", told), told
    assert re.search(r'- button "I use this A letter for school"', told)
    levels = [int(level) for level in re.findall(r"\[level=(\d)\]", told)]
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels


def test_a_step_that_changes_is_announced_once_and_the_focus_stays(visit: Visit, accounts: Accounts) -> None:
    mother = visit(account=accounts.mother)
    address = _need(mother)
    page, status = mother.page, mother.page.locator("#status")
    assert page.locator("[aria-live=polite] #status").count() == 1
    page.get_by_role("link", name="Its story").focus()
    same = page.request.get(f"{mother.site}{status.get_attribute('hx-get')}")
    assert (same.status, same.text()) == (204, "")
    need_id = int(address.rstrip("/").rsplit("/", 1)[-1])
    owner = Asking(person=accounts.mother.person_id, roles=frozenset({Role.FAMILY}))  # type: ignore[attr-defined]
    actions.withdraw_need(owner, need_id=need_id)
    page.evaluate("htmx.ajax('GET', document.querySelector('#status').getAttribute('hx-get'),"
                  " {target: '#status', swap: 'outerHTML'})")  # fmt: skip
    page.wait_for_function("!document.querySelector('#status[hx-get]')")
    assert "not reached" in page.locator("[aria-live=polite] #status").inner_text()
    assert page.evaluate("document.activeElement.innerText") == "Its story"


def test_suggestions_are_announced_while_one_goes_on_typing(visit: Visit, accounts: Accounts) -> None:
    mother = visit(account=accounts.mother)
    mother.go("/")
    box = mother.page.get_by_label("What do you need?")
    box.press_sequentially("living with an ost")
    found = mother.page.locator("#suggestions[aria-live=polite]")
    found.get_by_text("Living with an ostomy").wait_for()
    assert box.evaluate("node => node === document.activeElement")


def test_what_was_done_is_said_in_a_status(visit: Visit, accounts: Accounts) -> None:
    mother = visit(account=accounts.mother)
    mother.go("/me/")
    mother.follow(mother.page.get_by_role("button", name="Save"))
    assert mother.page.get_by_role("status").filter(has_text="Saved.").is_visible()


@pytest.mark.parametrize("path", ["/", "/commons/", "/network/", "/accounts/login/"])
def test_nothing_that_has_the_focus_is_covered(visit: Visit, accounts: Accounts, path: str) -> None:
    visitor = visit(width=PHONE, account=None if "login" in path else accounts.mother)
    visitor.go(path)
    covered = set()
    for _step in range(40):
        visitor.page.keyboard.press("Tab")
        covered.add(visitor.page.evaluate(_OBSCURED))
    assert covered - {""} == set()


def test_signing_in_asks_nothing_that_a_password_manager_cannot_fill(visit: Visit) -> None:
    guest = visit(width=PHONE)
    guest.go("/accounts/login/")
    address, password = guest.page.get_by_label("Your e-mail address"), guest.page.get_by_label("Your password")
    assert address.get_attribute("autocomplete") == "email"
    assert password.get_attribute("autocomplete") == "current-password"
    assert SignupForm().fields["password1"].widget.attrs["autocomplete"] == "new-password"


def test_what_a_guest_wrote_need_not_be_written_again_after_signing_in(visit: Visit, accounts: Accounts) -> None:
    EmailAddress.objects.using("owner").create(
        user=accounts.mother, email="josephine@example.org", verified=True, primary=True
    )
    guest = visit(width=PHONE)
    guest.go("/")
    guest.page.get_by_label("What do you need?").fill(WORDS)
    guest.follow(guest.page.get_by_role("button", name="Find help").first)
    guest.follow(guest.page.get_by_role("button", name="Keep my words and sign in"))
    guest.page.get_by_label("Your e-mail address").fill("josephine@example.org")
    guest.page.get_by_label("Your password", exact=True).fill("a long password")
    guest.follow(guest.page.get_by_role("main").get_by_role("button", name="Sign in"))
    guest.page.wait_for_load_state()
    assert guest.page.get_by_label("What do you need?").input_value() == WORDS
