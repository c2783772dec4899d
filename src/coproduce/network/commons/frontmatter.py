"""Resources written as Markdown with TOML front matter: one file each, the way people keep them in a folder."""

from __future__ import annotations

import tomllib
from typing import Any

from coproduce.errors import BadFile

FENCE = "+++"


def parsed(text: str) -> tuple[dict[str, Any], str]:
    """The fields and the Markdown of a text that begins with TOML between two lines of +++.

    Raises BadFile for another form.

    >>> parsed('+++\\nkey = "a"\\n+++\\nHello')
    ({'key': 'a'}, 'Hello')
    """
    try:
        before, matter, body = text.removeprefix("\ufeff").replace("\r\n", "\n").split(f"{FENCE}\n", 2)
        fields = tomllib.loads(matter)
    except (ValueError, RecursionError) as problem:
        raise BadFile(
            given="a text without front matter", expected="TOML between two lines of +++, then Markdown"
        ) from problem
    if before.strip():
        raise BadFile(given="text before the front matter", expected="+++ on the first line")
    return fields, body.strip()
