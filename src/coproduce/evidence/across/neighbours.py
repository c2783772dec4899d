"""People like me: the outcome of the people most like one, with how many they are; or a refusal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coproduce.errors import InvalidInput
from coproduce.evidence.across.weighting import effective_n
from coproduce.evidence.arrays import Floats
from coproduce.statistics.intervals import Z95, Estimate

#: Fewer people than this, counted or effective, are not shown.
LEAST = 11
#: A person farther from their nearest neighbours than this share of people are from theirs is like nobody here.
_FAR = 0.99


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The people like one: how many, their effective number, until when they were seen, their outcome; or why not.

    `until` is the latest date among them, microseconds since 1970 UTC. `outcome` is None when `refused` says why.
    """

    n: int
    effective_n: float
    until: int | None
    outcome: Estimate | None
    refused: str | None


def like_me(me: Floats, x: Floats, y: Floats, seen: np.ndarray, *, share: float = 0.1) -> Neighbourhood:
    """The weighted mean outcome of the people nearest to `me`.

    me (p,); x (n, p) the others' columns; y (n,) their outcomes; seen (n,) when, microseconds. Distances are
    Mahalanobis'; the nearest `share` of people count, nearer ones more (tricube weights: Cleveland 1979,
    10.1080/01621459.1979.10481038). Refused when fewer than 11 remain, in number or effectively, or when `me` lies
    outside of where people are.
    """
    _check(me, x, y, share)
    if len(x) < LEAST:
        return Neighbourhood(0, 0.0, None, None, f"Fewer than {LEAST} people can be compared.")
    metric = np.linalg.pinv(np.atleast_2d(np.cov(x, rowvar=False)))
    k = min(len(x), max(LEAST, int(share * len(x))))
    if _reach(me, x, metric, LEAST) > _usual_reach(x, metric):
        return Neighbourhood(0, 0.0, None, None, "Nobody here is like this person.")
    distance = _distances(me, x, metric)
    near = np.argsort(distance, kind="stable")[:k]
    farthest = distance[near[-1]]
    w = (1.0 - (distance[near] / (farthest * (1 + 1e-9) + 1e-12)) ** 3) ** 3 if farthest > 0 else np.ones(k)
    size = effective_n(w)
    if size < LEAST:
        return Neighbourhood(k, size, None, None, f"Only about {size:.0f} people are like this person.")
    mean = float(np.average(y[near], weights=w))
    variance = float(np.average((y[near] - mean) ** 2, weights=w)) * size / (size - 1.0)
    half = Z95 * float(np.sqrt(variance / size))
    return Neighbourhood(k, size, int(seen[near].max()), Estimate(mean, mean - half, mean + half), None)


def _check(me: Floats, x: Floats, y: Floats, share: float) -> None:
    if x.ndim != 2 or me.shape != x.shape[1:] or y.shape != x.shape[:1] or not 0 < share <= 1:
        raise InvalidInput(given="columns that do not fit together", expected="the same columns for me and the others")
    if not (np.isfinite(me).all() and np.isfinite(x).all() and np.isfinite(y).all()):
        raise InvalidInput(given="values that are not numbers", expected="finite numbers")


def _distances(me: Floats, x: Floats, metric: Floats) -> Floats:
    gap = x - me
    found: Floats = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", gap, metric, gap), 0.0))
    return found


def _reach(me: Floats, x: Floats, metric: Floats, k: int) -> float:
    """Distance to the k-th nearest."""
    return float(np.partition(_distances(me, x, metric), k - 1)[k - 1])


def _usual_reach(x: Floats, metric: Floats) -> float:
    """The distance within which nearly everybody finds as many others; of at most 500 people, evenly spaced."""
    some = x[:: max(1, len(x) // 500)]
    return float(np.quantile([_reach(one, x, metric, LEAST) for one in some], _FAR))
