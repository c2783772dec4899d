"""A factorial trial of whole networks: what each lever does alone, and what two do together."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from coproduce.errors import InvalidInput
from coproduce.simulator.parameters import Value
from coproduce.simulator.scenario import Scenario
from coproduce.simulator.streams import FloatArray
from coproduce.simulator.studies.runs import Done, outcomes
from coproduce.simulator.studies.spans import Span, mean_span

MAX_LEVERS = 6


@dataclass(frozen=True)
class Factorial:
    """Arms of a 2^k trial (which levers are on, and the outcome), main effects, and interactions of pairs.

    A main effect is the mean over the arms of the other levers. An interaction is what a lever does with the other on,
    less what it does with the other off: above 0 they are complements, below 0 substitutes.
    """

    outcome: str
    levers: tuple[str, ...]
    replicates: int
    arms: dict[tuple[bool, ...], Span]
    main: dict[str, Span]
    interactions: dict[tuple[str, str], Span]

    def relation(self, one: str, other: str) -> str:
        """complements, substitutes, or neither when the interval of the interaction holds 0."""
        span = self.interactions[one, other]
        if span.includes(0.0):
            return "neither"
        return "complements" if span.value > 0 else "substitutes"


def factorial(
    scenario: Scenario,
    levers: Mapping[str, Value],
    outcome: str,
    *,
    replicates: int = 20,
    seed: int = 1,
    window: int = 1,
    workers: int = 1,
    done: Done | None = None,
) -> Factorial:
    """Every combination of levers on and off (any parameters: the value given is "on"), with common random numbers.

    Raises InvalidInput for fewer than 2 or more than 6 levers, or an unknown lever, value or outcome.
    """
    if not 2 <= len(levers) <= MAX_LEVERS:
        raise InvalidInput(given=f"{len(levers)} levers", expected=f"2 to {MAX_LEVERS} levers", field="lever")
    names = tuple(levers)
    arms = list(itertools.product((False, True), repeat=len(names)))
    scenarios = [scenario.having(**{n: levers[n] for n, on in zip(names, arm, strict=True) if on}) for arm in arms]
    found = outcomes(
        scenarios, columns=[outcome], seed=seed, replicates=replicates, window=window, workers=workers, done=done
    )[:, :, 0]
    cube = found.reshape(*(2,) * len(names), replicates)
    pairs = list(itertools.combinations(range(len(names)), 2))
    return Factorial(
        outcome,
        names,
        replicates,
        {arm: mean_span(found[i], seed, "arm") for i, arm in enumerate(arms)},
        {name: mean_span(_contrast(cube, i), seed, "main effect") for i, name in enumerate(names)},
        {(names[i], names[j]): mean_span(_contrast(cube, i, j), seed, "interaction") for i, j in pairs},
    )


def _contrast(cube: FloatArray, *axes: int) -> FloatArray:
    """On less off along each of these axes, the mean over the other levers; one number a replicate."""
    made = cube
    for axis in axes:
        made = np.diff(made, axis=axis)
    contrast: FloatArray = made.mean(axis=tuple(range(made.ndim - 1)))
    return contrast


def document(found: Factorial) -> dict[str, object]:
    """The trial as plain data."""
    return {
        "outcome": found.outcome, "levers": list(found.levers), "replicates": found.replicates,
        "arms": [{"on": [n for n, on in zip(found.levers, arm, strict=True) if on], **span.document()}
                 for arm, span in found.arms.items()],
        "main_effects": {name: span.document() for name, span in found.main.items()},
        "interactions": [{"levers": list(pair), "relation": found.relation(*pair), **span.document()}
                         for pair, span in found.interactions.items()],
    }  # fmt: skip
