"""Interventions as levers: what each means in a real network, what it moves in the model, what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from coproduce.errors import InvalidInput
from coproduce.simulator.parameters.declare import nearest
from coproduce.simulator.parameters.network import LEVER_NAMES
from coproduce.simulator.streams import IntArray

#: First tick at each site; None where a lever never starts.
Starts = Mapping[str, tuple[int | None, ...]]
#: Stands for never in arrays of ticks.
NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Lever:
    """One lever: its parameter holds the intensity, 0 to 1, at which it runs where it has started."""

    name: str
    says: str
    moves: tuple[str, ...]
    cost: str


_DECLARED = (
    Lever("previsit_planning", "Before a visit, data and shared information are got ready for it.",
          ("previsit_data", "previsit_shared"), "staff time for each visit"),
    Lever("registry", "Clinical facts are collected the same way everywhere, so that more can be shared.",
          ("registry_shareable",), "software, data entry for each visit"),
    Lever("leadership", "Leaders encourage clinicians and the sharing of data.",
          ("leadership_activation", "leadership_sharing"), "leaders' time"),
    Lever("quality_improvement", "What was chosen is put into practice sooner and oftener.",
          ("improvement_uptake", "improvement_pace"), "improvement coaches, staff time"),
    Lever("peer_programme", "The centre introduces patients and families to active peers.",
          ("programme_introductions",), "a coordinator"),
    Lever("resource_review", "What was shared is reviewed: the wrong is found, the sound is made better.",
          ("review_rate", "review_skill", "improvement"), "reviewers' time"),
    Lever("onboarding", "Newcomers are welcomed and shown a first thing to do.",
          ("onboarding_climb", "onboarding_lasts"), "a welcome team"),
    Lever("incentives", "Sharing is paid for, and its cost and risk are taken away.",
          ("incentive_payment", "incentive_relief"), "money, legal work"),
    Lever("equity_measures", "Barriers of the disadvantaged to access, voice and data are lowered.",
          ("equity_relief",), "interpreters, travel, outreach"),
)  # fmt: skip

LEVERS: dict[str, Lever] = {lever.name: lever for lever in _DECLARED}


def checked(given: Mapping[str, Sequence[int | None]], n_sites: int) -> Starts:
    """The starts as tuples; raises InvalidInput for an unknown lever, another number of sites, or a tick below 1."""
    for name, ticks in given.items():
        if name not in LEVER_NAMES:
            raise InvalidInput(
                given="a lever that is not there", expected="one of " + ", ".join(LEVER_NAMES),
                next_step=nearest(name, LEVER_NAMES), field="starts",
            )  # fmt: skip
        if len(ticks) != n_sites or any(t is not None and (isinstance(t, bool) or t != int(t) or t < 1) for t in ticks):
            raise InvalidInput(
                given=f"starts of {name} for {len(ticks)} sites",
                expected=f"for each of {n_sites} sites a tick of 1 or more, or none",
                next_step="Give as many entries as the parameter n_sites says.", field=name,
            )  # fmt: skip
    return {name: tuple(None if t is None else int(t) for t in ticks) for name, ticks in given.items()}


def first_ticks(starts: Starts, n_sites: int) -> dict[str, IntArray]:
    """First tick of every lever at each of the sites that are there, int64 (n_sites,); 1 where nothing was said."""
    ticks = {name: np.ones(n_sites, dtype=np.int64) for name in LEVER_NAMES}
    for name, said in starts.items():
        ticks[name] = np.array([NEVER if t is None else t for t in said[:n_sites]], dtype=np.int64)
    return ticks
