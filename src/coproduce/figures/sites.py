"""Many sites in one picture: a funnel at one time, small multiples over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from coproduce.errors import InvalidInput
from coproduce.figures.control import MOST_POINTS
from coproduce.figures.figure import WIDE, Figure, Table, base_spec, finite, number
from coproduce.figures.palette import TOKENS

#: How wide one small chart is, with its gap.
_PANEL = 150


@dataclass(frozen=True, kw_only=True)
class FunnelSeries:
    """One point a site: its size and value, its two pairs of limits, and whether it lies beyond the outer pair."""

    title: str
    summary: str
    measure: str
    sites: Sequence[str]
    sizes: Sequence[float | None]
    values: Sequence[float | None]
    target: float
    inner: tuple[Sequence[float | None], Sequence[float | None]]
    outer: tuple[Sequence[float | None], Sequence[float | None]]
    signals: Sequence[str]
    share: bool = False
    columns: tuple[str, str, str, str] = ("Site", "Size", "Value", "Signal")
    size_title: str = "Size"


def funnel_figure(series: FunnelSeries, *, width: int = WIDE) -> Figure:
    """The funnel: limits of 95 % dotted and of 99.8 % dashed, sites beyond the latter as diamonds with their names."""
    rows = [
        {"site": site, "size": size, "value": value, "special": bool(signal)}
        for site, size, value, signal in zip(
            series.sites, finite(series.sizes), finite(series.values), series.signals, strict=True
        )
        if size is not None and value is not None
    ]
    spec = base_spec(series.title, width, 260)
    axis = {"format": "%", "title": series.measure} if series.share else {"title": series.measure}
    x = {"field": "size", "type": "quantitative", "axis": {"title": series.size_title, "grid": False}}
    y = {"field": "value", "type": "quantitative", "scale": {"zero": False}, "axis": axis}
    curves = [*((level, [1, 3]) for level in series.inner), *((level, [4, 4]) for level in series.outer)]
    level = {
        "data": {"values": [{"value": series.target}]},
        "encoding": {"y": {"field": "value", "type": "quantitative"}},
    }
    beyond = [row for row in rows if row["special"]]
    spec["layer"] = [
        {**level, "mark": {"type": "rule", "color": TOKENS["muted"], "strokeWidth": 1.2}},
        *(_curve(series.sizes, values, dash) for values, dash in curves),
        _marks([row for row in rows if not row["special"]], x, y, shape="circle"),
        _marks(beyond, x, y, shape="diamond"),
        {
            "data": {"values": beyond},
            "mark": {"type": "text", "dy": -12, "color": TOKENS["ink"], "fontSize": 12},
            "encoding": {"x": x, "y": y, "text": {"field": "site", "type": "nominal"}},
        },
    ]
    cells = tuple(
        (site, number(size, share=False), number(value, share=series.share), signal)
        for site, size, value, signal in zip(series.sites, series.sizes, series.values, series.signals, strict=True)
    )
    return Figure(series.title, series.summary, spec, Table(series.columns, cells))


def _curve(sizes: Sequence[float | None], values: Sequence[float | None], dash: list[int]) -> dict[str, Any]:
    rows = [
        {"size": size, "value": value}
        for size, value in zip(finite(sizes), finite(values), strict=True)
        if size is not None and value is not None
    ]
    rows.sort(key=lambda row: row["size"])
    return {
        "data": {"values": rows},
        "mark": {
            "type": "line", "interpolate": "monotone", "color": TOKENS["muted"], "strokeDash": dash, "strokeWidth": 1.2,
        },
        "encoding": {
            "x": {"field": "size", "type": "quantitative"},
            "y": {"field": "value", "type": "quantitative"},
        },
    }  # fmt: skip


def _marks(rows: list[dict[str, Any]], x: dict[str, Any], y: dict[str, Any], *, shape: str) -> dict[str, Any]:
    special = shape == "diamond"
    colour = TOKENS["signal" if special else "series"]
    return {
        "data": {"values": rows},
        "mark": {
            "type": "point", "shape": shape, "size": 110 if special else 40, "filled": True, "color": colour,
            "opacity": 1,
        },
        "encoding": {"x": x, "y": y},
    }  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One site's chart among many: values in order of time, its levels, and the places (from 0) of its signals."""

    site: str
    values: Sequence[float | None]
    centre: float | None
    lower: float | None
    upper: float | None
    signals: Sequence[int] = ()


@dataclass(frozen=True, kw_only=True)
class Multiples:
    """Small charts of one measure, all on one scale so that they can be compared."""

    title: str
    summary: str
    panels: Sequence[Panel]
    share: bool = False
    columns: tuple[str, str, str, str] = ("Site", "Latest value", "Centre", "Points that stand out")


def multiples_figure(multiples: Multiples, *, width: int = WIDE) -> Figure:
    """All sites as small charts, in the order given.

    Raises InvalidInput without a panel, or when there are too many points to draw.
    """
    panels = multiples.panels
    n_points = sum(len(panel.values) for panel in panels)
    if not 0 < n_points <= 10 * MOST_POINTS:
        raise InvalidInput(
            given=f"{len(panels)} small charts of {n_points} points in all",
            expected=f"1 to {10 * MOST_POINTS} points",
            next_step="Show the sites that stand out, or fewer at a time.",
        )
    spec = base_spec(multiples.title, width, 60)
    spec["width"], spec["height"] = _PANEL - 40, 60
    values = {"field": "value", "type": "quantitative", "scale": {"zero": False}}
    values["axis"] = {"title": None, "tickCount": 3, "format": "%" if multiples.share else "~s"}
    x = {"field": "place", "type": "quantitative", "axis": None}
    level = {"type": "line", "color": TOKENS["muted"], "strokeWidth": 1}
    layers = [
        _panel_layer("centre", level, x, values),
        _panel_layer("lower", {**level, "strokeDash": [3, 3]}, x, values),
        _panel_layer("upper", {**level, "strokeDash": [3, 3]}, x, values),
        _panel_layer("value", {"type": "line", "color": TOKENS["series"], "strokeWidth": 1.2}, x, values),
        _panel_layer(
            "special", {"type": "point", "shape": "diamond", "size": 60, "filled": True, "color": TOKENS["signal"]}, x,
            values,
        ),
    ]  # fmt: skip
    header = {"title": None, "labelColor": TOKENS["ink"], "labelFontSize": 12, "labelLimit": _PANEL - 20}
    facet = {"field": "site", "type": "nominal", "sort": [panel.site for panel in panels], "header": header}
    whole = {name: spec[name] for name in ("$schema", "background", "title", "config")}
    whole |= {
        "data": {"values": [row for panel in panels for row in _panel_rows(panel)]},
        "facet": facet,
        "columns": max(1, width // _PANEL),
        "spacing": 14,
        "spec": {"width": spec["width"], "height": spec["height"], "layer": layers},
    }
    cells = tuple(
        (
            panel.site,
            number(next((v for v in reversed(panel.values) if v is not None), None), share=multiples.share),
            number(panel.centre, share=multiples.share),
            str(len(panel.signals)),
        )
        for panel in panels
    )
    return Figure(multiples.title, multiples.summary, whole, Table(multiples.columns, cells))


def _panel_rows(panel: Panel) -> list[dict[str, Any]]:
    centre, lower, upper = finite([panel.centre, panel.lower, panel.upper])
    special = set(panel.signals)
    return [
        {
            "site": panel.site, "place": place, "value": value, "centre": centre, "lower": lower, "upper": upper,
            "special": value if place in special else None,
        }
        for place, value in enumerate(finite(panel.values))
    ]  # fmt: skip


def _panel_layer(field: str, mark: dict[str, Any], x: dict[str, Any], y: dict[str, Any]) -> dict[str, Any]:
    return {"mark": mark, "encoding": {"x": x, "y": {**y, "field": field}}}
