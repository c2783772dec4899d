"""Rules that look for patterns in a row of points: Nelson, Western Electric, NHS England.

Every function works along the last axis, on one chart or on thousands at once. `sigma` is a third of the way from the
centre to a limit. NaN is a point without a value; put such points last (`packed`) so that neighbours stay neighbours.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Counts = NDArray[np.int32]
_Scalar = TypeVar("_Scalar", bound=np.generic)


class Signal(StrEnum):
    """Why a point is special by the rules of NHS England; where several hold, the first of this order is given."""

    NONE = "common cause"
    ABOVE_LIMIT = "above the upper limit"
    BELOW_LIMIT = "below the lower limit"
    TWO_OF_THREE_HIGH = "two of three near the upper limit"
    TWO_OF_THREE_LOW = "two of three near the lower limit"
    RUN_ABOVE = "run above the centre"
    RUN_BELOW = "run below the centre"
    RISING = "rising trend"
    FALLING = "falling trend"


#: The signals in the order of their codes.
SIGNALS = tuple(Signal)


def packed(points: Floats) -> tuple[Floats, NDArray[np.intp]]:
    """The points with those without a value moved to the end, and where each came from."""
    places = np.argsort(np.isnan(points), axis=-1, kind="stable")
    return np.take_along_axis(points, places, axis=-1), places


def unpacked(flags: NDArray[_Scalar], places: NDArray[np.intp]) -> NDArray[_Scalar]:
    """What was found for packed points, back in the order of time."""
    found = np.zeros_like(flags)
    np.put_along_axis(found, places, flags, axis=-1)
    return found


def in_last(flags: Flags, length: int) -> Counts:
    """How many of the last `length` points carry the flag, counted at the point that completes them; 0 before."""
    total = flags.cumsum(axis=-1, dtype=np.int32)
    found = np.zeros_like(total)
    if flags.shape[-1] >= length:
        found[..., length - 1 :] = total[..., length - 1 :]
        found[..., length:] -= total[..., :-length]
    return found


def members(completed: Flags, length: int) -> Flags:
    """Every point of the `length` points that end where a pattern was completed."""
    found = completed.copy()
    for back in range(1, min(length, completed.shape[-1])):
        found[..., :-back] |= completed[..., back:]
    return found


def nelson(points: Floats, centre: Floats, sigma: Floats) -> dict[str, Flags]:
    """The points at which each of Nelson's eight tests is completed, and each later point while it goes on.

    r1 beyond 3 sigma; r2 nine on one side; r3 six rising or falling; r4 fourteen alternating; r5 two of three beyond
    2 sigma on one side; r6 four of five beyond 1 sigma on one side; r7 fifteen within 1 sigma; r8 eight beyond 1 sigma,
    on both sides. On a limit is not beyond it, and is within it. In r5 and r6 the completing point itself is beyond.
    Source: Nelson 1984, 10.1080/00224065.1984.11978921; conventions of qcc 3.0.
    """
    high, low = _beyond(points, centre, sigma)
    steps = np.zeros_like(points)
    steps[..., 1:] = np.sign(np.diff(points, axis=-1))
    turns = np.zeros(points.shape, dtype=np.bool_)
    turns[..., 2:] = steps[..., 2:] * steps[..., 1:-1] < 0
    within = (points >= centre - sigma) & (points <= centre + sigma)
    both = (in_last(high[1], 8) > 0) & (in_last(low[1], 8) > 0)
    return {
        "r1": high[3] | low[3],
        "r2": _row(points > centre, 9) | _row(points < centre, 9),
        "r3": _row(steps > 0, 5) | _row(steps < 0, 5),
        "r4": _row(turns, 12),
        "r5": _most(high[2], 2, 3) | _most(low[2], 2, 3),
        "r6": _most(high[1], 4, 5) | _most(low[1], 4, 5),
        "r7": _row(within, 15),
        "r8": _row(high[1] | low[1], 8) & both,
    }


def western_electric(points: Floats, centre: Floats, sigma: Floats) -> dict[str, Flags]:
    """The points at which each of the four zone tests of Western Electric is completed, and later while it goes on.

    r1 beyond 3 sigma; r2 two of three beyond 2 sigma on one side; r3 four of five beyond 1 sigma on one side; r4 eight
    on one side. Source: Western Electric 1956, Statistical Quality Control Handbook; conventions of qcc 3.0.
    """
    high, low = _beyond(points, centre, sigma)
    return {
        "r1": high[3] | low[3],
        "r2": _most(high[2], 2, 3) | _most(low[2], 2, 3),
        "r3": _most(high[1], 4, 5) | _most(low[1], 4, 5),
        "r4": _row(points > centre, 8) | _row(points < centre, 8),
    }


def nhs(points: Floats, centre: Floats, sigma: Floats, run: int = 7) -> NDArray[np.int8]:
    """For each point the code of its first signal (its place in `SIGNALS`); every member of a pattern is flagged.

    A point beyond a limit; in three in a row on one side, two or three in the outer third, none of those beyond the
    limit; `run` in a row on one side of the centre; `run` in a row each above (below) the one before.
    Source: NHS England 2019, Making data count; conventions of NHSRplotthedots 0.2.2.
    """
    reach = 3 * sigma
    above, below = points > centre, points < centre
    over, under = points > centre + reach, points < centre - reach
    near = ~over & ~under & (np.abs(points - centre) > 2 / 3 * reach)
    busy = in_last(near, 3) >= 2
    steps = np.zeros_like(points)
    steps[..., 1:] = np.diff(points, axis=-1)
    of_three = [near & members(busy & _row(side, 3), 3) for side in (above, below)]
    runs = [members(_row(side, run), run) for side in (above, below)]
    trends = [members(_row(way, run - 1), run) for way in (steps > 0, steps < 0)]
    found = np.zeros(points.shape, dtype=np.int8)
    for code, flags in reversed(list(enumerate([over, under, *of_three, *runs, *trends], start=1))):
        found[flags] = code
    return found


def _beyond(points: Floats, centre: Floats, sigma: Floats) -> tuple[dict[int, Flags], dict[int, Flags]]:
    return (
        {k: points > centre + k * sigma for k in (1, 2, 3)},
        {k: points < centre - k * sigma for k in (1, 2, 3)},
    )


def _row(flags: Flags, length: int) -> Flags:
    found: Flags = in_last(flags, length) == length
    return found


def _most(flags: Flags, enough: int, length: int) -> Flags:
    return flags & (in_last(flags, length) >= enough)
