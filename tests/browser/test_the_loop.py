"""The whole loop in a browser, as the mother of a child: with and without script, on a phone and on a desk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.contrib.auth import get_user_model

from coproduce.events import Role
from coproduce.network.commons import index
from coproduce.network.commons.actions import Authorship, create_resource
from coproduce.network.commons.models import Condition
from coproduce.network.commons.words import Words
from coproduce.network.database import DatabaseUrls
from coproduce.network.people.actions import join
from coproduce.network.people.asking import Asking, computer
from coproduce.network.people.models import Proxy
from coproduce.network.people.policy import told
from tests.browser.conftest import Visit
from tests.browser.visitor import DESKTOP, PHONE, Visitor

WORDS = "She goes back to school on Monday. Is there a letter for her teacher about Crohn's disease?"
TITLES = {
    "A letter for school": "A letter for the teacher of a child with Crohn's disease, to fill in and sign.",
    "Living with an ostomy": "What a day with an ostomy is like, told by somebody who has one.",
    "What is Crohn's disease?": "The basics of Crohn's disease in plain words.",
}


@dataclass(frozen=True)
class Accounts:
    """Log-ins of the people of these tests."""

    mother: object
    helper: object


def _person(name: str, role: Role, **traits: object) -> tuple[Asking, object]:
    made = join(Asking(system="example"), pseudonym=name, role=role, traits=traits)
    with told(computer("accounts")):
        account = get_user_model().objects.create_user(f"{name.lower()}@example.org", "a long password", person=made)
    return Asking(person=made.pk, roles=frozenset({role})), account


@pytest.fixture(scope="module")
def accounts(site_database: DatabaseUrls) -> Iterator[Accounts]:
    """A mother who acts for her daughter, a helper, and three resources that can be found."""
    author, _account = _person("Daniel", Role.FAMILY)
    mother, mothers = _person("Josephine", Role.FAMILY)
    child, _account = _person("Orleans", Role.PATIENT)
    _helper, helpers = _person("Bianca", Role.PATIENT, helps_with=["school", "ostomy"], help_capacity=50)
    with told(computer("example")):
        Proxy.objects.create(person_id=child.person, proxy_id=mother.person, since=mother.at)
    crohn = Condition.objects.create(slug="crohns-disease", name="Crohn's disease", aliases=["crohns", "crohn"])
    ids = [
        create_resource(
            author,
            words=Words(title=title, kind="know-how", line_of_work=1, risk_class=0, body=body, conditions=(crohn.pk,)),
            authorship=Authorship(credits=[(author.actor, Role.FAMILY, "wrote")]),
            share=True,
        ).pk
        for title, body in TITLES.items()
    ]
    index.refresh(ids)
    yield Accounts(mothers, helpers)
    index.index().remove(ids)
    index.index().commit()


def _barriers(visitor: Visitor) -> list[str]:
    """What axe finds; where the page runs no script axe cannot run either, and the page is the same."""
    return visitor.barriers() if visitor.page.evaluate("document.documentElement.classList.contains('has-js')") else []


def _press(visitor: Visitor, name: str, *, within: str = "main") -> None:
    visitor.follow(visitor.page.locator(within).get_by_role("button", name=name).first)


def _state_a_need(visitor: Visitor) -> str:
    visitor.go("/")
    assert _barriers(visitor) == []
    visitor.page.get_by_label("What do you need?").fill(WORDS)
    visitor.page.get_by_text("Orleans", exact=True).click()
    _press(visitor, "Find help")
    assert "Monday" not in visitor.page.url
    return visitor.page.url


@pytest.mark.parametrize("javascript", [True, False], ids=["with-script", "without-script"])
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_from_a_need_to_what_was_learned(visit: Visit, accounts: Accounts, width: int, javascript: bool) -> None:
    mother = visit(width=width, javascript=javascript, account=accounts.mother)
    address = _state_a_need(mother)
    page = mother.page
    assert page.get_by_role("link", name="A letter for school").first.is_visible()
    assert _barriers(mother) == []

    _press(mother, "Ask Bianca")
    helper = visit(width=width, javascript=javascript, account=accounts.helper)
    helper.go(address)
    _press(helper, "Yes, I help")
    helper.page.get_by_label("Your answer").fill("I wrote mine with the nurse.")
    _press(helper, "Send")
    assert _barriers(helper) == []

    mother.go(address)
    assert page.get_by_text("I wrote mine with the nurse.").is_visible()
    page.get_by_role("link", name="A letter for school").first.click()
    assert page.get_by_role("heading", level=1, name="A letter for school").is_visible()
    mother.go(address)
    _press(mother, "I use this A letter for school")
    mother.follow(page.get_by_role("link", name="Did it help? A letter for school"))
    assert _barriers(mother) == []
    page.get_by_text("Yes", exact=True).click()
    page.get_by_label("A word of thanks").fill("You can tell that a parent wrote this.")
    page.get_by_label("I have what I need.").check()
    _press(mother, "Send")
    assert page.get_by_text("You said that it is met.").is_visible()
    assert _barriers(mother) == []

    mother.follow(page.get_by_role("link", name="Its story"))
    assert page.get_by_text("The need is met; its clock stops").is_visible()
    assert _barriers(mother) == []


@pytest.mark.parametrize("path", ["/needs/", "/people/"])
def test_lists_have_no_barriers(visit: Visit, accounts: Accounts, path: str) -> None:
    for account in (accounts.mother, accounts.helper):
        visitor = visit(width=PHONE, account=account)
        visitor.go(path)
        assert _barriers(visitor) == []


def test_a_chip_taken_away_finds_something_else(visit: Visit, accounts: Accounts) -> None:
    mother = visit(account=accounts.mother, javascript=False)
    _state_a_need(mother)
    mother.page.get_by_text("What we understood. Is it wrong? Change it").click()
    for chip in mother.page.locator("details input[type=checkbox]").all():
        chip.uncheck(force=True)
    mother.page.get_by_label("Add a word").fill("ostomy")
    _press(mother, "Look again")
    first = mother.page.locator("#found .card-resource").first
    assert "Living with an ostomy" in first.inner_text()


def test_a_helper_sends_and_writes_something(visit: Visit, accounts: Accounts) -> None:
    mother, helper = visit(account=accounts.mother), visit(account=accounts.helper, width=PHONE)
    address = _state_a_need(mother)
    _press(mother, "Ask people who know this")
    helper.go(address)
    helper.follow(helper.page.get_by_role("link", name="Send something from the commons"))
    helper.page.get_by_label("What are you looking for?").fill("a day with an ostomy")
    _press(helper, "Look")
    assert _barriers(helper) == []
    _press(helper, "Send this Living with an ostomy")
    helper.follow(helper.page.get_by_role("link", name="Write something for it"))
    helper.page.get_by_label("Title").fill("Trumpet and belly")
    helper.page.get_by_label("What you know").fill("Sit down to play, and rest between songs.")
    assert _barriers(helper) == []
    _press(helper, "Share and send")
    mother.go(address)
    assert mother.page.get_by_role("link", name="Trumpet and belly", exact=True).is_visible()


def test_titles_are_suggested_while_one_types(visit: Visit, accounts: Accounts) -> None:
    mother = visit(account=accounts.mother)
    mother.go("/")
    mother.page.get_by_label("What do you need?").press_sequentially("living with an ost")
    mother.page.locator("#suggestions").get_by_text("Living with an ostomy").wait_for()
    assert not [url for url in mother.asked if "ost" in url.rsplit("/", 1)[-1]]


@pytest.mark.parametrize("javascript", [True, False], ids=["with-script", "without-script"])
def test_a_guest_looks_and_keeps_their_words_for_the_sign_in(
    visit: Visit, accounts: Accounts, javascript: bool
) -> None:
    guest = visit(width=PHONE, javascript=javascript)
    guest.go("/")
    assert _barriers(guest) == []
    guest.page.get_by_label("What do you need?").fill(WORDS)
    _press(guest, "Find help")
    assert guest.page.get_by_role("link", name="A letter for school").is_visible()
    assert _barriers(guest) == []
    _press(guest, "Keep my words and sign in")
    assert guest.page.locator("input[type=password]").is_visible()


@pytest.mark.parametrize("who", ["guest", "mother"])
def test_of_two_questions_one_is_asked_on_its_own(visit: Visit, accounts: Accounts, who: str) -> None:
    visitor = visit(width=320, account=None if who == "guest" else accounts.mother)
    visitor.go("/")
    second = "And is there a letter for school?"
    visitor.page.get_by_label("What do you need?").fill(f"What is Crohn's disease? {second}")
    _press(visitor, "Find help")
    assert visitor.page.get_by_role("heading", name="You ask more than one thing").is_visible()
    assert (_barriers(visitor), visitor.sideways()) == ([], 0)
    asked = (
        visitor.page.get_by_role("listitem").filter(has_text=second).get_by_role("button", name="Ask this on its own")
    )
    visitor.follow(asked)
    assert visitor.page.get_by_label("What do you need?").input_value() == second
    assert not visitor.page.get_by_role("heading", name="You ask more than one thing").is_visible()


def test_nothing_scrolls_sideways_at_320_pixels(visit: Visit, accounts: Accounts) -> None:
    mother = visit(account=accounts.mother, width=320)
    address = _state_a_need(mother)
    mother.go(address)
    outcome = mother.page.get_by_role("link", name="Did it help?").first.get_attribute("href")
    for path in ("/", "/needs/", "/people/", address, f"{address}story/", outcome):
        mother.go(path or "/")
        assert mother.sideways() == 0, path


def test_the_whole_way_to_a_need_goes_by_keyboard(visit: Visit, accounts: Accounts) -> None:
    mother = visit(account=accounts.mother)
    mother.go("/")
    mother.page.get_by_label("What do you need?").focus()
    mother.page.keyboard.type(WORDS)
    for _step in range(30):
        mother.page.keyboard.press("Tab")
        if mother.page.evaluate("document.activeElement.innerText") == "Find help":
            break
    mother.page.keyboard.press("Enter")
    mother.page.wait_for_url("**/needs/*/")
    assert mother.page.get_by_role("link", name="A letter for school", exact=True).is_visible()


def test_urgent_words_come_first_and_the_need_is_kept(visit: Visit, accounts: Accounts) -> None:
    mother = visit(account=accounts.mother, width=PHONE)
    mother.go("/")
    mother.page.get_by_label("What do you need?").fill("my daughter says she wants to kill herself")
    _press(mother, "Find help")
    assert mother.page.get_by_text("Before anything else").is_visible()
    assert mother.page.get_by_text("Nothing has been looked for yet").is_visible()
    assert _barriers(mother) == []
    _press(mother, "This is happening: I get help now")
    assert mother.page.get_by_text("Your need is kept").is_visible()
