"""Writes docs/reference/chart-conformance.md: our charts beside well-known tools, and those tools beside one another.

`python -m scripts.conformance FOLDER` reads the reference cases in FOLDER/learning; a test compares the page with a
fresh writing where the cases are.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from coproduce.statistics.control import Chart, Variant, chart
from coproduce.statistics.control.reading import specification
from coproduce.statistics.control.reference import answered
from coproduce.statistics.control.rules import nelson, nhs, western_electric
from coproduce.statistics.control.runs import BOXED, usual
from scripts.reference import FOLDER, table

FILES = {
    "spc_charts.json": "qicharts2 0.8.1",
    "xmr_plot_the_dots.json": "NHSRplotthedots 0.2.2",
    "rules_nelson_western_electric.json": "qcc 3.0",
    "funnel.json": "FunnelPlotR 0.6.0",
}
ANSWERS = ("expected", "nelson", "western_electric")
Cases = Mapping[str, list[dict[str, Any]]]

TEMPLATE = """# Control charts beside other tools

*Written by `python -m scripts.conformance FOLDER` from the reference cases in that folder; change it there.*

Tools that people trust disagree on the same data, mostly in silence. First what we answer beside each tool, then the
tools beside one another. Every chart of ours names its conventions, so that a difference can be explained.

## Ours beside each tool

{agreement}

A number is held to a relative 1e-6, a signal and a text to equality.

## One series, several XmR limits

{xmr}

The factor alone moves a limit by up to 0.05 %. Screening moves it more: qicharts2 screens when the package is attached,
and does not when it is called as `qicharts2::qic`.

## One sequence, several rule sets

{rules}

Centre 0 and sigma 1 for all. NHS England flags every member of a pattern, qcc the point that completes it. Two of three
near a limit mean different things: NHS England wants all three on one side and does not count points beyond the limit;
Western Electric and Nelson count them, and want the completing point itself beyond 2 sigma.

## One median, three boxes

{boxes}

Of {n_possible:,} triples of useful points (10 to 100), crossings and longest run that can happen, so many are read
differently from the Anhøj rules.

## Rates with huge denominators

{primed}

With hundreds of thousands of visits a month the binomial leaves no room for the months themselves to differ; Laney's
chart does.

## Sites

{sites}

Limits with and without the variance between sites answer different questions; say which was asked.

## Where we follow a tool against the textbook

- An empty subgroup takes one degree of freedom from the pooled standard deviation (qicharts2 0.8.1): the limits of
  `na_test_xbar` are wider than Montgomery's equation 6.31 by a small part. We keep to the tool.
- The g chart has the median as its centre and limits from the mean (qicharts2).
- The lower warning limit of a t chart has no floor of 0 in qicharts2: below 0 it is missing in the reference format;
  ours is 0.
"""


def read(folder: Path) -> Cases:
    """The cases of each file."""
    found = {file: json.loads((folder / "learning" / file).read_text()) for file in FILES}
    return {file: cases if isinstance(cases, list) else cases["cases"] for file, cases in found.items()}


def text(cases: Cases) -> str:
    """The whole page."""
    return TEMPLATE.format(
        agreement=_agreement(cases).strip(),
        xmr=_xmr(cases).strip(),
        rules=_rules(cases).strip(),
        boxes=_boxes().strip(),
        n_possible=sum(int(_possible(n).sum()) for n in BOXED),
        primed=_primed(cases).strip(),
        sites=_sites(cases).strip(),
    )


def _agreement(cases: Cases) -> str:
    rows = []
    for file, tool in FILES.items():
        pairs = [pair for case in cases[file] for pair in _pairs(_asked(case), _expected(case))]
        numbers = [(a, b) for a, b in pairs if isinstance(b, float)]
        others = [(a, b) for a, b in pairs if not isinstance(b, float)]
        close = sum(abs(a - b) <= 1e-6 * max(abs(a), abs(b)) + 1e-9 for a, b in numbers)
        equal = sum(a == b for a, b in others)
        rows.append([tool, f"`{file}`", len(cases[file]), f"{close} of {len(numbers)}", f"{equal} of {len(others)}"])
    return table(["Tool", "Cases", "Number", "Numbers within 1e-6", "Counts, signals and words equal"], rows)


def _asked(case: Mapping[str, Any]) -> dict[str, Any]:
    return answered({key: value for key, value in case.items() if key not in ANSWERS})


def _expected(case: Mapping[str, Any]) -> Any:
    return case["expected"] if "expected" in case else {key: case[key] for key in ANSWERS[1:]}


def _pairs(ours: Any, theirs: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(theirs, dict):
        for key, value in theirs.items():
            yield from _pairs(ours[key], value)
    elif isinstance(theirs, list):
        assert len(ours) == len(theirs)
        for a, b in zip(ours, theirs, strict=True):
            yield from _pairs(a, b)
    else:
        yield ours, theirs


def _xmr(cases: Cases) -> str:
    series = [case["y"] for case in cases["xmr_plot_the_dots.json"]]
    conventions = {
        "NHS England: 2.66, screened": ("2.66", True),
        "qicharts2 attached: 3/1.128, screened": ("3/1.128", True),
        "qicharts2 by `::`: 3/1.128, all ranges": ("3/1.128", False),
        "exact: 3/d2, all ranges": ("3/d2", False),
    }
    first: list[Chart] | None = None
    rows = []
    for name, (factor, screen) in conventions.items():
        charts = [chart(specification({"chart": "i", "y": y, "factor": factor, "screen": screen})) for y in series]
        first = first or charts
        wider = [
            _width(ours) / _width(theirs) - 1 for ours, theirs in zip(charts, first, strict=True) if _width(theirs)
        ]
        moved = sum(bool((a.beyond != b.beyond).any()) for a, b in zip(charts, first, strict=True))
        beyond = sum(int(found.beyond.sum()) for found in charts)
        rows.append([name, f"{100 * min(wider):+.2f} % to {100 * max(wider):+.2f} %", beyond, moved])
    head = [
        "Convention",
        "Width of limits beside the first",
        "Points beyond a limit",
        "Series with other points beyond",
    ]
    return f"{len(series)} series.\n\n" + table(head, rows)


def _width(found: Chart) -> float:
    return float(found.upper[0] - found.lower[0])


def _rules(cases: Cases) -> str:
    rows = []
    for case in cases["rules_nelson_western_electric.json"]:
        y = np.array(case["x"], dtype=np.float64)
        centre, sigma = np.full_like(y, case["center"]), np.full_like(y, case["sigma"])
        found = [
            nhs(y, centre, sigma) > 0,
            np.logical_or.reduce(list(western_electric(y, centre, sigma).values())),
            np.logical_or.reduce(list(nelson(y, centre, sigma).values())),
        ]
        rows.append([f"`{case['id']}`", len(y), *(_places(flags) for flags in found)])
    return table(["Sequence", "Points", "NHS England", "Western Electric", "Nelson"], rows)


def _places(flags: np.ndarray[Any, np.dtype[np.bool_]]) -> str:
    """The flagged points, counted from 1, as ranges."""
    places = (np.flatnonzero(flags) + 1).tolist()
    runs = np.split(places, np.flatnonzero(np.diff(places) > 1) + 1) if places else []
    return ", ".join(f"{run[0]}" if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs) or "none"


def _boxes() -> str:
    rows = []
    for variant in (Variant.BEST_BOX, Variant.CUT_BOX):
        pairs = [(usual(n, Variant.ANHOEJ), usual(n, variant)) for n in BOXED]
        loose = sum(int((~a & b & _possible(len(a))).sum()) for a, b in pairs)
        strict = sum(int((a & ~b & _possible(len(a))).sum()) for a, b in pairs)
        rows.append([variant.value, loose, strict])
    return table(["Variant", "Signal by Anhøj only", "Signal by this one only"], rows)


def _possible(n: int) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which numbers of crossings (down) and longest runs (across) n points can have at once."""
    crossings, longest = np.arange(n)[:, None], np.arange(1, n + 1)
    found: np.ndarray[Any, np.dtype[np.bool_]] = (longest + crossings <= n) & (longest * (crossings + 1) >= n)
    return found


def _primed(cases: Cases) -> str:
    case = next(case for case in cases["spc_charts.json"] if case["id"] == "nhs_accidents_p")
    asked = {"y": case["input"]["r"], "n": case["input"]["n"]}
    rows = []
    for kind, name in (("p", "p"), ("pp", "p', Laney")):
        found = chart(specification({"chart": kind, **asked}))
        rows.append([name, f"{1e4 * _width(found):.1f}", f"{int(found.beyond.sum())} of {len(found.y)}"])
    return table(["Chart", "Width of the first limits, per 10,000", "Months beyond a limit"], rows)


def _sites(cases: Cases) -> str:
    rows = []
    for case in cases["funnel.json"]:
        found = _asked(case)
        sites = found["sites"]
        width = float(np.mean(np.subtract(sites["OD99UCL"], sites["OD99LCL"])))
        plain = float(np.mean(np.subtract(sites["UCL99"], sites["LCL99"])))
        rows.append([f"`{case['id']}`", f"{found['tau2']:.3g}", f"{plain:.3g}", f"{width:.3g}", sum(sites["outlier"])])
    head = ["Case", "Variance between sites", "Mean width, 99.8 %", "The same, wide limits", "Outliers"]
    return table(head, rows)


def main() -> None:
    """Writes the page. Takes the folder of the reference data."""
    path = FOLDER / "chart-conformance.md"
    path.write_text(text(read(Path(sys.argv[1]))), encoding="utf-8")
    sys.stdout.write(f"{path.name}\n")


if __name__ == "__main__":
    main()
