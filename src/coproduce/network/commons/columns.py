"""From a row of a file to the words of a resource: which column means what."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from coproduce.errors import BadFile, InvalidInput
from coproduce.events import LineOfWork
from coproduce.network.commons.words import UNKNOWN_LICENSE, Words, clean, digest

#: Our field, and the names under which a column may give it; the first one found counts.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "key", "identifier"),
    "title": ("title", "question", "name"),
    "summary": ("summary", "abstract", "description"),
    "body": ("body", "text", "answer", "content"),
    "link": ("link", "url"),
    "source": ("source", "publisher"),
    "kind": ("kind",),
    "line_of_work": ("line_of_work",),
    "risk_class": ("risk_class",),
    "audience": ("audience",),
    "stages": ("stages", "stage"),
    "language": ("language", "lang"),
    "license": ("license", "licence"),
    "conditions": ("conditions", "condition", "focus"),
    "aliases": ("aliases", "syn", "synonyms"),
    "help_kind": ("help_kind", "kind_of_help", "qtype"),
    "authors": ("authors", "author"),
    "sources": ("sources",),
}

_LINES = {line.name.lower().replace("_", "-"): line.value for line in LineOfWork}


@dataclass(frozen=True)
class Described:
    """What a row says: the id it has in its source, its words, and what it is about by name."""

    key: str
    words: Words
    #: Who made it and what they did: outside names.
    credits: tuple[tuple[str, str], ...]
    conditions: tuple[str, ...]
    aliases: tuple[str, ...]

    @property
    def fingerprint(self) -> bytes:
        """16 bytes that change when anything that the row says changes."""
        return digest([self.words.fingerprint.hex(), self.credits, self.conditions, self.aliases])


@dataclass(frozen=True)
class Defaults:
    """What counts where a column is missing, and which columns have other names than ours.

    Raises InvalidInput for a field that there is not.
    """

    renamed: Mapping[str, str] = field(default_factory=dict)
    kind: str = "information"
    line_of_work: int = LineOfWork.ILLNESS
    risk_class: int = 2
    language: str = "en"
    license: str = UNKNOWN_LICENSE

    def __post_init__(self) -> None:
        if unknown := self.renamed.keys() - COLUMNS.keys():
            raise InvalidInput(given=f"{len(unknown)} unknown field(s)", expected=", ".join(COLUMNS))

    def cell(self, row: Mapping[str, Any], name: str) -> Any:
        """What a row gives for a field of ours; None where it gives nothing."""
        columns = (self.renamed[name],) if name in self.renamed else COLUMNS[name]
        return next((row[column] for column in columns if row.get(column) not in (None, "", [])), None)

    def key(self, row: Mapping[str, Any]) -> str:
        """The id of a row in its source; empty when it has none that can be used."""
        value = self.cell(row, "id")
        text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
        return text if len(text) <= 200 and text.isprintable() else ""

    def check_header(self, names: Collection[str]) -> None:
        """Raises BadFile for columns among which no id and no title is: a file about something else."""
        for needed in ("id", "title"):
            columns = (self.renamed[needed],) if needed in self.renamed else COLUMNS[needed]
            if not any(column in names for column in columns):
                raise BadFile(
                    given=f"a file without a column for the {needed}",
                    expected=" or ".join(columns),
                    next_step=f"Name the column that holds it: --map {needed}=COLUMN.",
                )


@cache
def known_sources() -> Mapping[str, Mapping[str, str]]:
    """Publishers that importers know: their name, address and licence, by the word files use for them."""
    text = files("coproduce.network.commons").joinpath("sources.toml").read_text("utf-8")
    return tomllib.loads(text)


def described(row: Mapping[str, Any], defaults: Defaults) -> Described:
    """What a row says, checked. Raises InvalidInput, naming the field."""

    def text(name: str, default: str = "") -> str:
        return _text(defaults.cell(row, name), name, default)

    def parts(name: str) -> tuple[str, ...]:
        return _parts(defaults.cell(row, name), name)

    key = defaults.key(row)
    if not key:
        raise InvalidInput(given="no id, or a long one", expected="an id of 1 to 200 characters", field="id")
    source = known_sources().get(text("source"), {})
    body, link = text("body"), text("link")
    if not body.strip() and not link:
        # Without a text of its own a row points to where the text is.
        link = source.get("url", "")
    words = Words(
        title=text("title"),
        summary=text("summary"),
        body=body,
        link=link,
        kind=text("kind", defaults.kind),
        line_of_work=_line(text("line_of_work", str(defaults.line_of_work))),
        risk_class=_whole(text("risk_class", str(defaults.risk_class)), "risk_class"),
        audience=parts("audience") or ("patient", "family"),
        stages=parts("stages"),
        language=text("language", defaults.language),
        license=text("license", source.get("license", defaults.license)),
        help_kind=text("help_kind"),
        sources=_tables(defaults.cell(row, "sources"), "sources"),
    )
    return Described(
        key=key,
        words=words.checked(),
        credits=_credits(source.get("name", text("source")), defaults.cell(row, "authors")),
        conditions=parts("conditions"),
        aliases=parts("aliases"),
    )


def _text(value: Any, name: str, default: str = "") -> str:
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise InvalidInput(given="something else than text", expected="text", field=name)
    return str(value)


def _parts(value: Any, name: str) -> tuple[str, ...]:
    """A list of texts; in CSV, parts of one cell are set apart by semicolons."""
    if value is None:
        return ()
    parts: Sequence[Any] = value.split(";") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
        raise InvalidInput(given="something else than a list of texts", expected="a list of texts", field=name)
    return tuple(dict.fromkeys(_line_of(part, name, 300) for part in parts if part.strip()))


def _line_of(text: str, name: str, longest: int) -> str:
    return " ".join(clean(text, name, 10_000).split())[:longest]


def _tables(value: Any, name: str) -> tuple[Mapping[str, object], ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(entry, Mapping) for entry in value):
        raise InvalidInput(given="something else than a list of tables", expected="a list of tables", field=name)
    return tuple(value)


def _credits(publisher: str, authors: Any) -> tuple[tuple[str, str], ...]:
    """The publisher, and the authors: texts, or tables with `name` (or `person`) and `contribution`."""
    credited = [(_line_of(publisher, "source", 150), "published")]
    tables = isinstance(authors, list) and all(isinstance(author, Mapping) for author in authors)
    for author in _tables(authors, "authors") if tables else [{"name": name} for name in _parts(authors, "authors")]:
        name = _text(author.get("name", author.get("person")), "authors")
        part = _text(author.get("contribution"), "authors", "wrote")
        credited.append((_line_of(name, "authors", 150), _line_of(part, "authors", 60)))
    return tuple(dict.fromkeys(credit for credit in credited if credit[0]))


def _line(given: str) -> int:
    return _LINES[given] if given in _LINES else _whole(given, "line_of_work")


def _whole(given: str, name: str) -> int:
    try:
        return int(given)
    except ValueError as problem:
        raise InvalidInput(given="something else than a number", expected="a whole number", field=name) from problem
