"""Graphs of the small models: who hears whom."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from coproduce.simulator.streams import IntArray
from coproduce.simulator.ties import Ties, join


class Hearing(NamedTuple):
    """Whom each of n people hears: everybody, or the neighbours in compressed rows (see Ties); kernels take it."""

    everyone: bool
    start: IntArray
    neighbour: IntArray


def hearing(form: str, n: int) -> Hearing:
    """A complete graph, a cycle, a star (around person 0) or a path on n people; a complete one needs no rows.

    >>> np.diff(hearing("cycle", 5).start).tolist(), np.diff(hearing("star", 4).start).tolist()
    ([2, 2, 2, 2, 2], [3, 1, 1, 1])
    """
    if form == "complete":
        return Hearing(everyone=True, start=np.zeros(1, np.int64), neighbour=np.zeros(0, np.int64))
    ties = simple(form, n)
    return Hearing(everyone=False, start=ties.start, neighbour=ties.neighbour)


def simple(form: str, n: int) -> Ties:
    """A cycle, a star (around person 0) or a path on n people; one person has no ties."""
    one = np.arange(n)
    match form:
        case "star":
            return join(n, np.zeros(n, dtype=np.int64), one)
        case "path":
            return join(n, one[:-1], one[1:])
        case _:
            return join(n, one, (one + 1) % n)
