"""Learning from thanks: what is shown, what is learned, and what does not ship."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.matching.thanks import World, learned, quality, showings

from coproduce import rng
from coproduce.errors import InvalidInput
from coproduce.matching import shipped_weights
from coproduce.matching.showing import SWAP, order_to_show
from coproduce.matching.thanks import (
    EXPOSURE_FLOOR,
    HELPED,
    Showing,
    attention,
    counted,
    exposure,
    fitted,
    learn,
    off_policy_gain,
)
from coproduce.matching.weights import FEATURES

PRESENT = shipped_weights()


def showing(account: int = 1, thanked: int = 0, n_places: int = 10, seed: int = 0) -> Showing:
    features = rng.stream(seed, "test.thanks").random((n_places, len(FEATURES)))
    return Showing(features, np.ones(n_places), np.eye(n_places)[thanked] * HELPED, account)


def test_only_neighbours_from_place_3_to_10_change_places_as_often_as_logged() -> None:
    draws = rng.stream(1, "test.swaps")
    n_lists, swapped = 4000, np.zeros(15)
    for _ in range(n_lists):
        order, propensities = order_to_show(15, draws, is_urgent=False)
        moved = np.array(order) != np.arange(15)
        swapped += moved
        assert np.array_equal(np.array(propensities)[2:10], np.where(moved, SWAP, 1 - SWAP)[2:10])
        assert propensities[:2] == [1.0, 1.0]
    assert not swapped[[0, 1, 10, 11, 12, 13, 14]].any()
    assert np.abs(swapped[2:10] / n_lists - SWAP).max() < 4 * np.sqrt(SWAP * (1 - SWAP) / n_lists)


def test_an_urgent_need_sees_the_ranking_as_it_is() -> None:
    draws = rng.stream(1, "test.urgent")
    assert all(order_to_show(10, draws, is_urgent=True) == (list(range(10)), [1.0] * 10) for _ in range(100))


@pytest.mark.parametrize("n_offers", [0, 1, 2, 3, 4, 9])
def test_short_lists_are_shown_whole(n_offers: int) -> None:
    order, propensities = order_to_show(n_offers, rng.stream(2, "test.short"), is_urgent=False)
    assert sorted(order) == list(range(n_offers))
    assert len(propensities) == n_offers


@pytest.mark.parametrize("bias", [0.5, 1.0, 1.5])
def test_the_fall_of_attention_is_found_from_the_swaps(bias: float) -> None:
    made = showings(12_000, World(bias=bias), 3, PRESENT)
    assert attention(made) == pytest.approx(bias, abs=0.25)


def test_an_account_that_thanks_a_thousand_times_counts_three_times() -> None:
    assert len(counted([showing(7) for _ in range(1000)] + [showing(8)])) == 4


def test_a_thousand_thanks_of_one_account_move_nothing_alone() -> None:
    with pytest.raises(InvalidInput, match="two accounts"):
        learn([showing(7) for _ in range(1000)], PRESENT, lambda weights: 1.0)


def test_without_thanks_the_weights_stay() -> None:
    assert fitted([], PRESENT, 1.0).vector == pytest.approx(PRESENT.vector)


def test_weights_never_fall_below_zero() -> None:
    made = showings(400, World(true=(0, 0, 0, 0, 0, 5, 0)), 1, PRESENT)
    assert min(fitted(made, PRESENT, 1.0).features) >= 0


def test_the_off_policy_gain_is_the_change_of_attention_to_what_was_thanked() -> None:
    features = np.zeros((3, len(FEATURES)))
    features[:, 0], features[:, 1] = [3, 2, 1], [1, 2, 3]
    shown = Showing(features, np.ones(3), np.array([0, 0, HELPED]), 1)
    old = replace(PRESENT, features=(1.0, *(0.0,) * 6))
    new = replace(PRESENT, features=(0.0, 1.0, *(0.0,) * 5))
    assert off_policy_gain([shown], old, new, 1.0) == pytest.approx([1 / (1 / 3) - 1])


@pytest.mark.parametrize("seed", range(3))
def test_500_thanks_teach_what_helps(seed: int) -> None:
    update, gain = learned(500, World(), seed)
    assert update.ships
    assert gain >= 0.02


@pytest.mark.parametrize("world", [World(noise=1.0), World(true=PRESENT.features)], ids=["noise", "known"])
def test_where_there_is_nothing_to_learn_nothing_gets_worse(world: World) -> None:
    assert all(learned(500, world, seed)[1] >= -0.001 for seed in range(3))


def test_an_update_that_human_judgments_refuse_does_not_ship_and_the_weights_stay() -> None:
    made = showings(500, World(), 1, PRESENT)
    update = learn(made, PRESENT, lambda weights: 0.6 if weights == PRESENT else 0.5)
    assert (update.ships, update.weights) == (False, PRESENT)
    assert "human judgments" in update.reason


def with_least(made: list[Showing], feature: str) -> list[Showing]:
    """The same lists, where the three resources with the least of a feature are a group of their own."""
    places = [set(np.argsort(one.features[:, FEATURES.index(feature)])[:3].tolist()) for one in made]
    return [
        replace(one, groups=tuple("rare" if place in least else "other" for place in range(len(one.reward))))
        for one, least in zip(made, places, strict=True)
    ]


def test_a_group_has_the_share_of_attention_of_its_places() -> None:
    one = replace(showing(n_places=3), groups=("a", "b", "a"))
    only_first = replace(PRESENT, features=(1.0, *(0.0,) * 6))
    looked = 1 / np.log2(np.argsort(np.argsort(-one.features[:, 0])) + 2)
    expected = {"a": (looked[0] + looked[2]) / looked.sum(), "b": looked[1] / looked.sum()}
    assert exposure([one], only_first) == pytest.approx(expected)
    assert exposure([showing()], PRESENT) == {}


def test_an_update_that_puts_a_group_out_of_sight_does_not_ship() -> None:
    made = showings(500, World(true=(0, 0, 0, 5, 0, 0, 0)), 1, PRESENT)
    assert learn(made, PRESENT, lambda weights: 1.0).ships
    # Thanks favour the kind of help, so those with the least of it fall.
    update = learn(with_least(made, "kind"), PRESENT, lambda weights: 1.0)
    before, after = update.exposure["rare"]
    assert after < EXPOSURE_FLOOR * before
    assert (update.ships, update.weights) == (False, PRESENT)
    assert "rare" in update.reason


def test_thanks_given_on_purpose_to_what_does_not_help_do_not_ship() -> None:
    true = np.array(World().true)
    wrong = showings(500, World(true=(0, 0, 0, 0, 6, 0, 0)), 1, PRESENT)
    update = learn(wrong, PRESENT, lambda weights: quality(weights, true))
    assert not update.ships


def test_what_shipped_can_be_taken_back() -> None:
    update, _ = learned(500, World(), 1)
    assert update.before == PRESENT
    assert update.weights != PRESENT


BAD = {
    "another number of places": {"propensities": np.ones(3)},
    "a propensity of zero": {"propensities": np.zeros(10)},
    "no number": {"features": np.full((10, len(FEATURES)), np.nan)},
    "a reward without end": {"reward": np.full(10, np.inf)},
    "a reward above 1": {"reward": np.full(10, 1000.0)},
    "a reward below 0": {"reward": np.full(10, -1.0)},
    "another number of features": {"features": np.ones((10, 2))},
    "another number of groups": {"groups": ("know-how",)},
}


@pytest.mark.parametrize("values", BAD.values(), ids=BAD.keys())
def test_a_showing_that_cannot_be_true_is_refused(values: dict[str, np.ndarray]) -> None:
    with pytest.raises(InvalidInput):
        replace(showing(), **values)
