"""In which order a ranking is shown: near neighbours change places now and then, so that what is thanked can teach."""

from __future__ import annotations

import numpy as np

#: How often two neighbours in places 3 and 4, 5 and 6, 7 and 8, 9 and 10 change places.
SWAP = 0.25
#: The places, from 0, between which neighbours change.
FIRST, LAST = 2, 10


def order_to_show(n_offers: int, draws: np.random.Generator, *, is_urgent: bool) -> tuple[list[int], list[float]]:
    """Places of a ranking in the order to show, and the probability that each stands where it now stands.

    Neighbours from place 3 on swap at random; an urgent need sees the ranking as it is. One draw a pair.

    Source: Radlinski and Joachims (2006), FairPairs, AAAI-06, 1406-1412, with a smaller probability.
    """
    order, propensities = list(range(n_offers)), [1.0] * n_offers
    if is_urgent:
        return order, propensities
    for first in range(FIRST, min(LAST, n_offers) - 1, 2):
        swaps = draws.random() < SWAP
        if swaps:
            order[first], order[first + 1] = order[first + 1], order[first]
        propensities[first] = propensities[first + 1] = SWAP if swaps else 1 - SWAP
    return order, propensities
