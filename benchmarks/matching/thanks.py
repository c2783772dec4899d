"""Made people with position bias and noisy thanks, and what they teach."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from coproduce import rng
from coproduce.matching import Weights, shipped_weights
from coproduce.matching.evaluation import ndcg
from coproduce.matching.showing import order_to_show
from coproduce.matching.thanks import HELPED, Showing, Update, learn
from coproduce.matching.weights import FEATURES

Array = NDArray[np.float64]
N_OFFERS = 10
#: What truly helps, against the shipped weights: the kind of help asked for counts far more.
TRUE = np.array([1.44, 1.0, 1.0, 3.0, 0.2, 1.0, 0.0])


@dataclass(frozen=True)
class World:
    """How people look and thank: attention falls as place ** -bias; a share of thanks goes to anything looked at."""

    bias: float = 1.0
    noise: float = 0.1
    true: tuple[float, ...] = tuple(TRUE)


def made_features(draws: np.random.Generator) -> Array:
    """Features of ten offers in lexical mode, where there is no likeness."""
    features = np.zeros((N_OFFERS, len(FEATURES)))
    features[:, :-1] = draws.random((N_OFFERS, len(FEATURES) - 1))
    return features


def grades(features: Array, true: Array) -> NDArray[np.int64]:
    """Grades 0 to 3 by what truly helps: the best offer of a need 3, the next two 2, the next two 1."""
    place = np.argsort(np.argsort(-(features @ true), kind="stable"))
    return np.array([3, 2, 2, 1, 1, 0, 0, 0, 0, 0])[place]


def showings(n_thanks: int, world: World, seed: int, weights: Weights) -> list[Showing]:
    """Lists shown under the weights until this many were thanked."""
    draws = rng.stream(seed, "thanks.made")
    made: list[Showing] = []
    while len(made) < n_thanks:
        features = made_features(draws)
        ranked = features[np.argsort(-(features @ weights.vector), kind="stable")]
        order, propensities = order_to_show(N_OFFERS, draws, is_urgent=False)
        shown = ranked[order]
        helps = grades(shown, np.array(world.true)) >= 2
        looked = draws.random(N_OFFERS) < np.arange(1, N_OFFERS + 1) ** -world.bias
        thanked = looked & (draws.random(N_OFFERS) < np.where(helps, 0.6, 0.6 * world.noise))
        if thanked.any():
            made.append(Showing(shown, np.array(propensities), thanked * HELPED, account=len(made)))
    return made


def quality(weights: Weights, true: Array, *, seed: int = 99, n_needs: int = 400) -> float:
    """nDCG at 5 of made needs that were never shown."""
    draws = rng.stream(seed, "thanks.judged")
    total = 0.0
    for _ in range(n_needs):
        features = made_features(draws)
        judged = {str(at): int(grade) for at, grade in enumerate(grades(features, true))}
        order = np.argsort(-(features @ weights.vector), kind="stable")
        total += ndcg([str(at) for at in order], judged, depth=5)
    return total / n_needs


def learned(n_thanks: int, world: World, seed: int) -> tuple[Update, float]:
    """What is learned from this many thanks, and the true gain in quality."""
    present = shipped_weights()
    true = np.array(world.true)
    update = learn(
        showings(n_thanks, world, seed, present), present, lambda weights: quality(weights, true, seed=1), seed=seed
    )
    return update, quality(update.weights, true) - quality(present, true)


def measured() -> dict[str, dict[str, float]]:
    """What 500 thanked lists teach in three worlds, twenty times each."""
    worlds = {
        "something_to_learn": World(),
        "nothing_to_learn": replace(World(), true=tuple(shipped_weights().features)),
        "only_noise": World(noise=1.0),
    }
    found: dict[str, dict[str, float]] = {}
    for name, world in worlds.items():
        outcomes = [learned(500, world, seed) for seed in range(20)]
        gains = np.array([gain for _, gain in outcomes])
        found[name] = {
            "mean_gain": round(float(gains.mean()), 4),
            "worst_gain": round(float(gains.min()), 4),
            "shipped": sum(update.ships for update, _ in outcomes),
            "shipped_the_wrong_way": sum(update.ships and gain < -0.001 for update, gain in outcomes),
            "runs": len(outcomes),
        }
    return found
