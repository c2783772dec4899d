"""How often an XmR chart cries wolf: what its rules flag when nothing but the usual variation is there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from coproduce import rng
from coproduce.errors import InvalidInput
from coproduce.statistics.control import NHS, Convention, Signal, xmr

_DRAWS = 1_000


@dataclass(frozen=True, slots=True)
class FalseSignals:
    """What to expect of a chart of pure noise: flagged points, and the share of such charts with one or more."""

    points: float
    share_of_charts: float


@lru_cache(maxsize=64)
def false_signals(n: int, convention: Convention = NHS) -> FalseSignals:
    """Signals to expect by chance on a chart of n points whose limits come from those same points.

    Counted on 1,000 charts of independent normal draws from a named stream, so that the answer is the same each time;
    its standard error is below 0.02 for the share. Real data that drift or repeat themselves give more.
    Raises InvalidInput for fewer than two points.
    Source: the rules of `coproduce.statistics.control`; for the idea Anhøj and Wentzel-Larsen 2018,
    10.1186/s12874-018-0564-0.
    """
    if n < 2:
        raise InvalidInput(given=f"a chart of {n} points", expected="2 or more")
    noise = rng.stream(0, "statistics.false_signals", n=n).standard_normal((_DRAWS, n))
    flagged = [sum(s is not Signal.NONE for s in xmr(row, convention).signals) for row in noise.tolist()]
    return FalseSignals(sum(flagged) / _DRAWS, sum(count > 0 for count in flagged) / _DRAWS)
