"""The file of `coproduce match people`: helpers, needs and rules as JSON, read with care."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from coproduce.errors import BadFile
from coproduce.matching.people import Helper, OpenNeed, Rules

_MOST = 2**31
#: Words for urgency; a number counts as urgent from 1 on.
_URGENT = {"urgent": True, "high": True, "now": True, "soon": False, "normal": False, "low": False, "": False}


@dataclass(frozen=True)
class PeopleSpec:
    """What one call of `assign` takes."""

    needs: tuple[OpenNeed, ...]
    helpers: tuple[Helper, ...]
    now: datetime | None
    rules: Rules


def read_people_spec(path: Path) -> PeopleSpec:
    """The specification in a file; raises BadFile, naming the place and what was expected there, and no words of it."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise BadFile(
            given=f"{path.name}, which cannot be read as JSON", expected="a JSON document in UTF-8"
        ) from error
    row = _Row(data, "the file")
    helpers, needs = row.rows("helpers"), row.rows("needs")
    return PeopleSpec(
        needs=tuple(map(_need, needs)),
        helpers=tuple(map(_helper, helpers)),
        now=row.time("now"),
        rules=Rules(
            cooling_off_days=row.number("cooling_off_days", 7.0, 0, 36_500),
            new_share=row.number("new_share", 0.1, 0, 1),
            batch_size=row.whole("batch_size", 1) if row.has("batch_size") else None,
        ),
    )


def _helper(row: _Row) -> Helper:
    row.require("topics", "capacity")
    return Helper(
        id=row.id(),
        topics=row.topics(),
        languages=frozenset(row.texts("languages")),
        capacity=row.whole("capacity", 0),
        n_open=row.whole("n_open", 0),
        willingness=row.number("willingness", 1.0, 0, 1),
        quiet_hours=row.hours("quiet_hours"),
        last_heavy=row.time("last_heavy"),
        is_new=row.flag("is_new"),
    )


def _need(row: _Row) -> OpenNeed:
    row.require("topics")
    return OpenNeed(
        id=row.id(),
        topics=row.topics(),
        language=row.text("language"),
        is_urgent=row.urgency(),
        declined=frozenset(row.ids("declined")),
    )


class _Row:
    """One object of the file, and where it stands, so that what is wrong can be told."""

    def __init__(self, data: Any, place: str) -> None:
        self._place = place
        if not isinstance(data, Mapping):
            raise BadFile(given=f"{place} that is no object", expected="a JSON object")
        self._data = data

    def _refuse(self, name: str, expected: str) -> NoReturn:
        raise BadFile(given=f"{self._place} with a {name} that cannot be used", expected=expected, field=name)

    def has(self, name: str) -> bool:
        """Whether a value is given."""
        return self._data.get(name) is not None

    def require(self, *names: str) -> None:
        for name in names:
            if not self.has(name):
                raise BadFile(given=f"{self._place} without {name}", expected=f"{name} in each of them", field=name)

    def rows(self, name: str) -> list[_Row]:
        self.require(name)
        rows = self._data[name]
        if not isinstance(rows, list):
            self._refuse(name, "a list of objects")
        return [_Row(part, f"row {at} of {name}") for at, part in enumerate(rows, start=1)]

    def id(self) -> int | str:
        self.require("id")
        return self._id(self._data["id"], "id")

    def ids(self, name: str) -> list[int | str]:
        parts = self._data.get(name) or []
        if not isinstance(parts, list):
            self._refuse(name, "a list of ids")
        return [self._id(part, name) for part in parts]

    def _id(self, value: Any, name: str) -> int | str:
        if isinstance(value, bool) or not isinstance(value, (int, str)) or value == "" or len(str(value)) > 200:
            self._refuse(name, "a whole number or a text of 1 to 200 characters")
        return value

    def text(self, name: str) -> str:
        value = self._data.get(name) or ""
        if not isinstance(value, str):
            self._refuse(name, "text")
        return value

    def texts(self, name: str) -> list[str]:
        value = self._data.get(name) or []
        parts = [value] if isinstance(value, str) else value
        if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
            self._refuse(name, "a list of texts")
        return [part for part in parts if part.strip()]

    def topics(self) -> dict[str, float]:
        """A list of topics, or an object of topics with how much each counts or is known (0 to 1)."""
        value = self._data.get("topics")
        weights = value if isinstance(value, Mapping) else dict.fromkeys(self.texts("topics"), 1.0)
        for topic, weight in weights.items():
            if not _is_number(weight) or not 0 <= weight <= 1 or not topic.strip():
                self._refuse("topics", "topics as texts, or each with a number from 0 to 1")
        return {topic.strip().casefold(): float(weight) for topic, weight in weights.items()}

    def number(self, name: str, default: float, least: float, most: float) -> float:
        value = self._data.get(name, default)
        if not _is_number(value) or not least <= value <= most:
            self._refuse(name, f"a number from {least} to {most}")
        return float(value)

    def whole(self, name: str, least: int) -> int:
        value = self._data.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= _MOST:
            self._refuse(name, f"a whole number from {least} to {_MOST}")
        return value

    def flag(self, name: str) -> bool:
        value = self._data.get(name, False)
        if not isinstance(value, bool):
            self._refuse(name, "true or false")
        return value

    def urgency(self) -> bool:
        value = self._data.get("urgency", False)
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.strip().lower() in _URGENT:
            return _URGENT[value.strip().lower()]
        if not _is_number(value) or value < 0:
            self._refuse(
                "urgency", f"one of {', '.join(filter(None, _URGENT))}, true, false, or a number (urgent from 1)"
            )
        return bool(value >= 1)

    def hours(self, name: str) -> tuple[float, float] | None:
        value = self._data.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or len(value) != 2 or not all(_is_number(h) and 0 <= h <= 24 for h in value):
            self._refuse(name, "two hours of the day, such as [22, 7]")
        return float(value[0]), float(value[1])

    def time(self, name: str) -> datetime | None:
        value = self._data.get(name)
        if value is None:
            return None
        try:
            at = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            self._refuse(name, "a time such as 2026-03-01T10:00, on the network's clock")
        if at.tzinfo is not None:
            self._refuse(name, "a time without a zone, on the network's clock")
        return at


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
