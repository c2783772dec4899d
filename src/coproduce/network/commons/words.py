"""What words of a resource must be before they are kept: clean, within bounds, openly licensed, safely linked."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from coproduce.errors import InvalidInput
from coproduce.events import LineOfWork
from coproduce.network.commons.models import Kind

LONGEST = {"title": 300, "summary": 600, "body": 60_000, "link": 600, "note": 300, "help_kind": 60}
AUDIENCES = ("patient", "family", "clinician", "researcher", "improvement-lead")

#: Characters that change the reading order of what follows: they can make a text read otherwise than it is.
_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


@dataclass(frozen=True, kw_only=True)
class Words:
    """Everything that a version says; checked when it is made."""

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
    conditions: tuple[int, ...] = field(default=())

    def checked(self) -> Words:
        """The same words, cleaned. Raises InvalidInput, naming the field, for what cannot be kept."""
        cleaned = {
            name: clean(getattr(self, name), name, longest) for name, longest in LONGEST.items() if hasattr(self, name)
        }
        if not cleaned["title"]:
            raise InvalidInput(given=_("no title"), expected=_("a title"), field="title")
        if not cleaned["body"] and not cleaned["link"]:
            raise InvalidInput(given=_("neither text nor link"), expected=_("one of the two"), field="body")
        _check_link(cleaned["link"])
        _one_of(self.kind, [choice.value for choice in Kind], "kind")
        _one_of(self.line_of_work, [line.value for line in LineOfWork], "line_of_work")
        _one_of(self.risk_class, [0, 1, 2, 3], "risk_class")
        for audience in self.audience:
            _one_of(audience, AUDIENCES, "audience")
        check_license(self.license)
        check_language(self.language)
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return Words(**{**values, **cleaned})

    @property
    def fingerprint(self) -> bytes:
        """16 bytes that change when anything said changes."""
        said = "\x1f".join(str(getattr(self, name)) for name in sorted(self.__dataclass_fields__))
        return hashlib.blake2b(said.encode(), digest_size=16).digest()


def clean(text: str, name: str, longest: int) -> str:
    """The text in NFC, without blanks around it and without characters that turn the reading order.

    Raises InvalidInput for a null byte and for text longer than allowed.
    """
    if "\x00" in text:
        raise InvalidInput(given=_("a null byte"), expected=_("text"), field=name)
    tidy = unicodedata.normalize("NFC", text).translate(_BIDI).strip()
    if len(tidy) > longest:
        raise InvalidInput(
            given=_("%(n)s characters") % {"n": len(tidy)},
            expected=_("at most %(n)s") % {"n": longest},
            next_step=_("Shorten it, or split it in two."),
            field=name,
        )
    return tidy


def _check_link(link: str) -> None:
    if not link:
        return
    try:
        address = urlsplit(link)
        fits = address.scheme in {"http", "https"} and bool(address.hostname)
    except ValueError:
        fits = False
    if not fits:
        raise InvalidInput(
            given=_("a link of another kind"), expected=_("a link that starts with https:// or http://"), field="link"
        )


def _one_of(given: object, allowed: Sequence[object], name: str) -> None:
    if given not in allowed:
        raise InvalidInput(given=_("something else"), expected=", ".join(str(choice) for choice in allowed), field=name)


@lru_cache(maxsize=1024)
def check_license(identifier: str) -> None:
    """Raises InvalidInput unless it is an SPDX licence expression (spdx.org/licenses)."""
    from license_expression import ExpressionError, get_spdx_licensing

    try:
        errors = get_spdx_licensing().validate(identifier).errors if identifier else ["empty"]
    except (ExpressionError, AttributeError, TypeError):
        errors = ["unreadable"]
    if errors:
        raise InvalidInput(
            given=_("an unknown licence"),
            expected=_("an SPDX id such as CC-BY-4.0 or CC0-1.0"),
            field="license",
        )


def check_language(tag: str) -> None:
    """Raises InvalidInput unless it is a valid BCP 47 language tag."""
    import langcodes

    if not langcodes.tag_is_valid(tag):
        raise InvalidInput(given=_("an unknown language"), expected=_("a tag such as en or pt-BR"), field="language")
