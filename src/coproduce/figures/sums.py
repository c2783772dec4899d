"""The cumulative sum chart as a figure: what lies above the target, added up, and what lies below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from coproduce.errors import InvalidInput
from coproduce.figures.control import MOST_POINTS
from coproduce.figures.figure import WIDE, Figure, Table, base_spec, finite, number
from coproduce.figures.palette import TOKENS


@dataclass(frozen=True, kw_only=True)
class SumSeries:
    """The two sums of a cusum chart, one entry a period, and the limit that either may reach."""

    title: str
    summary: str
    measure: str
    periods: Sequence[str]
    high: Sequence[float]
    low: Sequence[float]
    limit: float
    signals: Sequence[str]
    columns: tuple[str, str, str, str] = ("Period", "Sum above", "Sum below", "Signal")

    def __post_init__(self) -> None:
        if not len(self.periods) == len(self.high) == len(self.low) == len(self.signals) <= MOST_POINTS:
            raise InvalidInput(
                given=f"{len(self.periods)} periods with {len(self.high)} and {len(self.low)} sums",
                expected=f"one of each a period, at most {MOST_POINTS}",
            )


def sums_figure(series: SumSeries, *, width: int = WIDE) -> Figure:
    """Both sums, the one below the target drawn downwards and dashed; signals are diamonds, the limits rules."""
    spec = base_spec(series.title, width, 220)
    down = [-value for value in series.low]
    x = {
        "field": "period", "type": "ordinal", "sort": None,
        "axis": {"title": None, "grid": False, "labelOverlap": "greedy", "labelAngle": 0},
    }  # fmt: skip
    y = {"field": "sum", "type": "quantitative", "axis": {"title": series.measure}}
    limits = [{"sum": series.limit}, {"sum": -series.limit}, {"sum": 0}]
    rows = [_rows(series.periods, sums) for sums in (series.high, down)]
    special = [
        {"period": period, "sum": high if high > series.limit else low}
        for period, high, low, signal in zip(series.periods, series.high, down, series.signals, strict=True)
        if signal
    ]
    spec["layer"] = [
        {
            "data": {"values": limits},
            "mark": {"type": "rule", "color": TOKENS["muted"], "strokeDash": [4, 4], "strokeWidth": 1.2},
            "encoding": {"y": y},
        },
        *(
            {
                "data": {"values": one},
                "mark": {"type": "line", "color": TOKENS["series"], "strokeWidth": 1.8, "strokeDash": dash},
                "encoding": {"x": x, "y": y},
            }
            for one, dash in zip(rows, ([1, 0], [6, 3]), strict=True)
        ),
        {
            "data": {"values": special},
            "mark": {"type": "point", "shape": "diamond", "size": 110, "filled": True, "color": TOKENS["signal"],
                     "opacity": 1},
            "encoding": {"x": x, "y": y},
        },
    ]  # fmt: skip
    cells = tuple(
        (period, number(high, share=False), number(low, share=False), signal)
        for period, high, low, signal in zip(series.periods, series.high, series.low, series.signals, strict=True)
    )
    return Figure(series.title, series.summary, spec, Table(series.columns, cells))


def _rows(periods: Sequence[str], sums: Sequence[float]) -> list[dict[str, Any]]:
    return [{"period": period, "sum": value} for period, value in zip(periods, finite(sums), strict=True)]
