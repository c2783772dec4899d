"""The XmR chart by the conventions of NHS England: one series, centre and limits, a signal a point.

Tools disagree in silence on the same data, so every limit and signal here carries its named convention.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coproduce.errors import InvalidInput
from coproduce.statistics.control.limits import SCREEN, mean_range
from coproduce.statistics.control.rules import SIGNALS, Floats, Signal, nhs, packed, unpacked
from coproduce.statistics.control.spec import Factor


@dataclass(frozen=True, slots=True)
class Convention:
    """How limits and signals are found; the default is the one of NHS England's "Making data count".

    `screen`: moving ranges at or above 3.267 times their mean are left out once, and the mean is taken again. `run`:
    how many points in a row on one side, or rising, or falling, make a signal.
    Source: NHS England 2019, Making data count; Nelson 1982, 10.1080/00224065.1982.11978811, for the screening.
    """

    factor: Factor = Factor.ROUNDED
    screen: bool = True
    run: int = 7

    def __str__(self) -> str:
        ranges = "screened moving ranges" if self.screen else "all moving ranges"
        return f"XmR, {self.factor.value} x mean of {ranges}, runs and trends of {self.run}, 2 of 3 near a limit"


NHS = Convention()


@dataclass(frozen=True)
class ControlChart:
    """An XmR chart: values, centre and limits (one number each, for the natural process), a signal a point.

    `moving_ranges` are those between neighbours that both have a value; `range_limit` is the upper limit of the mR
    chart. `n_useful` counts points that are not missing. `baseline` is the number of first points that set the limits.
    """

    values: Floats
    centre: float
    lower: float
    upper: float
    moving_ranges: Floats
    mean_range: float
    range_limit: float
    signals: tuple[Signal, ...]
    n_useful: int
    baseline: int
    convention: Convention

    def is_special(self) -> bool:
        """True when any point carries a signal."""
        return any(signal is not Signal.NONE for signal in self.signals)


def xmr(values: Sequence[float | None], convention: Convention = NHS, *, baseline: int | None = None) -> ControlChart:
    """An XmR chart of values in order of time; None, NaN or infinity is a missing point.

    A missing point is passed over by the rules; the moving ranges beside it are missing too. `baseline`: the first so
    many points set the centre and limits, which then hold for all.
    Raises InvalidInput when the baseline has no two neighbours that both have a value.
    Source: Shewhart 1931; Wheeler 1993, Understanding Variation; the rules are those of `rules.nhs`.

    >>> found = xmr([4, 6, 5, 5, 6, 4, 5, 6, 4, 5, 12])
    >>> found.signals[-1].value
    'above the upper limit'
    """
    points = np.array([np.nan if v is None else float(v) for v in values], dtype=np.float64)
    points[~np.isfinite(points)] = np.nan
    base = points[: len(points) if baseline is None else baseline]
    ranges = np.abs(np.diff(base))
    if np.isnan(ranges).all():
        raise InvalidInput(
            given=f"{int((~np.isnan(base)).sum())} points with a value, no two of them neighbours",
            expected="2 or more points with a value, better 10",
            next_step="Wait for more periods.",
        )
    centre = float(base[~np.isnan(base)].mean())
    usual = mean_range(ranges, screen=convention.screen)
    reach = convention.factor.number * usual
    steps = np.abs(np.diff(points))
    return ControlChart(
        values=points,
        centre=centre,
        lower=centre - reach,
        upper=centre + reach,
        moving_ranges=steps[~np.isnan(steps)],
        mean_range=usual,
        range_limit=SCREEN * usual,
        signals=tuple(SIGNALS[code] for code in _codes(points, centre, reach / 3, convention.run)),
        n_useful=int((~np.isnan(points)).sum()),
        baseline=len(points) if baseline is None else baseline,
        convention=convention,
    )


def _codes(points: Floats, centre: float, sigma: float, run: int) -> list[int]:
    useful, places = packed(points)
    codes = nhs(useful, np.full_like(useful, centre), np.full_like(useful, sigma), run)
    found: list[int] = unpacked(codes, places).tolist()
    return found
