"""Simulation-based calibration: trials are drawn from the prior and analysed, and ranks of what was planted are tested.

If an engine is right, the posterior probability of lying below the planted value is uniform over trials drawn from the
prior (Talts et al. 2018, arXiv:1804.06788; Cook, Gelman and Rubin 2006, 10.1198/106186006X136976).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.special import expit

from coproduce import rng
from coproduce.evidence.across.pool import Results, Scales, pool
from coproduce.evidence.arrays import Floats
from coproduce.evidence.personal.assumptions import LINK_MIDDLE, LINK_RATE, LINK_SHAPE
from coproduce.evidence.personal.exact import MOST_PHI, Grid, Prior, posterior, spans
from coproduce.evidence.personal.latent import chain
from coproduce.evidence.personal.likelihoods import cuts_of
from coproduce.evidence.personal.power import autocorrelated
from coproduce.evidence.personal.regressors import carried_over
from coproduce.evidence.personal.sampled import CODES
from coproduce.figures import Figure, Line, LineWords, bands_figure

#: Trials drawn by default: the targets of the engine.
DRAWS = {"normal": 10_000, "count": 1_000, "binary": 1_000, "ordinal": 1_000, "carry-over": 1_000,
         "hierarchical": 1_000, "misspecified": 2_000}  # fmt: skip
N_BINS = 20
#: The statistics that must stay below: sqrt(n) times Kolmogorov-Smirnov's distance, and chi-squared of 20 bins (1 %).
MOST_KS, MOST_CHI2 = 1.36, 36.0
#: Coverage of 95 % intervals that is asked for with 10,000 draws of the normal engine, and when the model is wrong.
NORMAL_COVERAGE, MISSPECIFIED_COVERAGE = (0.944, 0.957), 0.92
_N_DAYS, _BLOCK = 56, 7
#: Draws kept of a chain for its rank, and sweeps between them; grades mix more slowly.
_N_KEPT, _THINNED, _THINNED_ORDINAL = 99, 20, 30
_N_GRADES = 5
#: Lines in a figure of ranks.
_LINES = 4
#: The family of an engine that has another name.
_FAMILY = {"carry-over": "count"}


def calibrated(engine: str, n_draws: int, seed: int) -> dict[str, Any]:
    """The ranks of one engine, the statistic, and whether it passes; also a sentence."""
    if engine == "misspecified":
        return _misspecified(n_draws, seed)
    if engine == "hierarchical":
        return _hierarchical(n_draws, seed)
    u = _normal(n_draws, seed) if engine == "normal" else _latent(engine, n_draws, seed)
    return _judged(engine, {"effect": u}, n_draws)


def _judged(engine: str, ranks: dict[str, Floats], n_draws: int) -> dict[str, Any]:
    parts = {name: _statistics(u) for name, u in ranks.items()}
    exact = engine in {"normal", "hierarchical"}
    passed = all((part["ks"] < MOST_KS if exact else part["chi2"] < MOST_CHI2) for part in parts.values())
    worst = max(part["ks" if exact else "chi2"] for part in parts.values())
    held = parts[next(iter(parts))]["coverage_95"]
    if engine == "normal" and n_draws >= DRAWS["normal"]:
        passed = passed and NORMAL_COVERAGE[0] <= held <= NORMAL_COVERAGE[1]
    statistic, limit = ("KS sqrt(n)", MOST_KS) if exact else ("chi-squared of 20 bins", MOST_CHI2)
    return {
        "engine": engine, "n": n_draws, "parts": parts, "passed": passed,
        "sentence": f"{engine}: {n_draws} trials, {statistic} {worst:.2f} (below {limit:g} passes), 95 % intervals "
        f"hold the planted value {held:.3f} of the time: {'passed' if passed else 'FAILED'}.",
    }  # fmt: skip


def _statistics(u: Floats) -> dict[str, Any]:
    """KS distance times sqrt(n), chi-squared of 20 bins, coverages, and the bins, of values that should be uniform."""
    n, ordered = u.size, np.sort(u)
    steps = np.arange(1, n + 1) / n
    distance = max(float((steps - ordered).max()), float((ordered - steps + 1 / n).max()))
    bins = np.bincount(np.minimum((u * N_BINS).astype(np.int64), N_BINS - 1), minlength=N_BINS)
    return {
        "ks": distance * float(np.sqrt(n)),
        "chi2": float(((bins - n / N_BINS) ** 2 / (n / N_BINS)).sum()),
        "bins": bins.tolist(),
        **{f"coverage_{c}": float((np.abs(u - 0.5) < c / 200).mean()) for c in (50, 80, 90, 95)},
    }


def _days(draws: np.random.Generator, missing: float = 0.2) -> tuple[np.ndarray, Floats]:
    """Days with a value, and the design matrix of a trial of alternating weeks."""
    day = np.flatnonzero(draws.random(_N_DAYS) >= missing)
    arm = (np.arange(_N_DAYS)[:, None] // _BLOCK % 2).astype(np.float64)
    return day, np.column_stack([np.ones(day.size), arm[day], (day - (_N_DAYS - 1) / 2) / _N_DAYS])


def _normal(n_draws: int, seed: int) -> Floats:
    prior, grid = Prior(np.array([5.0, 0.0, 0.0]), np.array([25.0, 4.0, 4.0]), 2.0, 2.0), Grid.standard()
    found, effect = np.empty(n_draws), np.array([0.0, 1.0, 0.0])
    for i in range(n_draws):
        draws = rng.stream(seed, "calibrate normal", i=i)
        day, x = _days(draws)
        phi, sigma2 = MOST_PHI * draws.random(), prior.b0 / draws.gamma(prior.a0)
        b = prior.m0 + np.sqrt(sigma2 * prior.v0) * draws.normal(size=3)
        y = x @ b + np.sqrt(sigma2) * autocorrelated(draws, _N_DAYS, phi)[day]
        found[i] = posterior(day, x[None], y, prior, grid).contrast(effect).below(float(b[1]))
    return found


def _latent(engine: str, n_draws: int, seed: int) -> Floats:
    """Ranks of the link-scale effect among thinned draws, spread evenly inside their bin.

    "carry-over" is counts with a rate of carry-over from its grid.
    """
    family, grid = _FAMILY.get(engine, engine), Grid.standard(carry_over=engine == "carry-over")
    m0 = np.array([LINK_MIDDLE[family], 0.0, 0.0])
    v0, n_steps = np.array([1.0, 1.0, 1.0]), _N_GRADES - 2 if family == "ordinal" else 0
    thin = _THINNED_ORDINAL if family == "ordinal" else _THINNED
    found = np.empty(n_draws)
    for i in range(n_draws):
        draws = rng.stream(seed, f"calibrate {engine}", i=i)
        day, x = _days(draws)
        designs = np.stack([_carried(x, day, rho) for rho in grid.rho])
        rate = draws.choice(grid.rho.size, p=grid.rho_weight) if grid.rho.size > 1 else 0
        phi = draws.choice(grid.phi, p=grid.phi_weight / grid.phi_weight.sum())
        sigma2, b = LINK_RATE / draws.gamma(LINK_SHAPE), m0 + np.sqrt(v0) * draws.normal(size=3)
        eta = designs[rate] @ b + np.sqrt(sigma2) * autocorrelated(draws, _N_DAYS, phi)[day]
        y = _drawn(family, eta, cuts_of(draws.normal(size=n_steps)), draws)
        kept = chain(
            spans(np.diff(day)), (designs, y, CODES[family]), (m0, v0, LINK_SHAPE, LINK_RATE),
            ((grid.phi, np.log(grid.phi_weight)), np.log(grid.rho_weight)),
            (n_steps, np.zeros(0, dtype=np.int64), 500, thin * _N_KEPT), draws,
        )[::thin, 1]  # fmt: skip
        found[i] = ((kept < b[1]).sum() + draws.random()) / (_N_KEPT + 1)
    return found


def _carried(x: Floats, day: np.ndarray, rho: float) -> Floats:
    """The design matrix with exposure to the second arm that builds up and fades at a rate."""
    arm = (np.arange(_N_DAYS)[:, None] // _BLOCK % 2).astype(np.float64)
    return np.column_stack([x[:, 0], carried_over(arm, rho)[day], x[:, 2]])


def _drawn(family: str, eta: Floats, cuts: Floats, draws: np.random.Generator) -> Floats:
    if family == "count":
        return np.asarray(draws.poisson(np.exp(np.minimum(eta, 20.0))), dtype=np.float64)
    if family == "binary":
        return np.asarray(draws.random(eta.size) < expit(eta), dtype=np.float64)
    found: Floats = ((eta + draws.logistic(size=eta.size))[:, None] > cuts).sum(axis=1).astype(np.float64)
    return found


def _hierarchical(n_draws: int, seed: int) -> dict[str, Any]:
    ranks = {name: np.empty(n_draws) for name in ("mu", "tau", "theta")}
    scales, n = Scales(), 20
    for i in range(n_draws):
        draws = rng.stream(seed, "calibrate hierarchical", i=i)
        mu, tau = scales.mean * draws.normal(), abs(scales.tau * draws.normal())
        theta, s = mu + tau * draws.normal(size=n), draws.uniform(0.2, 0.9, n)
        found = pool(Results(theta + s * draws.normal(size=n), s, np.ones((n, 1))), scales)
        ranks["mu"][i] = found.coefficient(0).below(mu)
        ranks["tau"][i] = _below_on_grid(found.tau, found.weight, tau)
        ranks["theta"][i] = found.person(0).below(float(theta[0]))
    return _judged("hierarchical", ranks, n_draws)


def _below_on_grid(node: Floats, weight: Floats, x: float) -> float:
    """P(X <= x) from quadrature nodes and their masses: a straight line through the middles of the masses."""
    order = np.argsort(node)
    below = np.cumsum(weight[order]) - weight[order] / 2
    return float(np.interp(x, node[order], below, left=0.0, right=1.0))


def _misspecified(n_draws: int, seed: int) -> dict[str, Any]:
    """Whole numbers from 0 to 10 that drift, hang together (0.6) and miss 30 %: not what the engine assumes."""
    prior, grid = Prior(np.array([5.0, 0.0, 0.0]), np.array([25.0, 4.0, 4.0]), 2.0, 2.0), Grid.standard()
    held, effect = 0, np.array([0.0, 1.0, 0.0])
    for i in range(n_draws):
        draws = rng.stream(seed, "calibrate misspecified", i=i)
        day, x = _days(draws, missing=0.3)
        planted = draws.normal(0.0, 1.0)
        drift = np.cumsum(draws.normal(0.0, 0.08, _N_DAYS))[day]
        y = 5.0 + planted * x[:, 1] + drift + 1.3 * autocorrelated(draws, _N_DAYS, 0.6)[day]
        found = posterior(day, x[None], np.clip(np.round(y), 0, 10), prior, grid).contrast(effect)
        held += found.quantile(0.025) < planted < found.quantile(0.975)
    share = held / n_draws
    passed = share >= MISSPECIFIED_COVERAGE
    return {
        "engine": "misspecified", "n": n_draws, "parts": {"effect": {"coverage_95": share}}, "passed": passed,
        "sentence": f"misspecified: {n_draws} trials, 95 % intervals hold the planted value {share:.3f} of the time "
        f"(at least {MISSPECIFIED_COVERAGE:g} passes): {'passed' if passed else 'FAILED'}.",
    }  # fmt: skip


def drawings(engines: Sequence[dict[str, Any]]) -> list[Figure]:
    """How far what was planted ranks from evenly, a line for each number of each engine, at most four in a figure.

    The band holds a calibrated engine at a point 99 times in 100 (normal approximation of the binomial), one for each
    number of trials. An engine of which only coverage is known has no line.
    """
    lines = [
        (one["engine"] if len(one["parts"]) == 1 else f"{one['engine']}: {name}", part["bins"])
        for one in engines
        for name, part in one["parts"].items()
        if "bins" in part
    ]
    words = LineWords(
        title="What was planted ranks evenly where the line stays near zero",
        summary=" ".join(one["sentence"] for one in engines),
        x="Probability that the engine gives to values below the planted one",
        y="Share of trials, less that probability",
    )
    return [bands_figure(_deviations(lines[i : i + _LINES]), words) for i in range(0, len(lines), _LINES)]


def _deviations(told: Sequence[tuple[str, Sequence[int]]]) -> list[Line]:
    x, drawn, lines = np.arange(N_BINS + 1) / N_BINS, set(), []
    for label, bins in told:
        n = sum(bins)
        half = 2.576 * np.sqrt(x * (1 - x) / n)
        band = {} if n in drawn else {"low": (-half).tolist(), "high": half.tolist()}
        below = np.concatenate([[0.0], np.cumsum(bins) / n])
        lines.append(Line(label=label, x=x.tolist(), y=(below - x).tolist(), **band))
        drawn.add(n)
    return lines
