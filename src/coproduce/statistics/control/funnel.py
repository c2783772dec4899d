"""Funnel limits: sites at one time against what chance allows for their size, with and without overdispersion.

Source: Spiegelhalter 2005, 10.1002/sim.1970; Spiegelhalter and others 2012, 10.1111/j.1467-985X.2011.01010.x, for the
additive random effect; DerSimonian and Laird 1986, 10.1016/0197-2456(86)90046-2, for its variance; NHS Digital's SHMI
method for standardised ratios. Conventions of FunnelPlotR 0.6.0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from coproduce.errors import InvalidInput
from coproduce.statistics.control.rules import Flags, Floats

#: Normal points of the two pairs of limits, 95 % and 99.8 %, rounded as FunnelPlotR has them.
Z95, Z998 = 1.959964, 3.090232
#: The share of sites at either end that the dispersion is not estimated from.
TRIM = 0.1


class FunnelKind(StrEnum):
    """What the sites' numbers are: a proportion, or events over the expected (an indirectly standardised ratio)."""

    PROPORTION = "proportion"
    RATIO = "standardised_ratio"


@dataclass(frozen=True, kw_only=True)
class Funnel:
    """One entry a site. `limits` and `wide_limits` (with overdispersion): lower and upper of 95 %, then of 99.8 %.

    `score` is the unadjusted z; `scored` the z that dispersion is estimated from (winsorised for proportions, NaN where
    truncated for ratios), and `trimmed` the sites at the ends. `phi` and `between` (tau squared) are 0 when not asked.
    """

    kind: FunnelKind
    value: Floats
    numerator: Floats
    denominator: Floats
    target: float
    transformed: Floats
    transformed_target: float
    error: Floats
    score: Floats
    scored: Floats
    trimmed: Flags
    phi: float
    between: float
    limits: Floats
    wide_limits: Floats
    outlier: Flags


def funnel(
    numerator: Floats, denominator: Floats, kind: FunnelKind = FunnelKind.PROPORTION, *, adjust: bool = True
) -> Funnel:
    """The funnel of some sites; an outlier lies beyond the 99.8 % limits, wide ones where overdispersion was found.

    Raises InvalidInput for fewer than two sites, a denominator that is not positive, a numerator below 0, a proportion
    over 1, or a ratio of 0 events (its logarithm has no value).

    >>> found = funnel(np.array([50.0, 52.0, 90.0]), np.array([100.0, 100.0, 100.0]), adjust=False)
    >>> found.outlier.tolist()
    [False, False, True]
    """
    _check(numerator, denominator, kind)
    size = np.round(denominator, 2) if kind is FunnelKind.RATIO else denominator
    target = 1.0 if kind is FunnelKind.RATIO else float(numerator.sum() / size.sum())
    there, back, error = _scale(kind, size)
    value = numerator / size
    transformed, goal = there(value), float(there(np.array([target]))[0])
    score = (transformed - goal) / error
    scored, trimmed = _truncated(score) if kind is FunnelKind.RATIO else _winsorised(score)
    phi, between = _dispersion(scored, error) if adjust else (0.0, 0.0)
    wide = back(goal, np.sqrt(error**2 + between))
    plain = _poisson(size, target) if kind is FunnelKind.RATIO else back(goal, error)
    lower, upper = (wide if between > 0 else plain)[2:]
    return Funnel(
        kind=kind, value=value, numerator=numerator, denominator=size, target=target, transformed=transformed,
        transformed_target=goal, error=error, score=score, scored=scored, trimmed=trimmed, phi=phi, between=between,
        limits=plain, wide_limits=wide, outlier=(value > upper) | (value < lower),
    )  # fmt: skip


def _check(numerator: Floats, denominator: Floats, kind: FunnelKind) -> None:
    bad = {
        "a value that is missing or infinite": ~np.isfinite(numerator) | ~np.isfinite(denominator),
        "a denominator that is not above 0": denominator <= 0,
        "a negative numerator": numerator < 0,
        "a numerator over its denominator": (kind is FunnelKind.PROPORTION) & (numerator > denominator),
        "a ratio without an event": (kind is FunnelKind.RATIO) & (numerator == 0),
    }
    for what, sites in bad.items():
        if sites.any():
            raise InvalidInput(
                given=f"{what} at site {int(np.argmax(sites)) + 1}",
                expected="sites with events and a denominator",
                next_step="Leave such sites out and say so.",
            )
    if len(numerator) < 2:
        raise InvalidInput(given=f"{len(numerator)} sites", expected="2 or more sites with a denominator above 0")


def _scale(
    kind: FunnelKind, size: Floats
) -> tuple[Callable[[Floats], Floats], Callable[[float, Floats], Floats], Floats]:
    """To the scale on which values are nearly normal, limits back from it, and the standard error there."""
    steps = np.array([-Z95, Z95, -Z998, Z998])[:, None]
    if kind is FunnelKind.RATIO:
        return np.log, lambda goal, error: np.exp(goal + steps * error), 1 / np.sqrt(size)

    def back(goal: float, error: Floats) -> Floats:
        # Beyond the ends of the arc the limit is the end itself.
        return np.sin(np.clip(goal + steps * error, 0, np.pi / 2)) ** 2

    return lambda value: np.arcsin(np.sqrt(value)), back, 1 / (2 * np.sqrt(size))


def _winsorised(score: Floats) -> tuple[Floats, Flags]:
    low, high = np.quantile(score, [TRIM, 1 - TRIM])
    return np.clip(score, low, high), ~((score > low) & (score < high))


def _truncated(score: Floats) -> tuple[Floats, Flags]:
    tenth = tenths(ranks(score), TRIM)
    trimmed = (tenth < 1) | (tenth >= round(1 / TRIM) - 1)
    return np.where(trimmed, np.nan, score), trimmed


def ranks(score: Floats) -> Floats:
    """The rank of each score, ties sharing the mean of theirs."""
    from scipy.stats import rankdata

    found: Floats = rankdata(score)
    return found


def tenths(rank: Floats, trim: float = TRIM) -> Floats:
    """In which of the 1 / trim parts of the ranks each lies, from 0."""
    found: Floats = np.floor(rank * (1 / trim) / (len(rank) + 1))
    return found


def _dispersion(scored: Floats, error: Floats) -> tuple[float, float]:
    """The overdispersion ratio phi and the variance between sites."""
    used = ~np.isnan(scored)
    n, weight = int(used.sum()), 1 / error[used] ** 2
    phi = float((scored[used] ** 2).mean())
    excess = n * phi - (n - 1)
    spread = weight.sum() - (weight**2).sum() / weight.sum()
    return phi, float(max(0.0, excess / spread)) if excess > 0 and spread > 0 else 0.0


def _poisson(size: Floats, target: float) -> Floats:
    """Exact Poisson limits of a ratio with so many events expected."""
    from scipy.stats import chi2

    rows = [
        chi2.ppf(tail, 2 * size) / 2 / size if tail < 0.5 else chi2.ppf(tail, 2 * (size + 1)) / 2 / size
        for tail in (0.025, 0.975, 0.001, 0.999)
    ]
    return target * np.array(rows)
