"""Everything that changes in a run of the network model."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import polars as pl

from coproduce.events import Role, kinds
from coproduce.simulator.commons import NeedsLayer
from coproduce.simulator.evidence import CareEvidence
from coproduce.simulator.parameters import NetworkParameters
from coproduce.simulator.population import Population
from coproduce.simulator.recorder import COMPUTER_ID, Writer
from coproduce.simulator.result import PEOPLE
from coproduce.simulator.streams import BoolArray, FloatArray, IntArray, KindArray, Limits, Streams


@dataclass
class Doubt:
    """State of the misinformation layer: who never gives up a false claim; trust in the commons, one entry a place."""

    intransigent: BoolArray
    trust: FloatArray
    #: Outcome of each patient at the visit before, NaN when there was none.
    before: FloatArray
    #: The treatment that the false claim is about.
    claim: int


@dataclass
class Conduct:
    """State of governance: contributions seen withheld, one entry a place; whether sanctions are in force."""

    offences: IntArray
    #: Id of the rule under which sanctions are imposed.
    rule: int
    in_force: bool = True


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
    encounter: IntArray
    # one entry a visit: the patient's place, in rising order; information brought to it, and what of that is true;
    # treatment and outcome that it saw
    visits: IntArray
    brought: FloatArray
    sound: FloatArray
    seen_treatment: IntArray
    seen_outcome: FloatArray
    # one entry a place: needs met and not met in this tick, of the few that one person can have, and thanks
    met: KindArray
    unmet: KindArray
    thanked: npt.NDArray[np.int32]
    load: FloatArray
    # first tick of each lever at each site
    starts: dict[str, IntArray] = field(default_factory=dict)
    intervention: dict[str, int] = field(default_factory=dict)
    # the two stocks of the commons that drive care, and what in them is wrong
    information: float = 0.0
    knowledge: float = 0.0
    wrong_information: float = 0.0
    wrong_knowledge: float = 0.0
    # state of layers, None when they are off
    evidence: CareEvidence | None = None
    doubt: Doubt | None = None
    conduct: Conduct | None = None
    tick_days: float = 7.0
    tick: int = 0
    next_id: int = COMPUTER_ID + 1
    roster: list[dict[str, IntArray | FloatArray]] = field(default_factory=list)

    def uniform(self, name: str, agents: IntArray | int) -> FloatArray:
        """This tick's uniforms of a named decision, for these agents."""
        return self.streams.uniform(name, self.tick, agents)

    def uniform_each(self, name: str, agents: IntArray, n_each: int) -> FloatArray:
        """This tick's uniforms of a named decision for so many things of each agent, float (agents, n_each)."""
        return self.streams.uniform_each(name, self.tick, agents, n_each)

    def below(self, name: str, n: int, limit: FloatArray | float) -> IntArray:
        """Which of the places 0 to n - 1 draw a uniform of a named decision below this limit in this tick."""
        return self.streams.below(name, self.tick, n, limit)

    def reached(self, name: str, kind: KindArray, limits: Limits) -> IntArray:
        """Which of the places 0, 1, 2 ... draw a uniform of a named decision outside the limits of their kind."""
        return self.streams.reached(name, self.tick, kind, limits)

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

    def care_evidence(self) -> CareEvidence:
        """The evidence on treatments; only stages of that layer ask for it."""
        assert self.evidence is not None, "the choice does not go by evidence"
        return self.evidence

    def lever(self, name: str, slots: IntArray) -> FloatArray | float:
        """Intensity at which a lever works now for these people, by their site: 0 where it has not started."""
        intensity: float = getattr(self.p, name)
        if intensity == 0.0:
            return 0.0
        starts = self.starts[name]
        if starts.max() <= self.tick:
            return intensity
        started = starts[self.people.site[slots]] <= self.tick
        at_work: FloatArray = np.where(started, intensity, 0.0)
        return at_work

    def barrier(self, height: float, slots: IntArray) -> FloatArray | float:
        """How much of something these patients lose by their stratum, after equity measures."""
        if not self.p.equity:
            return 0.0
        relief = self.lever("equity_measures", slots) * self.p.equity_relief
        lost: FloatArray = np.where(self.people.stratum[slots] == 1, height * (1.0 - relief), 0.0)
        return lost

    def trust(self, slots: IntArray) -> FloatArray | float:
        """Trust of these people in the commons, 1 when nothing can be wrong."""
        return 1.0 if self.doubt is None else self.doubt.trust[slots]

    @property
    def deterrence(self) -> float:
        """Share of what would be withheld selectively that comes out, since it is seen and sanctions are in force."""
        governed = self.conduct is not None and self.conduct.in_force and self.p.sanction_form != "none"
        return self.p.monitoring if governed else 0.0

    @property
    def patients(self) -> IntArray:
        """Places of the patients who are members now."""
        return np.flatnonzero(self.people.member[: self.people.n_patients])

    def information_share(self) -> float:
        """S / (S + S_h), with S the shared information a patient: 0 for an empty commons, towards 1 for a full one."""
        each = (self.information + self.wrong_information) / self.p.n_patients
        return each / (each + self.p.information_half)

    def knowledge_share(self) -> float:
        """kappa, the shared knowledge on the scale 0 to 1."""
        held = self.knowledge + self.wrong_knowledge
        return held / (held + self.p.knowledge_half)

    def wrong_share(self) -> tuple[float, float]:
        """What part of shared information, and of shared knowledge, is wrong."""
        rows, units = self.wrong_information, self.wrong_knowledge
        return (rows / (rows + self.information) if rows else 0.0, units / (units + self.knowledge) if units else 0.0)

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
            kinds.Joined, slots.size, actor=(people.person, slots), role=role, site=(people.site, slots), value=role
        )

    def dismiss(self, slots: IntArray) -> None:
        """Frees these places, and records that the people left."""
        people = self.people
        self.roster.append(self._rows(slots, self.tick))
        people.member[slots] = False
        self.writer.write(
            kinds.Left, slots.size, actor=(people.person, slots), role=(people.role, slots), site=(people.site, slots)
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
            "stratum": np.where(sick, people.stratum[inside], -1),
            "activation": people.activation[slots],
            "engagement": people.engagement[slots],
            "outcome": np.where(sick, people.outcome[inside], np.nan),
        }

    def people_table(self) -> pl.DataFrame:
        """Everybody who ever was a member, by id."""
        parts = [*self.roster, self._rows(np.flatnonzero(self.people.member), -1)]
        return pl.concat([pl.DataFrame(part, schema=PEOPLE) for part in parts]).sort("id")
