"""The network model on the fast engine: the steps of the one plan, with draws and passes over ties by kernels.

Kernels draw the same numbers of the same named streams and add in the same order as the oracle, so a run is the same
number for number and event for event.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from coproduce.simulator.compiled import Int, Real, kernel, part
from coproduce.simulator.evidence import CareEvidence, Evidence
from coproduce.simulator.models.draws import Words, start, uniform, words
from coproduce.simulator.network import Network
from coproduce.simulator.normal import CENTRE, FLANK, TAIL
from coproduce.simulator.population import Population
from coproduce.simulator.streams import BoolArray, FloatArray, IntArray, Streams
from coproduce.simulator.ties import PeerRule, Ties

#: Levels of engagement, narrow enough for a cache; -1 for who is no member.
LevelArray = npt.NDArray[np.int8]


class Rows(NamedTuple):
    """Ties as kernels take them: `neighbour[start[i] : start[i + 1]]` for person i."""

    start: IntArray
    neighbour: IntArray


class Cases(NamedTuple):
    """Patients on treatments: place and treatment of each, and the phenotype by place."""

    slots: IntArray
    treatment: IntArray
    phenotype: IntArray


class Known(NamedTuple):
    """Rows and sum of outcomes, by unit and treatment."""

    rows: FloatArray
    total: FloatArray


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
    if (known := world.evidence) is not None:
        world.evidence = CareEvidence(**{name: CompiledEvidence(**vars(one)) for name, one in vars(known).items()})
    return running


class CompiledPopulation(Population):
    """People whose best treatment is found by a kernel."""

    def activation_after(self, move: FloatArray, moves: BoolArray, drift: float) -> FloatArray:
        """As `Population.activation_after`."""
        after = np.empty(self.n)
        drift_to((self.start_activation, self.activation), move, moves, drift, after)
        return after

    def best_for(self, slots: IntArray) -> IntArray:
        """As `Population.best_for`."""
        if self.own is None:
            return super().best_for(slots)
        found = np.empty(slots.size, dtype=np.int64)
        best_of(self.response, self.own, self.phenotype, slots, found)
        return found

    def responses_to(self, slots: IntArray, treatment: IntArray) -> FloatArray:
        """As `Population.responses_to`."""
        if self.own is None:
            return super().responses_to(slots, treatment)
        found = np.empty(slots.size)
        respond(Cases(slots, treatment, self.phenotype), self.response, self.own, found)
        return found


class CompiledEvidence(Evidence):
    """Evidence whose rows are added up by a kernel."""

    def lend(self, rows: FloatArray, total: FloatArray, units: IntArray, trust: FloatArray, *, cap: float) -> None:
        """As `Evidence.lend`."""
        lend_to(Known(rows, total), Known(self.count, self.total), units, trust, float(cap))


class CompiledStreams(Streams):
    """The named streams of a run, drawn by kernels."""

    def __init__(self, seed: int, run: int) -> None:
        super().__init__(seed, run)
        self._words: dict[str, Words] = {}

    def uniform(self, name: str, tick: int, agents: IntArray | int) -> FloatArray:
        """As `Streams.uniform`."""
        if isinstance(agents, int):
            drawn = np.empty(agents)
            draw_all(self._stream(name), tick, drawn)
        else:
            drawn = np.empty(agents.shape)
            draw_some(self._stream(name), tick, np.ascontiguousarray(agents, dtype=np.int64), drawn)
        return drawn

    def below(self, name: str, tick: int, n: int, limit: FloatArray | float) -> IntArray:
        """As `Streams.below`."""
        if isinstance(limit, np.ndarray):
            return super().below(name, tick, n, limit)
        found = np.empty(n + 1, dtype=np.int64)
        return found[: draw_below(self._stream(name), tick, float(limit), found)]

    def _stream(self, name: str) -> Words:
        stream = self._words.get(name)
        if stream is None:
            stream = self._words[name] = words(self, name)
        return stream

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

    def share_above(self, level: IntArray, than: IntArray | int, member: BoolArray, slots: IntArray) -> FloatArray:
        """As `Ties.share_above`."""
        found = np.empty(slots.size)
        limit = np.full(slots.size, than, dtype=np.int64)
        above(Rows(self.start, self.neighbour), np.where(member, level, -1).astype(np.int8), slots, limit, found)
        return found

    def place_of(self, owner: IntArray, other: IntArray) -> IntArray:
        """As `Ties.place_of`."""
        found = np.empty(owner.size, dtype=np.int64)
        tie_between(Rows(self.start, self.neighbour), owner, other, found)
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
def draw_below(stream: Words, tick: int, limit: float, found: IntArray) -> Int:
    """How many of the agents 0, 1, 2 ... draw below this limit, and which; there is one place more than agents."""
    begins, n = start(stream, tick), np.uint64(0)
    for i in range(found.size - 1):
        found[n] = i
        n += np.uint64(uniform(begins, i) < limit)
    return n


@part
def _ratio(pair: tuple[tuple[float, ...], tuple[float, ...]], x: float) -> Real:
    """One polynomial over another at x, by Horner's rule in the order of the oracle."""
    above, below = pair[0][0], pair[1][0]
    for k in range(1, len(pair[0])):
        above = above * x + pair[0][k]
        below = below * x + pair[1][k]
    return above / below


@kernel
def centre(u: FloatArray, z: FloatArray, outside: IntArray) -> Int:
    """The normal quantile where the centre's ratio holds, and where it does not; see `coproduce.simulator.normal`."""
    for i in range(u.size):  # a loop of its own, which the compiler turns into one of vectors
        q = u[i] - 0.5
        z[i] = q * _ratio(CENTRE, 0.180625 - q * q)
    n = np.uint64(0)
    for i in range(u.size):
        outside[n] = i
        n += np.uint64(abs(u[i] - 0.5) > 0.425)
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
    """Mean gap to each person's ties who are members, where enough of them are ahead.

    Who is no member is seen as NaN, so that a tie is looked up once; nothing is above, below or equal to it.
    """
    seen = np.where(member, activation, np.nan)
    for i in range(found.size):
        if not member[i]:
            continue
        own, total, number, ahead = activation[i], 0.0, 0, 0
        for tie in range(np.uint64(rows.start[i]), np.uint64(rows.start[i + 1])):
            gap = seen[np.uint64(rows.neighbour[tie])] - own
            number += not np.isnan(gap)
            ahead += gap > 0.0
            total += gap if gap > 0.0 or (gap <= 0.0 and not rule.up) else 0.0
        if ahead >= rule.share * number and ahead >= rule.number:
            found[i] = total / max(number, 1)


@kernel
def above(rows: Rows, level: LevelArray, slots: IntArray, than: IntArray, found: FloatArray) -> None:
    """The share of these people's ties who are members and at a higher level; who is no member is at level -1."""
    for k in range(slots.size):
        i = slots[k]
        number, higher = 0, 0
        if level[i] >= 0:
            for tie in range(np.uint64(rows.start[i]), np.uint64(rows.start[i + 1])):
                theirs = level[np.uint64(rows.neighbour[tie])]
                number += theirs >= 0
                higher += theirs > than[k]
        found[k] = higher / max(number, 1)


@kernel
def tie_between(rows: Rows, owner: IntArray, other: IntArray, found: IntArray) -> None:
    """Where each owner's tie to the other stands in the list of ties, the last one of several; -1 for none."""
    for k in range(owner.size):
        found[k] = -1
        for tie in range(rows.start[owner[k]], rows.start[owner[k] + 1]):
            if rows.neighbour[tie] == other[k]:
                found[k] = tie


@kernel
def drift_to(
    activation: tuple[FloatArray, FloatArray], move: FloatArray, moves: BoolArray, drift: float, after: FloatArray
) -> None:
    """Activation, at the start and now, after a drift from the one to the other and this move, within [0, 1]."""
    own, now = activation
    for i in range(after.size):
        moved = min(max((own[i] - now[i]) * drift + move[i] + now[i], 0.0), 1.0)
        after[i] = moved if moves[i] else now[i]


@kernel
def best_of(response: FloatArray, own: FloatArray, phenotype: IntArray, slots: IntArray, found: IntArray) -> None:
    """The first of the treatments that do most for each of these patients, within [0, 1]."""
    for k in range(slots.size):
        i = np.uint64(slots[k])
        kind, most, best = np.uint64(phenotype[i]), -1.0, np.int64(0)
        for t in range(np.uint64(response.shape[1])):
            q = min(max(response[kind, t] + own[i, t], 0.0), 1.0)
            best = np.int64(t) if q > most else best
            most = q if q > most else most
        found[k] = best


@kernel
def respond(cases: Cases, response: FloatArray, own: FloatArray, found: FloatArray) -> None:
    """What the outcome of these patients tends to under these treatments."""
    for k in range(cases.slots.size):
        i, t = np.uint64(cases.slots[k]), np.uint64(cases.treatment[k])
        found[k] = min(max(response[np.uint64(cases.phenotype[i]), t] + own[i, t], 0.0), 1.0)


@kernel
def lend_to(known: Known, evidence: Known, units: IntArray, trust: FloatArray, cap: float) -> None:
    """Adds what is known by these units, at most `cap` rows a treatment, as far as each is trusted."""
    for k in range(units.size):
        unit = np.uint64(units[k])
        for t in range(np.uint64(known.rows.shape[1])):
            count = evidence.rows[unit, t]
            weight = min(count, cap)
            known.rows[k, t] += trust[k] * weight
            known.total[k, t] += trust[k] * (weight * evidence.total[unit, t] / (count if count > 0.0 else 1.0))
