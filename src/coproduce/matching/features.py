"""Candidates for a need, and the features that order them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import tantivy
from numpy.typing import NDArray

from coproduce.matching.cards import Card
from coproduce.matching.index import SCHEMA, Index, clauses
from coproduce.matching.need import ParsedNeed
from coproduce.matching.resource import Constraints
from coproduce.matching.weights import FEATURES
from coproduce.matching.wordlists import KindsOfHelp, kinds_of_help

#: How many candidates are looked at closely.
POOL = 150
_FIELD_BOOSTS = (("title", 1.0), ("names", 0.7), ("body", 0.4))
#: A resource that goes by a name of the need always comes before one that only shares words with it.
_NAME_SCORE = 12.0
_KIND_SCORE = 2.0
#: Kinds of help that are said when meanings are compared.
_KINDS_SAID = 2
#: A kind of help that answers another in part.
_NEAR = 0.25


@dataclass(frozen=True)
class Candidates:
    """Resources worth a close look, with their features: one row a card, one column a feature of FEATURES."""

    cards: tuple[Card, ...]
    features: NDArray[np.float64]


def candidates(need: ParsedNeed, index: Index, constraints: Constraints, *, limit: int = POOL) -> Candidates:
    """The best `limit` resources by text search among those that the constraints let through, with features."""
    query = _query(need, constraints)
    hits = [] if query is None else index.search(query, limit)
    cards = tuple(card for _, card in hits)
    return Candidates(cards, feature_matrix(need, hits, likeness(need, index, cards)))


def _query(need: ParsedNeed, constraints: Constraints) -> tantivy.Query | None:
    """BM25 (Robertson and Zaragoza 2009, 10.1561/1500000019) over the fields, plus a constant for names and kinds."""
    query, should = tantivy.Query, tantivy.Occur.Should
    wanted = [
        (should, query.boost_query(query.term_query(SCHEMA, field, word.stem, "freq"), boost * word.weight))
        for word in need.words
        for field, boost in _FIELD_BOOSTS
    ]
    for thing in need.conditions:
        term = query.term_query(SCHEMA, "name_key", thing.key, "basic")
        wanted.append((should, query.const_score_query(term, _NAME_SCORE * thing.weight)))
    if not wanted:
        return None
    parts = [(tantivy.Occur.Must, query.boolean_query(wanted)), *clauses(constraints)]
    for asked in need.kinds:
        term = query.term_query(SCHEMA, "kind", asked.kind, "basic")
        parts.append((should, query.const_score_query(term, _KIND_SCORE * asked.weight)))
    return query.boolean_query(parts)


def likeness(need: ParsedNeed, index: Index, cards: Sequence[Card]) -> NDArray[np.float64]:
    """How near the meaning of each card's title is to the need as it was read (cosine, 0 to 1); 0 in lexical mode.

    As it was read (kinds of help, telling words, words that no resource uses), not the message: what is said around
    points elsewhere (see docs/explanation/matching.md).
    """
    if index.encoder is None or not cards or need.is_empty:
        return np.zeros(len(cards))
    kinds = [asked.kind.replace("_", " ") for asked in need.kinds[:_KINDS_SAID]]
    asked = index.encoder.encode([" ".join([*kinds, *(word.said for word in need.words), *need.others])])[0]
    near: NDArray[np.float64] = np.clip(index.directions(cards) @ asked, 0.0, 1.0).astype(np.float64)
    return near


def feature_matrix(
    need: ParsedNeed, hits: Sequence[tuple[float, Card]], near: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The features of each hit, each between 0 and 1, shape (hits, FEATURES).

    name: goes by a name that the need uses, by the weight of that name · words: weighted share of the telling words
    in its title, names and summary · focus: share of what it is about that the need speaks of · kind: offers the
    kind of help asked for · overview: says what it is · text: text score relative to the best hit · likeness:
    `near`, as `likeness` gave.
    """
    weights = {word.stem: word.weight for word in need.words}
    total = sum(weights.values()) or 1.0
    asked = {kind.kind: kind.weight for kind in need.kinds}
    best = max((score for score, _ in hits), default=0.0) or 1.0
    catalogue = kinds_of_help()
    matrix = np.zeros((len(hits), len(FEATURES)))
    for row, (score, card) in enumerate(hits):
        matrix[row] = (
            max((thing.weight * card.names.get(thing.key, 0.0) for thing in need.conditions), default=0.0),
            sum(weights[word] for word in weights.keys() & card.words) / total,
            len(weights.keys() & card.main) / len(card.main) if card.main else 0.0,
            kind_match(asked, card.kind, catalogue),
            float(card.kind == "what_it_is"),
            score / best,
            near[row],
        )
    return matrix


def kind_match(asked: dict[str, float], kind: str, catalogue: KindsOfHelp) -> float:
    """How well a kind answers the kinds asked for: in full, in part when it is near one, or not (0)."""
    match = 0.0
    for wanted, weight in asked.items():
        share = 1.0 if wanted == kind else _NEAR if kind in catalogue.kinds[wanted].near else 0.0
        match = max(match, share * weight)
    return match
