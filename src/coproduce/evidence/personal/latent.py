"""Personal trials with counts, yes-or-no or graded outcomes: a small sampler that knows autocorrelation and gaps.

The model: p(y_t | eta_t) of personal.likelihoods, eta = X b + u, with u a stationary AR(1) of standard deviation sigma
on calendar days. b ~ N(m0, v0), sigma^2 ~ InverseGamma(a0, b0), phi ~ Uniform(0, 0.95) on the grid of the exact engine;
ordered grades have cuts with log steps ~ N(0, 1). Carry-over has one X for each of a few rates, with prior masses.

One sweep draws (b, u) together, by elliptical slice sampling about a Gaussian approximation that has the same prior, so
that what is sliced is only the likelihood less its approximation, and once about the prior itself (Murray, Adams and
MacKay 2010, proceedings.mlr.press/v9/murray10a; Nishihara, Murray and Adams 2014, jmlr.org/papers/v15/nishihara14a).
Then sigma^2 and phi given u, and sigma once more given u / sigma (interweaving: Yu and Meng 2011,
10.1198/jcgs.2011.203main). The rate of carry-over is drawn twice: given (b, u), where the days speak for it, and given
(b, eta), where the latent state takes up what another X explains.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from coproduce.evidence.arrays import Floats, Ints
from coproduce.evidence.personal.band import back_substitute, factor_band, part, quadratic, solve_band, write_precision
from coproduce.evidence.personal.exact import invert, triangular
from coproduce.evidence.personal.likelihoods import ORDINAL, cuts_of, expected, first_guess, log_likelihood, slopes

#: Pairs that belong together: b and u, w and z, m0 and v0, a diagonal and what stands beside it.
Pair = tuple[Floats, Floats]
#: m0, v0, a0, b0.
Prior4 = tuple[Floats, Floats, float, float]
#: x, y, the code of the family, and the cuts of grades.
Data = tuple[Floats, Floats, int, Floats]

_N_NEWTON = 5
_SMALLEST_ANGLE = 1e-12
_STEP_SIGMA = 0.5
_STEP_CUTS = 0.5
_STEP_SCALE = 0.25
#: Sweeps over the cuts after each draw of (b, u): cheap, and the slowest part of a graded outcome.
_N_CUT_SWEEPS = 3


@part
def _condensed(x: Floats, pseudo: Pair, gauss: tuple[Pair, Pair]) -> tuple[Pair, Floats, Floats, Floats, Floats]:
    """(b, u) given pseudo-data of precisions w about z, with u integrated out for b.

    `pseudo` holds w and z, `gauss` the prior of b and the two diagonals of the precision of u. Gives the factor of the
    precision of u with the data, the factor and the inverse of b's precision, its right side, and u's regression on
    each column and on z, (n, p + 1).
    """
    n, p = x.shape
    w, z = pseudo
    (m0, v0), band = gauss
    diagonal, beside = band[0] + w, band[1].copy()
    factor_band(diagonal, beside)
    smooth = np.empty((n, p + 1))
    for j in range(n):
        for c in range(p):
            smooth[j, c] = w[j] * x[j, c]
        smooth[j, p] = w[j] * z[j]
    solve_band(diagonal, beside, smooth)
    # What the days say of b is what u does not take up: w (x - smooth) in place of the inverse of the whole covariance.
    precision, right, cov = np.zeros((p, p)), np.empty(p), np.empty((p, p))
    for r in range(p):
        precision[r, r], right[r] = 1.0 / v0[r], m0[r] / v0[r]
    for j in range(n):
        for r in range(p):
            weighted = w[j] * x[j, r]
            for c in range(r + 1):
                precision[r, c] += weighted * (x[j, c] - smooth[j, c])
            right[r] += weighted * (z[j] - smooth[j, p])
    triangular(precision)
    invert(precision, cov)
    return (diagonal, beside), precision, cov, right, smooth


@part
def _mean(x: Floats, pseudo: Pair, gauss: tuple[Pair, Pair]) -> Pair:
    """The mean of (b, u) given pseudo-data."""
    _, _, cov, right, smooth = _condensed(x, pseudo, gauss)
    p = right.size
    b, u = np.zeros(p), np.empty(smooth.shape[0])
    for r in range(p):
        for c in range(p):
            b[r] += cov[r, c] * right[c]
    for j in range(u.size):
        u[j] = smooth[j, p]
        for c in range(p):
            u[j] -= b[c] * smooth[j, c]
    return b, u


@part
def _deviation(x: Floats, pseudo: Pair, gauss: tuple[Pair, Pair], draws: np.random.Generator) -> Pair:
    """A draw of (b, u) given pseudo-data, less its mean."""
    (diagonal, beside), factor, _, right, smooth = _condensed(x, pseudo, gauss)
    p, n = right.size, diagonal.size
    b, u = np.empty(p), np.empty((n, 1))
    for c in range(p):
        b[c] = draws.standard_normal()
    for c in range(p - 1, -1, -1):
        for i in range(c + 1, p):
            b[c] -= factor[i, c] * b[i]
        b[c] /= factor[c, c]
    for j in range(n):
        u[j, 0] = draws.standard_normal()
    back_substitute(diagonal, beside, u)
    for j in range(n):
        for c in range(p):
            u[j, 0] -= b[c] * smooth[j, c]
    return b, u[:, 0].copy()


@part
def _approximation(data: Data, gauss: tuple[Pair, Pair]) -> tuple[Pair, Pair]:
    """Precisions w and pseudo-data z near the mode of (b, u), and that mode: from y and the parameters alone.

    It must not depend on where the chain is, or the slice would not leave the posterior as it is; so Newton's steps
    start from the data, and are always as many.
    """
    x, y, family, cuts = data
    n, p = x.shape
    eta, w, z = np.empty(n), np.empty(n), np.empty(n)
    b, u = np.zeros(p), np.zeros(n)
    for j in range(n):
        eta[j] = first_guess(family, y[j], cuts)
    for _ in range(_N_NEWTON):
        for j in range(n):
            slope, curve = slopes(family, y[j], eta[j], cuts)
            w[j] = max(curve, 1e-4)
            z[j] = eta[j] + slope / w[j]
        b, u = _mean(x, (w, z), gauss)
        eta = _linear(x, b, u)
    return (w, z), (b, u)


@part
def _excess(data: Data, eta: Floats, pseudo: Pair) -> float:
    """The log likelihood less its Gaussian approximation with precisions w about z."""
    _, y, family, cuts = data
    w, z = pseudo
    total = 0.0
    for j in range(y.size):
        total += log_likelihood(family, y[j], eta[j], cuts) + 0.5 * w[j] * (eta[j] - z[j]) ** 2
    return total


@part
def _linear(x: Floats, b: Floats, u: Floats) -> Floats:
    eta = u.copy()
    for j in range(u.size):
        for c in range(b.size):
            eta[j] += b[c] * x[j, c]
    return eta


@part
def _around(data: Data, gauss: tuple[Pair, Pair], state: Pair, draws: np.random.Generator) -> Pair:
    """One elliptical slice step of (b, u) about the Gaussian approximation: far, where that is good."""
    pseudo, mode = _approximation(data, gauss)
    return _slice(data, state, (mode, _deviation(data[0], pseudo, gauss, draws)), pseudo, draws)


@part
def _from_prior(data: Data, gauss: tuple[Pair, Pair], state: Pair, draws: np.random.Generator) -> Pair:
    """One elliptical slice step about the prior: short, but it leaves a tail where the approximation is too light."""
    nothing = np.zeros(data[1].size)
    pseudo = (nothing, nothing)
    middle = (gauss[0][0], nothing)
    return _slice(data, state, (middle, _deviation(data[0], pseudo, gauss, draws)), pseudo, draws)


@part
def _sum(x: Floats, times: float, y: Floats) -> Floats:
    """x + times y, in one place: an array expression compiles anew wherever it stands."""
    total = x.copy()
    for i in range(total.size):
        total[i] += times * y[i]
    return total


@part
def _slice(data: Data, state: Pair, ellipse: tuple[Pair, Pair], pseudo: Pair, draws: np.random.Generator) -> Pair:
    """A point of the ellipse through `state` about its middle, where the likelihood beats its approximation enough.

    `ellipse` holds the middle and a deviation drawn from the Gaussian.
    """
    x = data[0]
    (b_middle, u_middle), (b_new, u_new) = ellipse
    b, u = _sum(state[0], -1.0, b_middle), _sum(state[1], -1.0, u_middle)
    still, gone, across = _linear(x, b_middle, u_middle), _linear(x, b, u), _linear(x, b_new, u_new)
    level = _excess(data, _sum(still, 1.0, gone), pseudo) + math.log(draws.random())
    angle = 2.0 * math.pi * draws.random()
    low, high = angle - 2.0 * math.pi, angle
    while True:
        c, s = math.cos(angle), math.sin(angle)
        if _excess(data, _sum(_sum(still, c, gone), s, across), pseudo) >= level or high - low < _SMALLEST_ANGLE:
            return _sum(_sum(b_middle, c, b), s, b_new), _sum(_sum(u_middle, c, u), s, u_new)
        if angle < 0.0:
            low = angle
        else:
            high = angle
        angle = low + (high - low) * draws.random()


@part
def _likelihood(data: Data, b: Floats, u: Floats) -> float:
    x, y, family, cuts = data
    eta = _linear(x, b, u)
    total = 0.0
    for j in range(y.size):
        total += log_likelihood(family, y[j], eta[j], cuts)
    return total


@part
def _with_cuts(data: Data, log_steps: Floats) -> Data:
    return data[0], data[1], data[2], cuts_of(log_steps)


@part
def _pick(log_weight: Floats, draws: np.random.Generator) -> int:
    """An index, with probabilities proportional to the exponentials."""
    weight, most, total = np.empty(log_weight.size), -np.inf, 0.0
    for i in range(weight.size):
        most = max(most, log_weight[i])
    for i in range(weight.size):
        weight[i] = math.exp(log_weight[i] - most)
        total += weight[i]
    left = draws.random() * total
    for i in range(weight.size):
        left -= weight[i]
        if left <= 0.0:
            return i
    return int(weight.size) - 1


@part
def _draw_phi(u: Floats, sigma2: float, spans: tuple[Ints, Ints], grid: Pair, draws: np.random.Generator) -> float:
    """phi given u, from its grid.

    `spans` holds the different distances between days, and which of them lies between each pair of neighbours: a point
    of the grid costs as much as there are distances, not days.
    """
    phi, log_prior = grid
    distance, which = spans
    n, before, after, product = np.zeros((4, distance.size))
    for j in range(which.size):
        k = which[j]
        n[k] += 1.0
        before[k] += u[j] * u[j]
        after[k] += u[j + 1] * u[j + 1]
        product[k] += u[j] * u[j + 1]
    log_weight = log_prior.copy()
    for i in range(phi.size):
        for k in range(distance.size):
            a = phi[i] ** distance[k]
            left = 1.0 - a * a
            scatter = (after[k] - 2.0 * a * product[k] + a * a * before[k]) / (left * sigma2)
            log_weight[i] -= 0.5 * (n[k] * math.log(left) + scatter)
    return float(phi[_pick(log_weight, draws)])


@part
def _draw_rate(
    told: tuple[Floats, Floats, int], state: tuple[Floats, Floats, Floats], band: Pair, log_prior: Floats,
    draws: np.random.Generator,
) -> tuple[Floats, int]:  # fmt: skip
    """The rate of carry-over, as an index into the designs, and the latent state that goes with it.

    `told` holds the designs (rates, n, p), y and the family; `state` b, u and the cuts; `band` the two
    diagonals of the precision of u.
    """
    designs, y, family = told
    b, u, cuts = state
    log_weight = np.empty(log_prior.size)
    for r in range(log_prior.size):
        log_weight[r] = log_prior[r] + _likelihood((designs[r], y, family, cuts), b, u)
    rate = _pick(log_weight, draws)
    eta = _linear(designs[rate], b, u)
    for r in range(log_prior.size):
        log_weight[r] = log_prior[r] - 0.5 * quadratic(eta - _fixed(designs[r], b), band[0], band[1])
    rate = _pick(log_weight, draws)
    return eta - _fixed(designs[rate], b), rate


@part
def _fixed(x: Floats, b: Floats) -> Floats:
    return _linear(x, b, np.zeros(x.shape[0]))


@part
def _log_inverse_gamma(sigma2: float, a0: float, b0: float) -> float:
    return -(a0 + 1.0) * math.log(sigma2) - b0 / sigma2


@part
def _stretch(
    data: Data, state: tuple[Floats, Floats, float], a0: float, b0: float, draws: np.random.Generator
) -> tuple[Floats, float]:  # fmt: skip
    """sigma given u / sigma: a step on log sigma that takes u with it; gives u and sigma^2."""
    b, u, sigma2 = state
    factor = math.exp(_STEP_SIGMA * draws.standard_normal())
    proposed = sigma2 * factor * factor
    gain = _likelihood(data, b, u * factor) - _likelihood(data, b, u)
    # On log sigma^2 the prior density has the Jacobian sigma^2.
    gain += _log_inverse_gamma(proposed, a0, b0) - _log_inverse_gamma(sigma2, a0, b0) + math.log(proposed / sigma2)
    if math.log(draws.random()) < gain:
        return u * factor, proposed
    return u, sigma2


@part
def _log_prior_steps(steps: Floats) -> float:
    """Log density of steps between cuts whose logarithms are standard normal; minus infinity unless all are above 0."""
    total = 0.0
    for step in steps:
        if step <= 0.0:
            return -np.inf
        total -= 0.5 * math.log(step) ** 2 + math.log(step)
    return total


@part
def _move_cuts(
    data: Data, state: tuple[Floats, Floats, Floats], prior: Prior4, draws: np.random.Generator
) -> None:  # fmt: skip
    """Each cut in turn between its neighbours, by a random walk; written over `log_steps` and b[0].

    The first cut is 0 by definition, so that to move it is to move all others and the intercept the other way.
    """
    b, u, log_steps = state
    m0, v0, _, _ = prior
    for k in range(log_steps.size + 1):
        old = np.exp(log_steps)
        new, by = old.copy(), _STEP_CUTS * draws.standard_normal()
        moved = b.copy()
        if k == 0:
            new[0] -= by
            moved[0] -= by
        else:
            new[k - 1] += by
            if k < log_steps.size:
                new[k] -= by
        log_prior = _log_prior_steps(new)
        if log_prior == -np.inf:
            continue
        gain = log_prior - _log_prior_steps(old) + 0.5 * ((b[0] - m0[0]) ** 2 - (moved[0] - m0[0]) ** 2) / v0[0]
        gain += _likelihood(_with_cuts(data, np.log(new)), moved, u)
        gain -= _likelihood(_with_cuts(data, log_steps), b, u)
        if math.log(draws.random()) < gain:
            log_steps[:] = np.log(new)
            b[0] = moved[0]


@part
def _rescale(
    data: Data, state: tuple[Floats, Floats, float, Floats], prior: Prior4, draws: np.random.Generator
) -> tuple[Floats, Floats, float, Floats]:  # fmt: skip
    """Stretches b, u, sigma and the cuts together, which grades of few days hardly hold; gives the new ones.

    u / sigma stays, so that the density of u and the Jacobian of its stretching cancel.
    """
    b, u, sigma2, log_steps = state
    m0, v0, a0, b0 = prior
    log_s = _STEP_SCALE * draws.standard_normal()
    s = math.exp(log_s)
    steps = log_steps + log_s
    gain = _likelihood(_with_cuts(data, steps), s * b, s * u) - _likelihood(_with_cuts(data, log_steps), b, u)
    for c in range(b.size):
        gain -= 0.5 * ((s * b[c] - m0[c]) ** 2 - (b[c] - m0[c]) ** 2) / v0[c] - log_s
    for k in range(steps.size):
        gain -= 0.5 * (steps[k] ** 2 - log_steps[k] ** 2)
    gain += _log_inverse_gamma(sigma2 * s * s, a0, b0) - _log_inverse_gamma(sigma2, a0, b0) + 2.0 * log_s
    if math.log(draws.random()) < gain:
        return s * b, s * u, sigma2 * s * s, steps
    return b, u, sigma2, log_steps


@njit(cache=True)
def chain(  # noqa: PLR0917 a kernel takes plain arrays
    spans: tuple[Ints, Ints], told: tuple[Floats, Floats, int], prior: Prior4, grids: tuple[Pair, Floats],
    asked: tuple[int, Ints, int, int], draws: np.random.Generator,
) -> Floats:  # fmt: skip
    """One chain: draws of b, sigma, phi, the rate of carry-over and, for each arm asked for, of what it does.

    That is the mean over the days of the expected outcome with the arm less without any.

    spans: distances between days and which of them each gap is, as `exact.spans` gives them; told: designs (rates, n,
    p), y (n,), family; prior: m0, v0, a0, b0; grids: phi and its log prior, the log prior of the rates; asked: log
    steps between cuts (0 unless ordinal), the arms' columns, sweeps of warm-up and sweeps kept. Gives (kept, p + 3 +
    arms); the rate is an index into the designs.
    """
    n_steps, arms, n_warm, n_kept = asked
    designs, y, family = told
    grid, log_rates = grids
    n, p = designs.shape[1:]
    m0, v0, a0, b0 = prior
    found = np.empty((n_kept, p + 3 + arms.size))
    b, u, log_steps = m0.copy(), np.zeros(n), np.zeros(n_steps)
    sigma2, phi, rate = b0 / (a0 + 1.0), grid[0][grid[0].size // 2], 0
    diagonal, beside, bare = np.empty(n), np.empty(max(0, n - 1)), designs[0].copy()
    distance, place = spans
    gap = np.empty(place.size, dtype=np.int64)
    for j in range(place.size):
        gap[j] = distance[place[j]]
    for c in arms:
        bare[:, c] = 0.0
    for i in range(n_warm + n_kept):
        data = (designs[rate], y, family, cuts_of(log_steps))
        write_precision(gap, phi, diagonal, beside)
        gauss = ((m0, v0), (diagonal / sigma2, beside / sigma2))
        if i == 0:
            _, (b, u) = _approximation(data, gauss)
        b, u = _around(data, gauss, (b, u), draws)
        b, u = _from_prior(data, gauss, (b, u), draws)
        if log_rates.size > 1:
            u, rate = _draw_rate(told, (b, u, data[3]), gauss[1], log_rates, draws)
            data = (designs[rate], y, family, data[3])
        sigma2 = (b0 + 0.5 * quadratic(u, diagonal, beside)) / draws.standard_gamma(a0 + 0.5 * n)
        u, sigma2 = _stretch(data, (b, u, sigma2), a0, b0, draws)
        phi = _draw_phi(u, sigma2, spans, grid, draws)
        if family == ORDINAL:
            for _ in range(_N_CUT_SWEEPS):
                _move_cuts(data, (b, u, log_steps), prior, draws)
                b, u, sigma2, log_steps = _rescale(data, (b, u, sigma2, log_steps), prior, draws)
        if i >= n_warm:
            row = found[i - n_warm]
            row[:p] = b
            row[p], row[p + 1], row[p + 2] = math.sqrt(sigma2), phi, rate
            _write_effects(row[p + 3 :], _linear(bare, b, u), b, arms, (family, cuts_of(log_steps)))
    return found


@part
def _write_effects(row: Floats, without: Floats, b: Floats, arms: Ints, model: tuple[int, Floats]) -> None:
    """Writes, for each arm, the mean over the days of the expected outcome with it less without any."""
    family, cuts = model
    for k in range(arms.size):
        total = 0.0
        for j in range(without.size):
            total += expected(family, without[j] + b[arms[k]], cuts) - expected(family, without[j], cuts)
        row[k] = total / without.size
