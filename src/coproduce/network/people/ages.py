"""Ages, in whole years."""

from __future__ import annotations

from datetime import date, datetime


def age(born: date, at: datetime) -> int:
    """Whole years of age on the day of `at` (UTC); who was born on 29 February has their birthday on 1 March.

    >>> from datetime import UTC
    >>> age(date(2014, 2, 28), datetime(2026, 2, 27, tzinfo=UTC))
    11
    """
    today = at.date()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def born_by(day: date, years: int) -> date:
    """The last date of birth of those who are this old on that day.

    >>> born_by(date(2028, 2, 29), 18)
    datetime.date(2010, 2, 28)
    """
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def birthday(born: date, years: int) -> date:
    """The day on which somebody turns so many years old; 1 March for who was born on 29 February.

    >>> birthday(date(2008, 2, 29), 18)
    datetime.date(2026, 3, 1)
    """
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)
