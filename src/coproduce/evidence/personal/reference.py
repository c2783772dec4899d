"""Answers in the form of computed reference cases, for checks against them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from coproduce.evidence.personal.exact import Grid, Posterior, Prior, posterior
from coproduce.evidence.personal.outcomes import Outcome
from coproduce.evidence.personal.regressors import Terms, designs
from coproduce.evidence.personal.trial import Trial

#: The quantiles of the reference cases.
_QUANTILES = {"q025": 0.025, "q05": 0.05, "median": 0.5, "q95": 0.95, "q975": 0.975}


def exact_case(case: Mapping[str, Any]) -> dict[str, float]:
    """The answer to a case of exact posteriors: two arms, a fixed rate of carry-over or none, a stated prior."""
    n, rho = int(case["n_calendar_days"]), float(case.get("carry_rho") or 0.0)
    value = np.full(n, np.nan)
    value[np.array(case["observed_days_0based"], dtype=np.int64)] = case["y"]
    trial = Trial(
        Outcome("outcome", None, "lower", "normal"), ("reference", "other"), float(case["mcid"]), np.arange(n),
        np.array(case["treat_by_day"], dtype=np.int64), value,
    )  # fmt: skip
    given = case["prior"]
    prior = Prior(
        np.array(given["m0"], float), np.array(given["V0_diag"], float), float(given["a0"]), float(given["b0"])
    )
    seen = trial.seen
    found = posterior(seen, designs(trial, Terms(), np.array([rho])), value[seen], prior, Grid.standard())
    return _exact_answer(found, trial.mcid)


def _exact_answer(found: Posterior, mcid: float) -> dict[str, float]:
    effect = found.contrast(np.array([0.0, 1.0, 0.0]))
    below, above = effect.below(-mcid), 1.0 - effect.below(mcid)
    return {
        "mean": effect.mean, "sd": effect.sd, **{name: effect.quantile(q) for name, q in _QUANTILES.items()},
        "p_lt0": effect.below(0.0), "p_lt_minus_mcid": below, "p_gt_mcid": above,
        "p_within_mcid": 1.0 - below - above, "phi_mean": found.phi_mean, "phi_sd": found.phi_sd,
    }  # fmt: skip
