"""The example network's content, as it stands in the folder example/: people, places, conditions, resources."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from coproduce.errors import BadFile
from coproduce.events import LineOfWork, Role

FENCE = "+++"
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
    return sorted((parsed(text) for text in texts), key=lambda resource: resource.key)


def parsed(text: str) -> ExampleResource:
    """A resource from Markdown with TOML front matter between two lines of +++. Raises BadFile for another form.

    >>> parsed('+++\\nkey = "a"\\n+++\\nHello').body
    'Hello'
    """
    try:
        before, matter, body = text.split(f"{FENCE}\n", 2)
        fields = tomllib.loads(matter)
        key = fields["key"]
    except (ValueError, KeyError) as problem:
        raise BadFile(
            given="a text without front matter", expected="TOML with a key between two lines of +++, then Markdown"
        ) from problem
    if before.strip():
        raise BadFile(given="text before the front matter", expected="+++ on the first line")
    return ExampleResource(key, fields, body.strip())
