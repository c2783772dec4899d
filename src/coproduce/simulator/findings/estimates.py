"""Runs as estimates: means and shares over replicates with their 95 % intervals, and the lines that they make."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from coproduce.figures import Line
from coproduce.simulator.engine import run
from coproduce.simulator.scenario import Scenario
from coproduce.simulator.streams import FloatArray
from coproduce.statistics.intervals import Z95, Estimate, wilson


def mean(values: FloatArray) -> Estimate:
    """The mean of independent runs with its normal interval; one run has none."""
    middle = float(values.mean())
    if values.size < 2:
        return Estimate(middle, None, None)
    off = Z95 * float(values.std(ddof=1)) / np.sqrt(values.size)
    return Estimate(middle, middle - off, middle + off)


def share(happened: FloatArray) -> Estimate:
    """The share of runs in which something happened (1, else 0), with Wilson's interval."""
    return wilson(float(happened.sum()), happened.size)


def said(estimate: Estimate, digits: int = 2) -> str:
    """An estimate as a sentence takes it: the value and its interval."""
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.{digits}f}"
    return f"{estimate.value:.{digits}f} ({estimate.low:.{digits}f} to {estimate.high:.{digits}f})"


def line(label: str, x: Sequence[float], estimates: Sequence[Estimate]) -> Line:
    """One line of a figure, with its band."""
    return Line(
        label=label,
        x=list(x),
        y=[estimate.value for estimate in estimates],
        low=[estimate.low for estimate in estimates],
        high=[estimate.high for estimate in estimates],
    )


def paths(scenario: Scenario, column: str, *, seed: int, replicates: int) -> FloatArray:
    """A number after each tick of each run, float (replicates, ticks)."""
    runs = range(1, replicates + 1)
    return np.array([run(scenario, seed, run=n, record=False).series[column].to_numpy() for n in runs])
