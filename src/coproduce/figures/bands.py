"""Lines with their bands: how a number moves along x in a few cases, and how far it may be off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from coproduce.errors import InvalidInput
from coproduce.figures.figure import WIDE, Figure, Table, base_spec, finite, number
from coproduce.figures.palette import TOKENS

_DASHES = ([1, 0], [6, 3], [2, 3], [8, 2, 2, 2])
_COLOURS = (TOKENS["series"], TOKENS["signal"], TOKENS["ink"], TOKENS["muted"])
#: More points than this are thinned for drawing; the table says no more than a reader can take in.
_DRAWN, _TOLD = 80, 12


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line: `y` at `x`, ascending, and the ends of its band, if any; None where there is no number."""

    label: str
    x: Sequence[float]
    y: Sequence[float | None]
    low: Sequence[float | None] | None = None
    high: Sequence[float | None] | None = None

    def __post_init__(self) -> None:
        sizes = {len(part) for part in (self.x, self.y, self.low, self.high) if part is not None}
        if len(sizes) != 1 or not len(self.x):
            raise InvalidInput(given="x, y and band of different lengths, or empty", expected="one of each a point")


@dataclass(frozen=True, kw_only=True)
class LineWords:
    """What is said around the lines."""

    title: str
    summary: str
    x: str
    y: str
    share: bool = False


def bands_figure(lines: Sequence[Line], words: LineWords, *, width: int = WIDE) -> Figure:
    """One to four lines with their bands; they differ in dash and colour.

    Raises InvalidInput without a line or with more than four.
    """
    if not 1 <= len(lines) <= len(_DASHES):
        raise InvalidInput(given=f"{len(lines)} lines", expected="1 to 4 lines")
    spec = base_spec(words.title, width, 260)
    labels = [line.label for line in lines]
    rows = [row for line in lines for row in _rows(line)]
    x = {"field": "x", "type": "quantitative", "axis": {"title": words.x, "grid": False},
         "scale": {"zero": False, "nice": False}}  # fmt: skip
    axis = {"title": words.y, **({"format": "%"} if words.share else {})}
    y = {"field": "y", "type": "quantitative", "axis": axis, "scale": {"zero": False}}
    spec["layer"] = [
        *(_band([row for row in rows if row["line"] == label], x, y, colour)
          for label, colour in zip(labels, _COLOURS, strict=False)),
        {"data": {"values": [row for row in rows if row["y"] is not None]},
         "mark": {"type": "line", "strokeWidth": 2},
         "encoding": {"x": x, "y": y, **_told_apart(labels, width)}},
    ]  # fmt: skip
    return Figure(words.title, words.summary, spec, _table(lines, words))


def _band(rows: list[dict[str, Any]], x: dict[str, Any], y: dict[str, Any], colour: str) -> dict[str, Any]:
    return {
        "data": {"values": [row for row in rows if row["low"] is not None and row["high"] is not None]},
        "mark": {"type": "area", "opacity": 0.18, "color": colour},
        "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
    }


def _rows(line: Line) -> list[dict[str, Any]]:
    chosen = _thinned(len(line.x), _DRAWN)
    absent: list[float | None] = [None] * len(line.x)
    parts = [finite(part if part is not None else absent) for part in (line.y, line.low, line.high)]
    return [
        {"line": line.label, "x": float(line.x[i]), "y": parts[0][i], "low": parts[1][i], "high": parts[2][i]}
        for i in chosen
    ]


def _thinned(n: int, most: int) -> list[int]:
    """At most this many of n places, evenly, the first and the last among them."""
    return list(range(n)) if n <= most else sorted({round(i * (n - 1) / (most - 1)) for i in range(most)})


def _told_apart(labels: list[str], width: int) -> dict[str, Any]:
    legend: dict[str, Any] | None = None
    if len(labels) > 1:
        narrow = width < 480
        legend = {
            "orient": "bottom",
            "title": None,
            "symbolSize": 400,
            "symbolType": "stroke",
            "symbolFillColor": "transparent",
            "symbolStrokeWidth": 2,
            "direction": "vertical" if narrow else "horizontal",
            "columns": 1 if narrow else 2,
        }
    dash = {"domain": labels, "range": [list(dash) for dash in _DASHES[: len(labels)]]}
    colour = {"domain": labels, "range": list(_COLOURS[: len(labels)])}
    return {
        "stroke": {"field": "line", "type": "nominal", "scale": colour, "legend": legend},
        "strokeDash": {"field": "line", "type": "nominal", "scale": dash, "legend": legend},
    }


def _table(lines: Sequence[Line], words: LineWords) -> Table:
    moments = sorted({float(x) for line in lines for x in line.x})
    told = [moments[i] for i in _thinned(len(moments), _TOLD)]
    cells = [[f"{x:.4g}", *(_told(line, x, words.share) for line in lines)] for x in told]
    return Table((words.x, *(line.label for line in lines)), tuple(tuple(row) for row in cells))


def _told(line: Line, x: float, share: bool) -> str:
    places = [i for i, at in enumerate(line.x) if at == x]
    if not places:
        return number(None, share=share)
    i = places[0]
    text = number(line.y[i], share=share)
    if line.low is None or line.high is None:
        return text
    return f"{text} ({number(line.low[i], share=share)} to {number(line.high[i], share=share)})"
