"""How good a ranking is against human judgments, by the conventions of trec_eval, with bootstrap intervals.

A need counts when it has a relevant resource; a need that the run leaves unanswered counts as zero. Within a need,
resources are ordered by score, and equal scores by id from high to low, as trec_eval does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coproduce import rng
from coproduce.errors import InvalidInput

#: Need to resource to score.
Run = Mapping[str, Mapping[str, float]]
#: Need to resource to grade (0 to 3).
Judgments = Mapping[str, Mapping[str, int]]

#: A resource of this grade or more is relevant.
RELEVANT = 2


def ordered_ids(scores: Mapping[str, float]) -> list[str]:
    """Resource ids, best first."""
    return sorted(sorted(scores, reverse=True), key=lambda resource: -scores[resource])


def ndcg(ids: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float:
    """Normalised discounted cumulative gain at a depth; gain = grade, unjudged = 0, discount log2(rank + 1).

    Source: Jaervelin and Kekaelaeinen (2002), 10.1145/582415.582418, in the form of trec_eval's ndcg_cut.
    """
    best = _dcg(sorted((max(grade, 0) for grade in grades.values()), reverse=True)[:depth])
    return _dcg([max(grades.get(resource, 0), 0) for resource in ids[:depth]]) / best if best else 0.0


def _dcg(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def average_precision(ids: Sequence[str], grades: Mapping[str, int]) -> float:
    """Mean, over the relevant resources, of the precision at the rank of each; one not found counts 0."""
    n_relevant = sum(grade >= RELEVANT for grade in grades.values())
    found, total = 0, 0.0
    for rank, resource in enumerate(ids, start=1):
        if grades.get(resource, 0) >= RELEVANT:
            found += 1
            total += found / rank
    return total / n_relevant if n_relevant else 0.0


def reciprocal_rank(ids: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float:
    """One over the rank of the first relevant resource, 0 when none is within the depth."""
    ranks = (rank for rank, resource in enumerate(ids[:depth], start=1) if grades.get(resource, 0) >= RELEVANT)
    first = next(ranks, None)
    return 1.0 / first if first else 0.0


def success(ids: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float:
    """1 when a relevant resource is within the depth, else 0."""
    return float(any(grades.get(resource, 0) >= RELEVANT for resource in ids[:depth]))


def recall(ids: Sequence[str], grades: Mapping[str, int], depth: int = 100) -> float:
    """Share of the relevant resources that are within the depth."""
    n_relevant = sum(grade >= RELEVANT for grade in grades.values())
    found = sum(grades.get(resource, 0) >= RELEVANT for resource in ids[:depth])
    return found / n_relevant if n_relevant else 0.0


METRICS: dict[str, Callable[[Sequence[str], Mapping[str, int]], float]] = {
    "ndcg_10": ndcg,
    "map": average_precision,
    "mrr_10": reciprocal_rank,
    "success_10": success,
    "recall_100": recall,
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over needs with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Evaluation:
    """The metrics over the needs that have a relevant resource, and how many needs do not."""

    metrics: dict[str, Estimate]
    n_needs: int
    n_left_out: int


def per_need(run: Run, judgments: Judgments, metric: str) -> dict[str, float]:
    """One metric for each need that has a relevant resource."""
    compute = METRICS[metric]
    return {
        need: compute(ordered_ids(run.get(need, {})), grades)
        for need, grades in sorted(judgments.items())
        if any(grade >= RELEVANT for grade in grades.values())
    }


def evaluate(run: Run, judgments: Judgments, *, seed: int = 0, n_resamples: int = 2000) -> Evaluation:
    """All metrics of a run against judgments.

    Raises InvalidInput when no need has a relevant resource, or when the run and the judgments share no need.
    """
    answerable = {need for need, grades in judgments.items() if any(grade >= RELEVANT for grade in grades.values())}
    if not answerable or not answerable & run.keys():
        raise InvalidInput(
            given="a run and judgments that share no need with a relevant resource",
            expected=f"judgments with a grade of {RELEVANT} or more for a need of the run",
            next_step="Check that both files speak of the same needs.",
        )
    metrics = {}
    for metric in METRICS:
        values = np.array(list(per_need(run, judgments, metric).values()))
        metrics[metric] = _estimate(values, rng.stream(seed, "match.evaluate"), n_resamples)
    n_left_out = len((judgments.keys() | run.keys()) - answerable)
    return Evaluation(metrics, len(answerable), n_left_out)


def _estimate(values: NDArray[np.float64], draws: np.random.Generator, n_resamples: int) -> Estimate:
    """Mean with a percentile bootstrap interval (Efron and Tibshirani 1993, chapter 13) over needs."""
    means = values[draws.integers(0, len(values), (n_resamples, len(values)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return Estimate(float(values.mean()), float(low), float(high))


def paired_difference(
    first: Mapping[str, float], second: Mapping[str, float], *, seed: int = 0, n_resamples: int = 10_000
) -> Estimate:
    """The mean difference (first minus second) over the same needs, with a paired bootstrap interval.

    Source: Sakai (2006), 10.1145/1148170.1148261.
    """
    if first.keys() != second.keys() or not first:
        raise InvalidInput(given="two sets of different needs", expected="the same needs on both sides")
    differences = np.array([first[need] - second[need] for need in sorted(first)])
    return _estimate(differences, rng.stream(seed, "match.paired"), n_resamples)


def area_under_curve(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """The probability that a random positive scores above a random negative; ties count half.

    Source: Hanley and McNeil (1982), 10.1148/radiology.143.1.7063747.
    """
    positive = np.array([score for score, label in zip(scores, labels, strict=True) if label])
    negative = np.array([score for score, label in zip(scores, labels, strict=True) if not label])
    if not len(positive) or not len(negative):
        return math.nan
    above = (positive[:, None] > negative).sum() + 0.5 * (positive[:, None] == negative).sum()
    return float(above / (len(positive) * len(negative)))
