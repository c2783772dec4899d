"""Many trials at once: each is answered or named with what is wrong with it; one that is broken stops no other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from coproduce.errors import CoproduceError, InvalidInput
from coproduce.evidence.personal.report import report


def analyse_each(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """An answer for each line that is not empty: `line` (from 1), `id` if the trial has one, and the report or `error`.

    `error` says what was given, what was expected and in which field; it repeats no value of the trial's own words.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where: dict[str, Any] = {"line": number}
        try:
            document = _document(line)
            where |= {"id": document["id"]} if isinstance(document.get("id"), str | int) else {}
            yield where | report(document)
        except CoproduceError as problem:
            yield where | {"error": {"field": getattr(problem, "field", ""), "problem": str(problem)}}


def _document(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise InvalidInput(given="a line that cannot be read as JSON", expected="one trial, a JSON object") from problem
    if not isinstance(found, dict):
        raise InvalidInput(given="a line that is no JSON object", expected="one trial, a JSON object")
    return found
