"""The network model on the fast engine: the steps of the one plan, with draws and sums over ties by kernels.

Kernels draw the same numbers of the same named streams and add in the same order as the oracle, so a run is the same
number for number and event for event.
"""

from __future__ import annotations

import numpy as np

from coproduce.simulator.compiled import kernel
from coproduce.simulator.models.draws import Words, start, uniform, words
from coproduce.simulator.network import Network
from coproduce.simulator.normal import CENTRE, tails
from coproduce.simulator.streams import BoolArray, FloatArray, IntArray, Streams
from coproduce.simulator.ties import Ties

_ABOVE, _BELOW = CENTRE


def compile_in(running: Network) -> Network:
    """The same run, at its start, with kernels in it."""
    world = running.world
    world.streams = CompiledStreams(world.streams.seed, world.streams.run)
    ties = world.people.ties
    world.people.ties = CompiledTies(ties.start, ties.neighbour, ties.owner)
    return running


class CompiledStreams(Streams):
    """The named streams of a run, drawn by kernels."""

    def uniform(self, name: str, tick: int, agents: IntArray | int) -> FloatArray:
        """As `Streams.uniform`."""
        stream = words(self, name)
        if isinstance(agents, int):
            drawn = np.empty(agents)
            draw_all(stream, tick, drawn)
        else:
            drawn = np.empty(agents.shape)
            draw_some(stream, tick, np.ascontiguousarray(agents, dtype=np.int64), drawn)
        return drawn

    def normal(self, name: str, tick: int, agents: IntArray | int) -> FloatArray:
        """As `Streams.normal`: the centre by a kernel, the tails by the oracle's own logarithm."""
        u = self.uniform(name, tick, agents)
        z = np.empty_like(u)
        centre(u, z)
        return tails(u, z)


class CompiledTies(Ties):
    """Ties whose sums are taken by kernels, in the order of the list of ties."""

    def mean(self, per_tie: FloatArray, counts: BoolArray) -> FloatArray:
        """As `Ties.mean`."""
        found = np.empty(self.start.size - 1)
        mean_of(self.start, per_tie, counts, found)
        return found

    def count(self, counts: BoolArray) -> FloatArray:
        """As `Ties.count`."""
        found = np.empty(self.start.size - 1)
        count_of(self.start, counts, found)
        return found


@kernel
def draw_all(stream: Words, tick: int, drawn: FloatArray) -> None:
    """The uniforms of agents 0, 1, 2 ... in this tick."""
    begins = start(stream, tick)
    for i in range(drawn.size):
        drawn[i] = uniform(begins, i)


@kernel
def draw_some(stream: Words, tick: int, agents: IntArray, drawn: FloatArray) -> None:
    """The uniforms of these agents in this tick."""
    begins = start(stream, tick)
    for i in range(drawn.size):
        drawn[i] = uniform(begins, agents[i])


@kernel
def centre(u: FloatArray, z: FloatArray) -> None:
    """The normal quantile as far as the centre's ratio of polynomials holds; see `coproduce.simulator.normal`."""
    for i in range(u.size):
        q = u[i] - 0.5
        x = 0.180625 - q * q
        above, below = _ABOVE[0], _BELOW[0]
        for k in range(1, len(_ABOVE)):
            above = above * x + _ABOVE[k]
            below = below * x + _BELOW[k]
        z[i] = q * (above / below)


@kernel
def mean_of(first: IntArray, per_tie: FloatArray, counts: BoolArray, found: FloatArray) -> None:
    """The mean over each person's ties that count; 0 where none does."""
    for i in range(found.size):
        total, number = 0.0, 0.0
        for tie in range(first[i], first[i + 1]):
            total += per_tie[tie] if counts[tie] else 0.0
            number += counts[tie]
        found[i] = total / max(number, 1.0)


@kernel
def count_of(first: IntArray, counts: BoolArray, found: FloatArray) -> None:
    """The number of each person's ties that count."""
    for i in range(found.size):
        number = 0
        for tie in range(first[i], first[i + 1]):
            number += counts[tie]
        found[i] = number
