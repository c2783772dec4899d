"""The exact posterior of a personal trial with autocorrelated days: closed form given phi and rho, summed over a grid.

The model: y = X b + e, with e normal of mean 0 and covariance s2 R, where R_jk = phi^|t_j - t_k| on calendar days, so
that a day that is missing enters as what it is, a longer gap. b | s2 ~ N(m0, s2 V0), s2 ~ InverseGamma(a0, b0), phi ~
Uniform(0, 0.95). Given phi (and rho, the rate at which an effect carries over into the next days) the posterior of b
is a multivariate t; over the grid it is a finite mixture of them, with the marginal likelihoods as weights.

Source: conjugate regression: Gelman et al. 2013, Bayesian Data Analysis, chapter 14; AR(1) with gaps: Jones 1980,
10.1080/00401706.1980.10486177. Nothing is drawn: the same data give the same bytes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from coproduce.evidence.arrays import Floats, Ints
from coproduce.evidence.mixture import TMixture
from coproduce.statistics.quadrature import gauss_legendre

#: Upper end of the uniform prior of phi.
MOST_PHI = 0.95
#: Carry-over rates considered, and their prior; half of it says that nothing carries over.
CARRY_RATES = (0.0, 0.15, 0.3, 0.45, 0.6, 0.75)
CARRY_PRIOR = (0.5, 0.1, 0.1, 0.1, 0.1, 0.1)
_N_PHI = 31
#: Components of a mixture with less weight than this change no probability by more than their sum, under 1e-7.
_UNSEEN = 1e-10


@dataclass(frozen=True, slots=True)
class Prior:
    """What is assumed before the first day: m0 and v0 of shape (p,), v0 in units of the residual variance."""

    m0: Floats
    v0: Floats
    a0: float
    b0: float


@dataclass(frozen=True, slots=True)
class Grid:
    """Values of phi with their prior weights (quadrature nodes), and of rho with theirs."""

    phi: Floats
    phi_weight: Floats
    rho: Floats
    rho_weight: Floats

    @classmethod
    def standard(cls, *, carry_over: bool = False, n_phi: int = _N_PHI) -> Grid:
        """Gauss-Legendre nodes for phi on (0, 0.95); rho on six points when carry-over is asked for, else 0 only."""
        nodes, weights = gauss_legendre(n_phi)
        rho, prior = (CARRY_RATES, CARRY_PRIOR) if carry_over else ((0.0,), (1.0,))
        return cls(MOST_PHI * (nodes + 1.0) / 2.0, weights / 2.0, np.array(rho), np.array(prior))


@dataclass(frozen=True, slots=True)
class Posterior:
    """The mixture over the grid: m components, of (rho, phi) with phi running fastest.

    weight, phi, rho (m,); mean (m, p); cov (m, p, p), the squared scale of each multivariate t; df its degrees of
    freedom; log_evidence the log marginal likelihood of the data up to a constant of n alone.
    """

    weight: Floats
    phi: Floats
    rho: Floats
    mean: Floats
    cov: Floats
    df: float
    log_evidence: float

    def contrast(self, c: Floats) -> TMixture:
        """The posterior of c'b; c of shape (p,). Components too light to be seen are left out."""
        seen = self.weight > _UNSEEN
        scale = np.sqrt(np.maximum(self.cov[seen] @ c @ c, 0.0))
        return TMixture(self.weight[seen] / self.weight[seen].sum(), self.mean[seen] @ c, scale, self.df)

    @property
    def phi_mean(self) -> float:
        """Posterior mean of the correlation between neighbouring days."""
        return float(self.weight @ self.phi)

    @property
    def phi_sd(self) -> float:
        """Posterior standard deviation of phi."""
        return math.sqrt(max(0.0, float(self.weight @ self.phi**2) - self.phi_mean**2))

    @property
    def carries_over(self) -> float:
        """Probability that the effect carries over into the next days at all; 0 when that was not asked."""
        return float(self.weight[self.rho > 0.0].sum())


@njit(cache=True)
def _moments(z: Floats, group: Ints, n_groups: int) -> tuple[Floats, Floats, Floats]:
    """Sums over neighbours of equal distance: of z_j z_j', z_j z_(j-1)' made symmetric, z_(j-1) z_(j-1)'."""
    n, k = z.shape
    here = np.zeros((n_groups, k, k))
    cross = np.zeros((n_groups, k, k))
    before = np.zeros((n_groups, k, k))
    for j in range(1, n):
        g = group[j - 1]
        for r in range(k):
            for c in range(k):
                here[g, r, c] += z[j, r] * z[j, c]
                cross[g, r, c] += z[j, r] * z[j - 1, c] + z[j - 1, r] * z[j, c]
                before[g, r, c] += z[j - 1, r] * z[j - 1, c]
    return here, cross, before


@njit(cache=True)
def triangular(p: Floats) -> float:
    """The Cholesky factor of p, written over its lower half; gives log det p."""
    k, log_det = p.shape[0], 0.0
    for c in range(k):
        for r in range(c, k):
            total = p[r, c]
            for i in range(c):
                total -= p[r, i] * p[c, i]
            p[r, c] = math.sqrt(total) if r == c else total / p[c, c]
        log_det += 2.0 * math.log(p[c, c])
    return log_det


@njit(cache=True)
def invert(factor: Floats, inverse: Floats) -> None:
    """Writes the inverse of L L' into `inverse`, from the lower factor L."""
    k = factor.shape[0]
    for column in range(k):
        for r in range(k):
            total = 1.0 if r == column else 0.0
            for i in range(r):
                total -= factor[r, i] * inverse[i, column]
            inverse[r, column] = total / factor[r, r]
        for r in range(k - 1, -1, -1):
            total = inverse[r, column]
            for i in range(r + 1, k):
                total -= factor[i, r] * inverse[i, column]
            inverse[r, column] = total / factor[r, r]


def spans(gap: Ints) -> tuple[Ints, Ints]:
    """The different distances between neighbouring days, and which of them each of these gaps is."""
    distances, group = np.unique(gap, return_inverse=True)
    return distances, group


# Loops where array expressions would do: they compile in a third of the time, and somebody waits for it.
@njit(cache=True)
def _whitened(z: Floats, moments: tuple[Floats, Floats, Floats], distances: Ints, phi: float, gram: Floats) -> None:
    """Writes the whitened cross-products of the columns of z."""
    here, cross, before = moments
    k = gram.shape[0]
    for r in range(k):
        for c in range(k):
            gram[r, c] = z[0, r] * z[0, c] if z.shape[0] else 0.0
    for g in range(distances.size):
        a = phi ** distances[g]
        left = 1.0 - a * a
        for r in range(k):
            for c in range(k):
                gram[r, c] += (here[g, r, c] - a * cross[g, r, c] + a * a * before[g, r, c]) / left


@njit(cache=True)
def _conjugate(gram: Floats, m0: Floats, precision: Floats, mean: Floats, cov: Floats) -> tuple[float, float]:
    """Writes the mean of b and the inverse of its precision; gives log det of that, and what b_n is more than b0."""
    p = m0.size
    factor, right, more = np.empty((p, p)), np.empty(p), 0.0
    for r in range(p):
        for c in range(p):
            factor[r, c] = gram[r, c]
        factor[r, r] += precision[r]
        right[r] = gram[r, p] + precision[r] * m0[r]
        more += precision[r] * m0[r] * m0[r]
    log_det = triangular(factor)
    invert(factor, cov)
    more = 0.5 * (gram[p, p] + more)
    for r in range(p):
        mean[r] = 0.0
        for c in range(p):
            mean[r] += cov[r, c] * right[c]
        more -= 0.5 * mean[r] * right[r]
    return log_det, more


@njit(cache=True)
def over_grid(
    spans: tuple[Ints, Ints], designs: Floats, y: Floats, prior: tuple[Floats, Floats, float, float], phi: Floats
) -> tuple[Floats, Floats, Floats]:
    """Log marginal likelihood (n_rho, n_phi), posterior mean (.., p) and squared scale of b (.., p, p) at every point.

    `spans` holds the distances between days and which of them each gap is; `prior` holds m0, one over v0, a0 and b0.

    The whitened cross-products are sums over neighbouring days of equal distance, taken once; so a point of the grid
    costs as much as there are different distances, not as there are days.
    """
    m0, precision, a0, b0 = prior
    n_rho, n, p = designs.shape
    distances, group = spans
    log_marginal = np.empty((n_rho, phi.size))
    mean, cov = np.empty((n_rho, phi.size, p)), np.empty((n_rho, phi.size, p, p))
    a_n, gram, z = a0 + 0.5 * n, np.empty((p + 1, p + 1)), np.empty((n, p + 1))
    count = np.zeros(distances.size)
    for g in group:
        count[g] += 1.0
    fixed = a0 * math.log(b0) + math.lgamma(a_n) - math.lgamma(a0) - 0.5 * n * math.log(2.0 * math.pi)
    for r in range(p):
        fixed += 0.5 * math.log(precision[r])
    for i in range(n_rho):
        for k in range(n):
            for r in range(p):
                z[k, r] = designs[i, k, r]
            z[k, p] = y[k]
        moments = _moments(z, group, distances.size)
        for j in range(phi.size):
            _whitened(z, moments, distances, phi[j], gram)
            log_det, more = _conjugate(gram, m0, precision, mean[i, j], cov[i, j])
            for g in range(distances.size):
                a = phi[j] ** distances[g]
                log_det += count[g] * math.log(1.0 - a * a)
            b_n = b0 + more
            for r in range(p):
                for c in range(p):
                    cov[i, j, r, c] *= b_n / a_n
            log_marginal[i, j] = fixed - 0.5 * log_det - a_n * math.log(b_n)
    return log_marginal, mean, cov


def posterior(times: Ints, designs: Floats, y: Floats, prior: Prior, grid: Grid) -> Posterior:
    """The exact posterior over the grid.

    times (n,), calendar days of the values, rising; designs (n_rho, n, p), one design matrix for each carry-over rate
    of the grid; y (n,).
    """
    assumed = (prior.m0, 1.0 / prior.v0, prior.a0, prior.b0)
    log_marginal, mean, cov = over_grid(spans(np.diff(times)), designs, y, assumed, grid.phi)
    log_weight = log_marginal.ravel() + np.log(np.outer(grid.rho_weight, grid.phi_weight)).ravel()
    most = log_weight.max()
    weight = np.exp(log_weight - most)
    total = weight.sum()
    p = designs.shape[2]
    return Posterior(
        weight=weight / total,
        phi=np.tile(grid.phi, grid.rho.size),
        rho=np.repeat(grid.rho, grid.phi.size),
        mean=mean.reshape(-1, p),
        cov=cov.reshape(-1, p, p),
        df=2.0 * prior.a0 + y.size,
        log_evidence=float(most + math.log(total)),
    )
