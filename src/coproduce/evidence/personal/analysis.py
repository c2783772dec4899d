"""The analysis of a personal trial: for each arm against the first, what it does, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from coproduce.errors import InvalidInput
from coproduce.evidence.mixture import TMixture
from coproduce.evidence.personal.assumptions import Assumed, weak
from coproduce.evidence.personal.exact import Grid, Posterior, posterior
from coproduce.evidence.personal.regressors import Terms, designs
from coproduce.evidence.personal.trial import Trial

#: Fewer values than this in an arm, and the report says that the prior decides.
FEW = 5


@dataclass(frozen=True, slots=True)
class Zones:
    """Probabilities that an arm is better by what matters, about the same, or worse by what matters; they sum to 1."""

    better: float
    same: float
    worse: float

    @property
    def decision(self) -> str:
        """The zone with the largest probability."""
        return max(("better", self.better), ("same", self.same), ("worse", self.worse), key=lambda zone: zone[1])[0]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One arm against the reference: the posterior of its effect, in the unit of the outcome, and its zones.

    `sensitivity` gives the zones under other assumptions: the prior of the effect half and twice as wide, no trend.
    """

    arm: str
    reference: str
    effect: TMixture
    zones: Zones
    phi_mean: float
    carries_over: float
    prior_decides: bool
    sensitivity: dict[str, Zones]

    @property
    def robust(self) -> bool:
        """Whether the decision is the same under every assumption tried."""
        return all(zones.decision == self.zones.decision for zones in self.sensitivity.values())


def zones_of(effect: TMixture, trial: Trial) -> Zones:
    """The three zones of an effect by what matters to the person."""
    below, above = effect.below(-trial.mcid), 1.0 - effect.below(trial.mcid)
    better, worse = (above, below) if trial.outcome.sign > 0 else (below, above)
    return Zones(better, max(0.0, 1.0 - better - worse), worse)


def fitted(trial: Trial, assumed: Assumed, terms: Terms) -> Posterior:
    """The exact posterior of a trial with a normal outcome."""
    grid = Grid.standard(carry_over=terms.carry_over)
    seen = trial.seen
    return posterior(trial.day[seen], designs(trial, terms, grid.rho), trial.value[seen], assumed.arrays(terms), grid)


def effect_of(found: Posterior, arm: int, n_columns: int) -> TMixture:
    """The posterior of the effect of arm number `arm`, counted from 1 after the reference."""
    contrast = np.zeros(n_columns)
    contrast[arm] = 1.0
    return found.contrast(contrast)


def analyse(trial: Trial, assumed: Assumed | None = None, terms: Terms | None = None) -> list[Comparison]:
    """Every arm against the first, exactly.

    Raises InvalidInput for an outcome that is not normal.
    """
    if trial.outcome.family != "normal":
        raise InvalidInput(given=f"a {trial.outcome.family} outcome", expected="a normal one")
    assumed, terms = assumed or weak(trial), terms or Terms()
    main = fitted(trial, assumed, terms)
    others = {
        "prior half as wide": fitted(trial, assumed.wider(0.5), terms),
        "prior twice as wide": fitted(trial, assumed.wider(2.0), terms),
    }
    if terms.trend:
        others["no trend"] = fitted(trial, assumed, replace(terms, trend=False))
    few = min(trial.n_values(arm) for arm in range(len(trial.arms))) < FEW
    return [_comparison(trial, arm, main, others, few=few) for arm in range(1, len(trial.arms))]


def _comparison(
    trial: Trial, arm: int, main: Posterior, others: dict[str, Posterior], *, few: bool
) -> Comparison:  # fmt: skip
    effect = effect_of(main, arm, main.mean.shape[1])
    sensitivity = {name: zones_of(effect_of(found, arm, found.mean.shape[1]), trial) for name, found in others.items()}
    return Comparison(
        arm=trial.arms[arm], reference=trial.arms[0], effect=effect, zones=zones_of(effect, trial),
        phi_mean=main.phi_mean, carries_over=main.carries_over, prior_decides=few, sensitivity=sensitivity,
    )  # fmt: skip
