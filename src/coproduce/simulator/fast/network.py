"""The network model on the fast engine: the steps of the one plan, with draws and passes over ties by kernels.

Kernels draw the same numbers of the same named streams and add in the same order as the oracle, so a run is the same
number for number and event for event.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from coproduce.simulator import network
from coproduce.simulator.compiled import Int, Real, kernel, part
from coproduce.simulator.evidence import CareEvidence, Evidence
from coproduce.simulator.levers import Starts
from coproduce.simulator.models.draws import Words, start, uniform, words
from coproduce.simulator.network import Network
from coproduce.simulator.normal import CENTRE, FLANK, TAIL
from coproduce.simulator.parameters import NetworkParameters
from coproduce.simulator.population import OwnArray, Population
from coproduce.simulator.recorder import Writer
from coproduce.simulator.stages import Step
from coproduce.simulator.streams import BoolArray, FloatArray, IntArray, KindArray, Limits, Streams
from coproduce.simulator.ties import PeerRule, Ties

#: Agents whose numbers are drawn before they are looked at: they fit a cache.
BLOCK = 512


class Rows(NamedTuple):
    """Ties as kernels take them: `neighbour[start[i] : start[i + 1]]` for person i."""

    start: IntArray
    neighbour: IntArray


class Cases(NamedTuple):
    """Patients on treatments: place and treatment of each, and the phenotype by place."""

    slots: IntArray
    treatment: IntArray
    phenotype: IntArray


class Patients(NamedTuple):
    """Which patients, and of every patient, by place, the treatment and the phenotype."""

    slots: IntArray
    treatment: IntArray
    phenotype: IntArray


class Levels(NamedTuple):
    """The level of engagement of each person, and who is a member."""

    level: KindArray
    member: BoolArray


class Known(NamedTuple):
    """Rows and sum of outcomes, by unit and treatment."""

    rows: FloatArray
    total: FloatArray


class Enough(NamedTuple):
    """The share and the number of ties that must be ahead, as kernels take them."""

    share: float
    number: float

    @classmethod
    def by(cls, rule: PeerRule) -> Enough:
        """The same rule."""
        threshold = rule.form == "threshold"
        return cls(float(rule.threshold), 0.0) if threshold else cls(0.0, float(rule.reinforcement))


def begin(
    p: NetworkParameters, streams: Streams, writer: Writer, *, plan: tuple[Step, ...] | None,
    tick_days: float, starts: Starts | None,
) -> Network:  # fmt: skip
    """As `coproduce.simulator.network.begin`; what is drawn at the start is drawn by kernels too."""
    drawn = CompiledStreams(streams.seed, streams.run)
    running = network.begin(p, drawn, writer, plan=plan, tick_days=tick_days, starts=starts)
    world = running.world
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

    def outcomes_after(self, slots: IntArray, pace: FloatArray | float, noise: FloatArray) -> FloatArray:
        """As `Population.outcomes_after`."""
        if self.own is None:
            return super().outcomes_after(slots, pace, noise)
        found = np.empty(slots.size)
        patients = Patients(slots, self.treatment, self.phenotype)
        step_to((self.outcome, found), patients, (self.response, self.own), np.atleast_1d(np.asarray(pace)), noise)
        return found

    def on_the_best(self, slots: IntArray) -> BoolArray:
        """As `Population.on_the_best`."""
        if self.own is None:
            return super().on_the_best(slots)
        found = np.empty(slots.size, dtype=np.bool_)
        unbeaten(Patients(slots, self.treatment, self.phenotype), self.response, self.own, found)
        return found

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

    def uniform_each(self, name: str, tick: int, agents: IntArray, n_each: int) -> FloatArray:
        """As `Streams.uniform_each`."""
        drawn = np.empty((agents.size, n_each))
        draw_each(self._stream(name), tick, np.ascontiguousarray(agents, dtype=np.int64), drawn)
        return drawn

    def below(self, name: str, tick: int, n: int, limit: FloatArray | float) -> IntArray:
        """As `Streams.below`."""
        if isinstance(limit, np.ndarray):
            return super().below(name, tick, n, limit)
        found = np.empty(n + 1, dtype=np.int64)
        return found[: draw_below(self._stream(name), tick, float(limit), found)]

    def reached(self, name: str, tick: int, kind: KindArray, limits: Limits) -> IntArray:
        """As `Streams.reached`."""
        found = np.empty(kind.size + 1, dtype=np.int64)
        return found[: draw_reached(self._stream(name), tick, kind, limits, found)]

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
            rows, slots = Rows(self.start, self.neighbour), np.flatnonzero(member[:n_patients])
            seen = np.where(member, activation, np.nan)
            pull_on(rows, seen, slots, 0.0 if rule.form != "symmetric" else -np.inf, found)
            if rule.form in ("threshold", "complex"):
                let_go(rows, seen, slots, Enough.by(rule), found)
        return found

    def share_above(self, level: KindArray, than: KindArray | int, member: BoolArray, slots: IntArray) -> FloatArray:
        """As `Ties.share_above`."""
        found = np.empty(slots.size)
        limit = np.full(slots.size, than, dtype=np.int16)
        above(Rows(self.start, self.neighbour), Levels(level, member), slots, limit, found)
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
def draw_each(stream: Words, tick: int, agents: IntArray, drawn: FloatArray) -> None:
    """The uniforms of so many things of each of these agents in this tick."""
    begins, n_each = start(stream, tick), drawn.shape[1]
    for k in range(agents.size):
        for j in range(n_each):
            drawn[k, j] = uniform(begins, agents[k] * n_each + j)


@kernel
def draw_below(stream: Words, tick: int, limit: float, found: IntArray) -> Int:
    """How many of the agents 0, 1, 2 ... draw below this limit, and which; there is one place more than agents."""
    begins, n, size = start(stream, tick), np.uint64(0), found.size - 1
    hit = np.empty(BLOCK, dtype=np.bool_)
    for first in range(0, size, BLOCK):
        n_here = min(BLOCK, size - first)
        for j in range(n_here):  # a loop of its own, which the compiler turns into one of vectors
            hit[j] = uniform(begins, first + j) < limit
        for j in range(n_here):
            found[n] = first + j
            n += np.uint64(hit[j])
    return n


@kernel
def draw_reached(stream: Words, tick: int, kind: KindArray, limits: Limits, found: IntArray) -> Int:
    """How many of the agents 0, 1, 2 ... draw outside the limits of their kind, and which; as `draw_below`.

    First who is outside the limits of some kind, which is quicker to tell; then who of these of their own.
    """
    begins, n, (low, high) = start(stream, tick), np.uint64(0), limits
    highest, lowest = low.max(), high.min()
    hit, some = np.empty(BLOCK, dtype=np.bool_), np.empty(BLOCK + 1, dtype=np.int64)
    for first in range(0, kind.size, BLOCK):
        n_here = min(BLOCK, kind.size - first)
        for j in range(n_here):
            u = uniform(begins, first + j)
            hit[j] = (u < highest) | (u > lowest)
        n_some = np.uint64(0)
        for j in range(n_here):
            some[n_some] = first + j
            n_some += np.uint64(hit[j])
        for k in range(n_some):
            found[n] = some[k]
            u, which = uniform(begins, some[k]), np.uint64(kind[some[k]])
            n += np.uint64((u < low[which]) | (u > high[which]))
    return n


@part
def _within(x: float) -> Real:
    """This number, or the nearer end of [0, 1]; quicker than `min` and `max`, which look for NaN."""
    above = x if x > 0.0 else 0.0
    return above if above < 1.0 else 1.0


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
def pull_on(rows: Rows, seen: FloatArray, slots: IntArray, least: float, found: FloatArray) -> None:
    """Mean gap of these people to their ties who are members, a gap that is not above the least counting as none.

    Who is no member is seen as NaN, so that a tie is looked up once; nothing is above, below or equal to it.
    """
    for k in range(slots.size):
        i = np.uint64(slots[k])
        own, total, number = seen[i], 0.0, 0
        for tie in range(np.uint64(rows.start[i]), np.uint64(rows.start[i + np.uint64(1)])):
            gap = seen[np.uint64(rows.neighbour[tie])] - own
            number += gap == gap  # noqa: PLR0124 - as not isnan, and quicker
            total += gap if gap > least else 0.0
        found[i] = total / max(number, 1)


@kernel
def let_go(rows: Rows, seen: FloatArray, slots: IntArray, enough: Enough, found: FloatArray) -> None:
    """No pull on those of these people of whose ties too few are ahead."""
    for k in range(slots.size):
        i = np.uint64(slots[k])
        number, ahead = 0, 0
        for tie in range(np.uint64(rows.start[i]), np.uint64(rows.start[i + np.uint64(1)])):
            gap = seen[np.uint64(rows.neighbour[tie])] - seen[i]
            number += not np.isnan(gap)
            ahead += gap > 0.0
        if ahead < enough.share * number or ahead < enough.number:
            found[i] = 0.0


@kernel
def above(rows: Rows, people: Levels, slots: IntArray, than: KindArray, found: FloatArray) -> None:
    """The share of these people's ties who are members and at a higher level; 0 for who is no member."""
    for k in range(slots.size):
        i = slots[k]
        number, higher = 0, 0
        if people.member[i]:
            for tie in range(np.uint64(rows.start[i]), np.uint64(rows.start[i + 1])):
                other = np.uint64(rows.neighbour[tie])
                number += people.member[other]
                higher += people.member[other] & (people.level[other] > than[k])
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
        moved = _within((own[i] - now[i]) * drift + move[i] + now[i])
        after[i] = moved if moves[i] else now[i]


@kernel
def best_of(response: FloatArray, own: OwnArray, phenotype: IntArray, slots: IntArray, found: IntArray) -> None:
    """The first of the treatments that do most for each of these patients, within [0, 1]."""
    for k in range(slots.size):
        i = np.uint64(slots[k])
        kind, most, best = np.uint64(phenotype[i]), -1.0, np.int64(0)
        for t in range(np.uint64(response.shape[1])):
            q = _within(response[kind, t] + own[i, t])
            best = np.int64(t) if q > most else best
            most = q if q > most else most
        found[k] = best


@kernel
def respond(cases: Cases, response: FloatArray, own: OwnArray, found: FloatArray) -> None:
    """What the outcome of these patients tends to under these treatments."""
    for k in range(cases.slots.size):
        i, t = np.uint64(cases.slots[k]), np.uint64(cases.treatment[k])
        found[k] = _within(response[np.uint64(cases.phenotype[i]), t] + own[i, t])


@kernel
def step_to(
    outcome: tuple[FloatArray, FloatArray], patients: Patients, world: tuple[FloatArray, OwnArray], pace: FloatArray,
    noise: FloatArray,
) -> None:  # fmt: skip
    """Outcomes before and after a step at this pace, one or one each, and noise."""
    (before, after), (response, own), each = outcome, world, np.int64(pace.size > 1)
    for k in range(patients.slots.size):
        i = np.uint64(patients.slots[k])
        t = np.uint64(patients.treatment[i])
        q = _within(response[np.uint64(patients.phenotype[i]), t] + own[i, t])
        after[k] = _within(before[i] + pace[k * each] * (q - before[i]) + noise[k])


@kernel
def unbeaten(patients: Patients, response: FloatArray, own: OwnArray, found: BoolArray) -> None:
    """Whether no other treatment does more for these patients, nor an earlier one as much, within [0, 1]."""
    for k in range(patients.slots.size):
        i = np.uint64(patients.slots[k])
        kind, chosen = np.uint64(patients.phenotype[i]), np.uint64(patients.treatment[i])
        most = _within(response[kind, chosen] + own[i, chosen])
        beaten = False
        for t in range(np.uint64(response.shape[1])):
            q = _within(response[kind, t] + own[i, t])
            beaten |= (q > most) | ((q == most) & (t < chosen))
        found[k] = not beaten


@kernel
def lend_to(known: Known, evidence: Known, units: IntArray, trust: FloatArray, cap: float) -> None:
    """Adds what is known by these units, at most `cap` rows a treatment, as far as each is trusted."""
    for k in range(units.size):
        unit = np.uint64(units[k])
        for t in range(np.uint64(known.rows.shape[1])):
            count = evidence.rows[unit, t]
            weight = count if count < cap else cap
            known.rows[k, t] += trust[k] * weight
            known.total[k, t] += trust[k] * (weight * evidence.total[unit, t] / (count if count > 0.0 else 1.0))
