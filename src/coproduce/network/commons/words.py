"""What words of a resource must be before they are kept: clean, within bounds, openly licensed, safely linked."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from coproduce.errors import InvalidInput
from coproduce.events import LineOfWork
from coproduce.network.commons.models import Kind
from coproduce.network.languages import check_language

LONGEST = {"title": 300, "summary": 600, "body": 60_000, "link": 600, "note": 300, "help_kind": 60}
AUDIENCES = ("patient", "family", "clinician", "researcher", "improvement-lead")
STAGES = ("just-told", "starting-treatment", "flare", "surgery", "steady", "moving-to-adult-care")
MOST_SOURCES = 50
#: For what comes from elsewhere without saying how it may be used.
UNKNOWN_LICENSE = "LicenseRef-unknown"
_LONGEST_LICENSE = 60

#: Characters that change the reading order of what follows: they can make a text read otherwise than it is.
_BIDI = "\u202a-\u202e\u2066-\u2069"
#: These, and control characters other than a tab and the end of a line.
_UNWANTED = re.compile(f"[\x01-\x08\x0b-\x1f\x7f-\x9f{_BIDI}]")
_SURROGATE = re.compile("[\ud800-\udfff]")
#: SPDX's own form for a licence that is not on its list.
_OWN_LICENSE = re.compile(r"LicenseRef-[A-Za-z0-9.-]{1,40}")
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>]{1,200}")


def may_be_adapted(license_id: str) -> bool:
    """Whether its text may be changed and shared again: not under NoDerivatives, nor where nobody said how it is used.

    >>> may_be_adapted("CC-BY-4.0"), may_be_adapted("CC-BY-ND-4.0"), may_be_adapted(UNKNOWN_LICENSE)
    (True, False, False)
    """
    return license_id != UNKNOWN_LICENSE and "-ND-" not in license_id


def is_share_alike(license_id: str) -> bool:
    """Whether what is made of it must be shared under the same licence.

    >>> is_share_alike("CC-BY-SA-4.0")
    True
    """
    return "-SA-" in license_id


@dataclass(frozen=True, kw_only=True)
class Words:
    """Everything that a version says."""

    title: str
    kind: str
    line_of_work: int
    risk_class: int
    summary: str = ""
    body: str = ""
    link: str = ""
    audience: tuple[str, ...] = ("patient", "family")
    stages: tuple[str, ...] = ()
    language: str = "en"
    license: str = "CC-BY-4.0"
    help_kind: str = ""
    sources: Sequence[Mapping[str, object]] = ()
    conditions: tuple[int, ...] = ()

    def checked(self) -> Words:
        """The same words, cleaned. Raises InvalidInput, naming the field, for what cannot be kept."""
        tidy: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        tidy |= {name: clean(tidy[name], name, longest) for name, longest in LONGEST.items() if name in tidy}
        tidy["title"] = " ".join(tidy["title"].split())
        if not any(character.isprintable() and not character.isspace() for character in tidy["title"]):
            raise InvalidInput(given=_("no title"), expected=_("a title"), field="title")
        if not tidy["body"] and not tidy["link"]:
            raise InvalidInput(given=_("neither text nor link"), expected=_("one of the two"), field="body")
        if tidy["link"]:
            check_link(tidy["link"], "link")
        _among((self.kind,), Kind.values, "kind")
        _among((self.line_of_work,), [line.value for line in LineOfWork], "line_of_work")
        _among((self.risk_class,), [0, 1, 2, 3], "risk_class")
        _among(self.audience, AUDIENCES, "audience")
        _among(self.stages, STAGES, "stages")
        check_license(self.license)
        check_language(self.language)
        return Words(**tidy | {"sources": _checked_sources(self.sources)})

    @property
    def fingerprint(self) -> bytes:
        """16 bytes that change when anything said changes; the order of conditions says nothing."""
        said = {field.name: getattr(self, field.name) for field in fields(self)}
        said["conditions"] = sorted(self.conditions)
        return digest(said)


def digest(said: object) -> bytes:
    """16 bytes that stand for something made of texts, numbers, lists and tables."""
    return hashlib.blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=16).digest()


def clean(text: str, name: str, longest: int) -> str:
    """The text in NFC with plain ends of lines, without blanks around it and without characters that nobody sees.

    Raises InvalidInput for a null byte, for half a character, and for text longer than allowed.
    """
    if "\x00" in text or _SURROGATE.search(text):
        raise InvalidInput(given=_("a null byte or half a character"), expected=_("text"), field=name)
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    tidy = _UNWANTED.sub("", unicodedata.normalize("NFC", lines)).strip()
    if len(tidy) > longest:
        raise InvalidInput(
            given=_("%(n)s characters") % {"n": len(tidy)},
            expected=_("at most %(n)s") % {"n": longest},
            next_step=_("Shorten it, or split it in two."),
            field=name,
        )
    return tidy


def check_link(link: str, name: str) -> None:
    """Raises InvalidInput unless it is a web address whose host is the one that people see."""
    try:
        address = urlsplit(link)
        fits = address.scheme in {"http", "https"} and bool(address.hostname) and "@" not in address.netloc
    except ValueError:
        fits = False
    if not fits or any(character.isspace() or not character.isprintable() for character in link):
        raise InvalidInput(
            given=_("a link of another kind"), expected=_("a link that starts with https:// or http://"), field=name
        )


def _checked_sources(sources: Sequence[Mapping[str, object]]) -> tuple[dict[str, object], ...]:
    if len(sources) > MOST_SOURCES or not all(isinstance(source, Mapping) for source in sources):
        raise InvalidInput(given=_("too many sources, or no sources"), expected=_("a list of sources"), field="sources")
    return tuple(_checked_source(source) for source in sources)


def _checked_source(source: Mapping[str, object]) -> dict[str, object]:
    said = {
        name: clean(str(source[name]), "sources", 600)
        for name in ("title", "publisher", "url", "doi")
        if name in source
    }
    if not said.get("title"):
        raise InvalidInput(given=_("a source without a title"), expected=_("a title"), field="sources")
    if said.get("url"):
        check_link(said["url"], "sources")
    if said.get("doi") and not _DOI.fullmatch(said["doi"]):
        raise InvalidInput(given=_("a DOI of another form"), expected=_("one such as 10.1000/182"), field="sources")
    year = source.get("year")
    if year is not None and (isinstance(year, bool) or not isinstance(year, int) or not 1000 <= year <= 2999):
        raise InvalidInput(given=_("a year of another form"), expected=_("four digits"), field="sources")
    return {**said} if year is None else {**said, "year": year}


def _among(given: Sequence[object], allowed: Sequence[object], name: str) -> None:
    if any(isinstance(one, bool) or one not in allowed for one in given):
        raise InvalidInput(given=_("something else"), expected=", ".join(str(choice) for choice in allowed), field=name)


@lru_cache(maxsize=1024)
def check_license(identifier: str) -> None:
    """Raises InvalidInput unless it is an SPDX licence expression (spdx.org/licenses)."""
    from license_expression import ExpressionError, get_spdx_licensing

    try:
        fits = len(identifier) <= _LONGEST_LICENSE and not get_spdx_licensing().validate(identifier).errors
    except (ExpressionError, AttributeError, TypeError):
        fits = False
    if _OWN_LICENSE.fullmatch(identifier):
        return
    if not fits or not identifier.strip():
        raise InvalidInput(
            given=_("an unknown licence"),
            expected=_("an SPDX id such as CC-BY-4.0 or CC0-1.0"),
            field="license",
        )
