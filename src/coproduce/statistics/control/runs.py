"""Runs along the centre: the Anhøj rules in three variants, and the exact chance of every outcome.

A point on the centre is not counted (it is not useful). The longest run is of useful points on one side, a crossing is
a change of side. Source: Anhøj and Olesen 2014, 10.1371/journal.pone.0113825; Schilling 2012,
10.1080/00031305.2012.717836 for the longest run; Chen 2010 for the crossings; Anhøj and Wentzel-Larsen 2020,
10.1371/journal.pone.0233920, for the best box and the cut box.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from coproduce.statistics.control.rules import Flags, Floats, packed

#: The best box keeps at least this chance of no signal, and is best for a shift of so many standard deviations.
SPECIFICITY, SHIFT = 0.925, 0.8
#: The box variants are made for so many useful points; outside, the Anhøj rules hold.
BOXED = range(10, 101)


class Variant(StrEnum):
    """Which limits the longest run and the number of crossings are held to."""

    ANHOEJ = "anhoej"
    BEST_BOX = "bestbox"
    CUT_BOX = "cutbox"


@dataclass(frozen=True)
class RunStatistics:
    """Along the last axis of the charts: useful points, longest run, crossings; the latter two 0 without a point."""

    n_useful: NDArray[np.int32]
    longest_run: NDArray[np.int32]
    n_crossings: NDArray[np.int32]


def run_statistics(points: Floats, centre: Floats) -> RunStatistics:
    """The run statistics of one chart or of many, along the last axis; NaN and ties with the centre are left out.

    >>> found = run_statistics(np.array([1.0, 2.0, -1.0, 0.0, -3.0, -2.0]), np.zeros(6))
    >>> int(found.n_useful), int(found.longest_run), int(found.n_crossings)
    (5, 3, 1)
    """
    sides = np.sign(points - centre)
    sides[sides == 0] = np.nan
    sides, _ = packed(sides)
    useful = ~np.isnan(sides)
    crossed = np.zeros(sides.shape, dtype=np.bool_)
    crossed[..., 1:] = useful[..., 1:] & (sides[..., 1:] != sides[..., :-1])
    place = np.arange(sides.shape[-1], dtype=np.int32)
    began = np.maximum.accumulate(np.where(crossed, place, 0), axis=-1)
    lengths = np.where(useful, place - began + 1, 0)
    return RunStatistics(
        useful.sum(axis=-1, dtype=np.int32),
        lengths.max(axis=-1, initial=0).astype(np.int32),
        crossed.sum(axis=-1, dtype=np.int32),
    )


def longest_run_max(n_useful: int) -> int:
    """The longest run that is still usual among so many useful points. Source: Schilling 2012."""
    return round(math.log2(n_useful)) + 3


def crossings_min(n_useful: int) -> int:
    """The fewest crossings that are still usual: the lower 5 % point of the binomial. Source: Chen 2010, equation 7."""
    from scipy.stats import binom

    return int(binom.ppf(0.05, n_useful - 1, 0.5)) if n_useful > 1 else 0


def usual(n_useful: int, variant: Variant = Variant.ANHOEJ) -> Flags:
    """Which outcomes are no signal, as a table: crossings (0 to n - 1) down, longest run (1 to n) across."""
    return _usual(n_useful, variant if n_useful in BOXED else Variant.ANHOEJ)


def runs_signal(found: RunStatistics, variant: Variant = Variant.ANHOEJ) -> Flags:
    """Whether the runs of each chart are unusual; a chart without a useful point has no signal."""
    signal = np.zeros(np.shape(found.n_useful), dtype=np.bool_)
    for n in np.unique(found.n_useful[found.n_useful > 0]):
        these = found.n_useful == n
        if variant is Variant.ANHOEJ or int(n) not in BOXED:
            long, few = longest_run_max(int(n)), crossings_min(int(n))
            signal[these] = (found.longest_run[these] > long) | (found.n_crossings[these] < few)
        else:
            table = usual(int(n), variant)
            signal[these] = ~table[found.n_crossings[these], found.longest_run[these] - 1]
    return signal


@lru_cache(maxsize=512)
def joint_chances(n: int, above: float = 0.5) -> Floats:
    """The chance of each pair of crossings (0 to n - 1, down) and longest run (1 to n, across) of n independent points.

    `above` is the chance of a point above the centre. Exact: the runs of a side are a composition of its number of
    points into parts, none over the longest. Source: Wentzel-Larsen and Anhøj 2019, 10.1371/journal.pone.0223233.
    """
    high, low = above ** np.arange(n + 1), (1 - above) ** np.arange(n + 1)
    crossings = np.arange(n)
    first, second = crossings // 2 + 1, (crossings + 1) // 2
    at_most = np.zeros((n, n + 1))
    for longest in range(1, n + 1):
        ways = _compositions(max(n, BOXED[-1]), longest)[: n + 1, : n + 1]
        up, down = ways * high, ways * low
        at_most[:, longest] = (up[first] * down[second, ::-1] + down[first] * up[second, ::-1]).sum(axis=1)
    return np.diff(at_most, axis=1)


@lru_cache(maxsize=256)
def _compositions(n: int, longest: int) -> Floats:
    """How many ways (rows: parts, 0 to n) to write each number (columns: 0 to n) with parts of 1 to `longest`."""
    ways = np.zeros((n + 1, n + 1))
    ways[0, 0] = 1
    places = np.arange(1, n + 1)
    for k in range(1, n + 1):
        total = np.concatenate([[0.0], np.cumsum(ways[k - 1])])
        ways[k, 1:] = total[places] - total[np.maximum(places - longest, 0)]
    return ways


@lru_cache(maxsize=512)
def _usual(n: int, variant: Variant) -> Flags:
    crossings, longest = np.arange(n)[:, None], np.arange(1, n + 1)
    if variant is Variant.ANHOEJ:
        return (crossings >= crossings_min(n)) & (longest <= longest_run_max(n))
    fewest, most = best_box(n)
    box = (crossings >= fewest) & (longest <= most)
    return _cut(n, box, fewest, most) if variant is Variant.CUT_BOX else box


@lru_cache(maxsize=128)
def best_box(n: int) -> tuple[int, int]:
    """The fewest crossings and the longest run of the box that finds a shift of 0.8 best, at a specificity of 0.925."""
    quiet, moved = _boxes(joint_chances(n)), _boxes(joint_chances(n, _shifted()))
    missed = np.where(quiet >= SPECIFICITY, moved, np.inf)
    fewest, most = np.unravel_index(int(np.argmin(missed)), missed.shape)
    return int(fewest), int(most) + 1


def _boxes(chances: Floats) -> Floats:
    """The chance of at least so many crossings (down) and a longest run of at most so many (across)."""
    return chances[::-1].cumsum(axis=0)[::-1].cumsum(axis=1)


def _shifted() -> float:
    return 0.5 * (1 + math.erf(SHIFT / math.sqrt(2)))


def _cut(n: int, box: Flags, fewest: int, most: int) -> Flags:
    """The box without cells of its corner, along the border of few crossings and the border of long runs.

    The corner goes first; then, as long as the specificity allows, the next cell of either border, that one first
    which a shift of 0.8 fills more often.
    """
    quiet, moved = joint_chances(n), joint_chances(n, _shifted())
    corner = (fewest, most - 1)
    left, kept = box.copy(), float(quiet[box].sum())
    if kept - quiet[corner] < SPECIFICITY:
        return box
    left[corner], kept = False, kept - quiet[corner]
    borders = [
        [(fewest, column) for column in range(most - 2, -1, -1)],
        [(row, most - 1) for row in range(fewest + 1, n)],
    ]
    while True:
        following = sorted((border for border in borders if border), key=lambda border: -moved[border[0]])
        border = next((border for border in following if kept - quiet[border[0]] >= SPECIFICITY), None)
        if border is None:
            return left
        cell = border.pop(0)
        left[cell], kept = False, kept - quiet[cell]
