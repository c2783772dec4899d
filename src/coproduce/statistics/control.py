"""The XmR chart: what a measure does from month to month, and which points are more than its usual noise.

Tools disagree in silence on the same data, so every limit and signal here carries its named convention.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from coproduce.errors import InvalidInput

Floats = NDArray[np.float64]

#: The mean range of two draws from a standard normal, 2 / sqrt(pi).
D2 = 2 / np.sqrt(np.pi)
#: A moving range above this many times the mean one is screened out; 3.267 is D4 for ranges of two.
SCREEN = 3.267


class Factor(StrEnum):
    """By what the mean moving range is multiplied to give the distance of a limit from the centre."""

    ROUNDED = "2.66"
    TABLED = "3/1.128"
    EXACT = "3/d2"

    @property
    def number(self) -> float:
        """The factor as a number."""
        return {"2.66": 2.66, "3/1.128": 3 / 1.128, "3/d2": float(3 / D2)}[self.value]


@dataclass(frozen=True, slots=True)
class Convention:
    """How limits and signals are found; the default is the one of NHS England's "Making data count".

    `screen`: moving ranges above 3.267 times their mean are left out once, and the mean is taken again. `run`: how
    many points in a row on one side, or rising, or falling, make a signal.
    Source: NHS England 2019, Making data count; Nelson 1982, 10.1080/00224065.1982.11978811, for the screening.
    """

    factor: Factor = Factor.ROUNDED
    screen: bool = True
    run: int = 7

    def __str__(self) -> str:
        ranges = "screened moving ranges" if self.screen else "all moving ranges"
        return f"XmR, {self.factor.value} x mean of {ranges}, runs and trends of {self.run}, 2 of 3 near a limit"


NHS = Convention()


class Signal(StrEnum):
    """Why a point is special; where several rules hold, the first of this order is given."""

    NONE = "common cause"
    ABOVE_LIMIT = "above the upper limit"
    BELOW_LIMIT = "below the lower limit"
    TWO_OF_THREE_HIGH = "two of three near the upper limit"
    TWO_OF_THREE_LOW = "two of three near the lower limit"
    RUN_ABOVE = "run above the centre"
    RUN_BELOW = "run below the centre"
    RISING = "rising trend"
    FALLING = "falling trend"


@dataclass(frozen=True)
class ControlChart:
    """An XmR chart: values, centre and limits (one number each, for the natural process), a signal a point.

    `moving_ranges` has one value fewer than `values` minus the missing; `range_limit` is the upper limit of the mR
    chart. `n_useful` counts points that are not missing. `baseline` is the number of first points that set the limits.
    """

    values: Floats
    centre: float
    lower: float
    upper: float
    moving_ranges: Floats
    mean_range: float
    range_limit: float
    signals: tuple[Signal, ...]
    n_useful: int
    baseline: int
    convention: Convention

    def is_special(self) -> bool:
        """True when any point carries a signal."""
        return any(signal is not Signal.NONE for signal in self.signals)


def xmr(values: Sequence[float | None], convention: Convention = NHS, *, baseline: int | None = None) -> ControlChart:
    """An XmR chart of values in order of time; None or NaN is a missing point and is passed over.

    `baseline`: the first so many points set the centre and limits, which then hold for all.
    Raises InvalidInput when fewer than two points of the baseline have a value.
    Source: Shewhart 1931; Wheeler 1993, Understanding Variation; rules of NHS England, Making data count: a point
    beyond a limit; 7 in a row on one side of the centre; 7 in a row each above (below) the one before; in 3 points in
    a row on one side, 2 or 3 in the outer third, none of them beyond the limit.
    """
    points = np.array([np.nan if v is None else float(v) for v in values], dtype=np.float64)
    points[~np.isfinite(points)] = np.nan
    place = np.flatnonzero(~np.isnan(points))
    useful = points[place]
    base = points[: len(points) if baseline is None else baseline]
    base = base[~np.isnan(base)]
    if base.size < 2:
        raise InvalidInput(
            given=f"{base.size} points with a value",
            expected="2 or more, better 10",
            next_step="Wait for more periods.",
        )
    centre, ranges = float(base.mean()), np.abs(np.diff(base))
    usual = mean_range(ranges, screen=convention.screen)
    reach = convention.factor.number * usual
    signals = [Signal.NONE] * len(points)
    for spot, signal in zip(place, _signals(useful, centre, reach, convention.run), strict=True):
        signals[spot] = signal
    return ControlChart(
        values=points,
        centre=centre,
        lower=centre - reach,
        upper=centre + reach,
        moving_ranges=np.abs(np.diff(useful)),
        mean_range=usual,
        range_limit=SCREEN * usual,
        signals=tuple(signals),
        n_useful=int(useful.size),
        baseline=len(points) if baseline is None else baseline,
        convention=convention,
    )


def mean_range(ranges: Floats, *, screen: bool) -> float:
    """The mean moving range; when screened, ranges at or above 3.267 times the mean are left out, once."""
    mean = float(ranges.mean())
    if not screen:
        return mean
    kept = ranges[ranges < SCREEN * mean]
    return float(kept.mean()) if kept.size else mean


def _signals(points: Floats, centre: float, reach: float, run: int) -> list[Signal]:
    side = np.sign(points - centre).astype(np.int64)
    beyond = (points > centre + reach) | (points < centre - reach)
    near = ~beyond & (np.abs(points - centre) > 2 / 3 * reach)
    runs = _runs(side, run)
    trends = _trends(points, run)
    pairs = _two_of_three(near, side)
    found = []
    for i in range(len(points)):
        if beyond[i]:
            found.append(Signal.ABOVE_LIMIT if side[i] > 0 else Signal.BELOW_LIMIT)
        elif pairs[i]:
            found.append(Signal.TWO_OF_THREE_HIGH if pairs[i] > 0 else Signal.TWO_OF_THREE_LOW)
        elif runs[i]:
            found.append(Signal.RUN_ABOVE if runs[i] > 0 else Signal.RUN_BELOW)
        elif trends[i]:
            found.append(Signal.RISING if trends[i] > 0 else Signal.FALLING)
        else:
            found.append(Signal.NONE)
    return found


def _runs(side: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    """The side of each point that belongs to `length` or more in a row on it, else 0; the centre breaks a run."""
    found = np.zeros_like(side)
    edges = [0, *(np.flatnonzero(np.diff(side)) + 1), len(side)]
    for start, end in pairwise(edges):
        if end - start >= length:
            found[start:end] = side[start]
    return found


def _trends(points: Floats, length: int) -> NDArray[np.int64]:
    """The direction of each point that belongs to `length` points with every step up (or down), else 0."""
    found = np.zeros(len(points), dtype=np.int64)
    steps = np.sign(np.diff(points)).astype(np.int64)
    edges = [0, *(np.flatnonzero(np.diff(steps)) + 1), len(steps)]
    for start, end in pairwise(edges):
        if end - start >= length - 1 and steps[start]:
            found[start : end + 1] = steps[start]
    return found


def _two_of_three(near: NDArray[np.bool_], side: NDArray[np.int64]) -> NDArray[np.int64]:
    """The side of each near point in three in a row on one side of which two or three are near, else 0."""
    found = np.zeros(len(near), dtype=np.int64)
    for start in range(len(near) - 2):
        window = slice(start, start + 3)
        if abs(int(side[window].sum())) == 3 and int(near[window].sum()) >= 2:
            found[window] = np.where(near[window], side[window], found[window])
    return found
