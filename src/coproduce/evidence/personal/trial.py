"""A personal (N-of-1) trial as data: what is measured, the arms, and the days."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from coproduce.errors import InvalidInput
from coproduce.evidence.arrays import Floats, Ints
from coproduce.evidence.personal.outcomes import Measured, Outcome, measured
from coproduce.evidence.reading import number

#: Longest trial that is taken, in days.
MOST_DAYS = 3_660
#: Most arms that one trial compares.
MOST_ARMS = 8


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial's calendar: day (n,), rising, from 0; arm (n,), an index into `arms`; value (n,), NaN where missing.

    The first arm is the reference. `mcid` is the smallest difference that matters to the person, in the unit of the
    outcome.
    """

    outcome: Outcome
    arms: tuple[str, ...]
    mcid: float
    day: Ints
    arm: Ints
    value: Floats

    @property
    def seen(self) -> Ints:
        """Rows that have a value."""
        return np.flatnonzero(~np.isnan(self.value))

    @property
    def n_calendar_days(self) -> int:
        """Days from the first of the trial to the last that is listed."""
        return int(self.day[-1]) + 1

    def n_values(self, arm: int) -> int:
        """Values observed in an arm."""
        return int(np.count_nonzero(self.arm[self.seen] == arm))


def read_trial(document: Mapping[str, Any]) -> Trial:
    """A trial from the document that `coproduce trial analyse` takes.

    The outcome is an object with name, scale, better and family, the key of a measure of the library, or a measure of
    one's own; a day of a measure may hold `answers` to its items in place of `value`.

    Raises InvalidInput, naming the field, for two values on one day, a day before the start or after `today`, a value
    outside the scale or not a number, an unknown arm, and an arm without a single value.

    >>> days = [{"day": 0, "arm": "usual", "value": 5}, {"day": 1, "arm": "diet", "value": None},
    ...         {"day": 2, "arm": "diet", "value": 4}]
    >>> outcome = {"name": "pain", "scale": [0, 10], "better": "lower", "family": "normal"}
    >>> read_trial({"outcome": outcome, "arms": ["usual", "diet"], "mcid": 1, "days": days}).n_values(1)
    1
    """
    if not isinstance(document, Mapping):
        raise InvalidInput(
            given="something that is not a trial", expected="an object with outcome, arms, mcid and days"
        )
    found = measured(document)
    arms = _arms(document)
    day, arm, value = _days(document, arms, found)
    trial = Trial(found.outcome, arms, found.mcid, day, arm, value)
    for index in range(len(arms)):
        if not trial.n_values(index):
            raise InvalidInput(
                given=f"no value in arm {index + 1} of {len(arms)}", expected="at least one value in each arm",
                next_step="Leave the arm out, or go on until it has values.", field="days",
            )  # fmt: skip
    return trial


def _required(document: Mapping[str, Any], field: str, kind: type, expected: str) -> Any:
    found = document.get(field)
    if not isinstance(found, kind) or isinstance(found, str):
        raise InvalidInput(given=f"no usable {field}", expected=expected, field=field)
    return found


def _arms(document: Mapping[str, Any]) -> tuple[str, ...]:
    found = _required(document, "arms", Sequence, "a list of 2 to 8 different names, the reference first")
    names = tuple(str(name) for name in found)
    if not 2 <= len(names) <= MOST_ARMS or len(set(names)) < len(names):
        raise InvalidInput(
            given=f"{len(names)} arms, {len(set(names))} of them different",
            expected=f"2 to {MOST_ARMS} different names, the reference first", field="arms",
        )  # fmt: skip
    return names


def _days(document: Mapping[str, Any], arms: tuple[str, ...], found: Measured) -> tuple[Ints, Ints, Floats]:
    rows = _required(document, "days", Sequence, "a list of days, each with day, arm and value")
    today = document.get("today")
    last = MOST_DAYS if today is None else int(number(today, "today"))
    read = sorted((_day(row, i, last, arms, found) for i, row in enumerate(rows)), key=lambda one: one[0])
    if not read:
        raise InvalidInput(given="no days", expected="at least one day in each arm", field="days")
    day = np.array([one[0] for one in read], dtype=np.int64)
    twice = np.flatnonzero(day[1:] == day[:-1])
    if twice.size:
        raise InvalidInput(
            given=f"day {day[twice[0]]} twice", expected="one line a day",
            next_step="Keep one of them, or their mean.", field="days",
        )  # fmt: skip
    return day, np.array([one[1] for one in read], dtype=np.int64), np.array([one[2] for one in read])


def _day(row: object, i: int, last: int, arms: tuple[str, ...], found: Measured) -> tuple[int, int, float]:
    where = f"days[{i}]"
    if not isinstance(row, Mapping):
        raise InvalidInput(given="a day that is not an object", expected="day, arm and value", field=where)
    day = number(row.get("day"), f"{where}.day")
    if day != int(day) or not 0 <= day <= last:
        raise InvalidInput(
            given=f"day {day:g}", expected=f"a whole number from 0, the first day, to {last}, the last that can be "
            "known", field=f"{where}.day",
        )  # fmt: skip
    if row.get("arm") not in arms:
        raise InvalidInput(
            given="an arm that the trial does not have", expected="one of the names in arms",
            next_step="When the treatment was changed on the way, name the new one as an arm of its own.",
            field=f"{where}.arm",
        )  # fmt: skip
    value = _scored(row, where, found)
    return int(day), arms.index(str(row["arm"])), math.nan if value is None else _value(value, where, found.outcome)


def _scored(row: Mapping[str, Any], where: str, found: Measured) -> object:
    """The day's value, or the score of its answers to the items of a questionnaire."""
    if "answers" not in row:
        return row.get("value")
    answers = row["answers"]
    if found.measure is None or row.get("value") is not None or not isinstance(answers, list):
        raise InvalidInput(
            given="answers of a day that cannot be scored",
            expected="a list with a number or null for each item of the measure, and no value beside it",
            next_step="Name a measure of the library as outcome, or give the value.", field=f"{where}.answers",
        )  # fmt: skip
    return found.measure.score([None if one is None else number(one, f"{where}.answers") for one in answers])


def _value(found: object, where: str, outcome: Outcome) -> float:
    value = number(found, f"{where}.value")
    low, high = outcome.scale or (-math.inf, math.inf)
    if outcome.family in {"count", "binary"}:
        low, high = max(low, 0.0), min(high, 1.0) if outcome.family == "binary" else high
    if not low <= value <= high:
        raise InvalidInput(
            given=f"a value of {value:g} on a scale from {low:g} to {high:g}", expected="a value on the scale",
            field=f"{where}.value",
        )  # fmt: skip
    if outcome.family != "normal" and value != int(value):
        raise InvalidInput(given=f"a value of {value:g}", expected="a whole number", field=f"{where}.value")
    return value
