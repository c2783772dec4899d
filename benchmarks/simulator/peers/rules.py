"""The rules of the workload for frameworks of one object an agent: plain Python, shared by Mesa and AgentPy."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np

from coproduce.simulator.models.bandit import TYPE_MEANS

MEANS = TYPE_MEANS.tolist()
SHARE, MAKE = (0.05, 0.3, 0.6, 0.9), (0.0, 0.0, 0.05, 0.15)
UP, DOWN = (0.10, 0.05, 0.025, 0.0), (0.0, 0.05, 0.05, 0.05)
TREATMENTS = range(8)


class Evidence:
    """Number and sum of outcomes a treatment."""

    def __init__(self) -> None:
        self.count, self.total = [0] * 8, [0.0] * 8

    def add(self, treatment: int, outcome: float) -> None:
        self.count[treatment] += 1
        self.total[treatment] += outcome


class PatientRules:
    """What a patient is and does; `model` has random, stock, n, commons and what is given in this tick."""

    model: Any

    def be_born(self, clinician: Any, draw: random.Random) -> None:
        self.kind = draw.randrange(4)
        self.theta = [mean + draw.gauss(0, 0.15) for mean in MEANS[self.kind]]
        self.best = max(TREATMENTS, key=self.theta.__getitem__)
        self.activation = draw.uniform(0.2, 0.8)
        self.treatment = draw.randrange(8)
        self.engagement, self.queue = 0, 1
        self.own, self.clinician, self.neighbours = Evidence(), clinician, []
        clinician.panel.append(self)

    def live(self) -> None:
        """Decides on everything from the state of the tick before; what others read changes in `settle`."""
        model, draw, a = self.model, self.model.draw, self.activation
        lift = 0.0
        if draw.random() < 0.5:
            self.queue += 1
        if self.queue and draw.random() < 0.1 + 0.6 * a:
            self.queue -= 1
            lift = 0.04 * (self.visit(draw) - 0.5)
        if self.neighbours:
            lift += 0.10 * (sum(other.activation for other in self.neighbours) / len(self.neighbours) - a)
        lift += 0.05 * (self.clinician.activation - a) + 0.01 * model.stock / (model.stock + model.n)
        self.next_activation = min(1.0, max(0.0, a + lift))
        level, u = self.engagement, draw.random()
        model.made += draw.random() < MAKE[level]
        self.next_engagement = level + (u < UP[level] * a) - (u > 1 - DOWN[level] * (1 - a))

    def visit(self, draw: random.Random) -> float:
        """Thompson choice and outcome; evidence that is shared is kept until everybody has chosen."""
        own, heard, pooled = self.own, self.clinician.evidence, self.model.commons[self.kind]
        chosen, largest = 0, -math.inf
        known = zip(own.count, own.total, heard.count, heard.total, pooled.count, pooled.total, strict=True)
        for k, (n, known_total, n_heard, heard_total, n_pooled, pooled_total) in enumerate(known):
            weight, total = n + 1, known_total + 0.5
            if n_heard:
                capped = n_heard if n_heard < 10 else 10
                weight, total = weight + capped, total + capped * heard_total / n_heard
            if n_pooled:
                capped = n_pooled if n_pooled < 5 else 5
                weight, total = weight + capped, total + capped * pooled_total / n_pooled
            here = total / weight + 0.3 / math.sqrt(weight) * draw.gauss(0, 1)
            if here > largest:
                chosen, largest = k, here
        outcome = self.theta[chosen] + 0.3 * draw.gauss(0, 1)
        own.add(chosen, outcome)
        self.treatment = chosen
        self.model.outcomes.append(outcome)
        if draw.random() < SHARE[self.engagement]:
            self.model.given.append((self, chosen, outcome))
        return outcome

    def settle(self) -> None:
        self.activation, self.engagement = self.next_activation, self.next_engagement


class ClinicianRules:
    """What a clinician is and does."""

    def be_born(self, draw: random.Random) -> None:
        self.activation, self.evidence, self.panel = draw.uniform(0.2, 0.8), Evidence(), []

    def live(self) -> None:
        self.next_activation = self.activation
        if self.panel:
            mean = sum(patient.activation for patient in self.panel) / len(self.panel)
            self.next_activation += 0.02 * (mean - self.activation)

    def settle(self) -> None:
        self.activation = self.next_activation


class NetworkRules:
    """What the model itself keeps: commons, stock, and the numbers of each tick."""

    patients: Any
    draw: random.Random

    def start(self, n: int, seed: int) -> None:
        self.n, self.draw = n, random.Random(seed)
        self.stock, self.made = 0.0, 0
        self.commons = [Evidence() for _ in range(4)]
        self.given: list[tuple[Any, int, float]] = []
        self.outcomes: list[float] = []
        self.rows: list[list[float]] = []

    def tie(self, people: list[Any]) -> None:
        for _ in range(4 * self.n):
            one, other = self.draw.choice(people), self.draw.choice(people)
            one.neighbours.append(other)
            other.neighbours.append(one)

    def close(self) -> None:
        """The end of a tick: what was given is added, and the numbers are taken."""
        for patient, treatment, outcome in self.given:
            patient.clinician.evidence.add(treatment, outcome)
            self.commons[patient.kind].add(treatment, outcome)
        self.stock = 0.99 * self.stock + self.made
        people = list(self.patients)
        levels = np.bincount([p.engagement for p in people], minlength=4).tolist()
        mean = sum(self.outcomes) / len(self.outcomes) if self.outcomes else math.nan
        best = sum(p.treatment == p.best for p in people) / self.n
        activation = sum(p.activation for p in people) / self.n
        self.rows.append([len(self.outcomes), mean, best, *levels, self.stock, activation])
        self.given, self.outcomes, self.made = [], [], 0
