"""A library of patient-reported measures as data, their scoring, and room for one's own."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from coproduce.errors import InvalidInput
from coproduce.evidence.reading import number, whole

FAMILIES = ("normal", "count", "binary", "ordinal")
BETTER = ("lower", "higher")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is measured each day: its scale (None without ends), which way is better, and what kind of number it is."""

    name: str
    scale: tuple[float, float] | None
    better: str
    family: str

    @property
    def sign(self) -> float:
        """1 when higher is better, -1 when lower is."""
        return 1.0 if self.better == "higher" else -1.0


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: how many items, the range of each and of the score, which way is better, what difference matters.

    The score is the sum of the items, `times` a number that its authors chose: 4 makes five of 0 to 5 a percentage.
    """

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
    times: float = 1.0

    def outcome(self) -> Outcome:
        """As the outcome of a trial."""
        return Outcome(self.title, self.range, self.better, self.family)

    def score(self, answers: Sequence[float | None]) -> float | None:
        """The sum of the items, times its factor; None when one is missing: a sum without it would be another measure.

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
        return (
            None if any(answer is None for answer in answers) else self.times * sum(a for a in answers if a is not None)
        )


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
        licence=entry["licence"], times=number(entry.get("times", 1), f"{key}.times", low=0.0),
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


@dataclass(frozen=True, slots=True)
class Measured:
    """What a document measures: its outcome, the smallest difference that matters, and the measure if it is one."""

    outcome: Outcome
    mcid: float
    measure: Measure | None


def measured(document: Mapping[str, Any]) -> Measured:
    """The document's `outcome`: an object, the key of a measure of the library, or one's own measure (with `items`).

    `mcid` is the measure's own where the document has none. Raises InvalidInput, naming the field.

    >>> measured({"outcome": "who5"}).mcid
    10.0
    """
    given = document.get("outcome")
    if isinstance(given, str):
        if given not in library():
            raise InvalidInput(
                given="a measure that the library does not have",
                expected="one of " + ", ".join(library()),
                field="outcome",
            )
        measure = library()[given]
    elif not isinstance(given, Mapping):
        raise InvalidInput(
            given="no usable outcome", field="outcome",
            expected="an object with name, scale, better and family, or the key of a measure",
        )  # fmt: skip
    elif "items" in given:
        measure = own_measure("outcome", given)
    else:
        return Measured(_outcome(given), number(document.get("mcid"), "mcid", low=0.0, high=1e12), None)
    mcid = number(document.get("mcid", measure.mcid), "mcid", low=0.0, high=1e12)
    return Measured(measure.outcome(), mcid, measure)


def _outcome(document: Mapping[str, Any]) -> Outcome:
    """The outcome of a document; raises InvalidInput, naming the field."""
    family, better = document.get("family", "normal"), document.get("better", "lower")
    for field, found, known in (("family", family, FAMILIES), ("better", better, BETTER)):
        if found not in known:
            raise InvalidInput(
                given=f"an unknown {field}", expected="one of " + ", ".join(known), field=f"outcome.{field}"
            )
    scale = document.get("scale")
    if scale is not None:
        if not isinstance(scale, Sequence) or isinstance(scale, str) or len(scale) != 2:
            raise InvalidInput(
                given="a scale that is not two numbers", expected="[lowest, highest]", field="outcome.scale"
            )
        low, high = (number(end, "outcome.scale") for end in scale)
        if not low < high:
            raise InvalidInput(
                given=f"a scale from {low:g} to {high:g}", expected="lowest below highest", field="outcome.scale"
            )
        scale = (low, high)
    return Outcome(str(document.get("name", "outcome")), scale, better, family)
