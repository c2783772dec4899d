"""Every address of the site, taken from the resolver, so that a new page is tried as soon as it exists."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

#: Django's own page to serve files in development is not ours.
PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")


def patterns() -> list[str]:
    """Every address as `/needs/<int:need_id>/`; groups of regular expressions become `<str:name>`."""
    return sorted(set(_under(get_resolver().url_patterns, "/")))


def _under(listed: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for entry in listed:
        here = before + re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<str:\1>", str(entry.pattern)).strip("^$").replace("\\Z", "")
        if isinstance(entry, URLResolver):
            yield from _under(entry.url_patterns, here)
        else:
            yield here


def filled(pattern: str, value: str, known: dict[str, str] | None = None) -> str:
    """The address with this value for each parameter, save those that are known."""
    return PARAMETER.sub(lambda found: (known or {}).get(found["name"], value), pattern)


def takes(pattern: str) -> list[str]:
    """The names of its parameters."""
    return [found["name"] for found in PARAMETER.finditer(pattern)]
