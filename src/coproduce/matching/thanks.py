"""Learning from thanks: what was shown, what helped, new weights, and the gate that they must pass before they ship.

Places 3 to 10 of a list are shuffled a little (`showing.order_to_show`), so that what is thanked because it stood high
can be told from what helped. A thanked resource is weighed by the inverse of how likely its place is looked at
(clipped), new weights are held near the present ones, and they ship only when they would have earned more thanks on
showings they were not fitted to, are no worse on human judgments, and leave every group of resources in sight.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

from coproduce import rng
from coproduce.errors import InvalidInput
from coproduce.matching.showing import FIRST, LAST
from coproduce.matching.weights import FEATURES, Weights

Array = NDArray[np.float64]

#: "This helped" against an opening alone.
HELPED, OPENED = 1.0, 0.2
#: No thanks count more than this many times; no account counts for more than this many showings.
_CLIP = 5.0
_MOST_OF_ONE_ACCOUNT = 3
#: How strongly new weights are held to the present ones, in thanks.
SHRINKAGE = 10.0
#: How much judged quality (nDCG at 10) may fall by chance before an update is refused.
_JUDGED_SLACK = 0.005
#: A group of resources keeps at least this part of the attention that it has under the present weights.
EXPOSURE_FLOOR = 0.8


@dataclass(frozen=True)
class Showing:
    """One list as it was shown, and what came of it: one row or number a place.

    `features` has shape (places, FEATURES); `reward` is 0, OPENED or HELPED; `account` is the pseudonym of who was
    shown the list; `groups` names the group of resources that each belongs to, where exposure is watched.
    """

    features: Array
    propensities: Array
    reward: Array
    account: int
    groups: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        n_places = len(self.reward)
        fits = self.features.shape == (n_places, len(FEATURES)) and self.propensities.shape == (n_places,)
        finite = np.isfinite(self.features).all() and np.isfinite(self.reward).all()
        if not fits or not finite or not np.all((self.propensities > 0) & (self.propensities <= 1)):
            raise InvalidInput(
                given="a showing whose columns differ in length or hold no usable numbers",
                expected=f"{len(FEATURES)} features, a propensity above 0 and a reward for each place",
            )
        if self.groups and len(self.groups) != n_places:
            raise InvalidInput(
                given=f"{len(self.groups)} groups for {n_places} places", expected="one group a place", field="groups"
            )
        if np.any((self.reward < 0) | (self.reward > HELPED)):
            raise InvalidInput(given="a reward out of range", expected=f"a reward from 0 to {HELPED}", field="reward")


def counted(showings: Sequence[Showing]) -> list[Showing]:
    """The showings that count: those with a reward, at most three of one account, the earliest first."""
    seen: Counter[int] = Counter()
    kept = []
    for showing in showings:
        if showing.reward.any():
            seen[showing.account] += 1
            if seen[showing.account] <= _MOST_OF_ONE_ACCOUNT:
                kept.append(showing)
    return kept


def attention(showings: Sequence[Showing]) -> float:
    """How steeply attention falls with the place: the power `a` in place ** -a, between 0 and 2.

    Within a pair of neighbours that may swap, each order weighed by the inverse of its probability, both resources
    stand equally often above: what is left of the difference in thanks is the place. The likelihood is that of the
    thanks of a pair falling to its upper place. Without such thanks 1 is taken.

    Source: swap interventions, Joachims, Swaminathan and Schnabel (2017), 10.1145/3018661.3018699.
    """
    places = list(range(FIRST, LAST - 1, 2))
    upper, lower = np.zeros(len(places)), np.zeros(len(places))
    for showing in showings:
        for at, place in enumerate(places):
            if place + 1 < len(showing.reward) and showing.propensities[place] < 1:
                weight = 0.5 / showing.propensities[place]
                upper[at] += weight * showing.reward[place]
                lower[at] += weight * showing.reward[place + 1]
    if not (upper + lower).any():
        return 1.0
    steps = np.log([(place + 2) / (place + 1) for place in places])

    def loss(power: float) -> float:
        return float((upper * np.log1p(np.exp(-power * steps)) + lower * np.log1p(np.exp(power * steps))).sum())

    return float(minimize_scalar(loss, bounds=(0, 2), method="bounded").x)


def fitted(showings: Sequence[Showing], present: Weights, power: float) -> Weights:
    """Weights under which what was thanked stands higher, held near the present ones; never below 0.

    Each list adds the log-likelihood of its thanked resources in a softmax over its scores, weighed by the clipped
    inverse of the attention to their places (Joachims and others 2017).
    """
    start = present.vector
    rows = [(s.features, s.reward * np.minimum(_looked_at(len(s.reward), power) ** -1, _CLIP)) for s in showings]
    mean = float(np.mean([weights.sum() for _, weights in rows])) if rows else 1.0

    def loss(vector: Array) -> tuple[float, Array]:
        value, slope = SHRINKAGE * float(((vector - start) ** 2).sum()), 2 * SHRINKAGE * (vector - start)
        for features, weights in rows:
            scores = features @ vector
            share = np.exp(scores - scores.max())
            share /= share.sum()
            value -= float(weights @ np.log(share)) / mean
            slope -= features.T @ (weights - weights.sum() * share) / mean
        return value, slope

    best = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(start))
    return replace(present, features=tuple(float(value) for value in best.x))


def _looked_at(n_places: int, power: float) -> Array:
    looked: Array = np.arange(1, n_places + 1, dtype=np.float64) ** -power
    return looked


def off_policy_gain(showings: Sequence[Showing], present: Weights, new: Weights, power: float) -> Array:
    """For each showing, the thanks that the new order would have earned, minus those of the present order.

    Each thanked resource counts attention at its new place over attention where it was shown, clipped (the
    item-position model of Li and others 2018, 10.1145/3219819.3220028).
    """
    gains = []
    for showing in showings:
        looked = _looked_at(len(showing.reward), power)
        earned = []
        for weights in (new, present):
            place = _places(showing, weights)
            earned.append(float(showing.reward @ np.minimum(looked[place] / looked, _CLIP)))
        gains.append(earned[0] - earned[1])
    return np.array(gains)


def _places(showing: Showing, weights: Weights) -> NDArray[np.int64]:
    """At which place, from 0, each resource of a showing would stand under these weights."""
    return np.argsort(np.argsort(-(showing.features @ weights.vector), kind="stable"))


def exposure(showings: Sequence[Showing], weights: Weights) -> dict[str, float]:
    """The share of all attention that each group of resources would have under these weights; no groups, no shares.

    A place has the attention 1 / log2(place + 1), whatever was found here: few thanks tell little of attention.

    Source: exposure of a group, Singh and Joachims (2018), 10.1145/3219819.3220088.
    """
    shares: dict[str, float] = {}
    for showing in showings:
        if showing.groups:
            looked = 1 / np.log2(_places(showing, weights) + 2)
            for group, attended in zip(showing.groups, looked.tolist(), strict=True):
                shares[group] = shares.get(group, 0.0) + attended
    total = sum(shares.values())
    return {group: shares[group] / total for group in sorted(shares)}


@dataclass(frozen=True)
class Update:
    """What came of learning: the weights to use from now on, whether they are new, and why.

    `gain` is the off-policy gain in thanks a showing, with its 95 % interval, on showings the weights were not fitted
    to; `judged` is quality on human judgments, before and after; `exposure` is the share of attention of each group of
    resources, before and after. To roll back, use `before`.
    """

    weights: Weights
    before: Weights
    ships: bool
    reason: str
    gain: tuple[float, float, float]
    judged: tuple[float, float]
    exposure: Mapping[str, tuple[float, float]]
    n_showings: int


def learn(
    showings: Sequence[Showing], present: Weights, judged: Callable[[Weights], float], *, seed: int = 0
) -> Update:
    """New weights when they pass every gate, else the present ones.

    Half of the showings fit, the other half check (by account, so that nobody checks their own thanks), and the other
    way round; `judged` gives nDCG at 10 on human judgments. Raises InvalidInput when no showing was thanked.
    """
    kept = counted(showings)
    accounts = np.array([showing.account for showing in kept])
    if len(set(accounts.tolist())) < 2:
        raise InvalidInput(
            given="thanks of fewer than two accounts", expected="thanks of two accounts or more", next_step="Wait."
        )
    power = attention(kept)
    draws = rng.stream(seed, "match.thanks")
    half = {account: at % 2 for at, account in enumerate(draws.permutation(np.unique(accounts)).tolist())}
    side = np.array([half[account] for account in accounts.tolist()])
    gains = np.zeros(len(kept))
    for checked in (0, 1):
        trial = fitted([kept[at] for at in np.flatnonzero(side != checked)], present, power)
        places = np.flatnonzero(side == checked)
        gains[places] = off_policy_gain([kept[at] for at in places], present, trial, power)
    gain = _with_interval(gains, draws)
    new = fitted(kept, present, power)
    quality = (judged(present), judged(new))
    seen = (exposure(showings, present), exposure(showings, new))
    hidden = [group for group, share in seen[0].items() if seen[1][group] < EXPOSURE_FLOOR * share]
    if gain[1] <= 0:
        ships, reason = False, "It would not have earned more thanks, beyond chance."
    elif quality[1] < quality[0] - _JUDGED_SLACK:
        ships, reason = False, "It is worse on human judgments."
    elif hidden:
        ships, reason = False, f"It would put resources of a group out of sight: {', '.join(hidden)}."
    else:
        ships, reason = True, "It would have earned more thanks, and is no worse on human judgments."
    return Update(
        weights=new if ships else present, before=present, ships=ships, reason=reason, gain=gain, judged=quality,
        exposure={group: (share, seen[1][group]) for group, share in seen[0].items()}, n_showings=len(kept),
    )  # fmt: skip


def _with_interval(values: Array, draws: np.random.Generator) -> tuple[float, float, float]:
    means = values[draws.integers(0, len(values), (2000, len(values)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(values.mean()), float(low), float(high)
