"""The exact chance that a chart of pure noise signals: independent normal points, centre and limits known beforehand.

A rule set is a machine that reads, point by point, in which zone a point lies and whether it went up or down. Zones
are crossed with known chances; within a zone up or down depends on where in the zone the last point lay, a polynomial
that a Gauss-Legendre rule integrates without error. So the chance that the machine has not signalled yet is exact, up
to rounding. Limits estimated from the same points signal otherwise: see `coproduce.statistics.false_signals`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from coproduce.errors import InvalidInput
from coproduce.statistics.control.rules import Floats
from coproduce.statistics.control.runs import Variant, joint_chances, usual
from coproduce.statistics.control.spec import Rules
from coproduce.statistics.quadrature import gauss_legendre

#: More points than this are not asked for: by then nearly every chart has signalled.
MOST_POINTS = 200
#: Zones from low to high, by their bounds in sigma; beyond 3 sigma every rule set signals.
_BOUNDS = (-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0)
_ZONES = range(len(_BOUNDS) - 1)
#: A row of points in one zone is at most 8 long before a rule signals: degree 8 needs 9 nodes at most.
_NODES = 9

#: What a machine remembers; begins as an empty tuple.
State = tuple[Any, ...]
#: From what is remembered, the side (1 above), the depth (whole sigmas from the centre) and the way (1 up, -1 down, 0
#: at the first point) to what is remembered next; None for a signal.
Machine = Callable[[State, int, int, int], State | None]


def chance_of_signal(n_points: int, rules: Rules) -> float:
    """The chance that a chart of so many points of pure noise carries a signal.

    For the Anhøj rules and their boxes `n_points` counts useful points, and any symmetric noise will do.
    Raises InvalidInput outside 1 to 200 points.
    Source: Champ and Woodall 1987, 10.1080/00401706.1987.10488266, for runs rules as a Markov chain.

    >>> round(chance_of_signal(24, Rules.ANHOEJ), 3)
    0.066
    """
    if not 1 <= n_points <= MOST_POINTS:
        raise InvalidInput(given=f"a chart of {n_points} points", expected=f"1 to {MOST_POINTS}")
    if rules.value in set(Variant):
        return float(1 - joint_chances(n_points)[usual(n_points, Variant(rules.value))].sum())
    return 1 - _silent(rules, MOST_POINTS)[n_points - 1]


@lru_cache(maxsize=8)
def _silent(rules: Rules, most: int) -> tuple[float, ...]:
    """The chance of no signal in the first 1, 2, ... points."""
    crossing, rising, falling, begun = _chain(_MACHINES[rules])
    weights, integral = _legendre(_NODES)
    density = begun[:, None] * np.ones(_NODES)
    silent = []
    for _ in range(most):
        mass = density @ weights
        silent.append(float(mass.sum()))
        below = density @ integral.T
        moved = (crossing @ mass)[:, None]
        density = moved + rising @ below + falling @ (mass[:, None] - below)
    return tuple(silent)


def _chain(machine: Machine) -> tuple[csr_matrix, csr_matrix, csr_matrix, Floats]:
    """How chance flows between states (to other zones; upwards, downwards within one), and where it is at first."""
    width = np.diff([0.5 * math.erfc(-bound / math.sqrt(2)) for bound in _BOUNDS])
    begin = {(zone, _read(machine, (), zone, 0)): float(width[zone]) for zone in _ZONES}
    number = {state: i for i, state in enumerate(begin)}
    flows: dict[str, list[tuple[int, int, float]]] = {"crossing": [], "rising": [], "falling": []}
    waiting = list(begin)
    while waiting:
        zone, memory = waiting.pop()
        for to in _ZONES:
            for way in _ways(zone, to):
                then = _read(machine, memory, to, way)
                if then is None:
                    continue
                if (to, then) not in number:
                    number[to, then] = len(number)
                    waiting.append((to, then))
                name = "crossing" if to != zone else "rising" if way > 0 else "falling"
                flows[name].append((number[to, then], number[zone, memory], float(width[to])))
    size = len(number)
    begun = np.zeros(size)
    begun[: len(begin)] = list(begin.values())
    matrices = [_matrix(flow, size) for flow in flows.values()]
    return matrices[0], matrices[1], matrices[2], begun


def _ways(zone: int, to: int) -> tuple[int, ...]:
    return (1, -1) if to == zone else (1,) if to > zone else (-1,)


def _read(machine: Machine, memory: State | None, zone: int, way: int) -> State | None:
    side, depth = (1, zone - 3) if zone >= 3 else (-1, 2 - zone)
    return machine(memory or (), side, depth, way)


def _matrix(flow: list[tuple[int, int, float]], size: int) -> csr_matrix:
    rows, columns, chances = zip(*flow, strict=True)
    return csr_matrix((chances, (rows, columns)), shape=(size, size))


def _legendre(n: int) -> tuple[Floats, Floats]:
    """Weights on 0 to 1, and the matrix that integrates a polynomial through the nodes from 0 to each node."""
    at, weights = gauss_legendre(n)
    powers = np.vander((at + 1) / 2, n, increasing=True)
    raised = ((at + 1) / 2)[:, None] ** np.arange(1, n + 1) / np.arange(1, n + 1)
    return weights / 2, raised @ np.linalg.inv(powers)


def _run(count: int, side: int) -> int:
    """The row of points on one side, with its sign."""
    return count + side if count * side > 0 else side


def _western_electric(state: State, side: int, depth: int, _: int) -> State | None:
    run, marks = state or (0, ())
    run, (marks, crowded) = _run(run, side), _zones(marks, side, depth)
    return None if abs(run) == 8 or crowded else (run, marks)


def _zones(marks: tuple[int, ...], side: int, depth: int) -> tuple[tuple[int, ...], bool]:
    """The last four points as signed depths, and whether two of three lie beyond 2 sigma or four of five beyond 1."""
    two = depth >= 2 and len(marks) >= 2 and any(mark * side >= 2 for mark in marks[-2:])
    four = depth >= 1 and len(marks) >= 4 and sum(mark * side >= 1 for mark in marks) >= 3
    # Beyond 2 sigma matters for two points only; older ones are remembered as beyond 1.
    kept = (*marks[-3:], side * min(depth, 2))
    return (*(max(-1, min(1, mark)) for mark in kept[:-2]), *kept[-2:]), two or four


def _nelson(state: State, side: int, depth: int, way: int) -> State | None:
    run, marks, trend, turns, within, outside = state or (0, (), 0, 0, 0, 0)
    run, (marks, crowded) = _run(run, side), _zones(marks, side, depth)
    turns = turns + 1 if trend * way < 0 else 0
    trend = _run(trend, way) if way else 0
    within = within + 1 if depth == 0 else 0
    outside = min(8, outside + 1) if depth else 0
    patterns = (
        crowded,
        abs(run) == 9,
        abs(trend) == 5,
        turns == 12,
        within == 15,
        outside == 8 and abs(run) < 8,
    )
    return None if any(patterns) else (run, marks, trend, turns, within, outside)


def _nhs(state: State, side: int, depth: int, way: int) -> State | None:
    run, trend, near = state or (0, 0, ())
    near = (*(near if run * side > 0 else ())[-2:], depth == 2)
    run, trend = _run(run, side), _run(trend, way) if way else 0
    if abs(run) == 7 or abs(trend) == 6 or (len(near) == 3 and sum(near) >= 2):
        return None
    return run, trend, near[-2:]


_MACHINES: dict[Rules, Machine] = {
    Rules.WESTERN_ELECTRIC: _western_electric,
    Rules.NELSON: _nelson,
    Rules.NHS: _nhs,
}
