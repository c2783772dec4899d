"""The sampler's answer for counts, yes or no, and grades: run until its chains agree, or refused."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coproduce import rng
from coproduce.errors import InvalidInput, NotComputable
from coproduce.evidence.arrays import Floats
from coproduce.evidence.mixture import Draws
from coproduce.evidence.personal import likelihoods
from coproduce.evidence.personal.assumptions import Assumed
from coproduce.evidence.personal.convergence import effective_draws, r_hat
from coproduce.evidence.personal.exact import Grid, spans
from coproduce.evidence.personal.latent import chain
from coproduce.evidence.personal.regressors import Terms, designs
from coproduce.evidence.personal.trial import Trial

CODES = {"count": likelihoods.COUNT, "binary": likelihoods.BINARY, "ordinal": likelihoods.ORDINAL}
N_CHAINS, N_WARM, N_KEPT = 4, 500, 1_000
#: The gate: chains agree to this R-hat, and every effect has so many effective draws.
MOST_R_HAT, LEAST_DRAWS = 1.01, 400.0
#: Lengths tried, each twice the one before.
_N_TRIES = 4


@dataclass(frozen=True, slots=True)
class Sampled:
    """Draws (chains, kept, p + 3 + arms) of the chain, and how many arms were compared."""

    draws: Floats
    n_arms: int

    @property
    def effects(self) -> tuple[Draws, ...]:
        """For each arm after the first, draws of the mean outcome with it less without, in the outcome's unit."""
        flat = self.draws.reshape(-1, self.draws.shape[2])
        return tuple(Draws(np.sort(flat[:, i - self.n_arms])) for i in range(self.n_arms))

    @property
    def phi_mean(self) -> float:
        """Posterior mean of the correlation between neighbouring days of the latent state."""
        return float(self.draws[:, :, -self.n_arms - 2].mean())

    @property
    def carries_over(self) -> float:
        """Posterior probability that something carries over from day to day."""
        return float((self.draws[:, :, -self.n_arms - 1] > 0).mean())

    def settled(self) -> bool:
        """Whether every effect passes the gate."""
        columns = [self.draws[:, :, i - self.n_arms] for i in range(self.n_arms)]
        return all(r_hat(c) <= MOST_R_HAT and effective_draws(c) >= LEAST_DRAWS for c in columns)


def sampled(trial: Trial, assumed: Assumed, terms: Terms, *, seed: int = 1) -> Sampled:
    """Runs four chains until they agree; the same trial and seed give the same draws.

    Raises InvalidInput for grades without a scale; NotComputable when the longest chains do not agree.
    """
    for attempt in range(_N_TRIES):
        found = _run(trial, assumed, terms, 2**attempt, seed)
        if found.settled():
            return found
    raise NotComputable(
        "The sampler did not settle on these days.",
        next_step="Give more days, or take the outcome as normal if its scale is long.",
    )


def _run(trial: Trial, assumed: Assumed, terms: Terms, times: int, seed: int) -> Sampled:
    seen, grid, prior = trial.seen, Grid.standard(carry_over=terms.carry_over), assumed.arrays(terms)
    x = designs(trial, terms, grid.rho)
    y, n_steps = _coded(trial)
    arms = np.arange(1, len(trial.arms), dtype=np.int64)
    draws = [
        chain(
            spans(np.diff(trial.day[seen])), (x, y, CODES[trial.outcome.family]),
            (prior.m0, prior.v0, prior.a0, prior.b0),
            ((grid.phi, np.log(grid.phi_weight)), np.log(grid.rho_weight)),
            (n_steps, arms, times * N_WARM, times * N_KEPT),
            rng.stream(seed, "latent", chain=k, times=times),
        )
        for k in range(N_CHAINS)
    ]  # fmt: skip
    return Sampled(np.stack(draws), arms.size)


def _coded(trial: Trial) -> tuple[Floats, int]:
    """Values as the likelihood takes them, and the log steps between cuts that it has."""
    y = trial.value[trial.seen]
    if trial.outcome.family != "ordinal":
        return y, 0
    if trial.outcome.scale is None:
        raise InvalidInput(given="grades without a scale", expected="[lowest, highest]", field="outcome.scale")
    low, high = trial.outcome.scale
    return y - low, int(high - low) - 1
