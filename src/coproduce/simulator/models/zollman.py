"""A network of researchers who learn which of two treatments is better from their own and their neighbours' trials.

The model of Zollman 2007, 10.1086/525605, after Bala and Goyal 1998, 10.1111/1467-937X.00059. Treatment A is known to
succeed in half of all cases. Everybody asks whether B succeeds with the chance 0.5 + edge (which is true) or with
0.5 - edge. Who holds the first for more likely than not tries B in `pulls` cases in a round, and sees the results of
their neighbours, by Bayes' rule and in full trust. Starting credences are uniform on (0, 1).

A run is settled, and stops, when nobody tries B any more (nothing can change) or all credences are above 0.99.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numba import njit
from scipy.special import bdtr, expit

from coproduce.events import Role
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
    "trying": "share of researchers who try B",
    "sure": "share of researchers with a credence above 0.99",
    "settled": "1 once the run has stopped, else 0",
    "correct": "1 where every credence is above 0.99, else 0",
    "rounds": "rounds played until the stop",
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

    def __post_init__(self) -> None:
        self.logit = first_logits(self.streams, self.p.n_agents)
        people.join_all(self.writer, people.of_role(Role.RESEARCHER, self.p.n_agents))

    def play(self, ticks: int) -> FloatArray:
        """The numbers of COLUMNS after each tick, (ticks, columns); after the stop they stay as they are."""
        p, heard = self.p, hearing(self.p.graph, self.p.n_agents)
        numbers = np.empty((ticks, len(COLUMNS)))
        played = _play(
            self.logit, heard, trial(p.pulls, p.edge), words(self.streams, "epistemic.trial"),
            numbers[: min(ticks, p.rounds)],
        )  # fmt: skip
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


def trial(pulls: int, edge: float) -> Trial:
    """A trial of B with this many cases."""
    return Trial(chances(pulls, edge), math.log((0.5 + edge) / (0.5 - edge)))


@njit(cache=True, nogil=True)
def result(trial: Trial, begin: np.uint64, who: int) -> float:
    """What one trial says, in log odds."""
    return (2 * successes(trial.below, uniform(begin, who)) - (trial.below.size - 1)) * trial.weight


@njit(cache=True, nogil=True)
def try_out(logit: FloatArray, trial: Trial, begin: np.uint64, evidence: FloatArray) -> None:
    """Fills in what each researcher's own trial of this round says, in log odds; 0 for who makes none."""
    for i in range(logit.size):
        evidence[i] = result(trial, begin, i) if logit[i] > 0.0 else 0.0


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def describe(logit: FloatArray) -> tuple[float, int, int]:
    """Mean credence, how many will try B, and how many are sure."""
    total, trying, sure = 0.0, 0, 0
    for value in logit:
        total += 1.0 / (1.0 + np.exp(-value))
        trying += value > 0.0
        sure += value > LOGIT_SURE
    return total / logit.size, trying, sure


@njit(cache=True, nogil=True)
def _play(logit: FloatArray, heard: Hearing, trial: Trial, stream: Words, numbers: FloatArray) -> int:
    """Plays until the run is settled or the rows are full; gives the rounds played. One row is always written."""
    n = logit.size
    evidence = np.zeros(n)
    mean, trying, sure = describe(logit)
    for row in range(len(numbers)):
        settled = trying == 0 or sure == n
        if not settled:
            try_out(logit, trial, start(stream, row + 1), evidence)
            hear(logit, evidence, heard)
            mean, trying, sure = describe(logit)
        numbers[row, 0] = mean
        numbers[row, 1] = trying / n
        numbers[row, 2] = sure / n
        numbers[row, 3] = trying == 0 or sure == n
        numbers[row, 4] = sure == n
        numbers[row, 5] = row if settled else row + 1
        if settled:
            return row
    return len(numbers)
