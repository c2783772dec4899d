"""`python -m benchmarks.measures` measures the measures and writes benchmarks/results/measures.json."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from lifelines import AalenJohansenFitter

from benchmarks.log.setting import machine
from benchmarks.measures.history import history
from coproduce import rng
from coproduce.events import EventFrame
from coproduce.measures import Request, chart_figure, measure_all, timeline
from coproduce.statistics.control import xmr
from coproduce.statistics.survival import aalen_johansen


def cost(work: Callable[[], object], repeats: int = 2) -> dict[str, float]:
    """The best of a few runs: seconds on the clock, and seconds of processor over all cores."""
    walls, cpus = [], []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return {"seconds": round(min(walls), 5), "cpu_seconds": round(min(cpus), 5)}


def curves() -> dict[str, object]:
    """One cumulative incidence with variance of 5,000 waits, here and in lifelines, and how far the two are apart."""
    draws = rng.stream(1, "benchmark curve")
    waits, causes = draws.permutation(5_000) / 7 + 0.1, draws.integers(0, 4, 5_000)
    ours = aalen_johansen(waits, causes)
    theirs = AalenJohansenFitter(calculate_variance=True).fit(waits, causes, event_of_interest=1)
    gap = np.abs(theirs.cumulative_density_.iloc[1:, 0].to_numpy() - ours.share).max()
    peer = cost(lambda: AalenJohansenFitter(calculate_variance=True).fit(waits, causes, event_of_interest=1), 1)
    return {"ours": cost(lambda: aalen_johansen(waits, causes), 5), "lifelines": peer, "largest_difference": float(gap)}


def charts(n_charts: int = 20_000, n_points: int = 60) -> dict[str, float]:
    """So many XmR charts with all rules."""
    series = rng.stream(1, "benchmark charts").normal(size=(n_charts, n_points)).tolist()
    return {"n_charts": n_charts, **cost(lambda: [xmr(values) for values in series], 1)}


#: The families of the Network page; all measures of a large log are in `benchmarks.networks`.
PAGE = ("N1.*", "N2.*", "N3", "N4", "N6.*", "E1.*", "E2.*", "E7.*", "S0.*", "S1.*", "L1")


def networks(frame: EventFrame) -> dict[str, object]:
    """A large log: the measures of the Network page, the same by site, one over time, one as a figure."""
    return {
        "n_events": len(frame),
        "all": cost(lambda: measure_all(frame, Request(only=PAGE))),
        "by_site": cost(lambda: measure_all(frame, Request(only=PAGE, by="site")), 1),
        "timeline": cost(lambda: timeline(frame, "N2.F7d")),
        "figure": cost(lambda: chart_figure(frame, "N2.F7d").svg()),
    }


def main() -> None:
    """Runs every case in turn."""
    found = {
        "machine": machine(),
        "million": networks(history(200_000, 20_000)),
        "example_size": networks(history(8_000, 2_000, days=540)),
        "curve_5000": curves(),
        "xmr": charts(),
    }
    text = json.dumps(found, indent=2)
    Path(__file__).parents[1].joinpath("results", "measures.json").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
