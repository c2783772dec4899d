"""What needs that are still to come will ask for, judged by those that came.

Some ask for what was asked before, the others for something new. How many are new is the share of those so far that
asked for what nobody else did (Good 1953, 10.1093/biomet/40.3-4.237). What is new is made of the parts of what came: as
many topics as somebody asked for, each as often as it was asked for, and a language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from coproduce.matching.people import OpenNeed

Counts = NDArray[np.int64]
_Value = TypeVar("_Value", int, str)
#: New kinds of need that stand for all that could come. With 500, 1,000 and 2,000 of them, 10,000 made needs had 97.6,
#: 97.9 and 98.0 % of the most fit.
N_MADE = 1_000


def how_many(n: int, seen: Counts) -> tuple[Counts, int]:
    """Of `n` needs to come, how many of each kind seen so far, and how many of kinds that nobody has asked for yet.

    `seen` is how many needs of each kind came. Nothing is expected where nothing came.

    >>> how_many(8, np.array([3, 0, 1]))
    (array([4, 0, 2]), 2)
    """
    total = int(seen.sum())
    if not n or not total:
        return np.zeros_like(seen), 0
    n_new = round(n * float((seen == 1).sum()) / total)
    return in_proportion(n - n_new, seen), n_new


def in_proportion(n: int, seen: Counts) -> Counts:
    """So many needs, spread over the kinds as those seen so far are; whole numbers that add up, evenly spaced.

    >>> in_proportion(5, np.array([2, 0, 1, 1])).tolist()
    [2, 0, 2, 1]
    """
    if not n or not seen.any():
        return np.zeros_like(seen)
    ends: Counts = np.rint(np.cumsum(seen) * (n / seen.sum())).astype(np.int64)
    return np.diff(ends, prepend=0)


@dataclass
class Parts:
    """What the needs so far were made of: how many topics each had, the topics with their weights, the languages."""

    sizes: Counter[int]
    topics: Counter[str]
    weights: dict[str, float]
    languages: Counter[str]

    @classmethod
    def none(cls) -> Parts:
        """Of no need."""
        return cls(Counter(), Counter(), {}, Counter())

    def add(self, needs: Sequence[OpenNeed]) -> None:
        """Counts the parts of these needs too."""
        for need in needs:
            self.sizes[len(need.topics)] += 1
            self.topics.update(need.topics.keys())
            for topic, weight in need.topics.items():
                self.weights[topic] = self.weights.get(topic, 0.0) + weight
            self.languages[need.language] += 1

    def recombined(self, n: int, draws: np.random.Generator) -> list[tuple[dict[str, float], str]]:
        """Topics (to their mean weight) and language of `n` needs that are made of these parts.

        The same whatever the order in which the needs came.
        """
        sizes, languages = _drawn(self.sizes, n, draws), _drawn(self.languages, n, draws)
        names, shares = _shares(self.topics)
        weights = [self.weights[name] / self.topics[name] for name in names]
        chosen = [draws.choice(len(names), size, replace=False, p=shares) if size else () for size in sizes]
        return [
            ({names[at]: weights[at] for at in places}, language)
            for places, language in zip(chosen, languages, strict=True)
        ]


def _drawn(counts: Counter[_Value], n: int, draws: np.random.Generator) -> list[_Value]:
    values, shares = _shares(counts)
    return [values[at] for at in draws.choice(len(values), n, p=shares)]


def _shares(counts: Counter[_Value]) -> tuple[list[_Value], NDArray[np.float64]]:
    values = sorted(counts)
    found = np.array([counts[value] for value in values], np.float64)
    return values, found / found.sum()
