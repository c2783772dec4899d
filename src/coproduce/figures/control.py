"""The control chart as a figure: points, centre, limits, and special points in another shape and colour."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from coproduce.errors import InvalidInput
from coproduce.figures.figure import WIDE, Figure, Table, base_spec, finite, number
from coproduce.figures.palette import TOKENS

#: More points than this make no picture that can be read, and a file that nobody wants.
MOST_POINTS = 2_000
#: A level: one number for all points, or one a point where it steps (phases, denominators that differ).
Level = float | Sequence[float | None]

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
#: Days are UTC wherever the figure is drawn, and the first and last points are not cut at the frame.
_DATES = {
    "type": "temporal",
    "scale": {"type": "utc", "padding": 10},
    "axis": {"format": "%Y-%m", "title": None, "grid": False, "labelOverlap": "greedy", "tickCount": 8},
}


@dataclass(frozen=True, kw_only=True)
class ControlSeries:
    """What a control chart shows: one point a period, with the words to say about it.

    `periods`: ISO dates, ascending, or labels; `values` as many, None where missing; `signals` as many, empty for none.
    `breaks`: the places (from 0) at which a new phase begins; lines do not cross them. `share` is true when values lie
    between 0 and 1 and are read as percentages. `convention` names the rules.
    """

    title: str
    summary: str
    measure: str
    periods: Sequence[str]
    values: Sequence[float | None]
    centre: Level
    lower: Level
    upper: Level
    signals: Sequence[str]
    convention: str
    share: bool = False
    target: float | None = None
    breaks: Sequence[int] = ()
    columns: tuple[str, str, str] = ("Period", "Value", "Signal")
    levels: tuple[str, str, str] = ("centre", "lower limit", "upper limit")

    def __post_init__(self) -> None:
        stepping = [len(level) for level in (self.centre, self.lower, self.upper) if not isinstance(level, float | int)]
        if not {len(self.periods)} == {len(self.values), len(self.signals), *stepping}:
            raise InvalidInput(given="periods, values and signals of different lengths", expected="one of each a point")
        if len(self.periods) > MOST_POINTS:
            raise InvalidInput(
                given=f"a drawing of {len(self.periods)} points",
                expected=f"{MOST_POINTS} or fewer",
                next_step="Draw a part of them, or sum them over longer periods.",
            )


def control_figure(series: ControlSeries, *, width: int = WIDE) -> Figure:
    """The control chart of a series; special points are diamonds, the limits dashed, the centre a line."""
    values = finite(series.values)
    points = [
        {"period": period, "value": value, "special": bool(signal), "phase": phase}
        for period, value, signal, phase in zip(series.periods, values, series.signals, _phases(series), strict=True)
    ]
    spec = base_spec(series.title, width, 220)
    spec["layer"] = [
        _line(series.centre, [], series),
        _line(series.lower, [4, 4], series),
        _line(series.upper, [4, 4], series),
        *([] if series.target is None else [_line(series.target, [1, 3], series)]),
        _track(points, series),
        _dots(points, series, special=False),
        _dots(points, series, special=True),
    ]
    return Figure(series.title, series.summary, spec, _table(series, values))


def _table(series: ControlSeries, values: Sequence[float | None]) -> Table:
    """Points with their signals; levels as last rows where they are one number, else as columns."""
    rows = [
        (period, number(value, share=series.share), signal)
        for period, value, signal in zip(series.periods, values, series.signals, strict=True)
    ]
    named = list(zip((series.centre, series.lower, series.upper), series.levels, strict=True))
    steps = [(finite(level), name) for level, name in named if not isinstance(level, float | int)]
    alike = [(level, name) for level, name in named if isinstance(level, float | int)]
    wide = [(*row, *(number(level[i], share=series.share) for level, _ in steps)) for i, row in enumerate(rows)]
    empty = ("",) * len(steps)
    ends = [(series.convention, number(level, share=series.share), name, *empty) for level, name in alike]
    return Table((*series.columns, *(name for _, name in steps)), tuple(wide + ends))


def _phases(series: ControlSeries) -> list[int]:
    return [sum(start <= i for start in series.breaks) for i in range(len(series.periods))]


def _x(series: ControlSeries) -> dict[str, Any]:
    if all(_ISO_DATE.fullmatch(period) for period in series.periods):
        return {"field": "period", **_DATES}
    axis = {"title": None, "grid": False, "labelOverlap": "greedy", "labelAngle": 0}
    return {"field": "period", "type": "ordinal", "sort": None, "axis": axis}


def _line(level: Level, dash: list[int], series: ControlSeries) -> dict[str, Any]:
    mark = {"color": TOKENS["muted"], "strokeDash": dash, "strokeWidth": 1.2}
    y = {"field": "y", "type": "quantitative"}
    if isinstance(level, float | int):
        return {"data": {"values": [{"y": level}]}, "mark": {"type": "rule", **mark}, "encoding": {"y": y}}
    rows = [
        {"period": period, "y": value, "phase": phase}
        for period, value, phase in zip(series.periods, finite(level), _phases(series), strict=True)
    ]
    detail = {"field": "phase", "type": "nominal"}
    return {
        "data": {"values": rows},
        "mark": {"type": "line", "interpolate": "step", **mark},
        "encoding": {"x": _x(series), "y": y, "detail": detail},
    }


def _track(points: list[dict[str, Any]], series: ControlSeries) -> dict[str, Any]:
    axis = {"format": "%", "title": series.measure} if series.share else {"title": series.measure}
    y = {"field": "value", "type": "quantitative", "scale": {"zero": False}, "axis": axis}
    return {
        "data": {"values": points},
        "mark": {"type": "line", "color": TOKENS["series"], "strokeWidth": 1.5},
        "encoding": {"x": _x(series), "y": y, "detail": {"field": "phase", "type": "nominal"}},
    }


def _dots(points: list[dict[str, Any]], series: ControlSeries, *, special: bool) -> dict[str, Any]:
    shape, size, colour = ("diamond", 110, TOKENS["signal"]) if special else ("circle", 40, TOKENS["series"])
    chosen = [p for p in points if p["special"] is special and p["value"] is not None]
    return {
        "data": {"values": chosen},
        "mark": {"type": "point", "shape": shape, "size": size, "filled": True, "color": colour, "opacity": 1},
        "encoding": {"x": _x(series), "y": {"field": "value", "type": "quantitative"}},
    }
