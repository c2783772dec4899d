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


def _resource(text: str) -> ExampleResource:
    fields, body = parsed(text)
    return ExampleResource(fields["key"], fields, body)
