"""Student's t compiled: density and distribution function, and mixtures of t with one number of degrees of freedom."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numba import njit

from coproduce.evidence.arrays import Floats

_TINY = 1e-300
_PRECISE = 1e-15
_MOST_TERMS = 500
_MOST_STEPS = 200
#: Steps of a quantile end when they are this small, in deviations.
_STILL = 1e-10
#: Distribution function, density, degrees of freedom and log B(df/2, 1/2) of one t.
Table = tuple[Floats, Floats, float, float]
#: Where a table ends, and its points.
REACH, _N_POINTS = 12.0, 1025


@njit(cache=True)
def _continued_fraction(x: float, a: float, b: float) -> float:
    """The continued fraction of the incomplete beta function by Lentz's method (DLMF 8.17.22)."""
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / (d if abs(d) > _TINY else _TINY)
    value = d
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        change = 1.0
        for term in (even, odd):
            d = 1.0 + term * d
            d = 1.0 / (d if abs(d) > _TINY else _TINY)
            c = 1.0 + term / c
            c = c if abs(c) > _TINY else _TINY
            change = c * d
            value *= change
        if abs(change - 1.0) < _PRECISE:
            break
    return value


@njit(cache=True)
def log_beta_half(df: float) -> float:
    """log B(df/2, 1/2), the constant of every t density with these degrees of freedom."""
    return math.lgamma(df / 2.0) + math.lgamma(0.5) - math.lgamma((df + 1.0) / 2.0)


@njit(cache=True)
def t_density(z: float, df: float, log_beta: float) -> float:
    """Density of Student's t at z; `log_beta` is log_beta_half(df)."""
    return math.exp(-0.5 * math.log(df) - log_beta - 0.5 * (df + 1.0) * math.log1p(z * z / df))


@njit(cache=True)
def t_below(z: float, df: float, log_beta: float) -> float:
    """P(T <= z) for Student's t with `df` degrees of freedom, by the incomplete beta function.

    Source: DLMF 8.17 (https://dlmf.nist.gov/8.17); Abramowitz and Stegun 1964, 26.7.1.
    """
    if z == 0.0:
        return 0.5
    a, b, x, rest = df / 2.0, 0.5, df / (df + z * z), z * z / (df + z * z)
    front = math.exp(a * math.log(x) + b * math.log(rest) - log_beta) if rest > 0.0 else 0.0
    if x < (a + 1.0) / (a + b + 2.0):
        both_tails = front * _continued_fraction(x, a, b) / a
    else:
        both_tails = 1.0 - front * _continued_fraction(rest, b, a) / b
    return 0.5 * both_tails if z < 0.0 else 1.0 - 0.5 * both_tails


@lru_cache(maxsize=512)
def table(df: float) -> Table:
    """The distribution function and density at evenly spaced points from -REACH to REACH, for one number of degrees.

    Between the points a cubic through both (Hermite's) is off by less than 1e-8; beyond them the function itself is
    used. A mixture asks for hundreds of values of one t, so the table pays for itself within one quantile.
    """
    log_beta = log_beta_half(df)
    z = np.linspace(-REACH, REACH, _N_POINTS)
    below, density = np.empty(_N_POINTS), np.empty(_N_POINTS)
    _fill(z, df, log_beta, below, density)
    return below, density, df, log_beta


@njit(cache=True)
def _fill(z: Floats, df: float, log_beta: float, below: Floats, density: Floats) -> None:
    for i in range(z.size):
        below[i], density[i] = t_below(z[i], df, log_beta), t_density(z[i], df, log_beta)


@njit(cache=True)
def _looked_up(z: float, known: Table) -> tuple[float, float]:
    """P(T <= z) and the density at z."""
    below, density, df, log_beta = known
    if not -REACH < z < REACH:
        return t_below(z, df, log_beta), t_density(z, df, log_beta)
    step = 2.0 * REACH / (below.size - 1)
    at = (z + REACH) / step
    i = int(at)
    x = at - i
    rise = below[i + 1] - below[i]
    left, right = step * density[i], step * density[i + 1]
    bend, twist = 3.0 * rise - 2.0 * left - right, left + right - 2.0 * rise
    return below[i] + x * (left + x * (bend + x * twist)), (left + x * (2.0 * bend + 3.0 * x * twist)) / step


@njit(cache=True)
def mixture_below(x: float, weight: Floats, loc: Floats, scale: Floats, known: Table) -> float:
    """P(X <= x) of a mixture of t distributions; arrays of one shape (components,)."""
    total = 0.0
    for i in range(weight.size):
        total += weight[i] * _looked_up((x - loc[i]) / scale[i], known)[0]
    return total


@njit(cache=True)
def mixture_quantile(q: float, weight: Floats, loc: Floats, scale: Floats, known: Table) -> float:
    """The q-quantile of a mixture of t distributions: Newton's steps, held inside a bracket that shrinks."""
    mean, spread = 0.0, 0.0
    for i in range(weight.size):
        mean += weight[i] * loc[i]
    for i in range(weight.size):
        spread += weight[i] * (scale[i] ** 2 + (loc[i] - mean) ** 2)
    spread = math.sqrt(spread)
    low, high, x = mean - spread, mean + spread, mean
    while mixture_below(low, weight, loc, scale, known) > q:
        low -= 2.0 * (mean - low)
    while mixture_below(high, weight, loc, scale, known) < q:
        high += 2.0 * (high - mean)
    for _ in range(_MOST_STEPS):
        below, density = 0.0, 0.0
        for i in range(weight.size):
            one, slope = _looked_up((x - loc[i]) / scale[i], known)
            below += weight[i] * one
            density += weight[i] * slope / scale[i]
        if below < q:
            low = x
        else:
            high = x
        step = (q - below) / density if density > 0.0 else np.inf
        following = x + step
        if not low < following < high:
            following = 0.5 * (low + high)
        if abs(following - x) <= _STILL * spread:
            return following
        x = following
    return x
