"""Fits the weights of the ranking to judged needs, and estimates honestly how good they are on needs not seen.

The ranking weights minimise a pairwise logistic loss (Burges et al. 2005, 10.1145/1102351.1102363, in linear form):
within a need, a better judged resource should score above a worse judged one; each need counts the same. The weights
are held near a starting point (shrinkage) and never fall below 0, so that no feature can be a reason against itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.matching.data import WORDINGS, Reference
from coproduce.matching import Constraints, ParsedNeed, Weights, parse_need
from coproduce.matching.features import Candidates, candidates
from coproduce.matching.judged import judged_quality
from coproduce.matching.ranking import ordered, signs
from coproduce.matching.resource import OPEN
from coproduce.matching.weights import FEATURES

#: Where the ranking weights are pulled to: every feature counts, words and text more.
START = {"name": 2.0, "words": 2.0, "focus": 1.0, "kind": 1.0, "overview": 0.5, "text": 1.0, "likeness": 3.0}
SHRINKAGE = 0.3
#: Share of the needs with an answer that may be told that there is little hope. With a fifth, one in three of the needs
#: that nothing was chosen on were told so.
MOST_WARNED = 0.15

Array = NDArray[np.float64]
#: A need in one of its wordings.
Case = tuple[str, str]


def pools(data: Reference) -> dict[Case, Candidates]:
    """The candidates of each need in each wording that is not empty."""
    return {
        (wording, need.id): candidates(parse_need(need.text(wording), data.index.lexicon), data.index, OPEN)
        for wording in WORDINGS
        for need in data.needs
        if need.text(wording).strip()
    }


def fit_ranking(found: Mapping[Case, Candidates], data: Reference, cases: Sequence[Case]) -> Array:
    """The feature weights fitted to some cases, in the order of FEATURES."""
    start = np.array([START[name] for name in FEATURES])
    pairs, counts = [], []
    for case in cases:
        grades = np.array([data.judgments[case[1]].get(card.id, 0) for card in found[case].cards])
        better, worse = np.nonzero(grades[:, None] > grades)
        if len(better):
            pairs.append(found[case].features[better] - found[case].features[worse])
            gaps = (grades[better] - grades[worse]).astype(float)
            counts.append(gaps / gaps.sum())
    differences, weights = np.concatenate(pairs), np.concatenate(counts)
    # What never differs (likeness in lexical mode) gets no weight.
    start = np.where(np.abs(differences).max(axis=0) > 0, start, 0.0)

    def loss(vector: Array) -> tuple[float, Array]:
        gaps = differences @ vector
        value = weights @ np.logaddexp(0, -gaps) + SHRINKAGE * ((vector - start) ** 2).sum()
        slope = -differences.T @ (weights / (1 + np.exp(gaps))) + 2 * SHRINKAGE * (vector - start)
        return float(value), slope

    best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(start))
    return np.asarray(best.x)


def quality(found: Mapping[Case, Candidates], data: Reference, case: Case, weights: Weights) -> float:
    """nDCG at 10 of one case."""
    return judged_quality(found[case], data.judgments[case[1]], weights)


def held_out(found: Mapping[Case, Candidates], data: Reference, base: Weights) -> dict[str, dict[str, float]]:
    """nDCG at 10 of each answerable need in each wording, with weights fitted to all the others (leave one out)."""
    ids = [need.id for need in data.answerable]
    result: dict[str, dict[str, float]] = {wording: {} for wording in WORDINGS}
    for left_out in ids:
        cases = [case for case in found if case[1] in ids and case[1] != left_out]
        fitted = replace(base, features=tuple(fit_ranking(found, data, cases)))
        for wording, values in result.items():
            case = (wording, left_out)
            values[left_out] = quality(found, data, case, fitted) if case in found else 0.0
    return result


@dataclass(frozen=True)
class Sign:
    """What the answerable estimate sees of one case, and the truth. A case is real, or has its answers taken away."""

    case: Case
    values: Array
    has_answer: bool
    is_real: bool


def answer_signs(data: Reference, found: Mapping[Case, Candidates], weights: Weights) -> list[Sign]:
    """The signs of every case, and of every answerable case once more with all that answers it taken away.

    Taken away are the resources judged at least in part right, and all others about the same things.
    """
    answerable = {need.id for need in data.answerable}
    texts = {need.id: need for need in data.needs}
    about: dict[frozenset[str], set[str]] = {}
    for resource in data.resources:
        card = data.index.card(resource.id)
        assert card is not None
        about.setdefault(card.main, set()).add(card.id)
    same = {resource: others for others in about.values() for resource in others}
    result = []
    for case, pool in found.items():
        need = parse_need(texts[case[1]].text(case[0]), data.index.lexicon)
        result.append(Sign(case, _signs(need, pool, weights), case[1] in answerable, True))
        if case[1] in answerable:
            right = [resource for resource, grade in data.judgments[case[1]].items() if grade >= 1]
            gone = frozenset().union(*(same.get(resource, {resource}) for resource in right))
            left = candidates(need, data.index, Constraints(exclude=gone))
            result.append(Sign(case, _signs(need, left, weights), False, False))
    return result


def _signs(need: ParsedNeed, pool: Candidates, weights: Weights) -> Array:
    return signs(need, pool, ordered(pool.features @ weights.vector, pool.cards, weights)[0])


def fit_answerable(examples: Sequence[Sign]) -> Array:
    """Intercept and weights of the logistic curve, lightly shrunk to 0.

    Real cases count as they are; the cases with their answers taken away count together an eighth as much, so that the
    curve learns what a bare shelf looks like without losing the real share of unanswerable needs.
    """
    inputs = np.array([[1.0, *example.values] for example in examples])
    truth = np.array([float(example.has_answer) for example in examples])
    n_real = sum(example.is_real for example in examples)
    made = n_real / 8 / max(len(examples) - n_real, 1)
    counts = np.array([1.0 if example.is_real else made for example in examples])

    def loss(vector: Array) -> tuple[float, Array]:
        odds = inputs @ vector
        value = counts @ (np.logaddexp(0, odds) - truth * odds) + 0.5 * (vector[1:] ** 2).sum()
        slope = inputs.T @ (counts * (1 / (1 + np.exp(-odds)) - truth))
        return float(value), slope + np.array([0.0, *vector[1:]])

    best = minimize(loss, np.zeros(inputs.shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(best.x)


def little_hope(examples: Sequence[Sign]) -> float:
    """The highest of twenty thresholds below which, left out of the fit, few answered needs in own words fall."""
    chances = held_out_chances(examples)
    answered = [chances[one.case] for one in examples if one.is_real and one.has_answer and one.case[0] == "own"]
    kept = [step / 20 for step in range(20) if np.mean(np.array(answered) < step / 20) <= MOST_WARNED]
    return max(kept)


def held_out_chances(examples: Sequence[Sign]) -> dict[Case, float]:
    """The chance of each real case, with the curve fitted to all the other needs."""
    chances = {}
    for need in sorted({example.case[1] for example in examples}):
        fitted = fit_answerable([example for example in examples if example.case[1] != need])
        for example in examples:
            if example.case[1] == need and example.is_real:
                chances[example.case] = float(1 / (1 + np.exp(-(fitted[0] + example.values @ fitted[1:]))))
    return chances
