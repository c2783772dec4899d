"""`python -m benchmarks.evidence` measures the evidence engine and writes benchmarks/results/evidence.json.

Speed: whole re-analyses of personal trials (normal, AR(1), trend, 6 x 31 grid of carry-over and phi; five quantiles,
three zones). Truth: false alarms and coverage beside Welch's t-test and the same model without
autocorrelation; coverage of AIPW; what is lost by following a learned rule.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from benchmarks.log.setting import machine
from coproduce import rng
from coproduce.evidence.across.estimators import People, aipw
from coproduce.evidence.across.rules import learn_rule, regret
from coproduce.evidence.personal.analysis import fitted, zones_of
from coproduce.evidence.personal.assumptions import weak
from coproduce.evidence.personal.exact import Grid, posterior
from coproduce.evidence.personal.power import autocorrelated
from coproduce.evidence.personal.regressors import Terms, designs
from coproduce.evidence.personal.trial import Outcome, Trial

N_TRIALS, N_DAYS = 10_000, 84
N_SIMULATED, PHIS, BLOCK = 2_000, (0.0, 0.3, 0.5, 0.7), 7
N_TABLES, N_RULES = 1_000, 200
PAIN = Outcome("pain", (0.0, 10.0), "lower", "normal")
EFFECT = np.array([0.0, 1.0, 0.0])


def trial(seed: int, i: int, phi: float, effect: float = 0.0) -> Trial:
    """One made trial of 84 days in blocks of a week."""
    draws = rng.stream(seed, "benchmark trial", i=i, phi=int(100 * phi))
    day = np.arange(N_DAYS)
    arm = day // BLOCK % 2
    return Trial(PAIN, ("usual", "diet"), 1.0, day, arm, 5.0 + effect * arm + autocorrelated(draws, N_DAYS, phi))


def speed() -> dict[str, Any]:
    """CPU seconds for whole re-analyses, on one core."""
    trials = [trial(1, i, 0.4, -1.0) for i in range(N_TRIALS)]
    terms = Terms(carry_over=True)
    reanalysed(trials[0], terms)
    began = time.process_time()
    for one in trials:
        reanalysed(one, terms)
    spent = time.process_time() - began
    return {"trials": N_TRIALS, "cpu_seconds": round(spent, 2), "ms_a_trial": round(1e3 * spent / N_TRIALS, 3),
            "seconds_for_100000_on_two_cores": round(spent * 100_000 / N_TRIALS / 2, 1)}  # fmt: skip


def reanalysed(one: Trial, terms: Terms) -> tuple[float, ...]:
    """All that is kept of a re-analysis."""
    found = fitted(one, weak(one), terms)
    effect = found.contrast(EFFECT)
    zones = zones_of(effect, one)
    return (effect.mean, effect.sd, *(effect.quantile(q) for q in (0.025, 0.05, 0.5, 0.95, 0.975)), zones.better)


def truth() -> list[dict[str, Any]]:
    """Without an effect: how often each finds one at 5 %, and how often its 95 % interval holds 0."""
    rows = []
    alone = Grid(np.array([1e-9]), np.ones(1), np.zeros(1), np.ones(1))
    for phi in PHIS:
        false = {"welch": 0, "independent": 0, "coproduce": 0}
        for i in range(N_SIMULATED):
            one = trial(2, i, phi)
            false["welch"] += (
                stats.ttest_ind(one.value[one.arm == 1], one.value[one.arm == 0], equal_var=False).pvalue < 0.05
            )
            for name, grid in (("independent", alone), ("coproduce", Grid.standard())):
                x, prior = designs(one, Terms(), grid.rho), weak(one).arrays(Terms())
                effect = posterior(one.day, x, one.value, prior, grid).contrast(EFFECT)
                false[name] += not effect.quantile(0.025) < 0.0 < effect.quantile(0.975)
        rows.append({"phi": phi, "n": N_SIMULATED, **{f"false_{name}": n / N_SIMULATED for name, n in false.items()},
                     **{f"coverage_{name}": 1 - n / N_SIMULATED for name, n in false.items()}})  # fmt: skip
    return rows


def comparison() -> dict[str, Any]:
    """How often the interval of cross-fitted AIPW holds the truth, over made tables of 1,000 people."""
    held = 0
    for i in range(N_TABLES):
        draws = rng.stream(3, "benchmark table", i=i)
        x = draws.normal(size=(1_000, 3))
        t = (draws.random(1_000) < 1 / (1 + np.exp(-x @ [0.8, -0.4, 0.2]))).astype(np.float64)
        y = 1.0 * t + x @ [1.0, 0.5, -0.5] + draws.normal(size=1_000)
        found = aipw(People(t, y, x, np.zeros(0, dtype=np.int64)), folds=5, seed=i)
        held += found is not None and found[0].low < 1.0 < found[0].high
    return {"tables": N_TABLES, "coverage": held / N_TABLES}


def gain(x: np.ndarray) -> np.ndarray:
    """What the second treatment gives a person with features x, (n, 3), over the first."""
    return np.asarray(0.2 + x[:, 0] - 0.5 * x[:, 1])


def rules() -> dict[str, Any]:
    """What is lost by who follows the rule learned from 1,000 people, against the best rule, over made trials."""
    far = rng.stream(4, "benchmark rule, everybody").normal(size=(20_000, 3))
    lost, spread = [], []
    for i in range(N_RULES):
        draws = rng.stream(4, "benchmark rule", i=i)
        x, t = draws.normal(size=(1_000, 3)), (draws.random(1_000) < 0.5).astype(np.float64)
        y = x[:, 2] + t * gain(x) + draws.normal(size=1_000)
        learned = learn_rule(People(t, y, x, np.zeros(0, dtype=np.int64)))
        lost.append(regret(learned, lambda x: (gain(x) > 0).astype(np.float64), gain, far))
        spread.append(y.std())
    share = np.array(lost) / np.array(spread)
    return {"trials": N_RULES, "people": 1_000, "regret_sd": round(float(share.mean()), 4),
            "regret_sd_p95": round(float(np.percentile(share, 95)), 4)}  # fmt: skip


def main() -> None:
    """Runs every case in turn."""
    found = {"machine": machine(), "speed": speed(), "without_an_effect": truth(), "aipw": comparison(),
             "rules": rules()}  # fmt: skip
    path = Path(__file__).resolve().parents[1] / "results" / "evidence.json"
    path.write_text(json.dumps(found, indent=2) + "\n")
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
