"""How soon each detector finds a shift of 1.5 sigma, and how often a chart of 12 months signals without one.

Two settings: centre and sigma known, and both estimated from a frozen baseline of 24 months (mean, mean moving range).
A delay counts the points from the first shifted one to the signal; charts that signalled before the shift are left out.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from coproduce import rng
from coproduce.statistics.control import CusumDesign, Factor, cusum
from coproduce.statistics.control.many import xmr_limits
from coproduce.statistics.control.rules import Flags, Floats, nelson, nhs, western_electric

CHARTS, BASELINE, YEAR, SHIFT = 20_000, 24, 12, 1.5
#: Completed at: for each chart and point, whether a pattern is complete there.
Detector = Callable[[Floats, Floats, Floats], Flags]


def _any(found: dict[str, Flags]) -> Flags:
    return np.logical_or.reduce(list(found.values()))


def _nhs(points: Floats, centre: Floats, sigma: Floats) -> Flags:
    """At which points a chart that ends there has a signal that it had not before: windows flag their members."""
    signals = np.zeros(points.shape, dtype=np.bool_)
    for t in range(1, points.shape[1] + 1):
        signals[:, t - 1] = (nhs(points[:, :t], centre[:, :t], sigma[:, :t]) > 0).any(axis=1)
    return signals


def _cusum(design: CusumDesign) -> Detector:
    return lambda points, centre, sigma: cusum(points, centre[:, 0], sigma[:, 0], design).signal


#: Names hold no dot, so that a bar can walk to them.
DETECTORS: dict[str, Detector] = {
    "limits alone": lambda points, centre, sigma: np.abs(points - centre) > 3 * sigma,
    "western_electric": lambda points, centre, sigma: _any(western_electric(points, centre, sigma)),
    "nelson": lambda points, centre, sigma: _any(nelson(points, centre, sigma)),
    "nhs": _nhs,
    "cusum k=0_5 h=5": _cusum(CusumDesign(0.5, 5.0)),
    "cusum k=0_75 h=3_34": _cusum(CusumDesign(0.75, 3.34)),
    "cusum k=0_75 h=4_4": _cusum(CusumDesign(0.75, 4.4)),
    "cusum k=0_5 h=6": _cusum(CusumDesign(0.5, 6.0)),
}


def measured(*, known: bool) -> dict[str, dict[str, float]]:
    """For each detector: the share of in-control chart-years with a signal, median and 90th percentile delay."""
    draws = rng.stream(1, "benchmark detection", known=int(known)).standard_normal((CHARTS, BASELINE + 4 * YEAR))
    base, points = draws[:, :BASELINE], draws[:, BASELINE:]
    found = (np.zeros(CHARTS), np.ones(CHARTS)) if known else xmr_limits(base, Factor.TABLED, screen=False)
    levels = [np.broadcast_to(level[:, None], points.shape) for level in found]
    shifted = points + SHIFT * (np.arange(points.shape[1]) >= YEAR)
    return {name: _summary(detect, points, shifted, levels) for name, detect in DETECTORS.items()}


def _summary(detect: Detector, points: Floats, shifted: Floats, levels: list[Floats]) -> dict[str, float]:
    year = detect(points[:, :YEAR], levels[0][:, :YEAR], levels[1][:, :YEAR]).any(axis=1)
    found = detect(shifted, levels[0], levels[1])[~year][:, YEAR:]
    delay = np.where(found.any(axis=1), found.argmax(axis=1) + 1, found.shape[1] + 1)
    return {
        "false_share_of_chart_years": round(float(year.mean()), 4),
        "median_delay": float(np.median(delay)),
        "p90_delay": float(np.quantile(delay, 0.9)),
    }
