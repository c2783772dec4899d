"""A few numbers side by side: lying bars with their intervals, each with its number written on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from coproduce.figures.figure import WIDE, Figure, Table, base_spec, finite, number
from coproduce.figures.palette import TOKENS


@dataclass(frozen=True)
class Bar:
    """One bar; a value of None is written as missing, not drawn as nothing."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None


def bar_figure(bars: Sequence[Bar], *, title: str, summary: str, share: bool = False, width: int = WIDE) -> Figure:
    """The bars in the order given, from the top."""
    rows: list[dict[str, Any]] = []
    for bar in bars:
        value, low, high = finite([bar.value, bar.low, bar.high])
        said = number(value, share=share)
        rows.append({"label": bar.label, "value": value, "low": low, "high": high, "said": said})
    spec = base_spec(title, width, max(40, 34 * len(rows)))
    spec["data"] = {"values": rows}
    names = [bar.label for bar in bars]
    y = {"field": "label", "type": "nominal", "sort": names, "axis": {"title": None, "ticks": False, "domain": False}}
    axis = {"title": None, "tickCount": 4, **({"format": "%"} if share else {})}
    x = {"field": "value", "type": "quantitative", "axis": axis, "scale": {"zero": True}}
    # The number stands at the start of the bar's row, above it, so that neither bar nor interval crosses it.
    spec["layer"] = [
        {"mark": {"type": "bar", "color": TOKENS["series"], "height": 12, "yOffset": 6}, "encoding": {"x": x, "y": y}},
        {
            "mark": {"type": "rule", "color": TOKENS["ink"], "strokeWidth": 1.5, "yOffset": 6, "y2Offset": 6},
            "encoding": {"x": {"field": "low", "type": "quantitative"}, "x2": {"field": "high"}, "y": y},
        },
        {
            "mark": {"type": "text", "align": "left", "dx": 2, "dy": -9, "color": TOKENS["ink"], "fontSize": 12},
            "encoding": {"x": {"datum": 0}, "y": y, "text": {"field": "said", "type": "nominal"}},
        },
    ]
    cells = tuple(
        (row["label"], row["said"], number(row["low"], share=share), number(row["high"], share=share)) for row in rows
    )
    return Figure(title, summary, spec, Table(("", "Value", "Low", "High"), cells))
