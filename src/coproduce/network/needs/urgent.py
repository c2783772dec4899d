"""Urgent signs: what is said first, before anything is searched for.

The list, urgent_signs.toml, is reviewed and has an owner; it says itself how a text is read. It notices; it never
diagnoses, and it never keeps a need away. Nothing here is stored.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files

Patterns = tuple[re.Pattern[str], ...]

_APOSTROPHES = re.compile("['’‘ʼ`´]")
_BLANKS = re.compile(r"[ \t\r\f\v]+")
#: Longest text that is read; a need is shorter.
_LONGEST = 6_000


@dataclass(frozen=True)
class UrgentSign:
    """One sign: what it is called, how soon it matters, what to do now, and what shows it."""

    id: str
    name: str
    severity: str
    do_now: tuple[str, ...]
    notice: Patterns
    with_: Patterns = ()
    without: Patterns = ()
    unless: Patterns = ()
    covers: tuple[str, ...] = ()

    @property
    def is_emergency(self) -> bool:
        """True when it is for now, not for today."""
        return self.severity == "emergency"


@dataclass(frozen=True)
class Reading:
    """How pieces of a text are set apart, and which words silence a sign."""

    split_at: re.Pattern[str]
    negated: re.Pattern[str]
    past: Patterns
    general: Patterns
    present: Patterns


@dataclass(frozen=True)
class UrgentSigns:
    """The reviewed list."""

    signs: Sequence[UrgentSign]
    reading: Reading
    say: Mapping[str, str]
    owner: str
    review_due: str
    by_id: Mapping[str, UrgentSign] = field(default_factory=dict)

    def is_overdue(self, day: date) -> bool:
        """True once the list is past the month in which it was to be reviewed."""
        return f"{day:%Y-%m}" > self.review_due


@cache
def urgent_signs() -> UrgentSigns:
    """The list that this version of the software carries."""
    text = files("coproduce.network.needs").joinpath("urgent_signs.toml").read_text("utf-8")
    listed = tomllib.loads(text)
    signs = [_sign(entry) for entry in listed["sign"]]
    reading = listed["reading"]
    return UrgentSigns(
        signs=signs,
        reading=Reading(
            split_at=re.compile(reading["split_at"]),
            negated=re.compile(reading["negated"]),
            past=_compiled(reading["past"]),
            general=_compiled(reading["general"]),
            present=_compiled(reading["present"]),
        ),
        say=listed["say"],
        owner=listed["list"]["owner"],
        review_due=listed["list"]["review_due"],
        by_id={sign.id: sign for sign in signs},
    )


def noticed(text: str) -> list[UrgentSign]:
    """The urgent signs in a text, in the order of the list; none that another one makes needless."""
    listed = urgent_signs()
    whole = _normal(text[:_LONGEST])
    pieces = [part for line in re.split(r"[.!?;\n]+", whole) for part in listed.reading.split_at.split(line) if part]
    is_present = any(pattern.search(whole) for pattern in listed.reading.present)
    found = [sign for sign in listed.signs if _shows(sign, whole, pieces, listed.reading, is_present)]
    covered = {other for sign in found for other in sign.covers}
    return [sign for sign in found if sign.id not in covered]


def _shows(sign: UrgentSign, whole: str, pieces: Sequence[str], reading: Reading, is_present: bool) -> bool:
    if any(pattern.search(whole) for pattern in sign.without):
        return False
    if sign.with_ and not _unnegated(sign.with_, whole, reading):
        return False
    silencing = reading.past + sign.unless + (() if is_present else reading.general)
    return any(
        _unnegated(sign.notice, piece, reading) and not any(pattern.search(piece) for pattern in silencing)
        for piece in pieces
    )


def _unnegated(patterns: Patterns, text: str, reading: Reading) -> bool:
    return any(
        not reading.negated.search(text[: match.start()]) for pattern in patterns for match in pattern.finditer(text)
    )


def _normal(text: str) -> str:
    folded = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", text).lower())
    return _BLANKS.sub(" ", folded)


def _compiled(patterns: Sequence[str]) -> Patterns:
    return tuple(re.compile(pattern) for pattern in patterns)


def _sign(entry: Mapping[str, object]) -> UrgentSign:
    def patterns(name: str) -> Patterns:
        return _compiled(entry.get(name, ()))  # type: ignore[arg-type]

    do_now = entry["do_now"]
    return UrgentSign(
        id=str(entry["id"]),
        name=str(entry["name"]),
        severity=str(entry["severity"]),
        do_now=(do_now,) if isinstance(do_now, str) else tuple(do_now),  # type: ignore[arg-type]
        notice=patterns("notice"),
        with_=patterns("with"),
        without=patterns("without"),
        unless=patterns("unless"),
        covers=tuple(entry.get("covers", ())),  # type: ignore[arg-type]
    )
