"""`python -m benchmarks.charts` measures the control charts and writes benchmarks/results/charts.json."""

from __future__ import annotations

import itertools
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from benchmarks.charts.detection import CHARTS, measured
from benchmarks.log.setting import machine
from coproduce import rng
from coproduce.measures.chart_figures import multiples_of
from coproduce.statistics.control import Rules, chance_of_signal, chart, many_charts
from coproduce.statistics.control.reading import specification
from coproduce.statistics.control.rules import Floats

SITES, MEASURES, MONTHS = 1_000, 20, 60


def cost(work: Callable[[], object], repeats: int = 7) -> dict[str, float]:
    """Seconds of processor over all cores: the median and the ends of some runs."""
    spent = []
    for _ in range(repeats):
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return {"median": round(statistics.median(spent), 4), "low": round(min(spent), 4), "high": round(max(spent), 4)}


def by_pandas(table: Floats) -> pd.DataFrame:
    """What pandas has a counterpart for: XmR limits, points beyond them, nine in a row, six in order."""
    frame = pd.DataFrame(table.T)
    centre, sigma = frame.mean(), frame.diff().abs().mean() / 1.128
    beyond = (frame > centre + 3 * sigma) | (frame < centre - 3 * sigma)
    steps = frame.diff()
    rows = [(frame > centre, 9), (frame < centre, 9), (steps > 0, 5), (steps < 0, 5)]
    for flags, length in rows:
        beyond |= flags.rolling(length).sum() == length
    return beyond


def pages(table: Floats) -> Callable[[], object]:
    """Twenty sites, each time others: all rules read, drawn on one scale, as SVG."""
    firsts = itertools.count(0, 20)

    def page() -> str:
        first = next(firsts)
        return multiples_of([f"Site {i}" for i in range(20)], table[first : first + 20], "Measure").svg()

    page()  # the first drawing loads the library
    return page


def main() -> None:
    """Runs every case in turn."""
    table = rng.stream(1, "benchmark charts").normal(size=(SITES * MEASURES, MONTHS))
    one = specification(
        {"chart": "i", "y": table[0].tolist(), "rules": ["anhoej", "nelson", "western_electric", "nhs"]}
    )
    sets = [Rules.ANHOEJ, Rules.NELSON, Rules.WESTERN_ELECTRIC, Rules.NHS]
    ours, theirs = cost(lambda: many_charts(table, sets)), cost(lambda: by_pandas(table), 3)
    found = {
        "machine": machine(),
        "n_charts": len(table),
        "n_points": MONTHS,
        "all_rules_cpu_seconds": ours,
        "two_rules_in_pandas_cpu_seconds": theirs,
        "pandas_over_ours": round(theirs["median"] / ours["median"], 1),
        "one_chart_cpu_seconds": cost(lambda: chart(one), 30),
        "page_of_20_sites_cpu_seconds": cost(pages(table), 10),
        "shift_of_1_5_sigma": {
            "n_charts": CHARTS,
            "limits_known": measured(known=True),
            "limits_from_24_points": measured(known=False),
        },
        "exact_share_of_charts_with_a_false_signal": {
            str(rules): {str(n): round(chance_of_signal(n, rules), 4) for n in (12, 24, 60)} for rules in Rules
        },
    }
    text = json.dumps(found, indent=2)
    Path(__file__).parents[1].joinpath("results", "charts.json").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
