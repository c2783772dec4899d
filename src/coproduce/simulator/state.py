"""Everything that changes in a run of the network model."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from coproduce.events import Role, kinds
from coproduce.simulator.commons import NeedsLayer
from coproduce.simulator.parameters import NetworkParameters
from coproduce.simulator.population import Population
from coproduce.simulator.recorder import COMPUTER_ID, Writer
from coproduce.simulator.result import PEOPLE
from coproduce.simulator.streams import BoolArray, FloatArray, IntArray, Streams


@dataclass
class World:
    """The state of one run; stages read and change it in the order of the plan."""

    p: NetworkParameters
    streams: Streams
    writer: Writer
    people: Population
    layer: NeedsLayer | None
    treatments: IntArray
    # one entry a patient, made by "used" and read until the end of the tick
    visited: BoolArray
    brought: FloatArray
    encounter: IntArray
    # one entry a place
    met: IntArray
    unmet: IntArray
    thanked: IntArray
    load: FloatArray
    # the two stocks of the commons that drive care
    information: float = 0.0
    knowledge: float = 0.0
    tick_days: float = 7.0
    tick: int = 0
    next_id: int = COMPUTER_ID + 1
    roster: list[dict[str, IntArray | FloatArray]] = field(default_factory=list)

    def uniform(self, name: str, agents: IntArray | int) -> FloatArray:
        """This tick's uniforms of a named decision, for these agents."""
        return self.streams.uniform(name, self.tick, agents)

    def normal(self, name: str, agents: IntArray | int) -> FloatArray:
        """This tick's standard normals of a named decision, for these agents."""
        return self.streams.normal(name, self.tick, agents)

    def ids(self, n: int) -> IntArray:
        """n fresh ids from the one id space of the run."""
        fresh = np.arange(self.next_id, self.next_id + n, dtype=np.int64)
        self.next_id += n
        return fresh

    def needs_layer(self) -> NeedsLayer:
        """The state of the needs layer; only stages of that layer ask for it."""
        assert self.layer is not None, "the needs layer is off"
        return self.layer

    @property
    def patients(self) -> IntArray:
        """Places of the patients who are members now."""
        return np.flatnonzero(self.people.member[: self.people.n_patients])

    def information_share(self) -> float:
        """S / (S + S_h), with S the shared information a patient: 0 for an empty commons, towards 1 for a full one."""
        each = self.information / self.p.n_patients
        return each / (each + self.p.information_half)

    def knowledge_share(self) -> float:
        """kappa, the shared knowledge on the scale 0 to 1."""
        return self.knowledge / (self.knowledge + self.p.knowledge_half)

    def admit(self, slots: IntArray) -> None:
        """Gives the people who take these places their ids, and records that they joined."""
        people = self.people
        people.member[slots] = True
        people.joined[slots] = self.tick
        people.person[slots] = self.ids(slots.size)
        patients = slots[slots < people.n_patients]
        people.patient[patients] = people.person[patients]
        children = patients[people.role[patients] == Role.FAMILY]
        people.patient[children] = self.ids(children.size)
        role = people.role[slots]
        self.writer.write(
            kinds.Joined, slots.size, actor=people.person[slots], role=role, site=people.site[slots], value=role
        )

    def dismiss(self, slots: IntArray) -> None:
        """Frees these places, and records that the people left."""
        people = self.people
        self.roster.append(self._rows(slots, self.tick))
        people.member[slots] = False
        self.writer.write(
            kinds.Left, slots.size, actor=people.person[slots], role=people.role[slots], site=people.site[slots]
        )

    def _rows(self, slots: IntArray, left: int) -> dict[str, IntArray | FloatArray]:
        """Rows of the people table for who is in these places."""
        people = self.people
        inside = np.minimum(slots, people.n_patients - 1)
        sick = slots < people.n_patients
        return {
            "id": people.person[slots],
            "role": people.role[slots].astype(np.int64),
            "site": people.site[slots],
            "clinic": people.clinic[slots],
            "patient": np.where(sick, people.patient[inside], people.person[slots]),
            "condition": np.where(sick, people.condition[inside], -1),
            "joined": people.joined[slots],
            "left": np.full(slots.size, left, dtype=np.int64),
            "activation": people.activation[slots],
            "engagement": people.engagement[slots],
            "outcome": np.where(sick, people.outcome[inside], np.nan),
        }

    def people_table(self) -> pl.DataFrame:
        """Everybody who ever was a member, by id."""
        parts = [*self.roster, self._rows(np.flatnonzero(self.people.member), -1)]
        return pl.concat([pl.DataFrame(part, schema=PEOPLE) for part in parts]).sort("id")
