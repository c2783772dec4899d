"""Pooling across people: each person's effect, what the others say of it, and what a new person may expect.

d_i ~ N(theta_i, s_i^2); theta_i ~ N(w_i'beta + u_site(i), tau^2); u ~ N(0, omega^2); beta_0 ~ N(0, 2^2), the
moderators' beta ~ N(0, 1); tau ~ HalfNormal(1), omega ~ HalfNormal(0.5), all in the unit of the effect unless said
otherwise. Given (tau, omega) everything is normal and in closed form; the two are summed over a grid, so no variance
between people, or between sites, is an ordinary answer and needs no care.

Source: Gelman et al. 2013, Bayesian Data Analysis, section 5.4, with the integral over tau by quadrature.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from coproduce.errors import InvalidInput
from coproduce.evidence.arrays import Floats, Ints
from coproduce.evidence.mixture import NormalMixture
from coproduce.statistics.quadrature import gauss_legendre

_N_NODES, _N_REFINEMENTS = 48, 2
#: Prior scales beyond this many standard deviations are left out of the grid.
_REACH = 6.0
#: A grid point whose posterior is less than this share of the largest is outside the range that is refined.
_FAINT = 1e-9


@dataclass(frozen=True, slots=True)
class Results:
    """What n trials found: effect d and its standard error s (n,), moderators w (n, q), site (n,) or None."""

    d: Floats
    s: Floats
    w: Floats
    site: Ints | None = None

    @property
    def n(self) -> int:
        """People."""
        return int(self.d.size)

    def without(self, left_out: Floats | Ints) -> Results:
        """The same without these rows (a mask)."""
        keep = ~np.asarray(left_out, dtype=bool)
        return Results(self.d[keep], self.s[keep], self.w[keep], None if self.site is None else self.site[keep])


@dataclass(frozen=True, slots=True)
class Scales:
    """Prior standard deviations: of the mean effect, of a moderator's, of tau and omega (half-normal; 0 fixes at 0)."""

    mean: float = 2.0
    moderator: float = 1.0
    tau: float = 1.0
    omega: float = 0.5


@dataclass(frozen=True, slots=True)
class Pooled:
    """The posterior over the grid of (tau, omega), m points; b (m, q) and b_cov (m, q, q) of the coefficients."""

    results: Results
    weight: Floats
    tau: Floats
    omega: Floats
    b: Floats
    b_cov: Floats
    log_evidence: float

    def coefficient(self, j: int) -> NormalMixture:
        """The mean effect (j = 0) or the effect of moderator j."""
        return NormalMixture(self.weight, self.b[:, j], np.sqrt(self.b_cov[:, j, j]))

    def between(self, which: str = "tau") -> NormalMixture:
        """tau, the spread between people, or omega, between sites, as point masses on the grid."""
        value = getattr(self, which)
        return NormalMixture(self.weight, value, np.zeros_like(value))

    def person(self, i: int) -> NormalMixture:
        """The effect in person i, with what the others say of it."""
        r = self.results
        loc, variance = self._site_mean(r.w[i], None if r.site is None else int(r.site[i]))
        own = self.tau**2 / (self.tau**2 + r.s[i] ** 2)
        spread = own * r.s[i] ** 2 + (1.0 - own) ** 2 * variance
        return NormalMixture(self.weight, own * r.d[i] + (1.0 - own) * loc, np.sqrt(spread))

    def new_person(self, w: Sequence[float], site: int | None = None) -> NormalMixture:
        """What a person with moderators w (q,) may expect; of a site seen before, or of one never seen."""
        loc, variance = self._site_mean(np.asarray(w, dtype=np.float64), site)
        return NormalMixture(self.weight, loc, np.sqrt(variance + self.tau**2))

    def _site_mean(self, w: Floats, site: int | None) -> tuple[Floats, Floats]:
        """Mean and variance, at each grid point, of w'b + u of the site."""
        r = self.results
        here = np.zeros(r.n, dtype=bool) if site is None or r.site is None else r.site == site
        precision = 1.0 / (r.s[here] ** 2 + self.tau[:, None] ** 2)
        k = self.omega**2 / (1.0 + self.omega**2 * precision.sum(axis=1))
        toward = w - k[:, None] * (precision @ r.w[here])
        loc = np.einsum("mq,mq->m", toward, self.b) + k * (precision @ r.d[here])
        return loc, np.einsum("mq,mqr,mr->m", toward, self.b_cov, toward) + k


def pool(results: Results, scales: Scales | None = None) -> Pooled:
    """Pools people's results; exact up to the grid over tau and omega.

    Raises InvalidInput for no people, shapes that differ, or a standard error that is not above 0.

    >>> found = pool(Results(np.array([-1.0, -0.5]), np.array([0.4, 0.4]), np.ones((2, 1))))
    >>> -1.0 < found.coefficient(0).mean < -0.4
    True
    """
    scales = scales or Scales()
    _check(results)
    unit = float(np.sqrt(np.mean(results.s**2) + results.d.var()))
    tau = _Axis.over(scales.tau, unit)
    omega = _Axis.over(scales.omega if results.site is not None else 0.0, unit)
    for _ in range(_N_REFINEMENTS):
        mass = _over(results, scales, tau, omega).weight.reshape(tau.n, omega.n)
        tau, omega = tau.around(mass.sum(axis=1)), omega.around(mass.sum(axis=0))
    return _over(results, scales, tau, omega)


def _check(r: Results) -> None:
    shapes = {r.d.shape, r.s.shape, r.w.shape[:1], r.d.shape if r.site is None else r.site.shape}
    if not r.n or shapes != {(r.n,)} or r.w.ndim != 2:
        raise InvalidInput(
            given="no people, or lists of different lengths", expected="an effect and a standard error for each person"
        )
    for name, values in (("an effect", r.d), ("a standard error", r.s), ("a moderator", r.w)):
        if not np.isfinite(values).all():
            raise InvalidInput(given=f"{name} that is not a number", expected="finite numbers")
    if not (r.s > 0).all():
        raise InvalidInput(given="a standard error that is not above 0", expected="standard errors above 0", field="s")


@dataclass(frozen=True, slots=True)
class _Axis:
    """Quadrature of a standard deviation x >= 0 on the scale v = log(1 + x / unit), which reaches over many decades."""

    low: float
    high: float
    unit: float
    n: int

    @classmethod
    def over(cls, scale: float, unit: float) -> _Axis:
        """All that a half-normal prior of this scale allows; one point at 0 when it allows nothing else."""
        return cls(0.0, math.log1p(_REACH * scale / unit), unit, _N_NODES if scale > 0 else 1)

    def nodes(self) -> tuple[Floats, Floats]:
        """Values of x, and the weight that each has in an integral over x."""
        if self.n == 1:
            return np.zeros(1), np.ones(1)
        at, weight = gauss_legendre(self.n)
        v = self.low + (self.high - self.low) * (at + 1.0) / 2.0
        return self.unit * np.expm1(v), weight * (self.high - self.low) / 2.0 * self.unit * np.exp(v)

    def around(self, mass: Floats) -> _Axis:
        """The part of the axis where the posterior is; `mass` (n,) is what its nodes hold."""
        if self.n == 1:
            return self
        x, weight = self.nodes()
        density = mass / weight
        seen = np.flatnonzero(density > _FAINT * density.max())
        v = np.concatenate([[self.low], np.log1p(x / self.unit), [self.high]])
        return replace(self, low=float(v[seen[0]]), high=float(v[seen[-1] + 2]))


def _over(r: Results, scales: Scales, tau_axis: _Axis, omega_axis: _Axis) -> Pooled:
    """The posterior on the grid of two axes."""
    (tau, tau_weight), (omega, omega_weight) = tau_axis.nodes(), omega_axis.nodes()
    log_prior = _log_half_normal(tau, scales.tau)[:, None] + _log_half_normal(omega, scales.omega)
    quad, right, gram, log_det = _whitened(r, tau, omega)
    q = r.w.shape[1]
    prior = np.diag([scales.mean**-2.0, *[scales.moderator**-2.0] * (q - 1)])
    precision = gram + prior
    b_cov: Floats = np.linalg.inv(precision).astype(np.float64)
    b = np.einsum("toqr,tor->toq", b_cov, right)
    explained = np.einsum("toq,toq->to", b, right)
    log_marginal = -0.5 * (
        r.n * math.log(2 * math.pi) + log_det + np.linalg.slogdet(precision)[1] - np.linalg.slogdet(prior)[1]
        + quad - explained
    )  # fmt: skip
    log_weight = (log_marginal + log_prior + np.log(tau_weight)[:, None] + np.log(omega_weight)).ravel()
    most = log_weight.max()
    weight = np.exp(log_weight - most)
    return Pooled(
        results=r, weight=weight / weight.sum(), tau=np.repeat(tau, omega.size), omega=np.tile(omega, tau.size),
        b=b.reshape(-1, q), b_cov=b_cov.reshape(-1, q, q), log_evidence=float(most + math.log(weight.sum())),
    )  # fmt: skip


def _whitened(r: Results, tau: Floats, omega: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """d'V^-1 d (t, o), W'V^-1 d (t, o, q), W'V^-1 W (t, o, q, q) and log det V (t, o), V the covariance of d given b.

    V is diagonal plus omega^2 for each pair of one site, so its inverse is that of the diagonal less a rank-one term a
    site (Sherman and Morrison 1950).
    """
    own = 1.0 / (r.s**2 + tau[:, None] ** 2)
    both = np.column_stack([r.w, r.d])
    cross = np.einsum("ti,iq,ir->tqr", own, both, both)[:, None] * np.ones((omega.size, 1, 1))
    log_det = -np.log(own).sum(axis=1)[:, None] * np.ones(omega.size)
    if r.site is not None:
        for site in np.unique(r.site):
            here = r.site == site
            total = own[:, here].sum(axis=1)[:, None]
            k = omega**2 / (1.0 + omega**2 * total)
            toward = own[:, here] @ both[here]
            cross = cross - k[:, :, None, None] * (toward[:, None, :, None] * toward[:, None, None, :])
            log_det = log_det + np.log1p(omega**2 * total)
    return cross[..., -1, -1], cross[..., :-1, -1], cross[..., :-1, :-1], log_det


def _log_half_normal(x: Floats, scale: float) -> Floats:
    """Log density of a half-normal distribution; 0 where the scale is 0, which fixes x at 0."""
    if scale == 0.0:
        return np.zeros_like(x)
    return 0.5 * math.log(2.0 / math.pi) - math.log(scale) - 0.5 * (x / scale) ** 2
