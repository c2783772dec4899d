"""The best assignment of needs to helpers as a min-cost flow, solved by OR-Tools.

Each kind of need sends as much as waits, over its pairs, to helpers and on to the sink. Serving nobody has an arc of
its own, dearer than any chain of re-assignments, so that as many as possible are served (Ahuja, Magnanti and Orlin,
Network Flows, 1993, chapters 9 to 11). The solver is a cost-scaling push-relabel (Goldberg 1997,
10.1006/jagm.1995.0805).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.graph.python import min_cost_flow

from coproduce.errors import Unavailable

Array = NDArray[np.int64]

#: One whole fit, in the whole numbers that the solver counts with.
_ONE = 100_000
_QUARTERS = 4
#: How much of a fit a helper's last quarter of capacity costs more than the first: of equals, the less loaded first.
_LOAD = 0.003
#: What an expected need costs that nobody could take: two whole fits, far less than one that waits already.
_UNMET = 2 * _ONE


@dataclass(frozen=True)
class Supply:
    """What waits, what is expected, and who is there.

    Per kind of need: how many wait, how many more are expected, whether it is urgent. Per helper: capacity, how much of
    it is in use, whether new.
    """

    n_waiting: Array
    n_expected: Array
    is_urgent: NDArray[np.bool_]
    capacity: Array
    n_open: Array
    is_new: NDArray[np.bool_]


@dataclass(frozen=True)
class Flow:
    """How many needs of a kind go to a helper, one row each."""

    kinds: list[int]
    helpers: list[int]
    counts: list[int]

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        return zip(self.kinds, self.helpers, self.counts, strict=True)


@dataclass
class _Arcs:
    """Arcs of a network, as columns: from, to, capacity, cost of a unit."""

    parts: list[tuple[Array, Array, Array, Array]]

    def add(self, tail: Any, head: Any, capacity: Any, cost: Any) -> None:
        """Adds arcs; single values are repeated."""
        tails, heads, capacities, costs = np.broadcast_arrays(
            *(np.atleast_1d(np.asarray(part, np.int64)) for part in (tail, head, capacity, cost))
        )
        self.parts.append((tails, heads, capacities, costs))

    def columns(self) -> list[Array]:
        """All arcs, in the order added."""
        return [np.concatenate(column) for column in zip(*self.parts, strict=True)]


def best_flow(supply: Supply, fit: Any, new_share: float) -> Flow:
    """The most urgent needs served, then the most needs served, then the most fit, the load being even.

    `fit` is sparse, shape (kinds, helpers), between 0 and 1. New helpers get their share, of what waits and what is
    expected together, where each costs less than one whole fit; no urgent need is sent to a new helper to fill it.
    """
    n_kinds, n_helpers = fit.shape
    sink, newcomers = n_kinds + n_helpers, n_kinds + n_helpers + 1
    # One chain of re-assignments changes each pair on it by at most one fit, one load and one newcomer, and leaves out
    # one need that is expected.
    chain = 4 * (min(2 * n_kinds, n_helpers) + 3)
    arcs = _Arcs([])
    arcs.add(np.arange(n_kinds), sink, supply.n_waiting, _ONE * chain * np.where(supply.is_urgent, 2, 1))
    onward = np.where(supply.is_new, newcomers, sink)
    for level, n_units in enumerate(_by_load(supply)):
        cost = round(_LOAD * _ONE * level / (_QUARTERS - 1))
        arcs.add(n_kinds + np.arange(n_helpers), onward, n_units, cost)
    n_expected = int(supply.n_expected.sum())
    n_needs = int(supply.n_waiting.sum()) + n_expected
    floor = math.ceil(new_share * (int(supply.n_waiting[~supply.is_urgent].sum()) + n_expected))
    arcs.add(newcomers, sink, [floor, n_needs], [-_ONE, 0])
    if n_expected:
        _expect(supply, fit, arcs)
    return _flow(supply, fit, arcs, trial=_ONE if floor else 0)


def most_fit(supply: Supply, fit: Any) -> Flow:
    """The most fit that the limits allow, however many needs that serves."""
    n_kinds, n_helpers = fit.shape
    sink = n_kinds + n_helpers
    arcs = _Arcs([])
    arcs.add(np.arange(n_kinds), sink, supply.n_waiting, 0)
    arcs.add(n_kinds + np.arange(n_helpers), sink, np.maximum(supply.capacity - supply.n_open, 0), 0)
    return _flow(supply, fit, arcs)


def _expect(supply: Supply, fit: Any, arcs: _Arcs) -> None:
    """Adds the needs that are expected, so that what they will want is kept for them; their nodes are the last."""
    n_kinds, n_helpers = fit.shape
    nodes, sink = n_kinds + n_helpers + 2 + np.arange(n_kinds), n_kinds + n_helpers
    arcs.add(nodes, sink, supply.n_expected, _UNMET)
    rows, columns, worth = _pairs(fit, supply.n_expected)
    arcs.add(nodes[rows], n_kinds + columns, supply.n_expected[rows], -worth)


def _pairs(fit: Any, n_needs: Array) -> tuple[Array, Array, Array]:
    """Kind, helper and fit, in whole numbers, of each pair of a kind of which there are needs."""
    pairs = fit.tocoo()
    there = n_needs[pairs.row] > 0
    kept = (pairs.row[there], pairs.col[there], np.rint(pairs.data[there] * _ONE))
    rows, columns, worth = (np.asarray(column, np.int64) for column in kept)
    return rows, columns, worth


def _flow(supply: Supply, fit: Any, arcs: _Arcs, trial: int = 0) -> Flow:
    """The flow over the pairs of `fit`, given the arcs that lead on; an urgent need with a new helper costs `trial`."""
    n_kinds, n_helpers = fit.shape
    rows, columns, worth = _pairs(fit, supply.n_waiting)
    if not len(rows):
        return Flow([], [], [])
    cost = trial * (supply.is_urgent[rows] & supply.is_new[columns]) - worth
    arcs.add(rows, n_kinds + columns, supply.n_waiting[rows], cost)
    supplies = np.zeros(2 * n_kinds + n_helpers + 2, np.int64)
    supplies[:n_kinds], supplies[n_kinds + n_helpers + 2 :] = supply.n_waiting, supply.n_expected
    supplies[n_kinds + n_helpers] = -supplies.sum()
    flows = _solved(arcs, supplies)[-len(rows) :]
    used = np.flatnonzero(flows)
    return Flow(rows[used].tolist(), columns[used].tolist(), flows[used].tolist())


def _by_load(supply: Supply) -> list[Array]:
    """How many more needs each helper takes in each quarter of their capacity, the emptiest quarter first."""
    edges = [-(-supply.capacity * level // _QUARTERS) for level in range(_QUARTERS + 1)]
    return [np.maximum(above - np.maximum(supply.n_open, below), 0) for below, above in pairwise(edges)]


def _solved(arcs: _Arcs, supplies: Array) -> Array:
    """The flow of each arc; raises Unavailable when the solver gives up, which no input within the limits causes."""
    solver = min_cost_flow.SimpleMinCostFlow()
    added = solver.add_arcs_with_capacity_and_unit_cost(*arcs.columns())
    solver.set_nodes_supplies(np.arange(len(supplies)), supplies)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise Unavailable(f"The assignment was not solved (status {status}).", next_step="Assign fewer needs at once.")
    return np.asarray(solver.flows(added), np.int64)
