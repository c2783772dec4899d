"""How likely a design is to settle the question, by simulating trials and analysing them with the same engine."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from coproduce import rng
from coproduce.evidence.arrays import Floats
from coproduce.evidence.personal.analysis import fitted, zones_of
from coproduce.evidence.personal.assumptions import weak
from coproduce.evidence.personal.design import Design
from coproduce.evidence.personal.outcomes import Outcome
from coproduce.evidence.personal.planning import SETTLED
from coproduce.evidence.personal.regressors import Terms
from coproduce.evidence.personal.trial import Trial
from coproduce.evidence.reading import number

N_SIMULATED = 200
#: Lengths that are tried, as cycles.
CYCLES = (2, 3, 4, 6, 8)


@dataclass(frozen=True, slots=True)
class Expected:
    """What is assumed of the person: the second arm better by `effect`, spread, phi, share of days missing."""

    effect: float
    sd: float
    phi: float
    missing: float


def read_expected(document: Mapping[str, Any], mcid: float, unit: float) -> Expected:
    """The document's `expect`; by default twice what matters, a spread of 1.5 units, phi 0.4, 20 % missing."""
    given = document.get("expect", {})
    defaults = {"effect": 2.0 * mcid, "sd": 1.5 * unit, "phi": 0.4, "missing": 0.2}
    ends = {"effect": (-math.inf, math.inf), "sd": (1e-12, math.inf), "phi": (0.0, 0.949), "missing": (0.0, 0.95)}
    return Expected(**{
        name: number(given.get(name, default), f"expect.{name}", low=ends[name][0], high=ends[name][1])
        for name, default in defaults.items()
    })  # fmt: skip


def autocorrelated(draws: np.random.Generator, n: int, phi: float) -> Floats:
    """n values of a stationary AR(1) series with mean 0 and deviation 1."""
    from scipy.signal import lfilter

    e = draws.normal(size=n) * np.sqrt(1.0 - phi**2)
    e[0] /= np.sqrt(1.0 - phi**2)
    found: Floats = lfilter([1.0], [1.0, -phi], e)
    return found


def simulated(design: Design, outcome: Outcome, mcid: float, expected: Expected, draws: np.random.Generator) -> Trial:
    """One trial as it may go: the second arm better by the expected effect, values held on the scale."""
    arm = design.schedule()
    low, high = outcome.scale or (-np.inf, np.inf)
    middle = (low + high) / 2 if outcome.scale else 0.0
    y = (
        middle
        + outcome.sign * expected.effect * (arm == 1)
        + expected.sd * autocorrelated(draws, arm.size, expected.phi)
    )
    value = np.where(draws.random(arm.size) < expected.missing, np.nan, np.clip(y, low, high))
    value[design.in_washout()] = np.nan
    return Trial(outcome, design.arms, mcid, np.arange(arm.size), arm, value)


def power(design: Design, outcome: Outcome, mcid: float, expected: Expected) -> dict[int, float]:
    """For each number of cycles, the share of simulated trials that settle that the second arm is better."""
    lengths = sorted({*CYCLES, design.cycles})
    return {cycles: _share_settled(replace(design, cycles=cycles), outcome, mcid, expected) for cycles in lengths}


def _share_settled(design: Design, outcome: Outcome, mcid: float, expected: Expected) -> float:
    settled = 0
    for i in range(N_SIMULATED):
        trial = simulated(design, outcome, mcid, expected, rng.stream(design.seed, "power", cycles=design.cycles, i=i))
        if all(trial.n_values(arm) for arm in range(len(trial.arms))):
            found = fitted(trial, weak(trial), Terms())
            settled += zones_of(found.contrast(np.eye(found.mean.shape[1])[1]), trial).better >= SETTLED
    return settled / N_SIMULATED
