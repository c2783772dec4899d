"""The bars of bars.toml, held against the results that were measured."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
RESULTS = FOLDER / "results"


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One promise: what is measured, where the number stands, and what it must be."""

    what: str
    file: str
    path: str
    at_least: float | None = None
    at_most: float | None = None

    def measured(self, results: Path = RESULTS) -> float | None:
        """The number last measured; None when nobody has measured it here."""
        source = results / self.file
        if not source.is_file():
            return None
        found: Any = json.loads(source.read_text())
        for step in self.path.split("."):
            found = found[int(step)] if isinstance(found, list) else found[step]
        return float(found)

    def is_kept_by(self, number: float) -> bool:
        """Whether this number keeps the promise."""
        return (self.at_least is None or number >= self.at_least) and (self.at_most is None or number <= self.at_most)

    def promise(self) -> str:
        """The promise in words.

        >>> Bar(what="", file="", path="", at_most=3).promise()
        'at most 3'
        """
        sides = (("at least", self.at_least), ("at most", self.at_most))
        return " and ".join(f"{word} {number:g}" for word, number in sides if number is not None)


def bars(path: Path = FOLDER / "bars.toml") -> list[Bar]:
    """Every bar, in the order of the file."""
    return [Bar(**row) for row in tomllib.loads(path.read_text()).get("bar", [])]
