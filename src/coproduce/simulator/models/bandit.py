"""The `bandit` workload, on which engines are compared: Thompson choice from own, clinician's and commons' evidence.

Everything is fixed by its definition (docs/explanation/model/index.md) except the number of patients. Updates are
synchronous: everybody reads the state as it stood at the end of the tick before.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from coproduce.events import Role, kinds
from coproduce.simulator.evidence import Evidence
from coproduce.simulator.parameters import BanditParameters
from coproduce.simulator.recorder import COMPUTER_ID, Column, Writer
from coproduce.simulator.result import NEEDS, PEOPLE, RESOURCES, SITES, Tables
from coproduce.simulator.streams import FloatArray, IntArray, Streams

N_TYPES, N_TREATMENTS, DEGREE = 4, 8, 8
#: Means of the types, the same in every run of every engine: normal with mean 0.5 and deviation 0.2, drawn once.
TYPE_MEANS = np.array([
    [0.35163455339324123, 0.45892981054101284, 0.29718364918032514, 0.7514862337128625,
     0.5001481622654097, 0.6456415304743531, 0.2110505857140869, 0.3068040968137766],
    [0.7346494729822819, 0.4636580825390223, 0.11106043520239228, 0.47518943016573634,
     0.598009952758609, 0.551857838467176, 0.4149030738121727, 0.40579172003121783],
    [0.5619766477625617, 0.29341744599773034, 0.5623336723874178, 0.28166939089279097,
     0.13535304831572786, 0.42911729738415305, 0.28163339572893076, 0.28349899632330317],
    [0.6813406118380577, 0.6203947738036466, 0.8088586073932574, 0.6195389614368045,
     0.3385394141849916, 0.7369557645527489, 0.6736637268139072, 0.6683490182146544],
])  # fmt: skip
NEED, VISIT_BASE, VISIT_SLOPE = 0.5, 0.1, 0.6
CAP_CLINICIAN, CAP_COMMONS = 10.0, 5.0
NOISE = 0.3
SHARE = np.array([0.05, 0.3, 0.6, 0.9])
UP, DOWN = np.array([0.10, 0.05, 0.025, 0.0]), np.array([0.0, 0.05, 0.05, 0.05])
MAKE = np.array([0.0, 0.0, 0.05, 0.15])

COLUMNS: dict[str, str] = {
    "encounters": "encounters in the tick",
    "mean_outcome": "mean outcome of the tick's encounters",
    "share_best": "share of patients on their best treatment",
    "engagement_0": "patients who are not engaged",
    "engagement_1": "patients who are participants",
    "engagement_2": "patients who are contributors",
    "engagement_3": "patients who are owners",
    "stock": "resources in the commons, older ones counting less",
    "activation": "mean activation of patients",
}


def begin(p: BanditParameters, streams: Streams, writer: Writer) -> Bandit:
    """The start of a run."""
    return Bandit(p.n_patients, streams, writer)


@dataclass
class Bandit:
    """One run of the workload."""

    n: int
    streams: Streams
    writer: Writer
    columns: tuple[str, ...] = tuple(COLUMNS)
    stock: float = 0.0
    n_encounters: int = 0
    mean_outcome: float = float("nan")
    #: Patients are 1..n, clinicians follow.
    first_clinician: int = field(init=False)

    def __post_init__(self) -> None:
        n, draw = self.n, self.streams.setup("bandit")
        self.n_clinicians = max(1, n // 100)
        self.first_clinician = n + 1
        self.type = draw.integers(N_TYPES, size=n)
        self.theta = TYPE_MEANS[self.type] + draw.normal(0.0, 0.15, (n, N_TREATMENTS))
        self.best = self.theta.argmax(axis=1)
        self.clinician = draw.integers(self.n_clinicians, size=n)
        self.panel = np.bincount(self.clinician, minlength=self.n_clinicians)
        self.activation = draw.uniform(0.2, 0.8, n)
        self.clinician_activation = draw.uniform(0.2, 0.8, self.n_clinicians)
        self.engagement = np.zeros(n, dtype=np.int64)
        self.treatment = draw.integers(N_TREATMENTS, size=n)
        self.queue = np.ones(n, dtype=np.int64)
        ends = draw.integers(n, size=(2, n * DEGREE // 2))
        self.one, self.other = np.concatenate([ends[0], ends[1]]), np.concatenate([ends[1], ends[0]])
        self.degree = np.bincount(self.one, minlength=n)
        self.own, self.shared = Evidence.none(n, N_TREATMENTS), Evidence.none(N_TYPES, N_TREATMENTS)
        self.by_clinician = Evidence.none(self.n_clinicians, N_TREATMENTS)
        join_all(self.writer, n, self.n_clinicians)

    def advance(self, tick: int) -> None:
        """One tick: needs, encounters, choices and outcomes; sharing; activation, engagement and stock."""
        draw = self.streams.uniform
        self.queue += draw("bandit.need", tick, self.n) < NEED
        chance = VISIT_BASE + VISIT_SLOPE * self.activation
        who = np.flatnonzero((self.queue > 0) & (draw("bandit.encounter", tick, self.n) < chance))
        self.queue[who] -= 1
        chosen = self._choose(who, tick)
        outcome = self.theta[who, chosen] + NOISE * self.streams.normal("bandit.outcome", tick, who)
        self._record(who, outcome)
        gives = draw("bandit.share", tick, who) < SHARE[self.engagement[who]]
        self.treatment[who] = chosen
        self.own.add(who, chosen, outcome)
        given, what, y = who[gives], chosen[gives], outcome[gives]
        self.by_clinician.add(self.clinician[given], what, y)
        self.shared.add(self.type[given], what, y)
        self._move(who, outcome, tick)

    def _choose(self, who: IntArray, tick: int) -> IntArray:
        """Thompson: the treatment with the largest draw from the mean and uncertainty of what is known."""
        own = self.own.count[who]
        heard, heard_total = self.by_clinician.capped(self.clinician[who], CAP_CLINICIAN)
        pooled, pooled_total = self.shared.capped(self.type[who], CAP_COMMONS)
        weight = 1.0 + own + heard + pooled
        mean = (0.5 + self.own.total[who] + heard_total + pooled_total) / weight
        each = (who[:, None] * N_TREATMENTS + np.arange(N_TREATMENTS)).ravel()
        z = self.streams.normal("bandit.choice", tick, each).reshape(weight.shape)
        best: IntArray = (mean + NOISE / np.sqrt(weight) * z).argmax(axis=1)
        return best

    def _move(self, who: IntArray, outcome: FloatArray, tick: int) -> None:
        """Activation of patients and clinicians, engagement and stock, all from the state of the tick before."""
        a, level = self.activation, self.engagement
        total = np.bincount(self.one, weights=a[self.other], minlength=self.n)
        peers = np.where(self.degree > 0, total / np.maximum(self.degree, 1) - a, 0.0)
        move = 0.10 * peers + 0.05 * (self.clinician_activation[self.clinician] - a)
        move += 0.01 * self.stock / (self.stock + self.n)
        move[who] += 0.04 * (outcome - 0.5)
        panel = np.bincount(self.clinician, weights=a, minlength=self.n_clinicians)
        c = self.clinician_activation
        pull = np.where(self.panel > 0, panel / np.maximum(self.panel, 1) - c, 0.0)
        u = self.streams.uniform("bandit.engagement", tick, self.n)
        step = (u < UP[level] * a).astype(np.int64) - (u > 1.0 - DOWN[level] * (1.0 - a))
        made = self.streams.uniform("bandit.make", tick, self.n) < MAKE[level]
        self.stock = 0.99 * self.stock + float(made.sum())
        self.clinician_activation = c + 0.02 * pull
        self.activation = np.clip(a + move, 0.0, 1.0)
        self.engagement = level + step
        record_stock(self.writer, self.stock)

    def _record(self, who: IntArray, outcome: FloatArray) -> None:
        self.n_encounters = who.size
        self.mean_outcome = float(outcome.mean()) if who.size else float("nan")
        record(self.writer, who, self.first_clinician + self.clinician[who], outcome)

    def numbers(self) -> list[float]:
        """The numbers of COLUMNS, in their order, at the end of the tick."""
        return [
            float(self.n_encounters),
            self.mean_outcome,
            float((self.treatment == self.best).mean()),
            *np.bincount(self.engagement, minlength=4).astype(np.float64).tolist(),
            self.stock,
            float(self.activation.mean()),
        ]

    def tables(self) -> Tables:
        """People only: the workload has neither sites, resources nor needs."""
        activation = np.concatenate([self.activation, self.clinician_activation])
        return tables(activation, self.engagement, self.theta[np.arange(self.n), self.treatment])


def join_all(writer: Writer, n: int, n_clinicians: int) -> None:
    """Records that everybody joined: patients 1..n, then clinicians."""
    role = np.repeat([Role.PATIENT, Role.CLINICIAN], [n, n_clinicians])
    writer.write(kinds.Joined, role.size, actor=np.arange(1, role.size + 1), role=role, value=role.astype(np.float64))


def record(writer: Writer, who: IntArray, doctor: IntArray, outcome: FloatArray) -> None:
    """Records a tick's encounters of these patients (from 0) with these clinicians (by id), and their outcomes."""
    columns: dict[str, Column] = {"actor": doctor, "subject": who + 1, "role": int(Role.CLINICIAN)}
    seq = writer.write(kinds.EncounterHeld, who.size, **columns)
    writer.write(kinds.MeasureObserved, who.size, **columns, value=outcome, cause=seq)


def record_stock(writer: Writer, stock: float) -> None:
    """Records the stock at the end of a tick."""
    writer.write(kinds.StockMeasured, 1, actor=COMPUTER_ID, role=Role.COMPUTER, topic=0, value=stock)


def tables(activation: FloatArray, engagement: IntArray, outcome: FloatArray) -> Tables:
    """The people table: activation of patients, then clinicians; engagement and expected outcome of patients."""
    n, n_patients = activation.size, engagement.size
    n_clinicians = n - n_patients
    people = {
        "id": np.arange(1, n + 1),
        "role": np.repeat([int(Role.PATIENT), int(Role.CLINICIAN)], [n_patients, n_clinicians]),
        **{name: np.full(n, -1) for name in ("site", "clinic", "condition", "left", "stratum")},
        "patient": np.arange(1, n + 1),
        "joined": np.zeros(n, dtype=np.int64),
        "activation": activation,
        "engagement": np.concatenate([engagement, np.zeros(n_clinicians, dtype=np.int64)]),
        "outcome": np.concatenate([outcome, np.full(n_clinicians, np.nan)]),
    }
    return Tables(
        pl.DataFrame({name: people[name] for name in PEOPLE}, schema=PEOPLE),
        pl.DataFrame(schema=SITES), pl.DataFrame(schema=RESOURCES), pl.DataFrame(schema=NEEDS),
    )  # fmt: skip
