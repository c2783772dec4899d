"""The example network's content, as it stands in the folder example/: people, places, conditions, resources."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from coproduce.events import LineOfWork, Role
from coproduce.matching import Resource
from coproduce.network.commons.frontmatter import parsed

LINES: Mapping[str, int] = {
    "illness": LineOfWork.ILLNESS,
    "everyday-life": LineOfWork.EVERYDAY_LIFE,
    "biographical": LineOfWork.BIOGRAPHICAL,
}
ROLES: Mapping[str, Role] = {
    "patient": Role.PATIENT,
    "family": Role.FAMILY,
    "clinician": Role.CLINICIAN,
    "researcher": Role.RESEARCHER,
    "improvement-lead": Role.IMPROVEMENT_LEAD,
    "steward": Role.STEWARD,
}


@dataclass(frozen=True)
class ExampleResource:
    """One resource of the example: its front matter and its text."""

    key: str
    matter: Mapping[str, Any]
    body: str


def folder() -> Traversable:
    """Where the example's files are."""
    return files("coproduce.network.laboratory").joinpath("example")


@cache
def table(name: str) -> Mapping[str, Any]:
    """One of the example's TOML files."""
    return tomllib.loads(folder().joinpath(f"{name}.toml").read_text("utf-8"))


@cache
def resources() -> Sequence[ExampleResource]:
    """Every resource of the example, by key."""
    entries = folder().joinpath("resources").iterdir()
    texts = [entry.read_text("utf-8") for entry in entries if entry.name.endswith(".md")]
    return sorted((_resource(text) for text in texts), key=lambda resource: resource.key)


@dataclass(frozen=True)
class JudgedNeed:
    """A need as somebody may say it, and how well resources answer it: 1 to 3, by key, as `matching.evaluation` reads.

    Nothing of how needs are read or ranked was chosen while looking at one that is `unseen`.
    """

    id: str
    words: str
    answers: Mapping[str, int]
    unseen: bool = False


@cache
def judged_needs() -> Sequence[JudgedNeed]:
    """The needs of `judged_needs.toml`."""
    return [JudgedNeed(**entry) for entry in table("judged_needs")["need"]]


@cache
def shelf() -> Sequence[Resource]:
    """Every resource as matching sees it, with its key as its id."""
    conditions = {entry["key"]: entry for entry in table("conditions")["condition"]}
    return [_on_shelf(one, [conditions[key] for key in one.matter["conditions"]]) for one in resources()]


def _on_shelf(one: ExampleResource, about: Sequence[Mapping[str, Any]]) -> Resource:
    return Resource(
        id=one.key,
        title=one.matter["title"],
        conditions=tuple(entry["name"] for entry in about),
        aliases=tuple(alias for entry in about for alias in entry["aliases"]),
        summary=one.matter["summary"],
        body=f"{one.matter['summary']}\n{one.body}".strip(),
        language=one.matter["language"],
        audience=tuple(one.matter["audience"]),
        licence=one.matter["license"],
        risk_class=one.matter["risk_class"],
    )


def _resource(text: str) -> ExampleResource:
    fields, body = parsed(text)
    return ExampleResource(fields["key"], fields, body)
