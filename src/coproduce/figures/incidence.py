"""The cumulative incidence as a figure: what share was met by when, its band, and the bounds for silent needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from coproduce.errors import InvalidInput
from coproduce.figures.figure import WIDE, Figure, Table, base_spec, number
from coproduce.figures.palette import TOKENS

_STEPS = 60
_DASHES = ([1, 0], [6, 3], [2, 3], [8, 2, 2, 2])


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A right-continuous step curve: `share` from each of `days` on, 0 before; `low` and `high` are its band, if any.

    `last` is the day until which it is known; it is not drawn beyond.
    """

    label: str
    days: Sequence[float]
    share: Sequence[float]
    last: float
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None

    def at(self, moments: np.ndarray[Any, np.dtype[np.float64]], heights: Sequence[float]) -> list[float]:
        """The heights of the curve (or of an end of its band) at some moments."""
        place = np.searchsorted(np.asarray(self.days, dtype=np.float64), moments, side="right")
        return [float(h) for h in np.concatenate([[0.0], np.asarray(heights, dtype=np.float64)])[place]]


@dataclass(frozen=True, kw_only=True)
class Words:
    """What is said around the curves."""

    title: str
    summary: str
    x: str = "Days since the need was stated"
    y: str = "Share of needs met"


def incidence_figure(
    curves: Sequence[Curve],
    words: Words,
    *,
    days: float = 30.0,
    marks: Sequence[float] = (1, 7, 30),
    width: int = WIDE,
) -> Figure:
    """The curves up to `days`; the first is the estimate and has a band, the others (bounds) are dashed.

    The table gives each curve at the `marks`. However long the log, at most 60 steps are drawn.
    Raises InvalidInput without a curve, with more than four, or when days is not positive.
    """
    if not 1 <= len(curves) <= len(_DASHES) or not days > 0:
        raise InvalidInput(given=f"{len(curves)} curves over {days:g} days", expected="1 to 4 curves over more than 0")
    spec = base_spec(words.title, width, 240)
    labels = [curve.label for curve in curves]
    rows = [row for curve in curves for row in _rows(curve, days)]
    spec["layer"] = [_band(curves[0], days), _lines(rows, labels, words, width)]
    table = [
        (f"{mark:g}", *(_told(curve, mark) for curve in curves))
        for mark in marks
        if any(mark <= curve.last for curve in curves)
    ]
    return Figure(words.title, words.summary, spec, Table((words.x, *labels), tuple(table)))


def _moments(curve: Curve, days: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Where to draw: every step where they are few, an even grid where they are many."""
    end = min(days, curve.last)
    steps = np.asarray(curve.days, dtype=np.float64)
    steps = steps[steps <= end]
    inner = steps if len(steps) <= _STEPS else np.linspace(0, end, _STEPS)
    return np.unique(np.concatenate([[0.0], inner, [end]]))


def _rows(curve: Curve, days: float) -> list[dict[str, Any]]:
    moments = _moments(curve, days)
    shares = curve.at(moments, curve.share)
    return [{"day": float(m), "share": s, "curve": curve.label} for m, s in zip(moments, shares, strict=True)]


def _band(curve: Curve, days: float) -> dict[str, Any]:
    values: list[dict[str, Any]] = []
    if curve.low is not None and curve.high is not None:
        moments = _moments(curve, days)
        ends = zip(moments, curve.at(moments, curve.low), curve.at(moments, curve.high), strict=True)
        values = [{"day": float(m), "low": low, "high": high} for m, low, high in ends]
    return {
        "data": {"values": values},
        "mark": {"type": "area", "interpolate": "step-after", "color": TOKENS["series"], "opacity": 0.22},
        "encoding": {
            "x": {"field": "day", "type": "quantitative"},
            "y": {"field": "low", "type": "quantitative"},
            "y2": {"field": "high"},
        },
    }


def _lines(rows: list[dict[str, Any]], labels: list[str], words: Words, width: int) -> dict[str, Any]:
    scale = {"domain": labels, "range": [list(dash) for dash in _DASHES[: len(labels)]]}
    legend: dict[str, Any] = {"orient": "bottom", "title": None, "symbolStrokeColor": TOKENS["series"]}
    legend |= {"direction": "vertical" if width < 480 else "horizontal", "symbolSize": 400}
    return {
        "data": {"values": rows},
        "mark": {"type": "line", "interpolate": "step-after", "color": TOKENS["series"], "strokeWidth": 2},
        "encoding": {
            "x": {"field": "day", "type": "quantitative", "axis": {"title": words.x, "grid": False}},
            "y": {
                "field": "share",
                "type": "quantitative",
                "scale": {"domain": [0, 1]},
                "axis": {"title": words.y, "format": "%"},
            },
            "strokeDash": {
                "field": "curve",
                "type": "nominal",
                "scale": scale,
                "legend": legend if len(labels) > 1 else None,
            },
        },
    }


def _told(curve: Curve, mark: float) -> str:
    if mark > curve.last:
        return number(None, share=True)
    moment = np.array([mark], dtype=np.float64)
    text = number(curve.at(moment, curve.share)[0], share=True)
    if curve.low is None or curve.high is None:
        return text
    low, high = curve.at(moment, curve.low)[0], curve.at(moment, curve.high)[0]
    return f"{text} ({number(low, share=True)} to {number(high, share=True)})"
