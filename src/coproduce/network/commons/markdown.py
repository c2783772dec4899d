"""Markdown to safe HTML: no scripts, no outside images, headings below the page's own."""

from __future__ import annotations

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_TAGS = {
    "a", "blockquote", "br", "code", "dd", "del", "dl", "dt", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol",
    "p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_reader = MarkdownIt("commonmark", {"html": False, "typographer": True}).enable(
    ["table", "strikethrough", "smartquotes"]
)


@lru_cache(maxsize=512)
def to_html(markdown: str) -> SafeString:
    """The HTML of a resource's Markdown, sanitised. Cached, since a version's words never change."""
    tokens = _reader.parse(markdown)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"
    rendered = _reader.renderer.render(tokens, _reader.options, {})
    clean = nh3.clean(
        rendered, tags=_TAGS, attributes={"a": {"href", "title"}}, url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow",
    )  # fmt: skip
    return mark_safe(clean)  # noqa: S308 nh3 has cleaned it
