"""From a row of a file to the words of a resource: which column means what."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from coproduce.errors import InvalidInput
from coproduce.events import LineOfWork
from coproduce.network.commons.words import Words

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
}

_LINES = {line.name.lower().replace("_", "-"): line.value for line in LineOfWork}


@dataclass(frozen=True)
class Described:
    """What a row says: the id it has in its source, its words, and what it is about by name."""

    key: str
    words: Words
    publisher: str
    conditions: tuple[str, ...]
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class Defaults:
    """What counts where a column is missing, and which columns have other names than ours."""

    renamed: Mapping[str, str]
    kind: str = "information"
    line_of_work: int = LineOfWork.ILLNESS
    risk_class: int = 2
    language: str = "en"
    license: str = "LicenseRef-unknown"


@cache
def known_sources() -> Mapping[str, Mapping[str, str]]:
    """Publishers that importers know: their name, address and licence, by the word files use for them."""
    text = files("coproduce.network.commons").joinpath("sources.toml").read_text("utf-8")
    return tomllib.loads(text)


def described(row: Mapping[str, Any], defaults: Defaults) -> Described:
    """What a row says, checked. Raises InvalidInput, naming the field."""

    def cell(name: str) -> Any:
        columns = (defaults.renamed[name],) if name in defaults.renamed else COLUMNS[name]
        return next((row[column] for column in columns if row.get(column) not in (None, "", [])), None)

    def text(name: str, default: str = "") -> str:
        value = cell(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise InvalidInput(given="something else than text", expected="text", field=name)
        return str(value)

    key = text("id").strip()
    if not 1 <= len(key) <= 200 or "\x00" in key:
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
        audience=_parts(cell("audience"), "audience") or ("patient", "family"),
        stages=_parts(cell("stages"), "stages"),
        language=text("language", defaults.language),
        license=text("license", source.get("license", defaults.license)),
        help_kind=text("help_kind"),
    )
    return Described(
        key=key,
        words=words.checked(),
        publisher=source.get("name", text("source"))[:150],
        conditions=_parts(cell("conditions"), "conditions"),
        aliases=_parts(cell("aliases"), "aliases"),
    )


def _parts(value: Any, name: str) -> tuple[str, ...]:
    """A list of texts; in CSV, parts of one cell are set apart by semicolons."""
    if value is None:
        return ()
    parts: Sequence[Any] = value.split(";") if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str) and "\x00" not in part for part in parts):
        raise InvalidInput(given="something else than a list of texts", expected="a list of texts", field=name)
    return tuple(dict.fromkeys(" ".join(part.split())[:300] for part in parts if part.strip()))


def _line(given: str) -> int:
    return _LINES[given] if given in _LINES else _whole(given, "line_of_work")


def _whole(given: str, name: str) -> int:
    try:
        return int(given)
    except ValueError as problem:
        raise InvalidInput(given="something else than a number", expected="a whole number", field=name) from problem
