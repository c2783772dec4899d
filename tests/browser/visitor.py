"""Somebody who looks at the site through a browser window."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response

#: Web Content Accessibility Guidelines 2.0 to 2.2, levels A and AA, and axe's own good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
PHONE, DESKTOP = 360, 1280


@dataclass
class Visitor:
    """One window with its own cookies; remembers what was asked for and what went wrong."""

    site: str
    context: BrowserContext
    page: Page
    asked: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @classmethod
    def arrive(
        cls,
        browser: Browser,
        site: str,
        *,
        width: int = DESKTOP,
        height: int = 800,
        dark: bool = False,
        javascript: bool = True,
        account: object = None,
    ) -> Visitor:
        """Opens a window; with an account, signed in as it."""
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            reduced_motion="reduce",
            has_touch=width < 600,
            locale="en-GB",
        )
        context.set_default_timeout(10_000)
        visitor = cls(site, context, context.new_page())
        context.on("request", lambda request: visitor.asked.append(request.url))
        visitor.page.on("pageerror", lambda error: visitor.problems.append(str(error)))
        visitor.page.on("console", lambda said: visitor.problems.append(said.text) if _is_fault(said.text) else None)
        if account is not None:
            visitor.sign_in(account)
        return visitor

    def sign_in(self, account: object) -> None:
        """Becomes this account, without the sign-in page."""
        client = Client()
        client.force_login(account, settings.AUTHENTICATION_BACKENDS[0])  # type: ignore[arg-type]
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.site}])

    def go(self, path: str) -> Response:
        """Opens a page and gives the answer."""
        answer = self.page.goto(urljoin(self.site, path))
        assert answer is not None
        return answer

    def follow(self, pressed: Locator) -> None:
        """Presses a button or a link that leads to another page, and waits until that page is whole.

        A click alone gives back control while the old page still stands or the new one is half read.
        """
        with self.page.expect_navigation(wait_until="load"):
            pressed.click()

    def barriers(self, *only: str) -> list[str]:
        """What axe finds on the page as it stands: rule, help and the first element of each; `only` names its rules."""
        chosen = {"type": "rule", "values": list(only)} if only else {"type": "tag", "values": RULES}
        # Reading axe's script, describing what passes and sending it here would take longer than looking.
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE_SCRIPT)
        options = {"runOnly": chosen, "resultTypes": ["violations"]}
        found = self.page.evaluate("options => axe.run(options).then(found => found.violations)", options)
        return [f"{v['id']}: {v['help']} ({len(v['nodes'])}×, {v['nodes'][0]['html'][:200]})" for v in found]

    def sideways(self) -> int:
        """By how many CSS pixels the page is wider than the window; more than 0 means scrolling in two directions."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

    def first_load_bytes(self, path: str) -> int:
        """Bytes of a page and of everything it brings, uncompressed, with nothing in the cache."""
        sizes: list[int] = []
        self.page.on("response", lambda answer: sizes.append(len(answer.body())) if answer.ok else None)
        self.go(path)
        self.page.wait_for_load_state("networkidle")
        return sum(sizes)

    def leave(self) -> None:
        """Closes the window; fails when a request left the machine or something went wrong in the page."""
        self.context.close()
        here = urlsplit(self.site).netloc
        outside = [url for url in self.asked if urlsplit(url).scheme in ("http", "https", "ws", "wss")]
        assert [url for url in outside if urlsplit(url).netloc != here] == []
        assert self.problems == []


def _is_fault(said: str) -> bool:
    return "Content Security Policy" in said or "Content-Security-Policy" in said or "Uncaught" in said


def make_account(email: str, **of_person: object) -> object:
    """An account with a person, for tests that need somebody signed in."""
    from coproduce.network.people.models import Person

    person = Person.objects.using("owner").create(**{"pseudonym": "Kestrel", **of_person})
    return get_user_model().objects.db_manager("owner").create_user(email, "a long password", person_id=person.pk)
