"""Every page of the example network, as everybody who looks: no barrier, nothing sideways, at every size and scheme.

The addresses are those of `benchmarks.service.pages`, so a new page is tried as soon as it exists. A page whose markup
another visitor met already is not opened twice; light and dark, narrow and wide differ by style alone, so axe asks
everything of a light phone and what style decides of a wide, dark window; the tests of each part take the other two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from benchmarks.service import pages
from django.conf import settings
from django.test import Client

from coproduce.network.database import DatabaseUrls
from tests.browser.conftest import Visit
from tests.browser.visitor import DESKTOP, PHONE, Visitor
from tests.network.conftest import Example, own_database
from tests.network.database_fixture import TestServer

#: Rules of axe whose answer depends on colours and sizes.
OF_STYLE = ("color-contrast", "target-size", "link-in-text-block", "scrollable-region-focusable")
#: CSS pixels: the narrowest window of WCAG 2.2, 1.4.10, which is 400 % zoom of 1280.
NARROWEST = 320
#: The largest a reader's own text may be (WCAG 2.2, 1.4.4).
LARGE_TEXT = "html { font-size: 200% !important; }"
_CUT = """() => [...document.querySelectorAll("h1, h2, h3, p, a, button, label, dd, li, th, td, summary")].filter(e =>
  e.offsetParent && !e.closest(".visually-hidden, .plate, .table-wrap") && getComputedStyle(e).overflow !== "visible"
  && (e.scrollWidth > e.clientWidth + 2 || e.scrollHeight > e.clientHeight + 4)).map(e => e.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def site_database(
    database_server: TestServer, example_mould: Example, django_db_blocker: object
) -> Iterator[DatabaseUrls]:
    """A copy of the example network for the tests of this file."""
    mould = example_mould
    with own_database(database_server, mould.urls, django_db_blocker, mould.data) as urls:
        yield urls


@pytest.fixture(scope="module")
def example(site: str) -> dict[str, str]:
    """The addresses of the example network that are pages."""
    return pages.addresses(pages.blanks())


def _arrive(visit: Visit, who: str, **wishes: object) -> Visitor:
    visitor = visit(**wishes)
    if who != "guest":
        session = pages.sessions()[who]
        visitor.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": visitor.site}])
    return visitor


def _kind(markup: str) -> str:
    """A page without its words and numbers."""
    return re.sub(r'>[^<]+<|="[^"]*\d[^"]*"', "", re.sub(r"<svg.*?</svg>|<script.*?</script>", "", markup, flags=re.S))


def _markup(who: str, addresses: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The route and markup of each address that is a page for this visitor, without a browser."""
    client = Client(headers={"Host": "127.0.0.1", "Accept": "text/html"})
    if who != "guest":
        client.cookies[settings.SESSION_COOKIE_NAME] = pages.sessions()[who]
    for route, path in addresses.items():
        if not re.search(r"\.(csv|txt)$|/status/$|/open/|suggest", path):
            answer = client.get(path)
            if answer.status_code == 200 and "text/html" in answer["Content-Type"]:
                yield route, answer.content.decode()


def _new(visitor: Visitor, who: str, addresses: dict[str, str], tried: set[str]) -> Iterator[str]:
    """Opens each page whose markup was not tried yet, one after another."""
    for route, markup in _markup(who, addresses):
        kind = _kind(markup)
        if kind not in tried:
            tried.add(kind)
            assert visitor.go(addresses[route]).status == 200
            yield f"{route} as {who}"


# One test for all visitors, not one for each: what the last one met need not be tried again.
def test_no_page_has_a_barrier_for_whoever_opens_it(visit: Visit, example: dict[str, str]) -> None:
    met: set[str] = set()
    found: dict[str, list[str]] = {}
    for who in pages.VISITORS:
        visitor = _arrive(visit, who, width=PHONE)
        for page in _new(visitor, who, example, met):
            barriers = visitor.barriers()
            visitor.page.set_viewport_size({"width": DESKTOP, "height": 800})
            visitor.page.emulate_media(color_scheme="dark")
            barriers += [f"wide and dark: {one}" for one in visitor.barriers(*OF_STYLE)]
            visitor.page.set_viewport_size({"width": PHONE, "height": 800})
            visitor.page.emulate_media(color_scheme="light")
            if barriers:
                found[page] = barriers
    assert found == {}, found


def test_every_page_fits_a_narrow_window_and_large_text(visit: Visit, example: dict[str, str]) -> None:
    fitted: set[str] = set()
    found: dict[str, list[str]] = {}
    for who in ("guest", "josephine"):
        visitor = _arrive(visit, who, width=NARROWEST)
        for page in _new(visitor, who, example, fitted):
            seen = [f"sideways by {visitor.sideways()}"] * (visitor.sideways() > 0) + visitor.page.evaluate(_CUT)
            visitor.page.set_viewport_size({"width": 640, "height": 800})
            visitor.page.evaluate("css => { const s = new CSSStyleSheet(); s.replaceSync(css);"
                                  " document.adoptedStyleSheets = [s]; }", LARGE_TEXT)  # fmt: skip
            seen += [f"large text: sideways by {visitor.sideways()}"] * (visitor.sideways() > 0)
            seen += [f"large text: {cut}" for cut in visitor.page.evaluate(_CUT)]
            visitor.page.set_viewport_size({"width": NARROWEST, "height": 800})
            if seen:
                found[page] = seen
    assert found == {}, found


def test_help_stands_in_the_same_place_on_every_page(example: dict[str, str]) -> None:
    feet = {
        route: re.findall(r"<footer.*?</footer>", markup, flags=re.S) for route, markup in _markup("josephine", example)
    }
    del feet["health"]  # it stands alone, since it must answer when nothing else does
    orders = {tuple(re.findall(r"<a [^>]*>([^<]+)</a>", "".join(foot))) for foot in feet.values()}
    assert len(orders) == 1, orders
    assert orders.pop()
