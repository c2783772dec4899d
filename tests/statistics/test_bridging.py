"""Bridging: agreement across sides ranks, blocs and brigades do not, and real deliberations are ranked as published."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr

from coproduce.errors import InvalidInput
from coproduce.statistics.bridging import Status, Thresholds, bridge
from coproduce.statistics.factorisation import FACTOR_PENALTY, INTERCEPT_PENALTY, factorise

GOOD, BAD, LEFT, RIGHT = range(4)


def world(seed, attack="none", *, sides="both", n=500, items=300, left=0.5):
    """Ratings by people of two sides of items that are good, bad, or liked by one side; 20 bad ones are targets.

    A fifth of all raters attack: a brigade rates the targets only, sleepers also rate others as honest people do, and
    the spread take a half of the targets each, another half everyone, so that no two of them rate alike.
    """
    draws = np.random.default_rng(seed)
    side = (draws.random(n) >= left).astype(int)
    kind = np.where(np.arange(items) < 20, BAD, draws.choice(4, items, p=[0.5, 0.2, 0.15, 0.15]))
    likes = np.array([[0.85, 0.85], [0.15, 0.15], [0.85, 0.15], [0.15, 0.85]])
    pool = np.arange(n) if sides == "both" else np.flatnonzero(side == 0)
    attackers = draws.choice(pool, n // 5 if attack != "none" else 0, replace=False)
    rater, item = np.divmod(np.flatnonzero(draws.random(n * items) < 50 / n), items)
    keep = ~np.isin(rater, attackers) | ((attack in {"sleepers", "spread"}) & (item >= 20))
    rater, item = rater[keep], item[keep]
    liked = draws.random(len(rater)) < likes[kind[item], side[rater]]
    value = np.where(draws.random(len(rater)) < 0.1, 0.5, liked)
    each = 10 if attack == "spread" else 20
    targets = np.concatenate([draws.permutation(20)[:each] for _ in attackers]) if len(attackers) else np.arange(0)
    rater, item = np.r_[rater, np.repeat(attackers, each)], np.r_[item, targets]
    return rater, item, np.r_[value, np.ones(len(targets))], kind


def helpful(found, chosen):
    return np.mean([one.status is Status.HELPFUL for one, is_chosen in zip(found, chosen, strict=True) if is_chosen])


@pytest.mark.parametrize("attack", ["brigade", "sleepers", "spread"])
@pytest.mark.parametrize("sides", ["both", "one"])
def test_a_fifth_of_raters_cannot_make_bad_items_helpful_and_good_ones_keep_it(attack, sides):
    bad, good = [], []
    for seed in range(3):
        *ratings, kind = world(seed, attack, sides=sides)
        found = bridge(*ratings)
        bad.append(helpful(found, np.arange(300) < 20))
        good.append(helpful(found, kind == GOOD))
    assert np.mean(bad) <= 0.01
    assert np.mean(good) >= 0.9


def test_a_lone_zealot_changes_no_verdict_on_the_items_rated_without_end():
    *ratings, _kind = world(1)
    zealot = (np.full(20, 9_999), np.arange(20), np.ones(20))
    loud = [np.r_[column, np.tile(more, 50)] for column, more in zip(ratings, zealot, strict=True)]
    found = bridge(*loud)
    assert helpful(found, np.arange(300) < 20) == 0
    assert [one.n for one in found[:20]] == [one.n + 1 for one in bridge(*ratings)[:20]]


def test_a_majority_bloc_does_not_make_its_own_favourites_helpful():
    *ratings, kind = world(2, left=0.8)
    found = bridge(*ratings)
    assert helpful(found, kind == LEFT) <= 0.1
    assert helpful(found, kind == GOOD) >= 0.85


def test_a_silent_minority_is_named_and_its_silence_is_not_taken_for_consent():
    *ratings, kind = world(3)
    groups = {str(rater): "family" if rater % 2 else "clinician" for rater in range(500)} | {"9000": "researcher"}
    found = bridge(*ratings, groups=groups)
    assert {one.missing_groups for one in found} == {("researcher",)}
    assert helpful(found, kind >= 0) == 0


def test_accounts_that_rate_all_alike_count_as_one():
    *ratings, _ = world(4)
    copies = np.repeat(np.arange(1_000, 1_200), 20), np.tile(np.arange(20), 200), np.ones(4_000)
    found = bridge(*[np.r_[column, more] for column, more in zip(ratings, copies, strict=True)])
    assert helpful(found, np.arange(300) < 20) == 0
    assert found[0].intercept < 0


@pytest.mark.parametrize(("name", "least"), [("football-concussions", 0.80), ("scoop-hivemind.biodiversity", 0.93)])
def test_support_ranks_as_the_group_aware_consensus_of_real_deliberations(reference_data, name, least):
    folder = reference_data / "networks" / "polis" / name
    votes = pl.read_csv(folder / "votes.csv").unique(["comment-id", "voter-id"], keep="last", maintain_order=True)
    votes = votes.filter(pl.len().over("comment-id") >= 20)
    people = pl.read_csv(folder / "participants-votes.csv", infer_schema_length=0)
    groups = dict(people.filter(pl.col("group-id") != "").select("participant", "group-id").drop_nulls().iter_rows())
    found = bridge(votes["voter-id"].to_numpy(), votes["comment-id"].to_numpy(), (votes["vote"] + 1).to_numpy() / 2,
                   groups=groups)  # fmt: skip
    assert spearmanr([one.intercept for one in found], [one.gac for one in found])[0] >= least


def test_the_consensus_is_the_published_product_over_groups():
    ratings = [("a", "x", 1), ("b", "x", 1), ("c", "x", 0), ("d", "x", 0.5), ("e", "x", 1)]
    found = bridge(*zip(*ratings, strict=True), groups={"a": "p", "b": "p", "c": "q", "d": "q"})[0]
    assert found.gac == pytest.approx((2 + 1) / (2 + 2) * (0 + 1) / (2 + 2))


def test_the_fit_is_the_ridge_regression_it_says():
    rater, item, rating, _ = world(5, n=60, items=40)
    _, rater = np.unique(rater, return_inverse=True)
    _, item = np.unique(item, return_inverse=True)
    found = factorise(rater, item, rating)
    left = rating - found.mean - found.raters[rater, 0]
    for one in range(3):
        mine = item == one
        x = np.c_[np.ones(mine.sum()), found.raters[rater[mine], 1]]
        penalty = np.diag([INTERCEPT_PENALTY, FACTOR_PENALTY])
        assert found.items[one] == pytest.approx(np.linalg.solve(x.T @ x + penalty, x.T @ left[mine]), abs=2e-3)


def test_the_last_rating_of_a_pair_counts_and_the_same_input_gives_the_same_answer():
    rater, item, rating, _ = world(6, n=100, items=30)
    again = (np.r_[rater[:50], rater], np.r_[item[:50], item], np.r_[1 - rating[:50], rating])
    assert bridge(*again) == bridge(rater, item, rating)


def test_too_few_ratings_need_more_and_none_give_nothing():
    assert bridge([], [], []) == []
    found = bridge(["a", "b", "c"], ["x", "x", "y"], [1, 1, 0])
    assert {one.status for one in found} == {Status.NEEDS_MORE}


@pytest.mark.parametrize("value", [2, -1, 0.7, float("nan"), float("inf")])
def test_a_rating_off_its_scale_is_refused_by_its_row(value):
    with pytest.raises(InvalidInput, match="row 2"):
        bridge(["a", "b"], ["x", "x"], [1, value])


def test_all_ratings_alike_are_no_failure():
    found = bridge(np.repeat(np.arange(20), 5), np.tile(np.arange(5), 20), np.ones(100))
    assert {one.intercept for one in found} == {0.0}


def test_raters_asked_at_random_overrule_those_who_came_to_rate():
    """More than half of all raters push item 0; of 12 people asked at random, six of each side, hardly one likes it."""
    rater, item, value, kind = world(7)
    item0 = item == 0
    pushers = np.random.default_rng(7).choice(500, 300, replace=False)
    columns = [
        np.r_[rater[~item0], pushers, np.arange(600, 612)],
        np.r_[item[~item0], np.zeros(300, dtype=int), np.zeros(12, dtype=int)],
        np.r_[value[~item0], np.ones(300), np.arange(12) == 0],
    ]
    # The people asked rate other items too, so that their side is known: half of them as each side does.
    likes = {GOOD: (1, 1), BAD: (0, 0), LEFT: (1, 0), RIGHT: (0, 1)}
    more = [(600 + k, one, likes[kind[one]][k % 2]) for k in range(12) for one in range(20, 60)]
    columns = [np.r_[column, extra] for column, extra in zip(columns, zip(*more, strict=True), strict=True)]
    invited = (columns[0] >= 600) & (columns[1] == 0)
    without, asked = bridge(*columns), bridge(*columns, invited=invited)
    assert (without[0].status, asked[0].status) == (Status.HELPFUL, Status.NEEDS_MORE)
    changed = [one.item for one, other in zip(without, asked, strict=True) if one.status is not other.status]
    assert changed == ["0"]
    few = invited & (columns[0] < 606)
    assert bridge(*columns, invited=few)[0].status is Status.HELPFUL, "fewer than eight overrule nobody"


def test_a_status_that_was_given_is_kept_a_hair_beyond_its_limit():
    """The limit is raised until an item loses its status; what had it keeps it there, and loses it further on."""
    *ratings, _kind = world(8, n=150, items=60)
    first = bridge(*ratings)
    previous = {one.item: one.status for one in first}
    assert bridge(*ratings, previous=previous) == first
    limit = next(
        limit
        for limit in np.arange(0.52, 1.0, 0.004)
        if bridge(*ratings, thresholds=Thresholds(support=limit)) != first
    )
    assert bridge(*ratings, thresholds=Thresholds(support=limit), previous=previous) == first
    assert bridge(*ratings, thresholds=Thresholds(support=limit + 0.02), previous=previous) != first
