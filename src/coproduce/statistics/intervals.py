"""Intervals for a share, and the estimate-with-interval that every measure gives."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import gammaincinv

from coproduce.errors import InvalidInput

#: Two-sided 95 % quantile of the standard normal distribution.
Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with the two ends of its 95 % interval; an end that cannot be given is None."""

    value: float
    low: float | None = None
    high: float | None = None


def wilson(successes: float, n: float, z: float = Z95) -> Estimate:
    """The share successes / n with its Wilson score interval, which stays inside 0 to 1 and never collapses.

    Raises InvalidInput when n is not positive or successes lie outside 0 to n.
    Source: Wilson 1927, 10.1080/01621459.1927.10502953; recommended by Brown, Cai and DasGupta 2001,
    10.1214/ss/1009213286.

    >>> e = wilson(8, 10)
    >>> round(e.low, 3), round(e.high, 3)
    (0.49, 0.943)
    """
    if not (n > 0 and 0 <= successes <= n):
        raise InvalidInput(given=f"{successes:g} of {n:g}", expected="0 <= successes <= n, and n above 0")
    share = successes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low = 0.0 if successes == 0 else max(0.0, middle - half)
    high = 1.0 if successes == n else min(1.0, middle + half)
    return Estimate(share, low, high)


def poisson(count: int) -> Estimate:
    """A count of things that come independently of each other, with Garwood's exact interval.

    Raises InvalidInput for a negative count.
    Source: Garwood 1936, 10.1093/biomet/28.3-4.437.

    >>> e = poisson(10)
    >>> round(e.low, 2), round(e.high, 2)
    (4.8, 18.39)
    """
    if count < 0:
        raise InvalidInput(given="a negative count", expected="0 or more")
    low = float(gammaincinv(count, 0.025)) if count else 0.0
    return Estimate(float(count), low, float(gammaincinv(count + 1, 0.975)))
