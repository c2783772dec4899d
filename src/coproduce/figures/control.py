"""The control chart as a figure: points, centre, limits, and special points in another shape and colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from coproduce.errors import InvalidInput
from coproduce.figures.figure import WIDE, Figure, Table, base_spec, finite, number
from coproduce.figures.palette import TOKENS

#: Days are UTC wherever the figure is drawn, and the first and last points are not cut at the frame.
_SCALE = {"type": "utc", "padding": 10}


@dataclass(frozen=True, kw_only=True)
class ControlSeries:
    """What a control chart shows: one point a period, with the words to say about it.

    `periods`: ISO dates, ascending; `values` as many, None where missing; `signals` as many, empty for none.
    `share` is true when values lie between 0 and 1 and are read as percentages. `convention` names the rules.
    """

    title: str
    summary: str
    measure: str
    periods: Sequence[str]
    values: Sequence[float | None]
    centre: float
    lower: float
    upper: float
    signals: Sequence[str]
    convention: str
    share: bool = False
    columns: tuple[str, str, str] = ("Period", "Value", "Signal")

    def __post_init__(self) -> None:
        if not len(self.periods) == len(self.values) == len(self.signals):
            raise InvalidInput(given="periods, values and signals of different lengths", expected="one of each a point")


def control_figure(series: ControlSeries, *, width: int = WIDE) -> Figure:
    """The control chart of a series; special points are diamonds, the limits dashed, the centre a line."""
    values = finite(series.values)
    points = [
        {"period": period, "value": value, "special": bool(signal)}
        for period, value, signal in zip(series.periods, values, series.signals, strict=True)
    ]
    spec = base_spec(series.title, width, 220)
    spec["layer"] = [
        _line(series.centre, []),
        _line(series.lower, [4, 4]),
        _line(series.upper, [4, 4]),
        _track(points, series),
        _dots(points, special=False),
        _dots(points, special=True),
    ]
    rows = tuple(
        (period, number(value, share=series.share), signal)
        for period, value, signal in zip(series.periods, values, series.signals, strict=True)
    )
    limits = [(series.centre, "centre"), (series.lower, "lower limit"), (series.upper, "upper limit")]
    rows += tuple((series.convention, number(value, share=series.share), name) for value, name in limits)
    return Figure(series.title, series.summary, spec, Table(series.columns, rows))


def _line(height: float, dash: list[int]) -> dict[str, Any]:
    mark = {"type": "rule", "color": TOKENS["muted"], "strokeDash": dash, "strokeWidth": 1.2}
    return {
        "data": {"values": [{"y": height}]},
        "mark": mark,
        "encoding": {"y": {"field": "y", "type": "quantitative"}},
    }


def _track(points: list[dict[str, Any]], series: ControlSeries) -> dict[str, Any]:
    axis = {"format": "%", "title": series.measure} if series.share else {"title": series.measure}
    return {
        "data": {"values": points},
        "mark": {"type": "line", "color": TOKENS["series"], "strokeWidth": 1.5},
        "encoding": {
            "x": {
                "field": "period",
                "type": "temporal",
                "scale": _SCALE,
                "axis": {"format": "%Y-%m", "title": None, "grid": False, "labelOverlap": "greedy", "tickCount": 8},
            },
            "y": {"field": "value", "type": "quantitative", "scale": {"zero": False}, "axis": axis},
        },
    }


def _dots(points: list[dict[str, Any]], *, special: bool) -> dict[str, Any]:
    shape, size, colour = ("diamond", 110, TOKENS["signal"]) if special else ("circle", 40, TOKENS["series"])
    chosen = [p for p in points if p["special"] is special and p["value"] is not None]
    return {
        "data": {"values": chosen},
        "mark": {"type": "point", "shape": shape, "size": size, "filled": True, "color": colour, "opacity": 1},
        "encoding": {
            "x": {"field": "period", "type": "temporal", "scale": _SCALE},
            "y": {"field": "value", "type": "quantitative"},
        },
    }
