"""The parts of every page: no barriers, nothing sideways, small, and whole without JavaScript."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visit
from tests.browser.visitor import DESKTOP, PHONE

PAGES = ["/design/", "/about/", "/privacy/", "/accessibility/", "/licence/", "/health", "/accounts/login/", "/nothing"]


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_no_barrier_on_a_phone(visit: Visit, path: str) -> None:
    visitor = visit(width=PHONE)
    visitor.go(path)
    assert visitor.barriers() == []


@pytest.mark.parametrize(("width", "dark"), [(PHONE, True), (DESKTOP, False), (DESKTOP, True)])
def test_axe_finds_no_barrier_in_any_part_wide_or_dark(visit: Visit, width: int, dark: bool) -> None:
    visitor = visit(width=width, dark=dark)
    visitor.go("/design/")
    assert visitor.barriers() == []


def test_axe_sees_a_barrier_where_there_is_one(visit: Visit) -> None:
    visitor = visit()
    visitor.go("/about/")
    visitor.page.evaluate("document.documentElement.removeAttribute('lang')")
    assert [found.split(":")[0] for found in visitor.barriers()] == ["html-has-lang"]


@pytest.mark.parametrize(("width", "height"), [(320, 640), (320, 200), (DESKTOP, 800)], ids=["small", "zoomed", "wide"])
def test_nothing_has_to_be_scrolled_sideways(visit: Visit, width: int, height: int) -> None:
    visitor = visit(width=width, height=height)
    too_wide = []
    for path in PAGES:
        visitor.go(path)
        too_wide += [path] * (visitor.sideways() > 0)
    assert too_wide == []


def test_the_first_load_is_at_most_120_kilobytes(visit: Visit) -> None:
    assert visit().first_load_bytes("/about/") <= 105_000
    assert visit().first_load_bytes("/accounts/login/") <= 120_000


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_a_focused_element_is_never_hidden(visit: Visit, width: int) -> None:
    visitor = visit(width=width)
    visitor.go("/design/")
    hidden = []
    for _step in range(60):
        visitor.page.keyboard.press("Tab")
        if not visitor.page.evaluate(_SEEN):
            hidden.append(visitor.page.evaluate("document.activeElement.outerHTML.slice(0, 120)"))
    assert hidden == []


_SEEN = """() => {
  const element = document.activeElement, box = element.getBoundingClientRect();
  const x = box.left + Math.min(box.width / 2, 20), y = box.top + Math.min(box.height / 2, 20);
  const top = document.elementFromPoint(Math.min(x, innerWidth - 1), Math.min(Math.max(y, 0), innerHeight - 1));
  const label = element.closest("label");
  return element === document.body || element.contains(top) || (label && label.contains(top)) || top?.contains(element);
}"""


def test_the_first_stop_of_the_keyboard_leads_to_the_page(visit: Visit) -> None:
    visitor = visit()
    visitor.go("/about/")
    visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.press("Enter")
    assert visitor.page.evaluate("document.activeElement.id") == "main"


def test_every_target_is_at_least_24_pixels_high(visit: Visit) -> None:
    visitor = visit(width=PHONE)
    visitor.go("/design/")
    small = visitor.page.eval_on_selector_all(
        "button, .button, input:not([type=hidden], label input), select, summary, nav a, label:has(input)",
        """all => all.filter(e => e.checkVisibility()).filter(e => {
             const box = e.getBoundingClientRect(); return box.height < 24 || box.width < 24;
           }).map(e => e.outerHTML.slice(0, 120))""",
    )
    assert small == []


def test_the_room_left_is_told_while_writing(visit: Visit) -> None:
    visitor = visit()
    visitor.go("/design/")
    visitor.page.locator("#id_words").fill("x" * 305)
    assert "5 characters too many" in (visitor.page.locator("#id_words_count").text_content() or "")


def test_without_javascript_the_room_is_told_all_the_same(visit: Visit) -> None:
    visitor = visit(javascript=False)
    visitor.go("/design/")
    assert "Room for 300 characters" in (visitor.page.locator("#id_words_count").text_content() or "")
