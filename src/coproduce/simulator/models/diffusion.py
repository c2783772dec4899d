"""The spread of an innovation among physicians who are tied to each other: simple and complex contagion.

In a tick everybody who has not adopted yet, with k adopting neighbours as of the tick before, does so with the chance
1 - (1 - media)(1 - c), where c is by `contagion_form`

    simple       1 - (1 - chance)^k
    reinforced   0 at k = 0, chance at k = 1, min(1, reinforcement * chance) at k >= 2
    threshold    chance where k >= threshold, else 0

after Centola and Macy 2007, 10.1086/521848 (complex contagion), O'Sullivan et al. 2015, 10.3389/fphy.2015.00071
(a raised chance from two neighbours on) and Coleman, Katz and Menzel 1957, 10.2307/2785979 (physicians, and what
reaches them from outside). Nobody gives it up again.

Ties are a ring in which everybody is tied to the next few (clustered), a share of them switched at random while every
degree stays as it is; or newcomers tied to those who have many ties (hubs); both have the same number of ties. Or
they come from a file.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from coproduce.events import Role, kinds
from coproduce.simulator.models import graphs, people
from coproduce.simulator.parameters import DiffusionParameters
from coproduce.simulator.recorder import Writer
from coproduce.simulator.result import Tables
from coproduce.simulator.streams import BoolArray, FloatArray, IntArray, Streams
from coproduce.simulator.ties import Ties

COLUMNS: dict[str, str] = {
    "adopters": "people who have adopted",
    "share": "share of people who have adopted",
    "adopted": "people who adopted in the tick",
    "exposed": "share of people who have not adopted and have a neighbour who has",
    "half_time": "first tick after which half of all people have adopted; none before",
}


def begin(p: DiffusionParameters, streams: Streams, writer: Writer) -> Diffusion:
    """The start of a run; raises BadFile or InvalidInput when its file of ties cannot be used."""
    return Diffusion(p, streams, writer)


@dataclass
class Diffusion:
    """One run."""

    p: DiffusionParameters
    streams: Streams
    writer: Writer
    columns: tuple[str, ...] = tuple(COLUMNS)
    ties: Ties = field(init=False)
    has: BoolArray = field(init=False)
    since: IntArray = field(init=False)
    half_time: float = float("nan")
    n_adopted: int = 0

    def __post_init__(self) -> None:
        self.ties = self._ties()
        n = self.ties.degree.size
        people.join_all(self.writer, people.of_role(Role.CLINICIAN, n))
        once = self.ties.owner < self.ties.neighbour
        one, other = self.ties.owner[once], self.ties.neighbour[once]
        self.writer.write(kinds.Connected, one.size, actor=one + 1, subject=other + 1, role=int(Role.CLINICIAN))
        self.has, self.since = np.zeros(n, dtype=np.bool_), np.full(n, -1, dtype=np.int64)
        self._adopt(self._seeds(), 0)

    def _ties(self) -> Ties:
        p, draw = self.p, self.streams.setup("diffusion.ties")
        if p.graph_file:
            return graphs.from_file(p.graph_file)
        if p.graph == "hubs":
            return graphs.hubs(p.n_agents, p.ties_each, draw)
        return graphs.ring(p.n_agents, p.ties_each, p.rewired, draw)

    def _seeds(self) -> IntArray:
        """Who has it from the start: people anywhere, or one and those nearest to them."""
        n, count = self.has.size, min(self.p.seeds, self.has.size)
        order = np.argsort(self.streams.uniform("diffusion.seed", 0, n))
        return graphs.nearest(self.ties, int(order[0]), count) if self.p.seed_form == "neighbourhood" else order[:count]

    def advance(self, tick: int) -> None:
        """One tick: everybody who has not adopted decides once, by how things stood after the tick before."""
        heard = self._heard()
        chance = 1.0 - (1.0 - self.p.media) * (1.0 - self._contagion(heard))
        u = self.streams.uniform("diffusion.adopt", tick, self.has.size)
        self._adopt(np.flatnonzero(~self.has & (u < chance)), tick)

    def _heard(self) -> FloatArray:
        """How many neighbours of each person have adopted."""
        adopted = self.has[self.ties.neighbour]
        return np.bincount(self.ties.owner, weights=adopted, minlength=self.has.size).astype(np.float64)

    def _contagion(self, heard: FloatArray) -> FloatArray:
        """The chance to adopt from this many adopting neighbours."""
        p = self.p
        match p.contagion_form:
            case "reinforced":
                strong = min(1.0, p.reinforcement * p.chance)
                return np.where(heard >= 2, strong, np.where(heard == 1, p.chance, 0.0))
            case "threshold":
                return np.where(heard >= p.threshold, p.chance, 0.0)
            case _:
                simple: FloatArray = 1.0 - (1.0 - p.chance) ** heard
                return simple

    def _adopt(self, who: IntArray, tick: int) -> None:
        self.has[who], self.since[who], self.n_adopted = True, tick, who.size
        innovation = self.has.size + 1
        self.writer.write(kinds.ResourceUsed, who.size, actor=who + 1, object=innovation, role=int(Role.CLINICIAN))
        if np.isnan(self.half_time) and 2 * self.has.sum() >= self.has.size:
            self.half_time = float(tick)

    def numbers(self) -> list[float]:
        """The numbers of COLUMNS, in their order, at the end of the tick."""
        exposed = ~self.has & (self._heard() > 0)
        total = float(self.has.sum())
        return [total, total / self.has.size, float(self.n_adopted), float(exposed.mean()), self.half_time]

    def tables(self) -> Tables:
        """People, with the tick in which they adopted as outcome: 0 for the first, NaN for who did not."""
        since = np.where(self.since >= 0, self.since, np.nan)
        return people.tables(people.of_role(Role.CLINICIAN, self.has.size), since)
