"""The data that components show: small frozen records that an app fills and a template tag draws.

An app never writes the markup of a card or a step itself; it says what is to be seen, and `{% load design %}` draws it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coproduce.errors import InvalidInput

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    #: A plain or a lazily translated string.
    Text = str | _StrPromise
else:
    Text = str

State = Literal["done", "now", "ahead", "stopped"]
Thread = Literal["need", "resource", "person", "learned"]


@dataclass(frozen=True)
class Crumb:
    """One step of the way from the home page to here; the last one has no address."""

    text: Text
    url: str = ""


@dataclass(frozen=True)
class Step:
    """One step of a status: what it is called, whether it is reached, when, and a word on it."""

    name: Text
    state: State
    at: datetime | None = None
    detail: Text = ""


#: The four steps of a need, as the person who stated it sees them.
NEED_STEPS: tuple[tuple[str, Text], ...] = (
    ("heard", pgettext_lazy("step of a need", "Heard")),
    ("on-it", pgettext_lazy("step of a need", "Someone is on it")),
    ("here", pgettext_lazy("step of a need", "Here it is")),
    ("helped", pgettext_lazy("step of a need", "Did it help?")),
)


def need_steps(
    now: str,
    *,
    at: Mapping[str, datetime] | None = None,
    details: Mapping[str, Text] | None = None,
    closed: bool = False,
    stopped: bool = False,
) -> list[Step]:
    """The four steps of a need that stands at `now`; `closed`: the last is done; `stopped`: it went no further.

    Raises InvalidInput when `now` names no step.
    """
    names = [name for name, _label in NEED_STEPS]
    if now not in names:
        raise InvalidInput(given="a step that a need does not have", expected=", ".join(names))
    here = names.index(now)

    def state(place: int) -> State:
        if place < here or (place == here and (closed or stopped)):
            return "done"
        if place == here:
            return "now"
        return "stopped" if stopped else "ahead"

    return [
        Step(label, state(place), (at or {}).get(name), (details or {}).get(name, ""))
        for place, (name, label) in enumerate(NEED_STEPS)
    ]


@dataclass(frozen=True)
class Chip:
    """One thing understood from a person's words. With a name it is a tick box that the person can take away."""

    text: Text
    tone: str = ""
    note: Text = ""
    name: str = ""
    value: str = ""
    checked: bool = True


@dataclass(frozen=True, kw_only=True)
class ResourceCard:
    """A resource in a list: what it is, why it is shown, and how far it can be trusted."""

    title: Text
    url: str
    summary: Text = ""
    kind: Text = ""
    reason: Text = ""
    chips: Sequence[Chip] = ()
    meta: Sequence[Text] = ()
    language: str = ""
    level: int = 3


@dataclass(frozen=True, kw_only=True)
class PersonCard:
    """A person who can help: their chosen name, what they know, and why they are shown."""

    name: Text
    url: str
    about: Text = ""
    role: Text = ""
    reason: Text = ""
    chips: Sequence[Chip] = ()
    meta: Sequence[Text] = ()
    level: int = 3

    @property
    def initial(self) -> str:
        """First letter of the name, for the round sign beside it."""
        return str(self.name).strip()[:1].upper()


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A number with what is needed to trust it: how many, how sure, what it means."""

    title: Text
    value: Text | None
    unit: Text = ""
    n: int | None = None
    #: What n counts, in words ("from 40 needs"); cases where nothing is said.
    counted: Text = ""
    low: Text = ""
    high: Text = ""
    missing: int = 0
    note: Text = ""
    definition: Text = ""
    formula: Text = ""
    source: Text = ""
    url: str = ""
    csv_url: str = ""
    level: int = 3


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart that can also be read: the drawing, a sentence, and the same numbers as a table.

    `svg` is markup from `coproduce.figures`, never from a person.
    """

    title: Text
    svg: str
    summary: Text
    columns: Sequence[Text]
    rows: Sequence[Sequence[Text | int | float]]
    csv_url: str = ""
    definition_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One knot in a story: what happened, when, by whom; `quote` holds somebody's own words."""

    title: Text
    at: datetime | None = None
    thread: Thread = "resource"
    icon: str = ""
    who: Text = ""
    detail: Text = ""
    quote: Text = ""
    url: str = ""
    #: How long after the moment before, in words.
    after: Text = ""

    @property
    def sign(self) -> str:
        """Name of the icon on the knot."""
        return self.icon or {"need": "need", "person": "people", "learned": "leaf"}.get(self.thread, "commons")


@dataclass(frozen=True)
class DiffLine:
    """One line of a comparison; `pieces` are (text, changed?)."""

    kind: Literal["same", "removed", "added", "gap"]
    pieces: tuple[tuple[str, bool], ...]


#: Comparing takes up to quadratic time; longer texts are shown as wholly replaced.
MOST_LINES_COMPARED = 2_000
MOST_CHARACTERS_COMPARED = 2_000


def diff_lines(old: str, new: str, *, around: int = 2) -> list[DiffLine]:
    """What changed from old to new, line by line, with the changed words marked.

    >>> [line.kind for line in diff_lines("one\\ntwo", "one\\nthree")]
    ['same', 'removed', 'added']
    """
    before, after = old.splitlines(), new.splitlines()
    if max(len(before), len(after)) > MOST_LINES_COMPARED:
        return [*_whole("removed", before), *_whole("added", after)]
    lines: list[DiffLine] = []
    groups = list(difflib.SequenceMatcher(None, before, after).get_grouped_opcodes(around))
    end = 0
    for group in groups:
        if group[0][1] > end:
            lines.append(DiffLine("gap", ((str(_("unchanged lines left out")), False),)))
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                lines += _whole("same", before[i1:i2])
            else:
                lines += _changed(before[i1:i2], after[j1:j2])
        end = group[-1][2]
    return lines


def _whole(kind: Literal["same", "removed", "added"], lines: Sequence[str]) -> list[DiffLine]:
    return [DiffLine(kind, ((line, False),)) for line in lines]


def _changed(before: Sequence[str], after: Sequence[str]) -> Iterator[DiffLine]:
    if len(before) != len(after):
        yield from _whole("removed", before)
        yield from _whole("added", after)
        return
    pairs = [_words(old, new) for old, new in zip(before, after, strict=True)]
    for removed, _added in pairs:
        yield DiffLine("removed", removed)
    for _removed, added in pairs:
        yield DiffLine("added", added)


def _words(old: str, new: str) -> tuple[tuple[tuple[str, bool], ...], tuple[tuple[str, bool], ...]]:
    if max(len(old), len(new)) > MOST_CHARACTERS_COMPARED:
        return ((old, True),), ((new, True),)
    a, b = old.split(" "), new.split(" ")
    removed: list[tuple[str, bool]] = []
    added: list[tuple[str, bool]] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        changed = tag != "equal"
        if i2 > i1:
            removed.append((" ".join(a[i1:i2]), changed))
        if j2 > j1:
            added.append((" ".join(b[j1:j2]), changed))
    return tuple(removed), tuple(added)
