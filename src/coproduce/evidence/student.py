"""Student's t compiled: density and distribution function, and mixtures of t with one number of degrees of freedom."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from coproduce.evidence.arrays import Floats

_TINY = 1e-300
_PRECISE = 1e-15
_MOST_TERMS = 500
_MOST_STEPS = 200


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


@njit(cache=True)
def mixture_below(x: float, weight: Floats, loc: Floats, scale: Floats, df: float) -> float:
    """P(X <= x) of a mixture of t distributions; arrays of one shape (components,)."""
    log_beta, total = log_beta_half(df), 0.0
    for i in range(weight.size):
        if weight[i] > 0.0:
            total += weight[i] * t_below((x - loc[i]) / scale[i], df, log_beta)
    return total


@njit(cache=True)
def mixture_quantile(q: float, weight: Floats, loc: Floats, scale: Floats, df: float) -> float:
    """The q-quantile of a mixture of t distributions: Newton's steps, held inside a bracket that shrinks."""
    log_beta = log_beta_half(df)
    mean, spread = 0.0, 0.0
    for i in range(weight.size):
        mean += weight[i] * loc[i]
    for i in range(weight.size):
        spread += weight[i] * (scale[i] ** 2 + (loc[i] - mean) ** 2)
    spread = math.sqrt(spread)
    low, high, x = mean - spread, mean + spread, mean
    while mixture_below(low, weight, loc, scale, df) > q:
        low -= 2.0 * (mean - low)
    while mixture_below(high, weight, loc, scale, df) < q:
        high += 2.0 * (high - mean)
    for _ in range(_MOST_STEPS):
        below, density = 0.0, 0.0
        for i in range(weight.size):
            if weight[i] > 0.0:
                z = (x - loc[i]) / scale[i]
                below += weight[i] * t_below(z, df, log_beta)
                density += weight[i] * t_density(z, df, log_beta) / scale[i]
        if below < q:
            low = x
        else:
            high = x
        step = (q - below) / density if density > 0.0 else np.inf
        following = x + step
        if not low < following < high:
            following = 0.5 * (low + high)
        if abs(following - x) <= 1e-12 * spread:
            return following
        x = following
    return x
