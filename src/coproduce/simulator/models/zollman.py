"""A network of researchers who learn which of two treatments is better from their own and their neighbours' trials.

The model of Zollman 2007, 10.1086/525605, after Bala and Goyal 1998, 10.1111/1467-937X.00059. Treatment A is known to
succeed in half of all cases. Everybody asks whether B succeeds with the chance 0.5 + edge (which is true) or with
0.5 - edge. Who holds the first for more likely than not tries B in `pulls` cases in a round, and sees the results of
their neighbours, by Bayes' rule and in full trust. Starting credences are uniform on (0, 1).

A run is settled, and stops, when nobody will try B any more (nothing can change) or all credences are above 0.99.

Activation is ours, and off in the preset: somebody who holds B for better tries it with the chance of their
activation, and who does not, with `curiosity` times it; activation rises by `activation_contagion` times the mean gap
to those neighbours who are more active. Starting activations are u^((1 - m) / m), u uniform, with the mean m.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.special import bdtr, expit

from coproduce.events import Role
from coproduce.simulator.compiled import kernel
from coproduce.simulator.models import people
from coproduce.simulator.models.draws import Words, start, successes, uniform, words
from coproduce.simulator.models.graphs import Hearing, hearing
from coproduce.simulator.parameters import ZollmanParameters
from coproduce.simulator.recorder import Writer
from coproduce.simulator.result import Tables
from coproduce.simulator.streams import FloatArray, Streams

#: Above this credence somebody holds B for better beyond doubt.
SURE = 0.99
LOGIT_SURE = math.log(SURE / (1.0 - SURE))

COLUMNS: dict[str, str] = {
    "credence": "mean credence that B is the better treatment",
    "trying": "share of researchers who hold B for better, and try it when they are active",
    "sure": "share of researchers with a credence above 0.99",
    "settled": "1 once the run has stopped, else 0",
    "correct": "1 where every credence is above 0.99, else 0",
    "rounds": "rounds played until the stop",
    "activation": "mean activation of researchers",
}


def begin(p: ZollmanParameters, streams: Streams, writer: Writer) -> Zollman:
    """The start of a run."""
    return Zollman(p, streams, writer)


@dataclass
class Zollman:
    """One run, played in one call."""

    p: ZollmanParameters
    streams: Streams
    writer: Writer
    columns: tuple[str, ...] = tuple(COLUMNS)
    logit: FloatArray = field(init=False)
    activation: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        n, mean = self.p.n_agents, self.p.activation
        self.logit = first_logits(self.streams, n)
        self.activation = self.streams.uniform("epistemic.activation", 0, n) ** ((1.0 - mean) / mean)
        people.join_all(self.writer, people.of_role(Role.RESEARCHER, self.p.n_agents))

    def play(self, ticks: int) -> FloatArray:
        """The numbers of COLUMNS after each tick, (ticks, columns); after the stop they stay as they are."""
        p, heard = self.p, hearing(self.p.graph, self.p.n_agents)
        numbers = np.empty((ticks, len(COLUMNS)))
        rule = Rule(
            trial(p.pulls, p.edge), p.curiosity, p.activation_contagion,
            words(self.streams, "epistemic.trial"), words(self.streams, "epistemic.active"),
        )  # fmt: skip
        played = _play(self.logit, self.activation, heard, rule, numbers[: min(ticks, p.rounds)])
        numbers[max(played, 1) :] = numbers[max(played, 1) - 1]
        return numbers

    def tables(self) -> Tables:
        """People, with their last credence as outcome."""
        return people.tables(people.of_role(Role.RESEARCHER, self.p.n_agents), expit(self.logit))


def first_logits(streams: Streams, n: int) -> FloatArray:
    """Log odds of starting credences that are uniform on (0, 1)."""
    u = streams.uniform("epistemic.prior", 0, n)
    return np.log(u) - np.log1p(-u)


@lru_cache(maxsize=8)
def chances(pulls: int, edge: float) -> FloatArray:
    """The distribution function of the number of successes with B, for 0 to `pulls`."""
    below: FloatArray = bdtr(np.arange(pulls + 1.0), pulls, 0.5 + edge)
    below.flags.writeable = False
    return below


class Trial(NamedTuple):
    """What kernels need of a trial: the distribution function of its successes, and the weight of one.

    A success more than failures adds the weight ln((0.5 + edge) / (0.5 - edge)) to the log odds.
    """

    below: FloatArray
    weight: float


class Rule(NamedTuple):
    """How trials come about: what one says, who makes one, how activation spreads, and the streams of both."""

    trial: Trial
    curiosity: float
    contagion: float
    stream: Words
    active: Words


def trial(pulls: int, edge: float) -> Trial:
    """A trial of B with this many cases."""
    return Trial(chances(pulls, edge), math.log((0.5 + edge) / (0.5 - edge)))


@kernel
def result(trial: Trial, begin: np.uint64, who: int) -> float:
    """What one trial says, in log odds."""
    return (2 * successes(trial.below, uniform(begin, who)) - (trial.below.size - 1)) * trial.weight


@kernel
def try_out(logit: FloatArray, trial: Trial, begin: np.uint64, evidence: FloatArray) -> None:
    """Fills in what each researcher's own trial of this round says, in log odds; 0 for who makes none."""
    for i in range(logit.size):
        evidence[i] = result(trial, begin, i) if logit[i] > 0.0 else 0.0


@kernel
def _try_if_active(logit: FloatArray, activation: FloatArray, rule: Rule, tick: int, evidence: FloatArray) -> None:
    """Fills in what the trials of this round say: of the active who hold B for better, and of the curious."""
    first, own = start(rule.active, tick), start(rule.stream, tick)
    for i in range(logit.size):
        chance = activation[i] * (1.0 if logit[i] > 0.0 else rule.curiosity)
        evidence[i] = result(rule.trial, own, i) if uniform(first, i) < chance else 0.0


@kernel
def _activate(activation: FloatArray, heard: Hearing, rate: float) -> None:
    """Moves everybody's activation towards that of their more active neighbours, all from the state before."""
    n, before = activation.size, activation.copy()
    for i in range(n):
        first, last = (0, n) if heard.everyone else (heard.start[i], heard.start[i + 1])
        gap, count = 0.0, 0
        for e in range(first, last):
            j = e if heard.everyone else heard.neighbour[e]
            if before[j] > before[i]:
                gap += before[j] - before[i]
                count += 1
        activation[i] += rate * gap / max(count, 1)


@kernel
def hear(logit: FloatArray, evidence: FloatArray, heard: Hearing) -> None:
    """Adds to everybody's log odds what their own and their neighbours' trials say."""
    if heard.everyone:
        logit += evidence.sum()
        return
    for i in range(logit.size):
        total = evidence[i]
        for e in range(heard.start[i], heard.start[i + 1]):
            total += evidence[heard.neighbour[e]]
        logit[i] += total


@kernel
def describe(logit: FloatArray) -> tuple[float, int, int]:
    """Mean credence, how many will try B, and how many are sure."""
    total, trying, sure = 0.0, 0, 0
    for value in logit:
        total += 1.0 / (1.0 + np.exp(-value))
        trying += value > 0.0
        sure += value > LOGIT_SURE
    return total / logit.size, trying, sure


@kernel
def _play(logit: FloatArray, activation: FloatArray, heard: Hearing, rule: Rule, numbers: FloatArray) -> int:
    """Plays until the run is settled or the rows are full; gives the rounds played. One row is always written."""
    n = logit.size
    evidence = np.zeros(n)
    mean, trying, sure = describe(logit)
    for row in range(len(numbers)):
        settled = sure == n or (trying == 0 and rule.curiosity == 0.0)
        if not settled:
            _try_if_active(logit, activation, rule, row + 1, evidence)
            hear(logit, evidence, heard)
            if rule.contagion > 0.0:
                _activate(activation, heard, rule.contagion)
            mean, trying, sure = describe(logit)
        numbers[row, 0] = mean
        numbers[row, 1] = trying / n
        numbers[row, 2] = sure / n
        numbers[row, 3] = sure == n or (trying == 0 and rule.curiosity == 0.0)
        numbers[row, 4] = sure == n
        numbers[row, 5] = row if settled else row + 1
        numbers[row, 6] = activation.mean()
        if settled:
            return row
    return len(numbers)
