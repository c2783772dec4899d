"""One case of the reference files in, the keys of its answer out, each in the words of the tool that made the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from coproduce.errors import InvalidInput
from coproduce.statistics.control import rules as patterns
from coproduce.statistics.control.answer import columns, plain
from coproduce.statistics.control.chart import Chart, chart
from coproduce.statistics.control.funnel import FunnelKind, funnel, ranks, tenths
from coproduce.statistics.control.reading import sites_named, specification
from coproduce.statistics.control.rules import Signal
from coproduce.statistics.control.spec import ChartSpec, Factor, Kind, Rules

#: What NHSRplotthedots calls each signal.
NHS_NAMES = {
    Signal.NONE: "Common Cause",
    Signal.ABOVE_LIMIT: "Above UCL",
    Signal.BELOW_LIMIT: "Below LCL",
    Signal.TWO_OF_THREE_HIGH: "2 in 3 Above CL",
    Signal.TWO_OF_THREE_LOW: "2 in 3 Below CL",
    Signal.RUN_ABOVE: "7 Points Above CL",
    Signal.RUN_BELOW: "7 Points Below CL",
    Signal.RISING: "7 Point Trend (Increasing)",
    Signal.FALLING: "7 Point Trend (Decreasing)",
}
_HIGH = {Signal.ABOVE_LIMIT, Signal.TWO_OF_THREE_HIGH, Signal.RUN_ABOVE, Signal.RISING}


def answered(case: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to one case of `spc_charts`, `xmr_plot_the_dots`, `rules_nelson_western_electric` or `funnel`.

    Raises InvalidInput when the case has the form of none of them.
    """
    if "data" in case:
        return _funnel(case)
    if "sigma" in case:
        return _rules(case)
    if "input" in case:
        return _qic(case)
    if "y" in case:
        return _plot_the_dots(case)
    raise InvalidInput(
        given="a case of no known form",
        expected="input and columns (spc_charts), y and args (xmr_plot_the_dots), center, sigma and x (rules), or data "
        "(funnel)",
    )


def _qic(case: Mapping[str, Any]) -> dict[str, Any]:
    """By qicharts2: x, y and n are columns of the input; `method` names the variant of the runs rules."""
    args, named, given = dict(case.get("args") or {}), case.get("columns") or {}, case["input"]
    asked = {axis: given[column] for axis, column in named.items() if column in given}
    screen = next(
        (args.pop(name) for name in ("screen", "screened", "screenedmr", "qic.screenedmr") if name in args), False
    )
    rules = args.pop("method", None) or args.pop("rules", None) or "anhoej"
    found = columns(chart(specification({**asked, **args, "screen": bool(screen), "rules": rules})))
    if found.pop("chart") == Kind.T:
        # The tool back-transforms the lower warning limit without a floor: below 0 it has none.
        found["lcl.95"] = [None if value == 0 else value for value in found["lcl.95"]]
    ones = [1] * len(found["x"])
    return {**found, "facet1": ones, "facet2": ones}


def _plot_the_dots(case: Mapping[str, Any]) -> dict[str, Any]:
    """By NHSRplotthedots: XmR with 2.66 and screening, each point typed by the direction of improvement."""
    args = case.get("args") or {}
    direction = _direction(args.get("direction", args.get("improvement_direction", 1)))
    starts = args.get("part") or _rebased(args.get("rebase") or [], len(case["y"]))
    spec = replace(
        specification({"chart": "i", "y": case["y"], "part": starts, "freeze": args.get("fix_after_n_points")}),
        rules=(Rules.NHS,), factor=Factor.ROUNDED, screen=bool(args.get("screen_outliers", True)),
        target=args.get("target", case.get("target")), improve=direction,
    )  # fmt: skip
    found = chart(spec)
    signals = nhs_signals(found)
    reached = found.assurance()
    return {
        "mean": plain(found.centre),
        "lpl": plain(found.lower),
        "upl": plain(found.upper),
        "special_cause_type": [NHS_NAMES[signal] for signal in signals],
        "point_type": [_point_type(signal, direction) for signal in signals],
        "assurance": None if reached is None else reached.value,
    }


def _rebased(said: list[int], n_points: int) -> list[int]:
    """After which points a phase begins: from the first points of the phases, or from a column of 0 and 1."""
    flagged = len(said) == n_points and set(said) <= {0, 1}
    firsts = [place for place, flag in enumerate(said, start=1) if flag] if flagged else said
    return [first - 1 for first in firsts if first > 1]


def _direction(said: object) -> int:
    words = {"increase": 1, "up": 1, "decrease": -1, "down": -1, "neutral": 0}
    return words[said] if isinstance(said, str) and said in words else int(np.sign(float(str(said))))


def nhs_signals(found: Chart) -> list[Signal]:
    """The first signal of each point by the rules of NHS England."""
    flags = [found.flags[f"{Rules.NHS}.{signal.value}"] for signal in patterns.SIGNALS[1:]]
    codes = np.select(flags, range(1, len(patterns.SIGNALS)), 0)
    return [patterns.SIGNALS[int(code)] for code in codes]


def _point_type(signal: Signal, direction: int) -> str:
    if signal is Signal.NONE:
        return "common_cause"
    if not direction:
        return f"special_cause_neutral_{'high' if signal in _HIGH else 'low'}"
    return "special_cause_improvement" if (signal in _HIGH) == (direction > 0) else "special_cause_concern"


def _rules(case: Mapping[str, Any]) -> dict[str, Any]:
    """By qcc: the points, counted from 1, at which each rule is completed."""
    spec = ChartSpec(chart=Kind.RUN, y=specification({"y": case["x"]}).y)
    y, places = patterns.packed(spec.y)
    centre, sigma = np.full_like(y, float(case.get("center", 0))), np.full_like(y, float(case["sigma"]))
    return {
        name: {
            rule: (np.flatnonzero(patterns.unpacked(flags, places)) + 1).tolist()
            for rule, flags in found(y, centre, sigma).items()
        }
        for name, found in (("nelson", patterns.nelson), ("western_electric", patterns.western_electric))
    }


def _funnel(case: Mapping[str, Any]) -> dict[str, Any]:
    """By FunnelPlotR: sites in the order of their names, with both pairs of limits."""
    data = case["data"]
    kind = sites_named(case.get("type", FunnelKind.PROPORTION))
    order = sorted(range(len(data["site"])), key=lambda i: data["site"][i])
    num, den = (np.array([data[name][i] for i in order], dtype=np.float64) for name in ("num", "den"))
    found = funnel(num, den, kind, adjust=bool(case.get("adjust", True)))
    rank = ranks(found.score)
    by_rank = {"rk": plain(rank), "sp": tenths(rank).tolist(), "truncated": found.trimmed.astype(int).tolist()}
    by_score = {"winsorised": found.trimmed.astype(int).tolist()}
    ends = ("95LCL", "95UCL", "99LCL", "99UCL")
    sites = {
        "denominator": plain(found.denominator), "group": [data["site"][i] for i in order], "numerator": plain(num),
        "rr": plain(found.value), "target_transformed": [found.transformed_target] * len(num),
        "Y": plain(found.transformed), "Uzscore": plain(found.score),
        **(by_rank if kind is FunnelKind.RATIO else by_score),
        "Wuzscore": plain(found.scored), "s": plain(found.error),
        **{f"OD{end}": plain(limit) for end, limit in zip(ends, found.wide_limits, strict=True)},
        **{end[2:] + end[:2]: plain(limit) for end, limit in zip(ends, found.limits, strict=True)},
        "highlight": ["0"] * len(num), "outlier": found.outlier.astype(int).tolist(),
    }  # fmt: skip
    return {"phi": found.phi, "tau2": found.between, "sites": sites}
