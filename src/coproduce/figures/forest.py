"""Estimates with their intervals, one a row: what each is, how large, and how sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from coproduce.errors import InvalidInput
from coproduce.figures.figure import WIDE, Figure, Table, base_spec, finite, number, told_apart
from coproduce.figures.palette import TOKENS

_SHAPES = ("circle", "diamond", "square", "triangle-up")
_COLOURS = (TOKENS["series"], TOKENS["signal"], TOKENS["ink"], TOKENS["muted"])


@dataclass(frozen=True)
class Effect:
    """One estimate with its interval; `group` tells several estimates of one row apart."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    group: str = ""


@dataclass(frozen=True, kw_only=True)
class ForestWords:
    """What is said around the estimates; `reference` is the value of no effect, where a line is drawn."""

    title: str
    summary: str
    x: str
    reference: float | None = None
    share: bool = False


def forest_figure(effects: Sequence[Effect], words: ForestWords, *, width: int = WIDE) -> Figure:
    """The estimates in the order given, from the top; groups differ in shape and colour.

    Raises InvalidInput without an estimate, or with more than four groups.
    """
    groups = list(dict.fromkeys(effect.group for effect in effects))
    if not effects or len(groups) > len(_SHAPES):
        raise InvalidInput(given=f"{len(effects)} estimates in {len(groups)} groups", expected="1 to 4 groups of 1 on")
    rows = [_row(effect, words.share) for effect in effects]
    labels = list(dict.fromkeys(row["label"] for row in rows))
    spec = base_spec(words.title, width, max(60, (14 + 16 * len(groups)) * len(labels)))
    offset = {"yOffset": {"field": "group", "type": "nominal", "sort": groups}} if len(groups) > 1 else {}
    y = {"field": "label", "type": "nominal", "sort": labels,
         "axis": {"title": None, "ticks": False, "domain": False, "labelLimit": 260}}  # fmt: skip
    axis = {"title": words.x, "tickCount": 6, **({"format": "%"} if words.share else {})}
    x = {"field": "value", "type": "quantitative", "axis": axis, "scale": {"zero": False, "nice": True}}
    ends = {"x": {**x, "field": "low"}, "x2": {"field": "high"}}
    tell = told_apart("group", groups, _COLOURS, _SHAPES, legend=len(groups) > 1)
    spec["layer"] = [
        *_reference(words.reference),
        {"data": {"values": rows}, "mark": {"type": "rule", "strokeWidth": 1.6},
         "encoding": {**ends, "y": y, **offset, "color": tell["color"]}},
        {"data": {"values": rows}, "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
         "encoding": {"x": x, "y": y, **offset, **tell}},
    ]  # fmt: skip
    cells = tuple(
        (*((row["label"],) if groups == [""] else (row["label"], row["group"])),
         *(number(row[end], share=words.share) for end in ("value", "low", "high")))
        for row in rows
    )  # fmt: skip
    heads = ("", *(() if groups == [""] else ("Group",)), words.x, "Low", "High")
    return Figure(words.title, words.summary, spec, Table(heads, cells))


def _row(effect: Effect, share: bool) -> dict[str, Any]:
    value, low, high = finite([effect.value, effect.low, effect.high])
    return {"label": effect.label, "group": effect.group, "value": value, "low": low, "high": high}


def _reference(at: float | None) -> list[dict[str, Any]]:
    if at is None:
        return []
    mark = {"type": "rule", "color": TOKENS["muted"], "strokeDash": [4, 4]}
    return [{"data": {"values": [{"x": at}]}, "mark": mark,
             "encoding": {"x": {"field": "x", "type": "quantitative"}}}]  # fmt: skip
