"""The Network page in a browser: no barrier, no script needed, light enough for a slow line."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visit
from tests.browser.visitor import DESKTOP, PHONE
from tests.network.observatory.conftest import write_year

PATHS = ("/network/", "/network/N2.F7d/", "/network/E2.climb/", "/network/all/")


@pytest.fixture(scope="module", autouse=True)
def year(site: str) -> None:
    """A year of life in this file's database."""
    write_year()


# A light phone and a dark, wide window are tried on every page of the example network, these among them.
@pytest.mark.parametrize(("width", "dark"), [(PHONE, True), (DESKTOP, False)])
def test_its_pages_have_no_barrier(visit: Visit, width: int, dark: bool) -> None:
    visitor = visit(width=width, dark=dark)
    found = {}
    for path in PATHS:
        assert visitor.go(path).status == 200
        found[path] = (visitor.barriers(), visitor.sideways(), visitor.page.locator("h1").count())
    assert found == dict.fromkeys(PATHS, ([], 0, 1))


def test_the_first_load_is_at_most_120_kilobytes(visit: Visit) -> None:
    assert visit().first_load_bytes("/network/") <= 120_000


def test_a_tile_leads_to_its_measure_without_a_script(visit: Visit) -> None:
    visitor = visit(width=PHONE, javascript=False)
    visitor.go("/network/")
    tile = visitor.page.locator("article", has_text="Met within a week")
    tile.locator("summary").click()
    visitor.follow(tile.get_by_role("link", name="More"))
    assert visitor.page.locator("h1").inner_text() == "Met within a week"
    assert visitor.page.locator("svg[role=img]").count() == 2


def test_a_chart_takes_the_colours_of_a_dark_page(visit: Visit) -> None:
    seen = set()
    for dark in (False, True):
        visitor = visit(dark=dark)
        visitor.go("/network/")
        label = visitor.page.locator(".plate svg text").first
        seen.add(label.evaluate("node => getComputedStyle(node).fill"))
    assert len(seen) == 2
