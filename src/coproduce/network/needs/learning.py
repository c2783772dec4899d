"""Learning from thanks in the live network: what was shown and what helped, new weights, and the way back.

Only the operator learns, with a command; the ranking of every need reads what holds (`reading.present_weights`).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

import numpy as np
from django.conf import settings

from coproduce.matching import Weights
from coproduce.matching.thanks import HELPED, OPENED, Showing, Update, learn
from coproduce.matching.weights import FEATURES
from coproduce.network.needs import reading
from coproduce.network.needs.models import LearnedWeights, Offer
from coproduce.network.people.asking import Asking
from coproduce.network.people.policy import action, query, rule

#: What an offer earned, by how it went; the others earned nothing.
REWARDS = {Offer.State.HELPED: HELPED, Offer.State.PARTLY: OPENED, Offer.State.USED: OPENED}
_LIKENESS = FEATURES.index("likeness")


@rule("needs.learn")
def _operator(asking: Asking, **_arguments: object) -> bool:
    return asking.system == "operator"


@query("needs.learn")
def showings(asking: Asking) -> list[Showing]:
    """The lists that were shown and can teach, oldest need first: in which order, how likely, and what helped.

    Lists of the other mode (with or without meanings) teach nothing about this one.
    """
    offers = Offer.objects.filter(propensity__isnull=False, features__isnull=False, features__len=len(FEATURES))
    rows = offers.order_by("need_id", "place").values_list(
        "need_id", "need__stated_by_id", "propensity", "features", "state", "version__resource__kind"
    )
    found = [_showing(list(places)) for _, places in groupby(rows.iterator(chunk_size=2000), key=lambda row: row[0])]
    return [one for one in found if bool(one.features[:, _LIKENESS].any()) == settings.COPRODUCE.dense]


#: Need, who stated it, propensity, features, state, kind of the resource.
_Row = tuple[int, int, float | None, list[float] | None, str, str]


def _showing(rows: list[_Row]) -> Showing:
    return Showing(
        features=np.array([features for *_, features, _, _ in rows], dtype=np.float64),
        propensities=np.array([propensity for _, _, propensity, *_ in rows], dtype=np.float64),
        reward=np.array([REWARDS.get(Offer.State(state), 0.0) for *_, state, _ in rows]),
        account=rows[0][1],
        groups=tuple(kind for *_, kind in rows),
    )


@action("needs.learn")
def learn_from_thanks(
    asking: Asking, *, judged: Callable[[Weights], float], ship: bool, seed: int = 0
) -> tuple[Update, bool]:
    """What thanks teach, and whether it holds from now on: where it passes every gate, and `ship` says so.

    `judged` gives the quality of weights on human judgments. Raises InvalidInput where fewer than two people thanked.
    """
    update = learn(showings(asking), reading.present_weights(), judged, seed=seed)
    ships = ship and update.ships
    if ships:
        LearnedWeights.objects.create(
            is_dense=settings.COPRODUCE.dense,
            weights=dict(zip(FEATURES, update.weights.features, strict=True)),
            n_lists=update.n_showings,
            at=asking.at,
        )
    return update, ships


@action("needs.learn")
def take_back(asking: Asking) -> bool:
    """Takes the weights that hold back; those before them hold again. False where only the shipped ones were left."""
    latest = reading.learned_weights().first()
    if latest is None:
        return False
    latest.taken_back_at = asking.at
    latest.save(update_fields=["taken_back_at"])
    return True
