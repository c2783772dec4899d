"""What matching knows about a resource and what may rule one out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from coproduce.errors import InvalidInput

RISK_CLASSES = range(4)


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource as the matcher sees it: public text and the few attributes that order or exclude it.

    `conditions` are the names of what the resource is about (condition, medicine, procedure, situation); `aliases`
    are other names of the same thing. `summary` says in a line or two what it is about, where its author wrote
    that. `kind_of_help` is an id or a label of `kinds_of_help.toml`; unknown labels count as "other". An empty
    language, audience or place means that it was not declared and the resource is open to all.
    """

    id: str
    title: str
    conditions: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    summary: str = ""
    body: str = ""
    kind_of_help: str = ""
    language: str = ""
    audience: tuple[str, ...] = ()
    place: str = ""
    licence: str = ""
    risk_class: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", str(self.id))
        if not self.id or "\x00" in self.id or len(self.id) > 200:
            raise InvalidInput(
                given="a resource id that is empty, too long or holds a null byte",
                expected="an id of 1 to 200 characters",
                next_step="Give each resource its own short id.",
                field="id",
            )
        if self.risk_class not in RISK_CLASSES:
            raise InvalidInput(
                given=f"risk class {self.risk_class}", expected="a risk class from 0 to 3", field="risk_class"
            )

    @classmethod
    def from_mapping(cls, row: Mapping[str, Any]) -> Resource:
        """A resource from one row of JSON Lines; `focus`, `syn` and `qtype` (MedQuAD's names) are understood too.

        Raises InvalidInput, naming the field, when a value has the wrong type or the id or title is missing.
        """
        for name in ("id", "title"):
            if not _text(row, name):
                raise InvalidInput(given=f"a row without {name}", expected=f"a {name} in every row", field=name)
        risk = row.get("risk_class", 0)
        if not isinstance(risk, int) or isinstance(risk, bool):
            raise InvalidInput(
                given="a risk class that is no number", expected="a whole number from 0 to 3", field="risk_class"
            )
        return cls(
            id=_text(row, "id"),
            title=_text(row, "title"),
            conditions=_texts(row, "conditions") or _texts(row, "focus"),
            aliases=_texts(row, "aliases") or _texts(row, "syn"),
            summary=_text(row, "summary"),
            body=_text(row, "body"),
            kind_of_help=_text(row, "kind_of_help") or _text(row, "qtype"),
            language=_text(row, "language"),
            audience=_texts(row, "audience"),
            place=_text(row, "place"),
            licence=_text(row, "licence"),
            risk_class=risk,
        )


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and name == "id":
        return str(value)
    if not isinstance(value, str):
        raise InvalidInput(given=f"a {name} that is no text", expected="text", field=name)
    return value


def _texts(row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = row.get(name)
    if value is None or value == "":
        return ()
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, (list, tuple)) or not all(isinstance(part, str) for part in value):
        raise InvalidInput(given=f"a {name} that is no list of texts", expected="a list of texts", field=name)
    return tuple(part for part in value if part.strip())


@dataclass(frozen=True, slots=True)
class Constraints:
    """What a resource must satisfy before it may be ranked at all; never a soft score.

    An empty set asks for nothing. A resource that did not declare its language, audience or place passes; one that did
    not declare its licence does not pass a licence constraint, because silence grants no right.
    """

    languages: frozenset[str] = field(default_factory=frozenset)
    audiences: frozenset[str] = field(default_factory=frozenset)
    places: frozenset[str] = field(default_factory=frozenset)
    licences: frozenset[str] = field(default_factory=frozenset)
    max_risk_class: int = 3
    exclude: frozenset[str] = field(default_factory=frozenset)


OPEN = Constraints()
