"""The analysis that takes days as independent, by arm: what the PRODUCE trials showed to families, here by quadrature.

It stands beside the analysis that knows autocorrelation, never in its place. Log (counts), logit (binary) or identity
(normal) link; intercept and each arm's effect ~ N(0, variance 1000); precision of a normal outcome ~ Gamma(.001, .001).
Days within a washout after each switch have been left out before.

Source: Kaplan et al. 2022, 10.14309/ajg.0000000000001800 (PRODUCE); model and priors as in the R package nof1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy import special

from coproduce.evidence.arrays import Floats
from coproduce.evidence.mixture import NormalMixture

PRIOR_VARIANCE = 1000.0
GAMMA_SHAPE = GAMMA_RATE = 0.001
_N_GRID = 400
_REACH = 8.0


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference of two arms on the outcome's scale, and the chance that it is above or below a threshold."""

    mean: float
    sd: float
    q025: float
    q975: float
    p_gt_thr: float
    p_lt_thr: float
    p_gt0: float


@dataclass(frozen=True, slots=True)
class ByArm:
    """Posterior means and deviations of the coefficients (intercept first; the precision last, when normal), and the
    differences between arms, keyed by (one, other)."""

    coefficient: Mapping[str, tuple[float, float]]
    difference: Mapping[tuple[str, str], Difference]


def by_arm(family: str, values: Mapping[str, Floats], thresholds: tuple[float, float]) -> ByArm:
    """Compares arms; the first of `values` is the reference, and all hold at least one number.

    `thresholds` (low, high): ratios for counts and binary outcomes, differences for a normal one.
    """
    return _normal(values, thresholds) if family == "normal" else _generalised(family, values, thresholds)


def _generalised(family: str, values: Mapping[str, Floats], thresholds: tuple[float, float]) -> ByArm:
    """Counts and binary outcomes: the arms' linear predictors on grids, coupled to the reference's by the prior."""
    arms = list(values)
    grid = {arm: _predictor_grid(family, values[arm]) for arm in arms}
    like = {
        arm: np.exp(log - log.max()) for arm, log in ((a, _log_likelihood(family, values[a], grid[a])) for a in arms)
    }
    link: Callable[[Floats], Floats] = np.exp if family == "count" else special.expit
    reference = arms[0]
    kernel = {
        arm: np.exp(-0.5 * (grid[arm] - grid[reference][:, None]) ** 2 / PRIOR_VARIANCE) * like[arm] for arm in arms[1:]
    }
    base = like[reference] * np.exp(-0.5 * grid[reference] ** 2 / PRIOR_VARIANCE)
    whole = base * np.prod([k.sum(axis=1) for k in kernel.values()], axis=0)
    coefficient = {reference: _moments(grid[reference], whole)}
    difference: dict[tuple[str, str], Difference] = {}
    for i, arm in enumerate(arms[1:], start=1):
        joint = (whole / kernel[arm].sum(axis=1))[:, None] * kernel[arm]
        effect = grid[arm] - grid[reference][:, None]
        coefficient[arm] = _moments(effect, joint)
        difference[arm, reference] = _on_scale(link(grid[arm])[:, None], link(grid[reference]), joint.T, thresholds)
        for other in arms[1:i]:
            rest = whole / (kernel[arm].sum(axis=1) * kernel[other].sum(axis=1))
            pair = kernel[other].T @ (rest[:, None] * kernel[arm])
            difference[other, arm] = _on_scale(link(grid[other])[:, None], link(grid[arm]), pair, thresholds)
    return ByArm(coefficient, difference)


def _predictor_grid(family: str, y: Floats) -> Floats:
    """Evenly spaced values of the linear predictor, as far as the likelihood of these values reaches."""
    total, n = y.sum(), y.size
    if family == "count":
        middle, spread = np.log((total + 0.5) / n), 1.0 / np.sqrt(total + 0.5)
    else:
        share = (total + 0.5) / (n + 1.0)
        middle, spread = special.logit(share), 1.0 / np.sqrt(n * share * (1.0 - share))
    # One-sided data (no events, or nothing but events) leave a long tail, which the prior alone ends.
    reach = _REACH * spread if 0 < total < (n if family == "binary" else np.inf) else 4.0 * np.sqrt(PRIOR_VARIANCE)
    found: Floats = np.linspace(middle - reach, middle + reach, _N_GRID)
    return found


def _log_likelihood(family: str, y: Floats, eta: Floats) -> Floats:
    found: Floats = y.sum() * eta - y.size * (np.exp(eta) if family == "count" else np.logaddexp(0.0, eta))
    return found


def _moments(x: Floats, weight: Floats) -> tuple[float, float]:
    w = weight / weight.sum()
    mean = float((w * x).sum())
    return mean, float(np.sqrt((w * (x - mean) ** 2).sum()))


def _on_scale(one: Floats, other: Floats, weight: Floats, thresholds: tuple[float, float]) -> Difference:
    """The difference and ratio of two means, of which `weight` holds the joint posterior."""
    w = (weight / weight.sum()).ravel()
    gap, ratio = (one - other).ravel(), (one / other).ravel()
    mean, sd = _moments(gap, w)
    order = np.argsort(gap, kind="stable")
    below = np.cumsum(w[order])
    q025, q975 = (float(gap[order][np.searchsorted(below, q)]) for q in (0.025, 0.975))
    low, high = thresholds
    return Difference(mean, sd, q025, q975, float(w[ratio > high].sum()), float(w[ratio < low].sum()),
                      float(w[gap > 0].sum()))  # fmt: skip


def _normal(values: Mapping[str, Floats], thresholds: tuple[float, float]) -> ByArm:
    """A normal outcome: closed form given the precision, which is summed over a grid."""
    arms = list(values)
    y = np.concatenate([values[arm] for arm in arms])
    x = np.column_stack([np.ones(y.size), *(np.repeat([a == arm for a in arms], [values[a].size for a in arms])
                                            for arm in arms[1:])])  # fmt: skip
    residual = np.concatenate([values[arm] - values[arm].mean() for arm in arms])
    df = max(1, y.size - len(arms))
    log_middle = np.log(df / max(float((residual**2).sum()), 1e-12))
    log_precision = log_middle + np.linspace(-_REACH, _REACH, _N_GRID) * max(np.sqrt(2.0 / df), 0.05)
    prior = np.eye(len(arms)) / PRIOR_VARIANCE
    mean, cov, log_weight = [], [], []
    for log_tau in log_precision:
        tau = np.exp(log_tau)
        precision = tau * x.T @ x + prior
        m = np.linalg.solve(precision, tau * x.T @ y)
        mean.append(m)
        cov.append(np.linalg.inv(precision))
        quad = tau * y @ y - m @ precision @ m
        log_weight.append((GAMMA_SHAPE + y.size / 2) * log_tau - GAMMA_RATE * tau
                          - 0.5 * np.linalg.slogdet(precision)[1] - 0.5 * quad)  # fmt: skip
    weight = np.exp(np.array(log_weight) - max(log_weight))
    weight /= weight.sum()
    means, covs = np.array(mean), np.array(cov)

    def of(c: Floats) -> NormalMixture:
        return NormalMixture(weight, means @ c, np.sqrt(covs @ c @ c))

    unit = np.eye(len(arms))
    coefficient = {arm: (of(unit[i]).mean, of(unit[i]).sd) for i, arm in enumerate(arms)}
    coefficient["precision"] = _moments(np.exp(log_precision), weight)
    pairs = {(arm, arms[0]): unit[i] for i, arm in enumerate(arms) if i}
    pairs |= {(arms[i], arms[j]): unit[i] - unit[j] for i in range(1, len(arms)) for j in range(i + 1, len(arms))}
    return ByArm(coefficient, {pair: _of_mixture(of(c), thresholds) for pair, c in pairs.items()})


def _of_mixture(found: NormalMixture, thresholds: tuple[float, float]) -> Difference:
    low, high = thresholds
    return Difference(found.mean, found.sd, found.quantile(0.025), found.quantile(0.975), 1.0 - found.below(high),
                      found.below(low), 1.0 - found.below(0.0))  # fmt: skip
