"""How many more days would settle it, and what choosing an arm now may cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from coproduce.evidence.arrays import Floats, Ints
from coproduce.evidence.mixture import Distribution
from coproduce.evidence.personal.analysis import zones_of
from coproduce.evidence.personal.assumptions import Assumed
from coproduce.evidence.personal.exact import Posterior
from coproduce.evidence.personal.regressors import Terms, designs
from coproduce.evidence.personal.trial import Trial

#: A question is settled when one zone has this probability; a length settles it when the chance of that is CHANCE.
SETTLED, CHANCE = 0.9, 0.8
#: At most so many times the trial as it stands is looked ahead.
_MOST_TIMES = 8
_N_FUTURES = 400


@dataclass(frozen=True, slots=True)
class MoreDays:
    """How many more days of the same pattern would settle it, or None when the longest look ahead would not.

    `chance` is the probability that it is settled after them, `looked_ahead` the longest that was considered.
    """

    days: int | None
    chance: float
    looked_ahead: int


def expected_loss(effect: Distribution, better: float) -> tuple[float, float]:
    """What choosing the reference, or the other arm, is expected to lose, in the unit of the outcome.

    `better` is 1 when higher is better, -1 when lower is. The loss of a choice is what the other would have been
    better by, averaged over the posterior. Source: Berger 1985, Statistical Decision Theory and Bayesian Analysis,
    section 4.4.
    """
    upward, downward = effect.gain(), effect.gain() - effect.mean
    return (upward, downward) if better > 0 else (downward, upward)


def more_days(trial: Trial, assumed: Assumed, terms: Terms, found: Posterior, arm: int) -> MoreDays:
    """Looks ahead (preposterior analysis): what the posterior may become after the trial's pattern is repeated.

    Autocorrelation and residual spread stand at their present estimates; then the precision after more days is known,
    and the mean after them is normal around the present one with the variance that will have gone (Raiffa and
    Schlaifer 1961, Applied Statistical Decision Theory, section 5.4).
    """
    best = int(np.argmax(found.weight))
    effect = found.contrast(np.eye(found.mean.shape[1])[arm])
    zones = zones_of(effect, trial)
    if max(zones.better, zones.same, zones.worse) >= SETTLED:
        return MoreDays(0, 1.0, 0)
    ahead = _Ahead(trial, assumed, terms, float(found.phi[best]), float(found.rho[best]))
    unit = effect.sd**2 / ahead.variance(1.0, arm)
    n = trial.n_calendar_days
    chance = 0.0
    for times in np.geomspace(1.25, _MOST_TIMES, 16):
        after = unit * ahead.variance(float(times), arm)
        chance = _chance_settled(effect.mean, effect.sd**2 - after, after, trial.mcid)
        if chance >= CHANCE:
            return MoreDays(int(np.ceil(n * (times - 1.0))), chance, int(n * (_MOST_TIMES - 1)))
    return MoreDays(None, chance, int(n * (_MOST_TIMES - 1)))


@dataclass(frozen=True, slots=True)
class _Ahead:
    """A trial that may go on, with phi and rho where they stand."""

    trial: Trial
    assumed: Assumed
    terms: Terms
    phi: float
    rho: float

    def variance(self, times: float, arm: int) -> float:
        """Variance of the effect of an arm, in units of the residual variance, after `times` the trial."""
        longer = _repeated(self.trial, times) if times > 1 else self.trial
        x = designs(longer, self.terms, np.array([self.rho]))[0]
        a = self.phi ** np.diff(longer.day[longer.seen]).astype(np.float64)
        white = np.vstack([x[:1], (x[1:] - a[:, None] * x[:-1]) / np.sqrt(1.0 - a**2)[:, None]])
        precision = white.T @ white + np.diag(1.0 / self.assumed.arrays(self.terms).v0)
        return float(np.linalg.inv(precision)[arm, arm])


def _repeated(trial: Trial, times: float) -> Trial:
    """The trial with its pattern of arms repeated, and a value on as large a share of the new days as on the old."""
    n, total = trial.n_calendar_days, int(np.ceil(trial.n_calendar_days * times))
    latest: Ints = np.searchsorted(trial.day, np.arange(n), side="right") - 1
    new = np.arange(n, total)
    arm = trial.arm[np.maximum(latest[new % n], 0)]
    share = trial.seen.size / n
    seen = np.floor((new - n + 1) * share) > np.floor((new - n) * share)
    value: Floats = np.where(seen, 0.0, np.nan)
    return Trial(
        trial.outcome, trial.arms, trial.mcid, np.concatenate([trial.day, new]), np.concatenate([trial.arm, arm]),
        np.concatenate([trial.value, value]),
    )  # fmt: skip


def _chance_settled(mean: float, gone: float, left: float, mcid: float) -> float:
    """Chance that one of the three zones will have the probability that settles it."""
    z = float(ndtri(SETTLED)) * np.sqrt(left)
    future = mean + np.sqrt(max(gone, 0.0)) * ndtri((np.arange(_N_FUTURES) + 0.5) / _N_FUTURES)
    outside = np.abs(future) - mcid >= z
    inside = ndtr((mcid - future) / np.sqrt(left)) - ndtr((-mcid - future) / np.sqrt(left)) >= SETTLED
    return float((outside | inside).mean())
