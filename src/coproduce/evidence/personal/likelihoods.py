"""Likelihoods of counts, of yes or no, and of ordered grades, compiled: each day's log probability and its slopes."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from coproduce.evidence.arrays import Floats

COUNT, BINARY, ORDINAL = 0, 1, 2
#: The linear predictor is held inside +- this: exp(30) is 1e13.
_MOST = 30.0
_TINY = 1e-300


@njit(cache=True)
def log_one_plus_exp(x: float) -> float:
    """log(1 + exp(x)) without overflow."""
    return x + math.log1p(math.exp(-x)) if x > 0 else math.log1p(math.exp(x))


@njit(cache=True)
def logistic(x: float) -> float:
    """1 / (1 + exp(-x)) without overflow."""
    if x >= 0:
        return 1.0 / (1.0 + math.exp(-x))
    e = math.exp(x)
    return e / (1.0 + e)


@njit(cache=True)
def log_likelihood(family: int, y: float, eta: float, cuts: Floats) -> float:
    """log p(y | eta), up to a constant of y: Poisson with log link, Bernoulli with logit link, or cumulative logit.

    For grades 0..K-1, P(y <= k) = logistic(cuts[k] - eta), with K - 1 rising cuts. Source: McCullagh 1980,
    10.1111/j.2517-6161.1980.tb01109.x.
    """
    eta = min(max(eta, -_MOST), _MOST)
    if family == COUNT:
        return y * eta - math.exp(eta)
    if family == BINARY:
        return y * eta - log_one_plus_exp(eta)
    k = int(y)
    above = logistic(cuts[k] - eta) if k < cuts.size else 1.0
    below = logistic(cuts[k - 1] - eta) if k > 0 else 0.0
    return math.log(max(above - below, _TINY))


@njit(cache=True)
def slopes(family: int, y: float, eta: float, cuts: Floats) -> tuple[float, float]:
    """The first derivative of log p(y | eta) by eta, and minus the second, which is not negative."""
    eta = min(max(eta, -_MOST), _MOST)
    if family == COUNT:
        mean = math.exp(eta)
        return y - mean, mean
    if family == BINARY:
        p = logistic(eta)
        return y - p, p * (1.0 - p)
    # d/d eta log(F(c_k - eta) - F(c_(k-1) - eta)) = F(c_k - eta) + F(c_(k-1) - eta) - 1 for the logistic F.
    k = int(y)
    above = logistic(cuts[k] - eta) if k < cuts.size else 1.0
    below = logistic(cuts[k - 1] - eta) if k > 0 else 0.0
    return above + below - 1.0, above * (1.0 - above) + below * (1.0 - below)


@njit(cache=True)
def expected(family: int, eta: float, cuts: Floats) -> float:
    """The mean outcome given eta: a rate, a probability, or a mean grade."""
    eta = min(max(eta, -_MOST), _MOST)
    if family == COUNT:
        return math.exp(eta)
    if family == BINARY:
        return logistic(eta)
    total = 0.0
    for k in range(cuts.size):
        total += 1.0 - logistic(cuts[k] - eta)
    return total


@njit(cache=True)
def first_guess(family: int, y: float, cuts: Floats) -> float:
    """A linear predictor near which y is likely, from y alone."""
    if family == COUNT:
        return math.log(y + 0.5)
    if family == BINARY:
        return 1.5 * (y - 0.5)
    k = int(y)
    if k == 0:
        return float(cuts[0]) - 1.0
    if k == cuts.size:
        return float(cuts[-1]) + 1.0
    return 0.5 * float(cuts[k - 1] + cuts[k])


@njit(cache=True)
def cuts_of(log_steps: Floats) -> Floats:
    """Rising cuts, the first at 0 (the intercept places the scale), the steps between them exp(log_steps)."""
    found = np.zeros(log_steps.size + 1)
    for k in range(log_steps.size):
        found[k + 1] = found[k] + math.exp(min(log_steps[k], _MOST))
    return found
