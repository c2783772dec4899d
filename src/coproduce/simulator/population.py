"""The people and places of a run at its start: arrays with one entry a place for a person.

Places stand in three blocks: patients (a patient, or a family member who acts for a child), clinicians, researchers.
A place that is left can be taken by a newcomer, with a new id; its site, clinician and ties belong to the place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from coproduce.events import FIRST_CONDITION, Role
from coproduce.simulator.parameters import NetworkParameters
from coproduce.simulator.result import SITES
from coproduce.simulator.streams import BoolArray, FloatArray, IntArray, KindArray, Streams
from coproduce.simulator.ties import Ties, join, within

#: Shares of the conditions of the network, tags FIRST_CONDITION and on. Proposed; a paediatric bowel disease network.
CONDITION_SHARES = (0.62, 0.28, 0.10)

#: Levels of engagement: none, participant, and these.
CONTRIBUTOR, OWNER = 2, 3
#: By far the largest column that each tick reads whole; seven digits of what is drawn are enough.
OwnArray = npt.NDArray[np.float32]


@dataclass
class Population:
    """State of the people; `n` places of which the first `n_patients` are for patients."""

    n_patients: int
    n_clinicians: int
    n_researchers: int
    role: npt.NDArray[np.uint8]
    site: IntArray
    clinic: IntArray
    member: BoolArray
    start_activation: FloatArray
    activation: FloatArray
    engagement: KindArray
    joined: IntArray
    person: IntArray
    ties: Ties
    # patients only
    patient: IntArray
    stratum: KindArray
    clinician: IntArray
    condition: IntArray
    phenotype: IntArray
    treatment: IntArray
    phase: IntArray
    outcome: FloatArray
    # the world they live in; `own` is how a patient's responses differ from those of the phenotype
    response: FloatArray
    best: IntArray
    own: OwnArray | None = None

    @property
    def n(self) -> int:
        """Number of places."""
        return self.role.size

    def activation_after(self, move: FloatArray, moves: BoolArray, drift: float) -> FloatArray:
        """Activation after this move and the drift back to one's own, within [0, 1]; as it is for who does not move."""
        after: FloatArray = self.start_activation - self.activation
        after *= drift
        after += move
        after += self.activation
        np.clip(after, 0.0, 1.0, out=after)
        np.copyto(after, self.activation, where=~moves)
        return after

    def responses_to(self, slots: IntArray, treatment: IntArray) -> FloatArray:
        """What the outcome of these patients tends to under these treatments, in [0, 1]."""
        q: FloatArray = self.response[self.phenotype[slots], treatment]
        return q if self.own is None else np.clip(q + self.own[slots, treatment], 0.0, 1.0)

    def outcomes_after(self, slots: IntArray, pace: FloatArray | float, noise: FloatArray) -> FloatArray:
        """Outcomes of these patients after a step at this pace to what their treatments lead to, and noise."""
        before = self.outcome[slots]
        q = self.responses_to(slots, self.treatment[slots])
        after: FloatArray = np.clip(before + pace * (q - before) + noise, 0.0, 1.0)
        return after

    def on_the_best(self, slots: IntArray) -> BoolArray:
        """Which of these patients are on the treatment that does most for them."""
        right: BoolArray = self.treatment[slots] == self.best_for(slots)
        return right

    def best_for(self, slots: IntArray) -> IntArray:
        """The treatment that does most for each of these patients."""
        if self.own is None:
            of_phenotype: IntArray = self.best[self.phenotype[slots]]
            return of_phenotype
        best: IntArray = np.clip(self.response[self.phenotype[slots]] + self.own[slots], 0.0, 1.0).argmax(axis=1)
        return best

    def sites(self) -> pl.DataFrame:
        """The places of care: id, parent, level (1 site, 2 clinic)."""
        n_sites = int(self.site.max()) + 1
        clinics = np.unique(np.stack([self.clinic, self.site], axis=1), axis=0)
        return pl.DataFrame(
            {
                "id": np.concatenate([np.arange(n_sites), clinics[:, 0]]),
                "parent": np.concatenate([np.full(n_sites, -1), clinics[:, 1]]),
                "level": np.concatenate([np.full(n_sites, 1), np.full(len(clinics), 2)]),
            },
            schema=SITES,
        )


def logistic(log_odds: FloatArray) -> FloatArray:
    """The share with these log odds."""
    share: FloatArray = 1.0 / (1.0 + np.exp(-log_odds))
    return share


def log_odds(share: float) -> float:
    """The log odds of a share strictly between 0 and 1."""
    return float(np.log(share / (1.0 - share)))


def responses(p: NetworkParameters, generator: np.random.Generator) -> FloatArray:
    """q[phenotype, treatment]: what the outcome tends to, float (n_phenotypes, n_treatments); one best a phenotype."""
    spread = generator.random((p.n_phenotypes, p.n_treatments))
    q: FloatArray = p.response_low + (p.response_high - p.response_low) * spread
    best = generator.integers(p.n_treatments, size=p.n_phenotypes)
    q[np.arange(p.n_phenotypes), best] = p.response_best
    return q


def places(p: NetworkParameters, streams: Streams) -> tuple[IntArray, IntArray, IntArray]:
    """Clinician of each patient, and site and clinic of each clinician; site sizes are log-normal."""
    n_clinicians = max(1, min(p.n_patients, round(p.n_patients / p.patients_per_clinician)))
    n_sites = min(p.n_sites, n_clinicians)
    draw = streams.setup("places")
    weight = draw.lognormal(0.0, 0.5, n_sites)
    others = draw.choice(n_sites, size=n_clinicians - n_sites, p=weight / weight.sum())
    site = np.concatenate([np.arange(n_sites), others]).astype(np.int64)
    clinic = n_sites + site * p.clinics_per_site + draw.integers(p.clinics_per_site, size=n_clinicians)
    return draw.integers(n_clinicians, size=p.n_patients), site, clinic


def populate(p: NetworkParameters, streams: Streams) -> Population:
    """The starting state of everybody; ids are given later, when they join."""
    clinician, clinician_site, clinician_clinic = places(p, streams)
    n_clinicians = clinician_site.size
    n = p.n_patients + n_clinicians + p.n_researchers
    draw = streams.setup("people")
    home = draw.integers(n_clinicians, size=p.n_researchers)
    place = np.concatenate([clinician, np.arange(n_clinicians), home])
    site, clinic = clinician_site[place], clinician_clinic[place]

    blocks = (p.n_patients, n_clinicians, p.n_researchers)
    family = draw.random(p.n_patients) < p.family_share
    role = np.repeat(np.array([Role.PATIENT, Role.CLINICIAN, Role.RESEARCHER], dtype=np.uint8), blocks)
    role[: p.n_patients][family] = Role.FAMILY
    centre = np.repeat([log_odds(a) for a in (p.patient_activation, p.clinician_activation, p.researcher_activation)],
                       blocks)  # fmt: skip
    site_shift = p.site_spread * streams.setup("sites").standard_normal(int(clinician_site.max()) + 1)
    clinic_shift = p.clinic_spread * streams.setup("clinics").standard_normal(int(clinician_clinic.max()) + 1)
    shift = site_shift[site] + clinic_shift[clinic]
    activation = logistic(centre + shift + p.activation_spread * draw.standard_normal(n))

    q = responses(p, streams.setup("responses"))
    stratum = strata(p, streams.uniform("start.stratum", 0, p.n_patients))
    phenotype = tilted(
        p, draw.integers(p.n_phenotypes, size=p.n_patients), stratum, streams.uniform("start.tilt", 0, p.n_patients)
    )
    treatment = draw.integers(p.n_treatments, size=p.n_patients)
    member = np.ones(n, dtype=np.bool_)
    taken = draw.random(p.n_patients)
    if p.turnover:
        member[: p.n_patients] = taken < p.start_share
    return Population(
        n_patients=p.n_patients, n_clinicians=n_clinicians, n_researchers=p.n_researchers,
        role=role, site=site, clinic=clinic, member=member,
        start_activation=activation, activation=activation.copy(), engagement=np.zeros(n, dtype=np.int16),
        joined=np.zeros(n, dtype=np.int64), person=np.full(n, -1, dtype=np.int64), ties=_ties(p, site, streams),
        patient=np.full(p.n_patients, -1, dtype=np.int64), stratum=stratum, clinician=clinician,
        condition=FIRST_CONDITION + draw.choice(len(CONDITION_SHARES), size=p.n_patients, p=CONDITION_SHARES),
        phenotype=phenotype, treatment=treatment,
        phase=draw.integers(max(1, round(p.visit_period)), size=p.n_patients),
        outcome=q[phenotype, treatment].copy(), response=q, best=q.argmax(axis=1), own=_own_responses(p, streams),
    )  # fmt: skip


def _own_responses(p: NetworkParameters, streams: Streams) -> OwnArray | None:
    """How each patient's responses differ from those of the phenotype, (n_patients, n_treatments), if at all."""
    if p.response_spread == 0.0:
        return None
    z = streams.normal("start.response", 0, p.n_patients * p.n_treatments)
    return (p.response_spread * z.reshape(p.n_patients, p.n_treatments)).astype(np.float32)


def strata(p: NetworkParameters, u: FloatArray) -> KindArray:
    """Stratum of patients with these uniforms: 1 for the disadvantaged, 0 for all when the equity layer is off."""
    return ((u < p.disadvantaged) & p.equity).astype(np.int16)


def tilted(p: NetworkParameters, phenotype: IntArray, stratum: KindArray, u: FloatArray) -> IntArray:
    """Phenotypes after the mix by stratum: of the disadvantaged some have one of the second half instead."""
    half = p.n_phenotypes // 2
    if not p.equity or p.phenotype_tilt == 0.0:
        return phenotype
    part = np.minimum(u / p.phenotype_tilt, 1.0 - 1e-12)
    within = half + (part * (p.n_phenotypes - half)).astype(np.int64)
    return np.where((stratum == 1) & (u < p.phenotype_tilt), within, phenotype)


def _ties(p: NetworkParameters, site: IntArray, streams: Streams) -> Ties:
    """Patients among patients; clinicians and researchers among themselves."""
    n_staff = site.size - p.n_patients
    among_patients = within(site[: p.n_patients], p.patient_ties, p.ties_within_site, streams.setup("patient-ties"))
    among_staff = within(site[p.n_patients :], p.clinician_ties, p.ties_within_site, streams.setup("staff-ties"))
    one = np.concatenate([among_patients[0], among_staff[0] + p.n_patients])
    other = np.concatenate([among_patients[1], among_staff[1] + p.n_patients])
    return join(p.n_patients + n_staff, one, other)
