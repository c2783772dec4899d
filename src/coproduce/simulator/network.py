"""The model of a learning network: its start, its numbers after each tick, and its tables at the end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from coproduce.events import Role, kinds
from coproduce.simulator.commons import MAX_OPEN, N_SHOWN, Giving, Needs, NeedsLayer, NeedState, Resources
from coproduce.simulator.evidence import CareEvidence
from coproduce.simulator.levers import Starts, first_ticks
from coproduce.simulator.parameters import LEVER_NAMES, NetworkParameters
from coproduce.simulator.population import populate
from coproduce.simulator.recorder import COMPUTER_ID, Writer
from coproduce.simulator.result import NEEDS, RESOURCES, Tables
from coproduce.simulator.stages import Step, active
from coproduce.simulator.stages.contribution import giver_kind, starting_minutes
from coproduce.simulator.stages.shared import Making, make_resources
from coproduce.simulator.stages.stated import JUST_TOLD, STEADY, draw_topic, starting_knowledge, zipf
from coproduce.simulator.state import Conduct, Doubt, World
from coproduce.simulator.streams import BoolArray, FloatArray, Streams

#: What is reported after each tick: name and meaning.
COLUMNS: dict[str, str] = {
    "encounters": "visits held in the tick",
    "mean_outcome": "mean outcome of patients who are members, 0 to 1",
    "median_outcome": "median outcome of patients who are members, 0 to 1",
    "share_best": "share of patients on the best treatment for them",
    "activation": "mean activation of patients",
    "clinician_activation": "mean activation of clinicians",
    "shared_information": "shared information a patient, rows",
    "shared_knowledge": "shared knowledge kappa, 0 to 1",
    "members": "members of every role",
    "engagement_0": "members who are not engaged, or aware only",
    "engagement_1": "members who are participants",
    "engagement_2": "members who are contributors",
    "engagement_3": "members who are owners",
    "needs_stated": "needs stated in the tick",
    "needs_matched": "needs matched in the tick",
    "needs_confirmed": "needs confirmed as met in the tick",
    "needs_open": "needs open at the end of the tick",
    "resources": "resources in the commons, retired ones left out",
    "contribution": "share of the contributions that could be made in the tick that were made",
    "wrong_shared": "share of shared information that is wrong",
    "trust": "mean trust of patients in the commons",
    "outcome_gap": "mean outcome of patients who are not disadvantaged, less that of those who are",
}


@dataclass(frozen=True)
class Network:
    """The network model under way: its state, and the steps of a tick."""

    world: World
    steps: tuple[Step, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """What it reports after each tick."""
        return tuple(COLUMNS)

    def advance(self, tick: int) -> None:
        """One tick, step by step in the order of the plan."""
        self.world.tick = tick
        for step in self.steps:
            step.do(self.world)

    def numbers(self) -> list[float]:
        """The numbers of COLUMNS at the end of the tick."""
        return measure(self.world)

    def tables(self) -> Tables:
        """People, sites, resources and needs."""
        w = self.world
        return Tables(w.people_table(), w.people.sites(), resources_table(w), needs_table(w))


def begin(
    p: NetworkParameters, streams: Streams, writer: Writer, *, plan: tuple[Step, ...] | None = None,
    tick_days: float = 7.0, starts: Starts | None = None,
) -> Network:  # fmt: skip
    """The model at its start: members have joined, and the commons holds its first resources.

    `starts` says when levers start at each site; those that it does not name start everywhere at tick 1.
    """
    w = _world(p, streams, writer, starts or {})
    w.tick_days = tick_days
    return Network(w, active(p) if plan is None else plan)


def _world(p: NetworkParameters, streams: Streams, writer: Writer, starts: Starts) -> World:
    people = populate(p, streams)
    n, n_patients = people.n, p.n_patients
    none = np.zeros(0, dtype=np.int64)
    w = World(
        p=p, streams=streams, writer=writer, people=people, layer=None, treatments=none,
        visited=np.zeros(n_patients, dtype=np.bool_), encounter=np.full(n_patients, -1, dtype=np.int64),
        visits=none, brought=np.zeros(0), sound=np.zeros(0), seen_treatment=none, seen_outcome=np.zeros(0),
        met=np.zeros(n, dtype=np.int16), unmet=np.zeros(n, dtype=np.int16), thanked=np.zeros(n, dtype=np.int32),
        load=np.zeros(n), starts=first_ticks(starts, int(people.site.max()) + 1),
    )  # fmt: skip
    w.treatments = w.ids(p.n_treatments)
    w.admit(np.flatnonzero(people.member))
    if p.evidence:
        w.evidence = CareEvidence.none(n_patients, people.n_clinicians, p.n_phenotypes, p.n_treatments)
    if p.misinformation:
        w.doubt = _doubt(w)
    if p.needs:
        w.layer = _needs_layer(w)
        _first_resources(w)
    if p.governance:
        w.conduct = Conduct(np.zeros(n, dtype=np.int64), int(w.ids(1)[0]), in_force=p.vote_every == 0)
        enacted = int(w.conduct.in_force)
        writer.write(kinds.RuleEnacted, enacted, actor=COMPUTER_ID, subject=w.conduct.rule, role=Role.COMPUTER)
    w.intervention = {name: int(w.ids(1)[0]) for name in LEVER_NAMES if getattr(p, name) > 0}
    return w


def _doubt(w: World) -> Doubt:
    people, p = w.people, w.p
    return Doubt(
        intransigent=w.uniform("start.intransigent", people.n) < p.intransigent,
        trust=np.full(people.n, p.trust_start),
        before=np.full(people.n_patients, np.nan),
        claim=int(people.response.mean(axis=0).argmin()),
    )


def _needs_layer(w: World) -> NeedsLayer:
    people, p = w.people, w.p
    draw = w.streams.setup("needs")
    stage = np.where(draw.random(people.n_patients) < 0.1, JUST_TOLD, STEADY).astype(np.int16)
    n_topics = 3 * p.topics_per_line
    return NeedsLayer(
        practised=starting_knowledge(w, np.arange(people.n), "start.knows"),
        lasts=p.know_how_lasts,
        minutes=starting_minutes(p, people.role, w.normal("start.minutes", people.n)),
        giving=Giving(giver_kind(p, w.uniform("start.giver", people.n)), p.belief_start),
        topic_share=zipf(p.topics_per_line, p.topic_skew),
        stage=stage,
        n_open=np.zeros(people.n, dtype=np.int16),
        taken=np.zeros((people.n, MAX_OPEN), dtype=np.bool_),
        shelf=np.full((n_topics, N_SHOWN), -1, dtype=np.int64),
        asked=np.zeros(n_topics, dtype=np.int64),
    )


def _first_resources(w: World) -> None:
    """What staff had put into the commons before the first tick, on popular topics."""
    people, p, layer = w.people, w.p, w.needs_layer()
    draw = w.streams.setup("resources")
    n = p.initial_resources
    author = people.n_patients + draw.integers(people.n - people.n_patients, size=n)
    within = draw_topic(layer, draw.random(n), draw.integers(STEADY + 1, size=n))
    topic = draw.integers(3, size=n) * p.topics_per_line + within
    make_resources(w, Making("first", author, topic))


def measure(w: World) -> list[float]:
    """The numbers of COLUMNS, in their order, at the end of the tick."""
    people, layer = w.people, w.layer
    slots = w.patients
    n, doctors = people.n_patients, slice(people.n_patients, people.n_patients + people.n_clinicians)
    outcome, some = people.outcome[slots], bool(slots.size)
    levels = [np.count_nonzero(people.member & (people.engagement == level)) for level in range(4)]
    counts = [0.0] * 5
    if layer is not None:
        counts = [layer.n_stated, layer.n_matched, layer.n_confirmed, int(layer.n_open.sum()),
                  int((~layer.resources.retired).sum())]  # fmt: skip
    return [
        float(w.visited.sum()),
        float(outcome.mean()) if some else np.nan,
        median(outcome) if some else np.nan,
        float(people.on_the_best(slots).mean()) if some else np.nan,
        float(people.activation[slots].mean()) if some else np.nan,
        float(people.activation[doctors].mean()),
        w.information / n,
        w.knowledge_share(),
        float(people.member.sum()),
        *(float(count) for count in levels),
        *(float(count) for count in counts),
        layer.giving.rate if layer is not None else np.nan,
        w.wrong_share()[0],
        float(np.mean(w.trust(slots))) if some else np.nan,
        _gap(outcome, people.stratum[slots] == 1),
    ]


def median(x: FloatArray) -> float:
    """The median of one number or more; as NumPy's, which looks for several places at once and takes longer."""
    half = x.size // 2
    parts = np.partition(x, half)
    upper = float(parts[half])
    return upper if x.size % 2 else (float(parts[:half].max()) + upper) / 2


def _gap(outcome: FloatArray, behind: BoolArray) -> float:
    """How far the mean outcome of the disadvantaged is behind; NaN where there is nobody of a stratum."""
    theirs = outcome[np.flatnonzero(behind)]
    n_others = outcome.size - theirs.size
    if not theirs.size or not n_others:
        return float("nan")
    total = float(theirs.sum())
    return (float(outcome.sum()) - total) / n_others - total / theirs.size


def resources_table(w: World) -> pl.DataFrame:
    """The resources table of a run."""
    held = (w.layer.resources if w.layer is not None else Resources()).columns()
    held["line_of_work"] = held["line"]
    held["topic"] = held["topic"] - held["line"] * w.p.topics_per_line
    return pl.DataFrame({name: held[name] for name in RESOURCES}, schema=RESOURCES)


def needs_table(w: World) -> pl.DataFrame:
    """The needs table of a run."""
    held = (w.layer.needs if w.layer is not None else Needs()).columns()
    held["topic"] = held["topic"] - held["line"] * w.p.topics_per_line
    held |= {"owner": held["person"], "line_of_work": held["line"], "deadline_days": held["deadline"]}
    held["state"] = np.array([state.name.lower() for state in NeedState], dtype=object)[held["state"]]
    return pl.DataFrame({name: held[name] for name in NEEDS}, schema=NEEDS)
