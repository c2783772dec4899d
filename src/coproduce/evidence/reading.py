"""Values of a document: a finite number, a whole one, true or false; anything else is refused by its field."""

from __future__ import annotations

import math

from coproduce.errors import InvalidInput

#: Whole numbers end here, so that every one fits an int64 and a seed of the streams.
MOST = 2**63 - 1


def number(
    found: object, field: str, *, low: float = -math.inf, high: float = math.inf, above: float | None = None
) -> float:
    """A finite number from `low` to `high`, or above `above`; raises InvalidInput, naming the field.

    >>> number(3, "mcid", low=0)
    3.0
    """
    if isinstance(found, bool) or not isinstance(found, int | float) or not _finite(found):
        raise InvalidInput(
            given=f"something that is not a number for {field}", expected=_range(low, high, above), field=field
        )
    if not low <= found <= high or (above is not None and found <= above):
        raise InvalidInput(given=f"{found:g} for {field}", expected=_range(low, high, above), field=field)
    return float(found)


def whole(found: object, field: str, *, low: int = 0, high: int = MOST) -> int:
    """A whole number from `low` to `high`; raises InvalidInput, naming the field.

    >>> whole(3, "cycles", low=1)
    3
    """
    if isinstance(found, bool) or not isinstance(found, int) or not low <= found <= max(low, high):
        expected = f"a whole number from {low}" + ("" if high == MOST else f" to {max(low, high)}")
        raise InvalidInput(given=f"no such number for {field}", expected=expected, field=field)
    return found


def yes_or_no(found: object, field: str) -> bool:
    """True or false; raises InvalidInput for anything else: in `"false"` any text would count as yes.

    >>> yes_or_no(False, "trend")
    False
    """
    if not isinstance(found, bool):
        raise InvalidInput(given=f"neither yes nor no for {field}", expected="true or false", field=field)
    return found


def _finite(found: float) -> bool:
    try:
        return math.isfinite(found)
    except OverflowError:  # a whole number that no float can hold
        return False


def _range(low: float, high: float, above: float | None) -> str:
    least = f", above {above:g}" if above is not None else f", {low:g} or more" if low > -math.inf else ""
    return f"a finite number{least}" + (f", at most {high:g}" if high < math.inf else "")
