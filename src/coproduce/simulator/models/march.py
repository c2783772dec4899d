"""An organisation and its members learn from each other: the model of March 1991, 10.1287/orsc.2.1.71.

Reality is 1 or -1 on each of several dimensions. Members believe 1, -1 or 0 (no opinion) of each, evenly at first; the
organisation's code believes 0 of all. In a tick, from the state before it:

- a member whose belief differs from an opinion of the code takes it over with their rate of socialisation;
- the code looks at the superior group, those members who are right on more dimensions than it is. Where it differs
  from their majority it takes that over with the chance 1 - (1 - code_learning)^k, with k > 0 how many of them differ
  from the code less how many do not;
- each member is replaced by a newcomer with the chance `turnover`, and each dimension of reality turns over with the
  chance `turbulence`.

Knowledge is the share of dimensions on which somebody is right.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from coproduce.events import Role
from coproduce.simulator.models import people
from coproduce.simulator.parameters import MarchParameters
from coproduce.simulator.recorder import Writer
from coproduce.simulator.result import Tables
from coproduce.simulator.streams import FloatArray, IntArray, Streams

COLUMNS: dict[str, str] = {
    "code_knowledge": "share of dimensions on which the code is right",
    "knowledge": "mean share of dimensions on which members are right",
    "agreement": "share of members' beliefs that are the code's",
    "superior": "share of members who are right on more dimensions than the code",
}


def begin(p: MarchParameters, streams: Streams, writer: Writer) -> March:
    """The start of a run."""
    return March(p, streams, writer)


@dataclass
class March:
    """One run; beliefs are (members, dimensions)."""

    p: MarchParameters
    streams: Streams
    writer: Writer
    columns: tuple[str, ...] = tuple(COLUMNS)
    reality: IntArray = field(init=False)
    code: IntArray = field(init=False)
    belief: IntArray = field(init=False)

    def __post_init__(self) -> None:
        n, m = self.p.n_agents, self.p.dimensions
        self.reality = np.where(self.streams.uniform("march.reality", 0, m) < 0.5, -1, 1)
        self.code = np.zeros(m, dtype=np.int64)
        self.belief = self._fresh(0)
        second = self.streams.uniform("march.rate", 0, n) < self.p.second_share
        self.rate = np.where(second, self.p.second_socialisation, self.p.socialisation)[:, None]
        people.join_all(self.writer, people.of_role(Role.UNKNOWN, n))

    def advance(self, tick: int) -> None:
        """One tick: members and code learn from the state before it; then people and reality change."""
        code, belief = self.code, self.belief
        shape = belief.shape
        takes = self.streams.uniform("march.socialisation", tick, belief.size).reshape(shape) < self.rate
        self.code = self._taught(tick)
        self.belief = np.where(takes & (code != 0), code, belief)
        if self.p.turnover > 0.0:
            leaves = self.streams.uniform("march.turnover", tick, shape[0]) < self.p.turnover
            self.belief = np.where(leaves[:, None], self._fresh(tick), self.belief)
        turns = self.streams.uniform("march.turbulence", tick, shape[1]) < self.p.turbulence
        self.reality = np.where(turns, -self.reality, self.reality)

    def _taught(self, tick: int) -> IntArray:
        """The code after it has learned from the superior group."""
        superior = self.belief[self._knowledge() > self._code_knowledge()]
        majority = np.sign(superior.sum(axis=0))
        same = (superior == self.code).sum(axis=0)
        margin = np.maximum(len(superior) - 2 * same, 0)
        chance = np.where((majority != 0) & (majority != self.code), 1.0 - (1.0 - self.p.code_learning) ** margin, 0.0)
        learns = self.streams.uniform("march.code", tick, self.p.dimensions) < chance
        return np.where(learns, majority, self.code)

    def _fresh(self, tick: int) -> IntArray:
        """Beliefs of newcomers in every place: -1, 0 or 1 alike."""
        n, m = self.p.n_agents, self.p.dimensions
        third = (3.0 * self.streams.uniform("march.belief", tick, n * m)).astype(np.int64)
        return third.reshape(n, m) - 1

    def _knowledge(self) -> FloatArray:
        known: FloatArray = (self.belief == self.reality).mean(axis=1)
        return known

    def _code_knowledge(self) -> float:
        return float((self.code == self.reality).mean())

    def numbers(self) -> list[float]:
        """The numbers of COLUMNS, in their order, at the end of the tick."""
        knowledge, code = self._knowledge(), self._code_knowledge()
        return [
            code,
            float(knowledge.mean()),
            float((self.belief == self.code).mean()),
            float((knowledge > code).mean()),
        ]

    def tables(self) -> Tables:
        """Members, with their knowledge as outcome."""
        return people.tables(people.of_role(Role.UNKNOWN, self.p.n_agents), self._knowledge())
