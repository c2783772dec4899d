"""Markdown to safe HTML: no scripts, no outside images, headings below the page's own."""

from __future__ import annotations

from functools import lru_cache

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

_TAGS = {
    "a", "blockquote", "br", "code", "dd", "del", "dl", "dt", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol",
    "p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_reader = MarkdownIt("commonmark", {"html": False, "typographer": True}).enable(
    ["table", "strikethrough", "smartquotes"]
)


def to_html(markdown: str) -> SafeString:
    """The HTML of a resource's Markdown, sanitised; a table scrolls in a box of its own that the keyboard reaches."""
    box = format_html('<div class="table-wrap" tabindex="0" role="region" aria-label="{}"><table>', _("Table"))
    # Words never hold a bare "<table>": in them it is escaped.
    return mark_safe(_clean(markdown).replace("<table>", box).replace("</table>", "</table></div>"))  # noqa: S308


@lru_cache(maxsize=512)
def _clean(markdown: str) -> str:
    """Sanitised HTML. Cached, since a version's words never change."""
    tokens = _reader.parse(markdown)
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    # A text's own top level stands right below the page's title, whether it is written # or ##.
    top = min((int(token.tag[1]) for token in headings), default=1)
    for token in headings:
        token.tag = f"h{min(int(token.tag[1]) - top + 2, 6)}"
    rendered = _reader.renderer.render(tokens, _reader.options, {})
    return nh3.clean(
        rendered, tags=_TAGS, attributes={"a": {"href", "title"}}, url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow",
    )  # fmt: skip
