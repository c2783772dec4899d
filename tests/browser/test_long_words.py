"""Long words, as German makes them, at 320 CSS pixels: what a window of 1280 shows at 400 % zoom."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Visit
from tests.browser.visitor import make_account

LONGEN = """document.querySelectorAll('h1, h2, h3, button, label, legend, a, p').forEach(part => {
  for (const piece of part.childNodes)
    if (piece.nodeType === 3 && piece.data.trim()) { piece.data += ' Donaudampfschifffahrtsgesellschaft'; break }
})"""


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_no_page_is_wider_than_a_narrow_window(visit: Visit, direction: str) -> None:
    visitor = visit(width=320, account=make_account(f"{direction}@example.org"))
    for path in ("/", "/needs/", "/people/", "/commons/", "/me/", "/about/"):
        visitor.go(path)
        visitor.page.evaluate(f"document.documentElement.dir = '{direction}'")
        visitor.page.evaluate(LONGEN)
        assert visitor.sideways() == 0, path
