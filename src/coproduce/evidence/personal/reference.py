"""Answers in the form of published and computed reference cases, for checks against them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from coproduce.errors import InvalidInput
from coproduce.evidence.arrays import Floats
from coproduce.evidence.personal.exact import Grid, Posterior, Prior, posterior
from coproduce.evidence.personal.independent import ByArm, Difference, by_arm, washed_out
from coproduce.evidence.personal.outcomes import Outcome
from coproduce.evidence.personal.regressors import Terms, designs
from coproduce.evidence.personal.trial import Trial

#: The quantiles of the reference cases.
_QUANTILES = {"q025": 0.025, "q05": 0.05, "median": 0.5, "q95": 0.95, "q975": 0.975}
#: From this age on a person's own answers are used in PRODUCE, below it the parent's.
OWN_ANSWERS_FROM = 14
_ARMS = {"baseline": "baseline", "strict": "A", "liberalized": "B"}
_RATIOS, _POINTS = (0.9, 1.1), (-2.9, 2.9)
Reading = Callable[[Mapping[str, Any]], Sequence[float | None]]


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


def produce(document: Mapping[str, Any], respondent: str | None) -> dict[str, Any]:
    """The analysis that PRODUCE showed families, for a document of its app: four outcomes, two diets and the baseline.

    `respondent` is "parent" or "child"; None takes the child's own answers from the age of 14 on, as the app did. Seven
    days, or one weekly score, are left out after each switch. `mcmc_draws` is 0: nothing is drawn. Raises InvalidInput.
    """
    if respondent is None:
        age = float(document.get("metadata", {}).get("user_age", 0))
        respondent = "child" if age >= OWN_ANSWERS_FROM else "parent"
    blocks = _blocks(document, f"{respondent}_response")
    outcomes: dict[str, tuple[str, str, Reading, int, tuple[float, float]]] = {
        "stool_frequency": ("count", "poisson", lambda r: r["daily_stool_frequency"], 7, _RATIOS),
        "stool_consistency": ("binary", "binomial", _loose, 7, _RATIOS),
        "pain_interference": ("normal", "normal", lambda r: r["promis_pain_interference"]["t-score"], 1, _POINTS),
        "gi_symptoms": ("normal", "normal", lambda r: r["promis_gi_symptoms"]["t-score"], 1, _POINTS),
    }
    answer = {}
    for name, (family, said, read, washout, thresholds) in outcomes.items():
        values = washed_out([(arm, _numbers(read(found))) for arm, found in blocks], washout)
        values = {arm: values[arm] for arm in _ARMS.values() if values.get(arm, np.empty(0)).size}
        answer[name] = _produce_answer(said, values, by_arm(family, values, thresholds))
    return answer


def _blocks(document: Mapping[str, Any], key: str) -> list[tuple[str, Mapping[str, Any]]]:
    try:
        found = [(_ARMS[block["treatment"]], block[key]) for block in document["data"]]
    except (KeyError, TypeError) as problem:
        raise InvalidInput(
            given="a document without blocks of baseline, strict and liberalized",
            expected="the input of the PRODUCE app",
        ) from problem
    if {arm for arm, _ in found} != set(_ARMS.values()):
        raise InvalidInput(given="fewer than three arms", expected="baseline, strict and liberalized")
    return found


def _loose(response: Mapping[str, Any]) -> list[float | None]:
    """Stool consistency on the Bristol scale as in PRODUCE: 1 for hard (1) or watery (7), else 0."""
    return [None if v is None else float(v in {1, 7}) for v in response["daily_stool_consistency"]]


def _numbers(values: Sequence[float | None]) -> list[float]:
    return [math.nan if value is None else float(value) for value in values]


def _produce_answer(family: str, values: Mapping[str, Floats], found: ByArm) -> dict[str, Any]:
    coefficient = {"baseline": "alpha", "A": "bA", "B": "bB", "precision": "prec"}
    return {
        "family": family,
        "n_used": sum(v.size for v in values.values()),
        "n_by_arm": {arm: int(v.size) for arm, v in values.items()},
        "raw_mean": {arm: float(v.mean()) for arm, v in values.items()},
        **{f"{one}_minus_{other}": _difference(d) for (one, other), d in found.difference.items()},
        "coef_mean": {coefficient[name]: mean for name, (mean, _) in found.coefficient.items()},
        "coef_sd": {coefficient[name]: sd for name, (_, sd) in found.coefficient.items()},
        "mcmc_draws": 0,
    }


def _difference(found: Difference) -> dict[str, float]:
    return {
        "mean_diff": found.mean, "sd": found.sd, "q025": found.q025, "q975": found.q975, "p_gt_thr": found.p_gt_thr,
        "p_lt_thr": found.p_lt_thr, "p_gt0": found.p_gt0,
    }  # fmt: skip
