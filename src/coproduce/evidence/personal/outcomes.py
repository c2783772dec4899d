"""A library of patient-reported measures as data, their scoring, and room for one's own."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from coproduce.errors import InvalidInput
from coproduce.evidence.personal.trial import BETTER, FAMILIES, Outcome
from coproduce.evidence.reading import number, whole


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: how many items, the range of each and of the sum, which way is better, what difference matters."""

    key: str
    title: str
    items: int
    item_range: tuple[float, float]
    range: tuple[float, float]
    better: str
    family: str
    mcid: float
    source: str
    licence: str

    def outcome(self) -> Outcome:
        """As the outcome of a trial."""
        return Outcome(self.title, self.range, self.better, self.family)

    def score(self, answers: Sequence[float | None]) -> float | None:
        """The sum of the items; None when one is missing, since a sum without it would be another measure.

        Raises InvalidInput for another number of answers, or one outside its range.
        """
        if len(answers) != self.items:
            raise InvalidInput(given=f"{len(answers)} answers", expected=f"{self.items}, one for each item")
        low, high = self.item_range
        for i, answer in enumerate(answers):
            if answer is not None and not low <= answer <= high:
                raise InvalidInput(
                    given=f"an answer of {answer:g}", expected=f"from {low:g} to {high:g}", field=f"answers[{i}]"
                )
        return None if any(answer is None for answer in answers) else float(sum(a for a in answers if a is not None))


@cache
def library() -> Mapping[str, Measure]:
    """The measures that come with Coproduce, by key.

    >>> library()["phq9"].score([1] * 9)
    9.0
    """
    text = (resources.files("coproduce.evidence.personal") / "outcomes.toml").read_text(encoding="utf-8")
    return {key: own_measure(key, entry) for key, entry in tomllib.loads(text).items()}


def own_measure(key: str, entry: Mapping[str, Any]) -> Measure:
    """A measure from its entry, ours or a network's own; raises InvalidInput, naming the field."""
    for field in ("title", "source", "licence"):
        if not isinstance(entry.get(field), str) or not entry[field].strip():
            raise InvalidInput(given=f"a measure without a {field}", expected="words", field=f"{key}.{field}")
    for field, known in (("better", BETTER), ("family", FAMILIES)):
        if entry.get(field) not in known:
            raise InvalidInput(
                given=f"an unknown {field}", expected="one of " + ", ".join(known), field=f"{key}.{field}"
            )
    ends = {field: _ends(key, field, entry.get(field)) for field in ("item_range", "range")}
    items = whole(entry.get("items", 1), f"{key}.items", low=1)
    mcid = number(entry.get("mcid"), f"{key}.mcid", low=0.0)
    return Measure(
        key=key, title=entry["title"], items=items, item_range=ends["item_range"], range=ends["range"],
        better=entry["better"], family=entry["family"], mcid=mcid, source=entry["source"],
        licence=entry["licence"],
    )  # fmt: skip


def _ends(key: str, field: str, found: object) -> tuple[float, float]:
    if not isinstance(found, list) or len(found) != 2:
        raise InvalidInput(
            given="a range that is not two numbers", expected="[lowest, highest]", field=f"{key}.{field}"
        )
    low, high = (number(end, f"{key}.{field}") for end in found)
    if not low < high:
        raise InvalidInput(given="a range without a width", expected="lowest below highest", field=f"{key}.{field}")
    return low, high
