"""The analysis of a personal trial: for each arm against the first, what it does, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from coproduce.evidence.mixture import Distribution
from coproduce.evidence.personal.assumptions import Assumed, weak
from coproduce.evidence.personal.exact import Grid, Posterior, posterior
from coproduce.evidence.personal.regressors import Terms, designs
from coproduce.evidence.personal.sampled import sampled
from coproduce.evidence.personal.trial import Trial

#: Fewer values than this in either arm of a comparison, and the report says that the prior decides.
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
    effect: Distribution
    zones: Zones
    phi_mean: float
    carries_over: float
    prior_decides: bool
    sensitivity: dict[str, Zones]

    @property
    def robust(self) -> bool:
        """Whether the decision is the same under every assumption tried."""
        return all(zones.decision == self.zones.decision for zones in self.sensitivity.values())


@dataclass(frozen=True, slots=True)
class Analysed:
    """A trial with what was assumed, what stood in the regression, and every arm against the first."""

    trial: Trial
    assumed: Assumed
    terms: Terms
    comparisons: list[Comparison]


def zones_of(effect: Distribution, trial: Trial) -> Zones:
    """The three zones of an effect by what matters to the person."""
    below, above = effect.below(-trial.mcid), 1.0 - effect.below(trial.mcid)
    better, worse = (above, below) if trial.outcome.sign > 0 else (below, above)
    return Zones(better, max(0.0, 1.0 - better - worse), worse)


def fitted(trial: Trial, assumed: Assumed, terms: Terms) -> Posterior:
    """The exact posterior of a trial with a normal outcome."""
    grid = Grid.standard(carry_over=terms.carry_over)
    seen = trial.seen
    return posterior(trial.day[seen], designs(trial, terms, grid.rho), trial.value[seen], assumed.arrays(terms), grid)


@dataclass(frozen=True, slots=True)
class Fit:
    """What a model says of a trial: the effect of each arm after the first, autocorrelation, chance of carry-over."""

    effects: tuple[Distribution, ...]
    phi_mean: float
    carries_over: float


def fit(trial: Trial, assumed: Assumed, terms: Terms) -> Fit:
    """The trial's effects: exactly for a normal outcome, by the gated sampler for others."""
    if trial.outcome.family != "normal":
        found = sampled(trial, assumed, terms)
        return Fit(found.effects, found.phi_mean, found.carries_over)
    exact = fitted(trial, assumed, terms)
    unit = np.eye(exact.mean.shape[1])
    effects = tuple(exact.contrast(unit[arm]) for arm in range(1, len(trial.arms)))
    return Fit(effects, exact.phi_mean, exact.carries_over)


def analyse(trial: Trial, assumed: Assumed | None = None, terms: Terms | None = None) -> list[Comparison]:
    """Every arm against the first.

    Raises NotComputable when a sampler does not settle (counts, yes or no, grades).
    """
    assumed, terms = assumed or weak(trial), terms or Terms()
    main = fit(trial, assumed, terms)
    others = {
        "prior half as wide": fit(trial, assumed.wider(0.5), terms),
        "prior twice as wide": fit(trial, assumed.wider(2.0), terms),
    }
    if terms.trend:
        others["no trend"] = fit(trial, assumed, replace(terms, trend=False))
    return [_comparison(trial, arm, main, others) for arm in range(1, len(trial.arms))]


def _comparison(trial: Trial, arm: int, main: Fit, others: dict[str, Fit]) -> Comparison:
    few = min(trial.n_values(0), trial.n_values(arm)) < FEW
    effect = main.effects[arm - 1]
    return Comparison(
        arm=trial.arms[arm], reference=trial.arms[0], effect=effect, zones=zones_of(effect, trial),
        phi_mean=main.phi_mean, carries_over=main.carries_over, prior_decides=few,
        sensitivity={name: zones_of(other.effects[arm - 1], trial) for name, other in others.items()},
    )  # fmt: skip
