"""The network model on the fast engine: the steps of the one plan, with draws and passes over ties by kernels.

Kernels draw the same numbers of the same named streams and add in the same order as the oracle, so a run is the same
number for number and event for event.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from coproduce.simulator.compiled import Real, kernel, part
from coproduce.simulator.models.draws import Words, start, uniform, words
from coproduce.simulator.network import Network
from coproduce.simulator.normal import CENTRE, FLANK, TAIL
from coproduce.simulator.population import Population
from coproduce.simulator.streams import BoolArray, FloatArray, IntArray, Streams
from coproduce.simulator.ties import PeerRule, Ties


class Rows(NamedTuple):
    """Ties as kernels take them: `neighbour[start[i] : start[i + 1]]` for person i."""

    start: IntArray
    neighbour: IntArray


class Pull(NamedTuple):
    """How peers pull, as kernels take it: only up or both ways, and the share and the number that must be ahead."""

    up: bool
    share: float
    number: float

    @classmethod
    def by(cls, rule: PeerRule) -> Pull:
        """The same rule."""
        share = rule.threshold if rule.form == "threshold" else 0.0
        number = float(rule.reinforcement) if rule.form == "complex" else 0.0
        return cls(rule.form != "symmetric", float(share), number)


def compile_in(running: Network) -> Network:
    """The same run, at its start, with kernels in it."""
    world = running.world
    world.streams = CompiledStreams(world.streams.seed, world.streams.run)
    ties = world.people.ties
    world.people = CompiledPopulation(**vars(world.people))
    world.people.ties = CompiledTies(ties.start, ties.neighbour, ties.owner)
    return running


class CompiledPopulation(Population):
    """People whose best treatment is found by a kernel."""

    def best_for(self, slots: IntArray) -> IntArray:
        """As `Population.best_for`."""
        if self.own is None:
            return super().best_for(slots)
        found = np.empty(slots.size, dtype=np.int64)
        best_of(self.response, self.own, self.phenotype, slots, found)
        return found


class CompiledStreams(Streams):
    """The named streams of a run, drawn by kernels."""

    def __init__(self, seed: int, run: int) -> None:
        super().__init__(seed, run)
        self._words: dict[str, Words] = {}

    def uniform(self, name: str, tick: int, agents: IntArray | int) -> FloatArray:
        """As `Streams.uniform`."""
        stream = self._words.get(name)
        if stream is None:
            stream = self._words[name] = words(self, name)
        if isinstance(agents, int):
            drawn = np.empty(agents)
            draw_all(stream, tick, drawn)
        else:
            drawn = np.empty(agents.shape)
            draw_some(stream, tick, np.ascontiguousarray(agents, dtype=np.int64), drawn)
        return drawn

    def quantile(self, u: FloatArray) -> FloatArray:
        """As `Streams.quantile`: ratios of polynomials by a kernel, the logarithm of the tails by NumPy's own."""
        flat = u.ravel()
        z, outside = np.empty_like(flat), np.empty(flat.size, dtype=np.int64)
        outside = outside[: centre(flat, z, outside)]
        least = flat[outside]
        far = np.sqrt(-np.log(np.minimum(least, 1.0 - least)))
        tails(far, flat, outside, z)
        return z.reshape(u.shape)


class CompiledTies(Ties):
    """Ties whose questions are answered by kernels, in one pass each, in the order of the list of ties."""

    def pull(self, activation: FloatArray, member: BoolArray, n_patients: int, rule: PeerRule) -> FloatArray:
        """As `Ties.pull`."""
        found = np.zeros(self.start.size - 1)
        if rule.form != "none":
            pull_on(Rows(self.start, self.neighbour), activation, member, Pull.by(rule), found[:n_patients])
        return found

    def share_ahead(self, level: IntArray, member: BoolArray) -> FloatArray:
        """As `Ties.share_ahead`."""
        found = np.empty(self.start.size - 1)
        ahead_of(Rows(self.start, self.neighbour), level, member, found)
        return found

    def share_engaged(self, level: IntArray, member: BoolArray, slots: IntArray) -> FloatArray:
        """As `Ties.share_engaged`."""
        found = np.empty(slots.size)
        engaged_around(Rows(self.start, self.neighbour), level, member, slots, found)
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


@part
def _ratio(pair: tuple[tuple[float, ...], tuple[float, ...]], x: float) -> Real:
    """One polynomial over another at x, by Horner's rule in the order of the oracle."""
    above, below = pair[0][0], pair[1][0]
    for k in range(1, len(pair[0])):
        above = above * x + pair[0][k]
        below = below * x + pair[1][k]
    return above / below


@kernel
def centre(u: FloatArray, z: FloatArray, outside: IntArray) -> int:
    """The normal quantile where the centre's ratio holds, and where it does not; see `coproduce.simulator.normal`."""
    n = 0
    for i in range(u.size):
        q = u[i] - 0.5
        z[i] = q * _ratio(CENTRE, 0.180625 - q * q)
        outside[n] = i
        n += abs(q) > 0.425
    return n


@kernel
def tails(far: FloatArray, u: FloatArray, outside: IntArray, z: FloatArray) -> None:
    """The quantiles outside the centre, so far out."""
    for k in range(outside.size):
        r = far[k]
        size = _ratio(FLANK, r - 1.6) if r <= 5.0 else _ratio(TAIL, r - 5.0)
        i = outside[k]
        z[i] = size if u[i] > 0.5 else -size


@kernel
def pull_on(rows: Rows, activation: FloatArray, member: BoolArray, rule: Pull, found: FloatArray) -> None:
    """Mean gap to each person's ties who are members, where enough of them are ahead."""
    for i in range(found.size):
        if not member[i]:
            continue
        own, total, number, ahead = activation[i], 0.0, 0.0, 0.0
        for tie in range(rows.start[i], rows.start[i + 1]):
            j = rows.neighbour[tie]
            here = np.float64(member[j])
            gap = activation[j] - own
            above = np.float64(gap > 0.0) * here
            total += gap * (above if rule.up else here)
            number += here
            ahead += above
        if ahead >= rule.share * number and ahead >= rule.number:
            found[i] = total / max(number, 1.0)


@kernel
def ahead_of(rows: Rows, level: IntArray, member: BoolArray, found: FloatArray) -> None:
    """The share of each member's ties who are members and at a higher level."""
    for i in range(found.size):
        number, ahead = 0, 0
        if member[i]:
            for tie in range(rows.start[i], rows.start[i + 1]):
                j = rows.neighbour[tie]
                number += member[j]
                ahead += member[j] & (level[j] > level[i])
        found[i] = ahead / max(number, 1)


@kernel
def engaged_around(rows: Rows, level: IntArray, member: BoolArray, slots: IntArray, found: FloatArray) -> None:
    """The share of these people's ties who are members and engaged."""
    for k in range(slots.size):
        i = slots[k]
        number, engaged = 0, 0
        if member[i]:
            for tie in range(rows.start[i], rows.start[i + 1]):
                j = rows.neighbour[tie]
                number += member[j]
                engaged += member[j] & (level[j] > 0)
        found[k] = engaged / max(number, 1)


@kernel
def best_of(response: FloatArray, own: FloatArray, phenotype: IntArray, slots: IntArray, found: IntArray) -> None:
    """The first of the treatments that do most for each of these patients, within [0, 1]."""
    for k in range(slots.size):
        i = slots[k]
        kind, most = phenotype[i], -1.0
        for t in range(response.shape[1]):
            q = min(max(response[kind, t] + own[i, t], 0.0), 1.0)
            if q > most:
                most, found[k] = q, t
