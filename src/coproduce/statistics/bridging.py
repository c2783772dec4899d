"""Bridging: what people who otherwise disagree find helpful, from ratings and, where declared, from groups.

It ranks helpfulness and legitimacy. It says nothing about whether a claim is true, and is never used for that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coproduce import rng
from coproduce.errors import InvalidInput
from coproduce.statistics.factorisation import Factors, factorise
from coproduce.statistics.graph import Floats, Ints
from coproduce.statistics.intervals import Z95


class Status(StrEnum):
    """What the ratings say of an item."""

    HELPFUL = "helpful"
    NOT_HELPFUL = "not_helpful"
    NEEDS_MORE = "needs_more"


@dataclass(frozen=True)
class Thresholds:
    """When an item is helpful or not. Support is the rating, 0 to 1, to expect of a rater in the middle.

    Helpful: support of `support` or more, its lower end of `lower_end` or more, and the tenth of raters who think least
    of it still expected at `least_convinced` or more. Not helpful: support plus 0.8 of the distance to the tenth at
    the other end is under `unhelpful`. Otherwise, and below `fewest` ratings, or `fewest_each` on a side or in a
    declared group, or helpful to the one side but under `each_side` on the other, it needs more.
    Raters who rated the same `twins` items or more all alike count as one; declared groups must agree to
    `group_support`. A status given before stays within `hysteresis` of a limit. Where `invited` raters or more were
    asked at random, on both sides, and think less of an item than the others by `invited_less`, at most
    `invited_most`, it is not helpful yet.
    """

    support: float = 0.52
    lower_end: float = 0.42
    least_convinced: float = 0.25
    unhelpful: float = 0.45
    fewest: int = 5
    fewest_each: int = 2
    twins: int = 5
    each_side: float = 0.45
    group_support: float = 0.5
    hysteresis: float = 0.01
    invited: int = 8
    invited_less: float = 0.15
    invited_most: float = 0.42


@dataclass(frozen=True)
class Bridged:
    """One item: how many rated it, its intercept with its 95 % interval, its slant along the main axis, its status.

    `gac` is the group-aware consensus of the declared groups, None without any; `missing_groups` those from which
    fewer than needed have rated it.
    """

    item: str
    n: int
    intercept: float
    low: float
    high: float
    factor: float
    status: Status
    gac: float | None
    missing_groups: tuple[str, ...]


@dataclass(frozen=True)
class _Ratings:
    raters: NDArray[np.str_]
    items: NDArray[np.str_]
    rater: Ints
    item: Ints
    rating: Floats
    invited: NDArray[np.bool_]

    def where(self, kept: NDArray[np.bool_]) -> _Ratings:
        """The kept ratings, under the same numbers."""
        return _Ratings(
            self.raters, self.items, self.rater[kept], self.item[kept], self.rating[kept], self.invited[kept]
        )


@dataclass(frozen=True)
class _Rules:
    """How an item is judged: the thresholds, the status it had before (1, -1, 0 for none or neither), the seed."""

    thresholds: Thresholds
    before: Ints
    seed: int


def bridge(
    raters: ArrayLike,
    items: ArrayLike,
    ratings: ArrayLike,
    *,
    groups: Mapping[str, str] | None = None,
    invited: ArrayLike | None = None,
    previous: Mapping[str, Status] | None = None,
    thresholds: Thresholds = Thresholds(),
    seed: int = 0,
) -> list[Bridged]:
    """Every rated item with its bridging support, in ascending order of name (of number, where all are numbers).

    `ratings` are 0, 0.5 or 1; the last rating of a pair counts. `groups` names the declared group of a rater; raters
    without one are left out of the group-aware consensus only. `invited` says of each rating whether the rater was
    asked at random, `previous` the status that an item had. Safeguards: an item must be helpful on one axis of
    viewpoint and again on two, without the thousandth of raters who rate most; raters all alike count as one.
    Raises InvalidInput for a rating off the scale, or columns of different lengths.
    Source: Wojcik et al. 2022, arXiv:2210.15723 (Community Notes); Small et al. 2021, 10.6035/recerca.5516 (Polis).
    """
    given = _read(raters, items, ratings, invited)
    if not len(given.rating):
        return []
    rules = _Rules(thresholds, _before(given, previous), seed)
    weights = _twins_as_one(given, thresholds.twins)
    first = factorise(given.rater, given.item, given.rating, weights=weights, seed=seed)
    status = _judged(first, given.item, rules)
    status[(status == 1) & (_second_look(given, weights, rules) != 1)] = 0
    n = np.bincount(given.item, minlength=len(given.items))
    sides = _on_each_side(given, first, weights)
    status[(n < thresholds.fewest) | (sides < thresholds.fewest_each)] = 0
    status[(status == 1) & ~_both_sides(given, first, rules)] = 0
    status[(status == 1) & _refused_by_the_invited(given, first, thresholds)] = 0
    consensus, missing, support = _declared(given, groups, thresholds)
    if support is not None:
        ease = thresholds.hysteresis * (rules.before == 1)
        lacking = np.array([bool(m) for m in missing])
        status[(status == 1) & ((support < thresholds.group_support - ease) | lacking)] = 0
    names = {1: Status.HELPFUL, -1: Status.NOT_HELPFUL, 0: Status.NEEDS_MORE}
    order = sorted(range(len(given.items)), key=_by_name(given.items))
    reach = Z95 * first.error
    # An axis has no direction of its own; the first item's slant is taken as positive.
    turn = -1.0 if first.items[order[0], 1] < 0 else 1.0
    return [
        Bridged(
            str(given.items[i]), int(n[i]), float(first.items[i, 0]), float(first.items[i, 0] - reach[i]),
            float(first.items[i, 0] + reach[i]), float(turn * first.items[i, 1]), names[int(status[i])],
            None if consensus is None else float(consensus[i]), missing[i],
        )
        for i in order
    ]  # fmt: skip


def _read(raters: ArrayLike, items: ArrayLike, ratings: ArrayLike, invited: ArrayLike | None) -> _Ratings:
    who, what = np.asarray(raters), np.asarray(items)
    rating = np.asarray(ratings, dtype=np.float64)
    asked = np.zeros(rating.shape, dtype=np.bool_) if invited is None else np.asarray(invited, dtype=np.bool_)
    if not who.shape == what.shape == rating.shape == asked.shape:
        raise InvalidInput(given="columns of different lengths", expected="a rater, an item and a value in each row")
    off = ~np.isin(rating, (0.0, 0.5, 1.0))
    if off.any():
        raise InvalidInput(
            given=f"{int(off.sum())} ratings off the scale, the first in row {int(np.flatnonzero(off)[0]) + 1}",
            expected="0, 0.5 or 1",
        )
    rater_names, rater = np.unique(who, return_inverse=True)
    item_names, item = np.unique(what, return_inverse=True)
    key = rater.astype(np.int64) * max(len(item_names), 1) + item
    # The last of each pair: the first when read from the end.
    last = len(key) - 1 - np.unique(key[::-1], return_index=True)[1]
    return _Ratings(
        rater_names.astype(str),
        item_names.astype(str),
        rater[last].astype(np.int64),
        item[last].astype(np.int64),
        rating[last],
        asked[last],
    )


def _before(given: _Ratings, previous: Mapping[str, Status] | None) -> Ints:
    codes = {Status.HELPFUL: 1, Status.NOT_HELPFUL: -1, Status.NEEDS_MORE: 0}
    said = previous or {}
    return np.array([codes[said.get(str(item), Status.NEEDS_MORE)] for item in given.items], dtype=np.int64)


def _by_name(names: NDArray[np.str_]) -> Callable[[int], tuple[int, str]]:
    numbers = all(name.isdigit() for name in names)
    return lambda i: (int(names[i]), "") if numbers else (0, str(names[i]))


def _twins_as_one(given: _Ratings, fewest: int) -> Floats:
    """One over the number of raters who rated exactly the same items alike, for raters of `fewest` items or more."""
    random = rng.stream(0, "twins").integers(1, 2**63, (len(given.items), 3), dtype=np.int64)
    word = random[given.item, (2 * given.rating).astype(np.int64)]
    order = np.argsort(given.rater, kind="stable")
    counts = np.bincount(given.rater, minlength=len(given.raters))
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    print_ = np.add.reduceat(word[order], starts)
    _, kind, many = np.unique(print_, return_inverse=True, return_counts=True)
    weight = np.where(counts >= fewest, 1.0 / many[kind], 1.0)
    result: Floats = weight[given.rater]
    return result


def _judged(found: Factors, item: Ints, rules: _Rules) -> Ints:
    """1 where an item is helpful, -1 where it is not, 0 where that cannot be said, by one fitted model."""
    thresholds, before = rules.thresholds, rules.before
    up_to = len(found.items)
    n = np.bincount(item, minlength=up_to)
    ease = thresholds.hysteresis * np.stack([before == 1, before == -1])
    support = found.support
    down, up = _ends(found, rules.seed)
    helpful = (
        (support + ease[0] >= thresholds.support)
        & (support - Z95 * found.error + ease[0] >= thresholds.lower_end)
        & (support + down + ease[0] >= thresholds.least_convinced)
    )
    unhelpful = support + 0.8 * up - ease[1] < thresholds.unhelpful
    status = np.where(helpful, 1, np.where(unhelpful, -1, 0))
    return np.where(n > 0, status, 0)


#: The share of raters whose view is the least convinced, and how many raters are asked for it.
_TAIL, _ASKED = 0.1, 1_000
_SPLITS = 20


def _ends(found: Factors, seed: int) -> tuple[Floats, Floats]:
    """How far below and above the middle the tenth of raters at either end of an item's slant stands."""
    views = found.viewpoints
    if len(views) > _ASKED:
        views = views[rng.stream(seed, "ends").choice(len(views), _ASKED, replace=False)]
    ends = [np.quantile(views @ slant, [_TAIL, 1 - _TAIL]) for slant in found.items[:, 1:]]
    both = np.array(ends).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _second_look(given: _Ratings, weights: Floats, rules: _Rules) -> Ints:
    """The verdict with two axes of viewpoint, without the thousandth of raters who rate most.

    A second axis lets the model tell a brigade from the sides of an argument.
    """
    counts = np.bincount(given.rater)
    most = np.argsort(-counts, kind="stable")[: len(counts) // 1_000]
    kept = ~np.isin(given.rater, most)
    _, rater = np.unique(given.rater[kept], return_inverse=True)
    items, item = np.unique(given.item[kept], return_inverse=True)
    found = factorise(rater, item, given.rating[kept], axes=2, weights=weights[kept], seed=rules.seed)
    status = np.zeros(len(given.items), dtype=np.int64)
    status[items] = _judged(found, item, replace(rules, before=rules.before[items]))
    return status


def _refused_by_the_invited(given: _Ratings, found: Factors, thresholds: Thresholds) -> NDArray[np.bool_]:
    """Items of which enough raters asked at random, on both sides, think clearly less than those who came unasked.

    Each is the mean of the two sides' means, so that neither side's number decides.
    """
    if not given.invited.any():
        return np.zeros(len(given.items), dtype=np.bool_)
    asked, own = (_by_side(given.where(mask), found) for mask in (given.invited, ~given.invited))
    enough = (asked[1].sum(axis=1) >= thresholds.invited) & (asked[1].min(axis=1) >= thresholds.fewest_each)
    theirs, others = ((total + 1) / (many + 2) for total, many in (asked, own))
    less = theirs.mean(axis=1) <= others.mean(axis=1) - thresholds.invited_less
    refused: NDArray[np.bool_] = enough & less & (theirs.mean(axis=1) <= thresholds.invited_most)
    return refused


def _on_each_side(given: _Ratings, found: Factors, weights: Floats) -> Floats:
    """The ratings from the side of the main axis that has fewer of them, for each item."""
    right = found.viewpoints[given.rater, 0] > 0
    n = len(given.items)
    return np.minimum(
        np.bincount(given.item[right], weights=weights[right], minlength=n),
        np.bincount(given.item[~right], weights=weights[~right], minlength=n),
    ).astype(np.float64)


def _both_sides(given: _Ratings, found: Factors, rules: _Rules) -> NDArray[np.bool_]:
    """Whether the side that thinks less of an item still likes it enough, its mean drawn to 0.5 by two ratings."""
    total, many = _by_side(given, found)
    ease = rules.thresholds.hysteresis * (rules.before == 1)
    enough: NDArray[np.bool_] = ((total + 1) / (many + 2)).min(axis=1) >= rules.thresholds.each_side - ease
    return enough


def _by_side(given: _Ratings, found: Factors) -> tuple[Floats, Ints]:
    """The sum and number of ratings of each item on both sides of the main axis, (items, 2).

    The sides are split halfway between their own means, so that a small one is not lost in a large one.
    """
    views = found.viewpoints[:, 0]
    split = 0.0
    for _turn in range(_SPLITS):
        high, low = views[views > split], views[views <= split]
        if not (high.size and low.size):
            break
        split = float(high.mean() + low.mean()) / 2
    side = (views > split).astype(np.int64)[given.rater]
    cell, n = 2 * given.item + side, len(given.items)
    total = np.bincount(cell, weights=given.rating, minlength=2 * n).reshape(n, 2)
    return total.astype(np.float64), np.bincount(cell, minlength=2 * n).reshape(n, 2).astype(np.int64)


def _declared(
    given: _Ratings, groups: Mapping[str, str] | None, thresholds: Thresholds
) -> tuple[Floats | None, list[tuple[str, ...]], Floats | None]:
    """For each item the group-aware consensus, the groups with too few raters, and the consensus as a geometric mean.

    GAC = product over groups of (agree + 1) / (raters + 2), so that one group's doubt weighs as much as another's; its
    root by the number of groups compares networks with more groups or fewer.
    """
    n = len(given.items)
    names = sorted(set(groups.values())) if groups else []
    if groups is None or not names:
        return None, [()] * n, None
    place = {name: number for number, name in enumerate(names)}
    of = np.array([place.get(groups.get(str(rater), ""), -1) for rater in given.raters], dtype=np.int64)[given.rater]
    known = of >= 0
    cell = given.item[known] * len(names) + of[known]
    many = np.bincount(cell, minlength=n * len(names)).reshape(n, -1)
    agree = np.bincount(cell, weights=given.rating[known] == 1.0, minlength=n * len(names)).reshape(n, -1)
    consensus: Floats = ((agree + 1) / (many + 2)).prod(axis=1)
    missing = [tuple(names[g] for g in np.flatnonzero(row < thresholds.fewest_each)) for row in many]
    return consensus, missing, consensus ** (1 / len(names))
