"""Which helper can take which need at all, and how well the two fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

if TYPE_CHECKING:
    from coproduce.matching.people import Helper, OpenNeed

#: What a need without topics, or without a language, asks for: everybody has it.
_ANY = ""
#: Why a need has no pair, in the order in which helpers are ruled out.
STAGES = ("topic", "language", "declined", "resting", "full")


@dataclass(frozen=True)
class Possible:
    """The pairs that break no limit. Needs that ask for the same are one kind: `kind_of` has the kind of each need.

    `fit` is sparse, shape (kinds, helpers), float64: share of the need that the helper knows x willingness.
    `ruled_out` has, for each kind without any pair, the first stage that left nobody.
    """

    kind_of: NDArray[np.int64]
    is_urgent: NDArray[np.bool_]
    fit: Any
    ruled_out: dict[int, str]

    def reason(self, need: int) -> str:
        """Why the need at this place was left without a helper."""
        if not self.fit.shape[1]:
            return "no_helper"
        return self.ruled_out.get(int(self.kind_of[need]), "taken")


def possible_pairs(needs: Sequence[OpenNeed], helpers: Sequence[Helper], reachable: NDArray[np.bool_]) -> Possible:
    """All pairs of needs and helpers that break no limit, with their fit."""
    first_of: dict[Any, int] = {}
    kinds: list[OpenNeed] = []
    kind_of = np.empty(len(needs), np.int64)
    for at, need in enumerate(needs):
        asks = (tuple(sorted(need.topics.items())), _language(need.language), need.is_urgent, need.declined)
        if asks not in first_of:
            first_of[asks] = len(kinds)
            kinds.append(need)
        kind_of[at] = first_of[asks]
    known = sparse.coo_array(_knows(kinds, helpers))
    rows, columns, values = known.row, known.col, known.data
    willing = np.array([helper.willingness for helper in helpers], np.float64)
    free = np.array([helper.n_left > 0 for helper in helpers], bool)
    keeps = (
        np.ones(len(rows), bool),
        _speaks(kinds, helpers)(rows, columns),
        ~_declined(kinds, helpers)(rows, columns),
        reachable[columns],
        free[columns],
    )
    kept = np.ones(len(rows), bool)
    ruled_out: dict[int, str] = {}
    for stage, keep in zip(STAGES, keeps, strict=True):
        kept &= keep
        for kind in np.flatnonzero(np.bincount(rows[kept], minlength=len(kinds)) == 0):
            ruled_out.setdefault(int(kind), stage)
    fit = sparse.csr_array(
        (values[kept] * willing[columns[kept]], (rows[kept], columns[kept])), shape=(len(kinds), len(helpers))
    )
    return Possible(kind_of, np.array([kind.is_urgent for kind in kinds], bool), fit, ruled_out)


def _knows(kinds: Sequence[OpenNeed], helpers: Sequence[Helper]) -> Any:
    """Share of what each kind is about that each helper knows, shape (kinds, helpers)."""
    columns: dict[str, int] = {}
    asked = _matrix([_shares(need) for need in kinds], columns)
    known = _matrix([{_ANY: 1.0, **{t: min(v, 1.0) for t, v in helper.topics.items()}} for helper in helpers], columns)
    asked.resize((len(kinds), len(columns)))
    known.resize((len(helpers), len(columns)))
    return asked @ known.T


def _shares(need: OpenNeed) -> dict[str, float]:
    total = sum(need.topics.values())
    return {topic: weight / total for topic, weight in need.topics.items()} if total > 0 else {_ANY: 1.0}


def _matrix(rows: Sequence[dict[str, float]], columns: dict[str, int]) -> Any:
    """Rows of topics as a sparse matrix; topics not met before get the next column."""
    starts, places, values = [0], [], []
    for row in rows:
        for topic, value in row.items():
            if value > 0:
                places.append(columns.setdefault(topic, len(columns)))
                values.append(value)
        starts.append(len(places))
    return sparse.csr_array((np.array(values, np.float64), places, starts), shape=(len(rows), max(len(columns), 1)))


def _language(text: str) -> str:
    return text.strip().casefold()


def _speaks(kinds: Sequence[OpenNeed], helpers: Sequence[Helper]) -> Any:
    """Whether the helper at a column speaks the language of the kind at a row."""
    numbers: dict[str, int] = {_ANY: 0}
    spoken = np.array([numbers.setdefault(_language(need.language), len(numbers)) for need in kinds], np.int64)
    speaks = np.zeros((len(numbers), len(helpers)), bool)
    speaks[0] = True
    for column, helper in enumerate(helpers):
        for language in map(_language, helper.languages):
            if language in numbers:
                speaks[numbers[language], column] = True
    return lambda rows, columns: speaks[spoken[rows], columns]


def _declined(kinds: Sequence[OpenNeed], helpers: Sequence[Helper]) -> Any:
    """Whether the helper at a column has declined the kind at a row."""
    place = {helper.id: column for column, helper in enumerate(helpers)}
    pairs = [
        row * len(helpers) + place[helper]
        for row, need in enumerate(kinds)
        for helper in need.declined
        if helper in place
    ]
    return lambda rows, columns: np.isin(rows.astype(np.int64) * len(helpers) + columns, pairs)
