"""What an event may hold before it is written down; the table's own constraints say the same once more."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from datetime import UTC, datetime

from coproduce import clock
from coproduce.errors import InvalidInput
from coproduce.events import ABSENT, KINDS, Event, Role

#: Events happen from 1900 on (a birth, an old diagnosis) and before 2200; beyond, a clock or a unit is wrong.
FIRST_TIME = clock.to_us(datetime(1900, 1, 1, tzinfo=UTC))
END_OF_TIME = clock.to_us(datetime(2200, 1, 1, tzinfo=UTC))
_INT32_END = 2**31
_INT64_END = 2**63
#: One call; a longer history is written in several, so that the log's head is not held for long.
MOST_AT_ONCE = 100_000
_ROLES = frozenset(int(role) for role in Role)
_MODEL = "model"
#: Columns that a kind must declare before they may be filled.
_DECLARED = ("subject", "object", "topic")

Columns = tuple[
    list[int], list[int], list[int], list[int], list[int], list[int], list[int], list[int], list[float], list[int]
]


def columns_of(events: Sequence[Event]) -> Columns:
    """The events as columns (kind, time, actor, subject, object, role, site, topic, value, cause), each checked.

    Raises InvalidInput, naming the kind, the column and the position but never an id, for whatever does not fit.
    """
    if len(events) > MOST_AT_ONCE:
        raise InvalidInput(
            given=f"{len(events)} events at once", expected=f"at most {MOST_AT_ONCE}", next_step="Append in parts."
        )
    rows = [_checked(position, event) for position, event in enumerate(events)]
    return tuple(list(column) for column in zip(*rows, strict=True)) if rows else ([],) * 10  # type: ignore[return-value]


def _checked(position: int, event: Event) -> tuple[int, int, int, int, int, int, int, int, float, int]:
    meaning = getattr(type(event), "meaning", None)
    if meaning is None or KINDS.get(meaning.code) is not type(event):
        raise InvalidInput(given=f"an unknown kind at position {position}", expected="a kind of coproduce.events.kinds")
    if meaning.block == _MODEL:
        raise InvalidInput(given=f"{meaning.name}, a kind of the simulator", expected="a kind of the live network")

    def whole(column: str, low: int, end: int) -> int:
        given = getattr(event, column)
        try:
            number = -_INT64_END - 1 if isinstance(given, bool) else operator.index(given)
        except TypeError:
            number = -_INT64_END - 1
        if not low <= number < end:
            raise _misfit(event, position, column, "a whole number in its range")
        return number

    for column in _DECLARED:
        if not getattr(meaning, column) and getattr(event, column) != ABSENT:
            raise _misfit(event, position, column, "nothing, since this kind does not declare it")
    role = whole("role", 0, 256)
    if role not in _ROLES:
        raise _misfit(event, position, "role", "one of coproduce.events.Role")
    cause = whole("cause", -1 - MOST_AT_ONCE, _INT64_END)
    if cause < ABSENT and previous_index(cause) >= position:
        raise _misfit(event, position, "cause", "an event before it in the same call: previous(i) with i smaller")
    return (
        meaning.code,
        whole("time", FIRST_TIME, END_OF_TIME),
        whole("actor", ABSENT, _INT64_END),
        whole("subject", ABSENT, _INT64_END),
        whole("object", ABSENT, _INT64_END),
        role,
        whole("site", ABSENT, _INT32_END),
        whole("topic", ABSENT, _INT32_END),
        _value(event, position),
        cause,
    )


def _value(event: Event, position: int) -> float:
    if isinstance(event.value, bool | str | bytes) or event.value is None:
        raise _misfit(event, position, "value", "a number, or NaN for none")
    try:
        value = float(event.value)
    except (TypeError, ValueError, OverflowError):
        raise _misfit(event, position, "value", "a number, or NaN for none") from None
    if math.isinf(value):
        raise _misfit(event, position, "value", "a finite number, or NaN for none")
    if not event.meaning.value and not math.isnan(value):
        raise _misfit(event, position, "value", "nothing, since this kind does not declare it")
    return math.nan if math.isnan(value) else value + 0.0  # one NaN, no negative zero


def _misfit(event: Event, position: int, column: str, expected: str) -> InvalidInput:
    return InvalidInput(
        given=f"a {column} of {type(event).__name__} (position {position}) that does not fit", expected=expected
    )


def previous_index(cause: int) -> int:
    """Which event of the same call a cause of -2 or less points to."""
    return -2 - cause
