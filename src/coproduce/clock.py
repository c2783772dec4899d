"""The only place that asks the machine what time it is. Everywhere else, time is an argument."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

from coproduce.errors import InvalidInput

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY_US = 86_400_000_000
HOUR_US = 3_600_000_000
WEEK_US = 7 * DAY_US

_frozen: ContextVar[datetime | None] = ContextVar("coproduce_frozen_clock", default=None)


def now() -> datetime:
    """Now, in UTC, to the microsecond."""
    return _frozen.get() or datetime.now(UTC)


def monotonic() -> float:
    """Seconds on a clock that never goes back; for durations only."""
    return time.monotonic()


def to_us(moment: datetime) -> int:
    """Microseconds since 1970 UTC, exactly (no float in between).

    Raises InvalidInput for a moment without a time zone, since guessing one would move the event.

    >>> to_us(datetime(1970, 1, 2, tzinfo=UTC)) == DAY_US
    True
    """
    if moment.tzinfo is None:
        raise InvalidInput(given="a time without a zone", expected="a time with a zone", next_step="Attach UTC.")
    return (moment - EPOCH) // timedelta(microseconds=1)


def from_us(microseconds: int) -> datetime:
    """The moment, in UTC, of a count of microseconds since 1970.

    >>> from_us(to_us(datetime(2026, 3, 1, 12, 30, 0, 5, tzinfo=UTC)))
    datetime.datetime(2026, 3, 1, 12, 30, 0, 5, tzinfo=datetime.timezone.utc)
    """
    return EPOCH + timedelta(microseconds=microseconds)


@contextlib.contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Holds `now()` still inside the block; for tests and for replaying a story at its own dates."""
    token = _frozen.set(moment)
    try:
        yield
    finally:
        _frozen.reset(token)
