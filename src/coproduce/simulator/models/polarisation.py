"""Researchers who doubt the results of those who believe otherwise: the model of O'Connor and Weatherall 2018.

As in the model of Zollman, but a result E of somebody at the distance d of credences is itself uncertain (Jeffrey's
rule; O'Connor and Weatherall 2018, 10.1007/s13194-018-0213-9):

    P_f(E) = 1 - min(1, d m) (1 - P_i(E))          `ignore`: at d m = 1 nothing is learned from it
    P_f(E) = max(0, 1 - d m (1 - P_i(E)))          `contrary`: beyond d m = 1 it speaks against itself
    credence = P(H | E) P_f(E) + P(H | not E) (1 - P_f(E))

with m the mistrust and P_i(E) how likely the result was held. One's own result is not doubted. In a round everybody
takes their own result first and then their neighbours' in order; d is to a neighbour's credence before the round.

A run is settled when nobody tries B, all are sure of B, or everybody is sure or does not try and hears nobody who
tries from nearer than 1/m: the camps are then out of each other's reach.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from scipy.special import gammaln

from coproduce.events import Role
from coproduce.simulator.compiled import kernel
from coproduce.simulator.models import people
from coproduce.simulator.models.draws import Words, start, successes, uniform, words
from coproduce.simulator.models.graphs import Hearing, hearing
from coproduce.simulator.models.zollman import SURE, chances
from coproduce.simulator.parameters import PolarisationParameters
from coproduce.simulator.recorder import Writer
from coproduce.simulator.result import Tables
from coproduce.simulator.streams import FloatArray, IntArray, Streams

COLUMNS: dict[str, str] = {
    "credence": "mean credence that B is the better treatment",
    "trying": "share of researchers who try B",
    "sure": "share of researchers with a credence above 0.99",
    "settled": "1 once the run has stopped, else 0",
    "correct": "1 where every credence is above 0.99, else 0",
    "polarised": "1 where the run has settled with some sure of B and some who do not try it, else 0",
    "rounds": "rounds played until the stop",
}


def begin(p: PolarisationParameters, streams: Streams, writer: Writer) -> Polarisation:
    """The start of a run."""
    return Polarisation(p, streams, writer)


@dataclass
class Polarisation:
    """One run, played in one call."""

    p: PolarisationParameters
    streams: Streams
    writer: Writer
    columns: tuple[str, ...] = tuple(COLUMNS)
    credence: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        self.credence = self.streams.uniform("epistemic.prior", 0, self.p.n_agents)
        people.join_all(self.writer, people.of_role(Role.RESEARCHER, self.p.n_agents))

    def play(self, ticks: int) -> FloatArray:
        """The numbers of COLUMNS after each tick, (ticks, columns); after the stop they stay as they are."""
        p, heard = self.p, hearing(self.p.graph, self.p.n_agents)
        numbers = np.empty((ticks, len(COLUMNS)))
        rule = Rule(
            likelihood(p.pulls, 0.5 + p.edge), likelihood(p.pulls, 0.5 - p.edge), chances(p.pulls, p.edge),
            p.mistrust, p.doubt_form == "contrary",
        )  # fmt: skip
        stream = words(self.streams, "epistemic.trial")
        played = _play(self.credence, heard, rule, stream, numbers[: min(ticks, p.rounds)])
        numbers[max(played, 1) :] = numbers[max(played, 1) - 1]
        return numbers

    def tables(self) -> Tables:
        """People, with their last credence as outcome."""
        return people.tables(people.of_role(Role.RESEARCHER, self.p.n_agents), self.credence)


class Rule(NamedTuple):
    """How results are drawn and taken: their probabilities if B is better and otherwise, and the doubt of others'."""

    likely: FloatArray
    otherwise: FloatArray
    below: FloatArray
    mistrust: float
    contrary: bool


def likelihood(pulls: int, chance: float) -> FloatArray:
    """Binomial probabilities of 0 to `pulls` successes.

    >>> likelihood(2, 0.5).round(3).tolist()
    [0.25, 0.5, 0.25]
    """
    k = np.arange(pulls + 1.0)
    ways = gammaln(pulls + 1.0) - gammaln(k + 1.0) - gammaln(pulls - k + 1.0)
    chances: FloatArray = np.exp(ways + k * np.log(chance) + (pulls - k) * np.log1p(-chance))
    return chances


@kernel
def updated(credence: float, likely: float, otherwise: float, doubt: float, contrary: bool) -> float:
    """The credence after a result that is this likely if B is better, and otherwise; doubt is d m."""
    held = credence * likely + (1.0 - credence) * otherwise
    believed = max(0.0, 1.0 - doubt * (1.0 - held)) if contrary else 1.0 - min(1.0, doubt) * (1.0 - held)
    with_it = credence * likely / held if held > 0.0 else credence
    without = credence * (1.0 - likely) / (1.0 - held) if held < 1.0 else credence
    return min(1.0, max(0.0, with_it * believed + without * (1.0 - believed)))


@kernel
def _heard(graph: Hearing, i: int, n: int) -> tuple[int, int]:
    """The range of places at which whom somebody hears stand."""
    return (0, n) if graph.everyone else (graph.start[i], graph.start[i + 1])


@kernel
def _try_out(credence: FloatArray, rule: Rule, begin: np.uint64, result: IntArray) -> None:
    """Fills in the successes in each researcher's own trial of this round; -1 for who makes none."""
    for i in range(credence.size):
        result[i] = successes(rule.below, uniform(begin, i)) if credence[i] > 0.5 else -1


@kernel
def _learn(credence: FloatArray, result: IntArray, graph: Hearing, rule: Rule) -> None:
    """Everybody takes their own result and their neighbours'."""
    n, before = credence.size, credence.copy()
    for i in range(n):
        k = result[i]
        if k >= 0:
            credence[i] = updated(credence[i], rule.likely[k], rule.otherwise[k], 0.0, False)
        first, last = _heard(graph, i, n)
        for e in range(first, last):
            j = e if graph.everyone else graph.neighbour[e]
            k = result[j]
            if j != i and k >= 0:
                doubt = abs(credence[i] - before[j]) * rule.mistrust
                credence[i] = updated(credence[i], rule.likely[k], rule.otherwise[k], doubt, rule.contrary)


@kernel
def _apart(credence: FloatArray, graph: Hearing, mistrust: float) -> bool:
    """Whether everybody is sure, or does not try B and hears nobody who does from within reach."""
    n = credence.size
    for i in range(n):
        if credence[i] > 0.5:
            if credence[i] <= SURE:
                return False
            continue
        first, last = _heard(graph, i, n)
        for e in range(first, last):
            j = e if graph.everyone else graph.neighbour[e]
            if credence[j] > 0.5 and (credence[j] - credence[i]) * mistrust < 1.0:
                return False
    return True


@kernel
def _play(credence: FloatArray, graph: Hearing, rule: Rule, stream: Words, numbers: FloatArray) -> int:
    """Plays until the run is settled or the rows are full; gives the rounds played. One row is always written."""
    n = credence.size
    result = np.empty(n, np.int64)
    settled = _apart(credence, graph, rule.mistrust)
    for row in range(len(numbers)):
        stopped = settled
        if not stopped:
            _try_out(credence, rule, start(stream, row + 1), result)
            _learn(credence, result, graph, rule)
            settled = _apart(credence, graph, rule.mistrust)
        trying, sure = (credence > 0.5).sum(), (credence > SURE).sum()
        numbers[row, 0] = credence.mean()
        numbers[row, 1] = trying / n
        numbers[row, 2] = sure / n
        numbers[row, 3] = settled
        numbers[row, 4] = sure == n
        numbers[row, 5] = settled and 0 < trying < n
        numbers[row, 6] = row if stopped else row + 1
        if stopped:
            return row
    return len(numbers)
