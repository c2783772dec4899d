"""Made needs and helpers: the flow beside serving in order of arrival."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from unittest.mock import patch

import numpy as np

from coproduce import rng
from coproduce.matching import people as placing
from coproduce.matching.expected import Parts
from coproduce.matching.pairing import possible_pairs
from coproduce.matching.people import Assignment, Helper, OpenNeed, Rules, assign

N_TOPICS = 40
LANGUAGES = {"en": 0.6, "nl": 0.2, "es": 0.1, "fr": 0.1}
#: Room for this many needs for each that comes.
ROOM = 1.3
SIZES = ((1_000, 300), (10_000, 1_000), (100_000, 2_000))


def made(n_needs: int, n_helpers: int, seed: int) -> tuple[list[OpenNeed], list[Helper]]:
    """Needs of one to three topics, some topics far more asked for; helpers of one to five, room for a bit more."""
    draws = rng.stream(seed, "bench.people")
    shares = np.arange(1, N_TOPICS + 1) ** -0.7
    shares /= shares.sum()

    def topics(most: int) -> list[str]:
        return [str(topic) for topic in draws.choice(N_TOPICS, draws.integers(1, most + 1), replace=False, p=shares)]

    spoken, weights = list(LANGUAGES), list(LANGUAGES.values())
    helpers = [
        Helper(
            at,
            {topic: float(draws.uniform(0.4, 1)) for topic in topics(5)},
            frozenset(map(str, draws.choice(spoken, draws.integers(1, 3), replace=False, p=weights))),
            capacity=int(draws.integers(1, 2 * max(1, round(ROOM * n_needs / n_helpers)))),
            willingness=float(draws.uniform(0.5, 1)),
            is_new=bool(draws.random() < 0.1),
        )
        for at in range(n_helpers)
    ]
    needs = [
        OpenNeed(
            at,
            dict.fromkeys(topics(3), 1.0),
            str(draws.choice(spoken, p=weights)),
            is_urgent=bool(draws.random() < 0.05),
        )
        for at in range(n_needs)
    ]
    return needs, helpers


def in_order_of_arrival(needs: Sequence[OpenNeed], helpers: Sequence[Helper]) -> tuple[int, float]:
    """The peer: each need in turn takes the best helper with room left; how many are served, and the total fit."""
    possible = possible_pairs(needs, helpers, np.ones(len(helpers), bool))
    left = np.array([helper.n_left for helper in helpers])
    served, total = 0, 0.0
    for kind in possible.kind_of:
        start, end = possible.fit.indptr[kind], possible.fit.indptr[kind + 1]
        columns = possible.fit.indices[start:end]
        fits = np.where(left[columns] > 0, possible.fit.data[start:end], 0.0)
        if len(fits) and fits.max() > 0:
            best = int(fits.argmax())
            left[columns[best]] -= 1
            served, total = served + 1, total + float(fits[best])
    return served, total


def knowing_the_law(
    needs: Sequence[OpenNeed], helpers: Sequence[Helper], others: Sequence[OpenNeed], size: int
) -> float:
    """Share of the most fit if what these others ask for, who follow the same law, were the forecast."""
    asked = [(dict(need.topics), need.language) for need in others]
    with (
        patch.object(placing, "how_many", lambda n, seen: (np.zeros_like(seen), n)),
        patch.object(Parts, "recombined", lambda _parts, _n, _draws: asked),
    ):
        return assign(needs, helpers, rules=Rules(batch_size=size)).share_of_optimum


def n_broken(found: Assignment, helpers: Sequence[Helper]) -> int:
    """How many helpers were given more than they take."""
    loads = Counter(pair.helper for pair in found.pairs)
    return sum(loads[helper.id] > helper.n_left for helper in helpers)


def measured() -> list[dict[str, float]]:
    """Every size, all needs at once and in twenty batches, beside serving in order of arrival.

    For the smallest, in batches, also what could be had if what needs ask for were known as well as can be.
    """
    rows: list[dict[str, float]] = []
    for n_needs, n_helpers in SIZES:
        needs, helpers = made(n_needs, n_helpers, 1)
        served, total = in_order_of_arrival(needs, helpers)
        for n_batches in (1, 20):
            started = time.process_time()
            found = assign(needs, helpers, rules=Rules(batch_size=-(-n_needs // n_batches)))
            seconds = time.process_time() - started
            rows.append(
                {
                    "n_needs": n_needs,
                    "n_helpers": n_helpers,
                    "n_batches": n_batches,
                    "served": round(len(found.pairs) / n_needs, 4),
                    "share_of_optimum": round(found.share_of_optimum, 4),
                    "caps_broken": n_broken(found, helpers),
                    "cpu_seconds_with_the_optimum": round(seconds, 2),
                    "arrival_served": round(served / n_needs, 4),
                    "arrival_share_of_optimum": round(total / found.optimum, 4),
                }
            )
            if n_batches > 1 and n_needs == SIZES[0][0]:
                others, _helpers = made(10 * n_needs, n_helpers, 2)
                known = knowing_the_law(needs, helpers, others, -(-n_needs // n_batches))
                rows[-1]["share_of_optimum_if_the_law_were_known"] = round(known, 4)
    return rows
