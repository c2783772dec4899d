"""The ranker: a need and an index give ranked offers, each with its true reasons."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coproduce.errors import InvalidInput
from coproduce.matching.cards import Card
from coproduce.matching.features import POOL, Candidates, candidates
from coproduce.matching.index import Index
from coproduce.matching.need import ParsedNeed
from coproduce.matching.resource import OPEN, Constraints
from coproduce.matching.weights import FEATURES, SIGNS, Weights, shipped_weights
from coproduce.matching.wordlists import kinds_of_help

#: Positions that are chosen with an eye to variety; below them the score alone decides.
_VARIED = 20
#: Scores this near are equal: rounding decides between them, and that is no reason.
TIE = 1e-9
#: Most resources that one ranking gives.
MOST_OFFERS = 1000

#: What a reason rests on: its features, and its sentence (a message for translation).
GROUNDS: dict[str, tuple[tuple[str, ...], str]] = {
    "about": (("name", "focus"), "It is about %(what)s."),
    "words": (("words",), "It has your words: %(what)s."),
    "text": (("text",), "A search for your words brings it up."),
    "kind": (("kind",), "It answers what you ask for: %(what)s."),
    "overview": (("overview",), "It explains the basics."),
    "likeness": (("likeness",), "Its title means nearly what you say."),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an offer stands where it stands: without the grounds of its reasons it would stand lower.

    `message % {"what": ", ".join(what)}` is the sentence; `message` goes through gettext. For the ground "kind", `what`
    holds labels of kinds, which go through gettext too.
    """

    ground: str
    message: str
    what: tuple[str, ...]
    contribution: float

    def __str__(self) -> str:
        return self.message % {"what": ", ".join(self.what)}


@dataclass(frozen=True, slots=True)
class Offer:
    """A resource offered for a need. `margin` is how far its score lies above the next best for its place."""

    resource_id: str
    title: str
    rank: int
    score: float
    margin: float
    features: dict[str, float]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Offers, best first, and the probability that a good answer is among the resources."""

    offers: tuple[Offer, ...]
    answerable: float
    n_candidates: int


def rank(
    need: ParsedNeed,
    index: Index,
    constraints: Constraints = OPEN,
    k: int = 10,
    *,
    weights: Weights | None = None,
) -> Ranking:
    """The best `k` resources for a need among those that the constraints let through.

    An empty need gives no offers. Raises InvalidInput when k is not between 1 and 1000.
    """
    if not 1 <= k <= MOST_OFFERS:
        raise InvalidInput(given=f"{k} offers asked for", expected=f"a number from 1 to {MOST_OFFERS}")
    weights = weights or shipped_weights(dense=index.encoder is not None)
    pool = candidates(need, index, constraints, limit=max(POOL, k))
    scores = pool.features @ weights.vector
    order, values, margins = ordered(scores, pool.cards, weights)
    offers = tuple(
        _offer(need, pool, _Standing(row, place + 1, values[place], margins[place]), weights)
        for place, row in enumerate(order[:k])
    )
    return Ranking(offers, answerable(need, pool, order, weights), len(pool.cards))


def explain(need: ParsedNeed, index: Index, resource_id: int | str, *, weights: Weights | None = None) -> Offer | None:
    """The offer of one resource for a need, wherever it ranks, or None when it is no candidate at all."""
    found = rank(need, index, OPEN, MOST_OFFERS, weights=weights)
    return next((offer for offer in found.offers if offer.resource_id == str(resource_id)), None)


def ordered(
    scores: NDArray[np.float64], cards: tuple[Card, ...], weights: Weights
) -> tuple[list[int], list[float], list[float]]:
    """Rows in the order of showing, with the score of each at its turn (never rising) and its lead over the next best.

    The first places are filled one by one; a resource about the same thing as those above it loses a little for each
    (maximal marginal relevance, Carbonell and Goldstein 1998, 10.1145/290941.291025). An only candidate leads over 0.
    """
    by_score = np.argsort(-scores, kind="stable")
    subjects: dict[frozenset[str], int] = {}
    group = np.array([subjects.setdefault(card.main, len(subjects)) for card in cards], dtype=np.int64)
    shown = np.zeros(len(subjects))
    open_scores = scores.astype(np.float64).copy()
    order: list[int] = []
    values: list[float] = []
    margins: list[float] = []
    for _ in range(min(_VARIED, len(cards))):
        now = open_scores - weights.diversity_loss * np.minimum(shown, weights.diversity_most)[group]
        row = int(np.argmax(now))
        values.append(float(now[row]))
        now[row] = -np.inf
        runner_up = float(now.max())
        margins.append(values[-1] - (runner_up if math.isfinite(runner_up) else 0.0))
        open_scores[row] = -np.inf
        shown[group[row]] += 1
        order.append(row)
    chosen = set(order)
    rest = [int(row) for row in by_score if int(row) not in chosen]
    for place, row in enumerate(rest):
        following = float(scores[rest[place + 1]]) if place + 1 < len(rest) else 0.0
        margins.append(float(scores[row]) - following)
        values.append(min(values[-1], float(scores[row])))
    return order + rest, values, margins


@dataclass(frozen=True, slots=True)
class _Standing:
    row: int
    rank: int
    score: float
    margin: float


def _offer(need: ParsedNeed, pool: Candidates, standing: _Standing, weights: Weights) -> Offer:
    card = pool.cards[standing.row]
    features = dict(zip(FEATURES, map(float, pool.features[standing.row]), strict=True))
    return Offer(
        resource_id=card.id,
        title=card.title,
        rank=standing.rank,
        score=standing.score,
        margin=standing.margin,
        features=features,
        reasons=_reasons(need, card, features, standing.margin, weights),
    )


def _reasons(
    need: ParsedNeed, card: Card, features: dict[str, float], margin: float, weights: Weights
) -> tuple[Reason, ...]:
    """The grounds without which the offer would stand lower: each alone or, where none does, the fewest together.

    The last of all candidates cannot stand lower; its grounds are those without which it would be no candidate.
    """
    by_name = dict(zip(FEATURES, weights.features, strict=True))
    grounds = [
        Reason(ground, message, what, sum(by_name[name] * features[name] for name in names))
        for ground, (names, message) in GROUNDS.items()
        if (what := _what(ground, need, card)) is not None
    ]
    grounds = sorted((reason for reason in grounds if reason.contribution > 0), key=lambda reason: -reason.contribution)
    alone = tuple(reason for reason in grounds if reason.contribution > margin + TIE)
    if alone:
        return alone
    total = 0.0
    for count, reason in enumerate(grounds, start=1):
        total += reason.contribution
        if total > margin + TIE:
            return tuple(grounds[:count])
    return tuple(grounds)


def _what(ground: str, need: ParsedNeed, card: Card) -> tuple[str, ...] | None:
    """What a ground speaks of for this card, or None when it has nothing to point to."""
    if ground == "about":
        things = [thing.said for thing in need.conditions if thing.key in card.names]
        return tuple(things or [word.said for word in need.words if word.stem in card.main]) or None
    if ground == "words":
        return tuple(word.said for word in need.words if word.stem in card.words) or None
    if ground == "kind":
        catalogue = kinds_of_help()
        asked = {kind.kind for kind in need.kinds}
        near = any(card.kind in catalogue.kinds[kind].near for kind in asked)
        known = card.kind in catalogue.kinds and (card.kind in asked or near)
        return (catalogue.kinds[card.kind].label,) if known else None
    return ()


def answerable(need: ParsedNeed, pool: Candidates, order: list[int], weights: Weights) -> float:
    """The probability that a good answer exists: a logistic curve of the signs of the three best offers.

    See `docs/explanation/matching.md` for how far it can be trusted.
    """
    if not order:
        return 0.0
    log_odds = weights.answerable_intercept + float(np.dot(signs(need, pool, order), weights.answerable))
    return 1.0 / (1.0 + math.exp(-log_odds))


def signs(need: ParsedNeed, pool: Candidates, order: list[int]) -> NDArray[np.float64]:
    """The signs of an answer, in the order of SIGNS, each between 0 and 1, from the three best offers.

    covered: share of what was said, by weight, that they hold in title, names or summary; a word that no resource uses
    counts in full, and less than one whole word counts as one · name: the mean of this feature · unnamed: 1 where the
    need says something and names nothing that a resource goes by, so that it is not held to a name; less than 1 where
    all it says is chat.
    """
    best = order[:3]
    if not best:
        return np.zeros(len(SIGNS))
    held = frozenset().union(*(pool.cards[row].words for row in best))
    said = sum(word.weight for word in need.words) + len(need.others)
    covered = sum(word.weight for word in need.words if word.stem in held) / max(said, 1.0)
    name = pool.features[best, FEATURES.index("name")].mean()
    return np.array([covered, name, 0.0 if need.conditions else min(said, 1.0)])
