"""A repeated public good among conditional cooperators, free riders and others.

People in groups give some of an endowment to a common good that pays everybody `return_rate` of each unit given. What
they wish to give depends on their type (Fischbacher, Gachter and Fehr 2001, 10.1016/S0165-1765(01)00394-9) and on the
mean gift that they expect of the others in their group, b, as shares of the endowment:

- conditional cooperators match `matching` times b; below 1 they are imperfect;
- free riders give nothing;
- the hump-shaped match up to a half and give less, the more others give beyond it: matching min(b, 1 - b);
- the rest give a half, whatever others do.

Expectations follow what was seen: b moves by `belief_pace` towards the others' mean gift (Fischbacher and Gachter
2010, 10.1257/aer.100.1.541: it is imperfect matching that makes gifts decay). Who sees that their gift was used gives
`recognition` of it again, on top; this rule is ours.

With sanctions (Fehr and Gachter 2000, 10.1257/aer.90.4.980), a share of those who gave at least the group's mean
punish each who gave less, by `severity` of the shortfall, at a cost of `sanction_cost` a unit. Who is punished adds
`deterrence` of the punishment to what they wish to give from then on, and forgets it by `forgetting` a tick.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from coproduce.events import Role, kinds
from coproduce.simulator.models import people
from coproduce.simulator.parameters import PublicGoodParameters
from coproduce.simulator.recorder import Writer
from coproduce.simulator.result import Tables
from coproduce.simulator.streams import FloatArray, IntArray, Streams

CONDITIONAL, FREE_RIDER, HUMP, REST = range(4)
#: A sanction in this game is what the live network calls a nudge.
NUDGE = 1.0

COLUMNS: dict[str, str] = {
    "contribution": "mean gift, as a share of the endowment",
    "belief": "mean gift that people expect of the others in their group, as a share of the endowment",
    "share_zero": "share of people who give nothing",
    "sanctioned": "share of people who are punished",
    "payoff": "mean payoff after sanctions and their cost, in endowments",
}


def begin(p: PublicGoodParameters, streams: Streams, writer: Writer) -> PublicGood:
    """The start of a run."""
    return PublicGood(p, streams, writer)


@dataclass
class PublicGood:
    """One run; everything is a share of the endowment."""

    p: PublicGoodParameters
    streams: Streams
    writer: Writer
    columns: tuple[str, ...] = tuple(COLUMNS)
    kind: IntArray = field(init=False)
    belief: FloatArray = field(init=False)
    deterred: FloatArray = field(init=False)
    gift: FloatArray = field(init=False)
    payoff: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        p, n = self.p, self.p.n_agents
        shares = np.array([p.conditional, p.free_riders, p.hump_shaped])
        bounds = np.cumsum(shares / max(1.0, shares.sum()))
        self.kind = np.searchsorted(bounds, self.streams.uniform("publicgood.type", 0, n), side="right")
        spread = self.streams.normal("publicgood.belief", 0, n) * p.noise
        self.belief = np.clip(p.first_belief + spread, 0.0, 1.0)
        self.deterred, self.gift = np.zeros(n), np.zeros(n)
        self.payoff, self.punished = np.ones(n), np.zeros(n)
        people.join_all(self.writer, people.of_role(Role.UNKNOWN, n))

    def advance(self, tick: int) -> None:
        """One tick: groups meet, everybody gives, is paid, is punished perhaps, and learns what others gave."""
        p, n = self.p, self.p.n_agents
        group, size = self._groups(tick)
        noise = p.noise * self.streams.normal("publicgood.noise", tick, n)
        gives = self._wish() + np.where(self.kind == FREE_RIDER, 0.0, noise) + self.deterred + p.recognition * self.gift
        self.gift = np.clip(gives, 0.0, 1.0)
        total = np.bincount(group, weights=self.gift)
        self.payoff = 1.0 - self.gift + p.return_rate * total[group]
        self.punished, paid = self._sanction(group, tick) if p.sanctions else (np.zeros(n), np.zeros(n))
        self.payoff -= self.punished + p.sanction_cost * paid
        self.deterred = (1.0 - p.forgetting) * self.deterred + p.deterrence * self.punished
        others = size[group] - 1
        seen = np.where(others > 0, (total[group] - self.gift) / np.maximum(others, 1), self.belief)
        self.belief = np.clip(self.belief + p.belief_pace * (seen - self.belief), 0.0, 1.0)

    def _groups(self, tick: int) -> tuple[IntArray, IntArray]:
        """Who meets whom in this tick: the group of each person, and how many are in each."""
        n, size = self.p.n_agents, self.p.group_size
        order = np.argsort(self.streams.uniform("publicgood.group", tick if self.p.rematched else 0, n))
        group = np.empty(n, dtype=np.int64)
        group[order] = np.arange(n) // size
        return group, np.bincount(group)

    def _wish(self) -> FloatArray:
        """What each type would give at its belief."""
        b, matching = self.belief, self.p.matching
        return np.select(
            [self.kind == CONDITIONAL, self.kind == FREE_RIDER, self.kind == HUMP],
            [matching * b, np.zeros_like(b), matching * np.minimum(b, 1.0 - b)],
            0.5,
        )

    def _sanction(self, group: IntArray, tick: int) -> tuple[FloatArray, FloatArray]:
        """What each person is punished by, and what each deals out, in endowments."""
        p = self.p
        size = np.bincount(group)
        mean = np.bincount(group, weights=self.gift) / size
        short = np.maximum(mean[group] - self.gift, 0.0)
        willing = self.streams.uniform("publicgood.punisher", tick, p.n_agents) < p.punishers
        punisher = willing & (self.gift >= mean[group]) & (self.kind != FREE_RIDER)
        n_punishers = np.bincount(group, weights=punisher)[group]
        punished = p.severity * short * n_punishers
        dealt = np.where(punisher, p.severity * np.bincount(group, weights=short)[group], 0.0)
        hit = np.flatnonzero(punished > 0.0)
        self.writer.write(kinds.Sanctioned, hit.size, subject=hit + 1, value=NUDGE)
        return punished, dealt

    def numbers(self) -> list[float]:
        """The numbers of COLUMNS, in their order, at the end of the tick."""
        columns = (self.gift, self.belief, self.gift == 0.0, self.punished > 0.0, self.payoff)
        return [float(column.mean()) for column in columns]

    def tables(self) -> Tables:
        """People, with their last payoff as outcome."""
        return people.tables(people.of_role(Role.UNKNOWN, self.p.n_agents), self.payoff)
