"""Deciders misled by true results: the model of Weatherall, O'Connor and Bruner 2020, 10.1093/bjps/axy062.

Researchers learn as in the model of Zollman. Deciders make no trials: they hear some researchers, and a propagandist
who tells them only true results. `sharing_form` says which results of researchers are passed on: those in which B
succeeded in less than half of the cases, none, or all; and of `own_trials` trials that the propagandist makes each
round, those against B are passed on too. Deciders take every result at face value, by Bayes' rule, and do not know
which were chosen for them.

A run stops when nobody tries B any more, or when all researchers are sure of B and every decider is sure of B or of
the contrary (a credence below 0.01).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from coproduce.events import Role
from coproduce.simulator.compiled import kernel
from coproduce.simulator.models import people
from coproduce.simulator.models.draws import Words, start, words
from coproduce.simulator.models.graphs import Hearing, hearing
from coproduce.simulator.models.zollman import (
    LOGIT_SURE,
    Trial,
    describe,
    first_logits,
    hear,
    result,
    trial,
    try_out,
)
from coproduce.simulator.parameters import SelectiveParameters
from coproduce.simulator.recorder import Writer
from coproduce.simulator.result import Tables
from coproduce.simulator.streams import FloatArray, Streams

COLUMNS: dict[str, str] = {
    "credence": "mean credence of researchers that B is the better treatment",
    "decider_credence": "mean credence of deciders that B is the better treatment",
    "sure": "share of researchers with a credence above 0.99",
    "informed": "share of deciders with a credence above 0.99",
    "misled": "share of deciders with a credence below 0.01",
    "settled": "1 once the run has stopped, else 0",
    "correct": "1 where every researcher's credence is above 0.99, else 0",
    "rounds": "rounds played until the stop",
}


def begin(p: SelectiveParameters, streams: Streams, writer: Writer) -> Selective:
    """The start of a run."""
    return Selective(p, streams, writer)


@dataclass
class Selective:
    """One run, played in one call."""

    p: SelectiveParameters
    streams: Streams
    writer: Writer
    columns: tuple[str, ...] = tuple(COLUMNS)
    logit: FloatArray = field(init=False)
    decider: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        n, deciders = self.p.n_agents, self.p.n_deciders
        prior = first_logits(self.streams, n + deciders)
        self.logit, self.decider = prior[:n].copy(), prior[n:].copy()
        self.role = np.concatenate([people.of_role(Role.RESEARCHER, n), people.of_role(Role.CLINICIAN, deciders)])
        people.join_all(self.writer, self.role)

    def play(self, ticks: int) -> FloatArray:
        """The numbers of COLUMNS after each tick, (ticks, columns); after the stop they stay as they are."""
        p, heard = self.p, hearing(self.p.graph, self.p.n_agents)
        numbers = np.empty((ticks, len(COLUMNS)))
        told = Told(
            min(p.heard, p.n_agents), _PASSED[p.sharing_form], p.own_trials, trial(p.pulls, p.edge),
            words(self.streams, "epistemic.trial"), words(self.streams, "epistemic.own_trial"),
        )  # fmt: skip
        played = _play(self.logit, self.decider, heard, told, numbers[: min(ticks, p.rounds)])
        numbers[max(played, 1) :] = numbers[max(played, 1) - 1]
        return numbers

    def tables(self) -> Tables:
        """Researchers, then deciders, with their last credence as outcome."""
        return people.tables(self.role, expit(np.concatenate([self.logit, self.decider])))


#: Which results of researchers are passed on, as kernels take it.
_PASSED = {"against": -1, "none": 0, "all": 1}


class Told(NamedTuple):
    """What deciders are told: how many researchers they hear, what is passed on, and where results come from."""

    heard: int
    passed: int
    own_trials: int
    trial: Trial
    stream: Words
    own_stream: Words


@kernel
def _propaganda(evidence: FloatArray, told: Told, tick: int) -> float:
    """What the results that are passed on say together, in log odds."""
    total = 0.0
    for value in evidence:
        if told.passed > 0 or (told.passed < 0 and value < 0.0):
            total += value
    begin = start(told.own_stream, tick)
    for t in range(told.own_trials):
        total += min(result(told.trial, begin, t), 0.0)
    return total


@kernel
def _instruct(decider: FloatArray, evidence: FloatArray, told: Told, tick: int) -> None:
    """Deciders take what the propagandist tells, and the results of the researchers next in the circle."""
    passed_on = _propaganda(evidence, told, tick)
    for d in range(decider.size):
        decider[d] += passed_on
        for step in range(told.heard):
            decider[d] += evidence[(d + step) % evidence.size]


@kernel
def _play(logit: FloatArray, decider: FloatArray, graph: Hearing, told: Told, numbers: FloatArray) -> int:
    """Plays until the run is settled or the rows are full; gives the rounds played. One row is always written."""
    n, m = logit.size, decider.size
    evidence = np.zeros(n)
    mean, trying, sure = describe(logit)
    informed, misled = (decider > LOGIT_SURE).sum(), (decider < -LOGIT_SURE).sum()
    for row in range(len(numbers)):
        stopped = trying == 0 or (sure == n and informed + misled == m)
        if not stopped:
            try_out(logit, told.trial, start(told.stream, row + 1), evidence)
            hear(logit, evidence, graph)
            _instruct(decider, evidence, told, row + 1)
            mean, trying, sure = describe(logit)
            informed, misled = (decider > LOGIT_SURE).sum(), (decider < -LOGIT_SURE).sum()
        numbers[row, 0] = mean
        numbers[row, 1] = describe(decider)[0]
        numbers[row, 2] = sure / n
        numbers[row, 3] = informed / m
        numbers[row, 4] = misled / m
        numbers[row, 5] = trying == 0 or (sure == n and informed + misled == m)
        numbers[row, 6] = sure == n
        numbers[row, 7] = row if stopped else row + 1
        if stopped:
            return row
    return len(numbers)
