"""A two-way grid: one number for each pair of x and y, darker for more, with lines along which it stays the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from coproduce.errors import InvalidInput
from coproduce.figures.figure import WIDE, Figure, Table, base_spec, number
from coproduce.figures.palette import TOKENS

Floats = npt.NDArray[np.float64]
Segment = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class GridWords:
    """What is said around the grid; `z` names the number in the cells, `marks` are the values that lines follow."""

    title: str
    summary: str
    x: str
    y: str
    z: str
    marks: Sequence[float] = ()
    share: bool = False


def grid_figure(
    x: Sequence[float], y: Sequence[float], z: npt.ArrayLike, words: GridWords, *, width: int = WIDE
) -> Figure:
    """Cells of z, float (len(y), len(x)), at ascending x and y; NaN is an empty cell.

    Raises InvalidInput when the shapes do not fit, x or y has fewer than 2 values or does not ascend.
    """
    xs, ys, zs = (np.asarray(part, dtype=np.float64) for part in (x, y, z))
    ascend = all(values.size >= 2 and (np.diff(values) > 0).all() for values in (xs, ys))
    if zs.shape != (ys.size, xs.size) or not ascend:
        raise InvalidInput(given=f"a grid of shape {zs.shape}", expected="ascending x and y, and z of (y, x)")
    spec = base_spec(words.title, width, 320)
    scales = {axis: {"domain": _ends(values), "nice": False, "zero": False} for axis, values in (("x", xs), ("y", ys))}
    positions = {
        axis: {"field": f"{axis}0", "type": "quantitative", "scale": scales[axis],
               "axis": {"title": title, "grid": False}}
        for axis, title in (("x", words.x), ("y", words.y))
    }  # fmt: skip
    spec["layer"] = [_cells(xs, ys, zs, positions, words), *_lines(xs, ys, zs, scales, words)]
    heads = (f"{words.y} \\ {words.x}", *(f"{value:.4g}" for value in xs))
    rows = tuple((f"{ys[i]:.4g}", *(number(float(v), share=words.share) for v in zs[i])) for i in range(ys.size))
    return Figure(words.title, words.summary, spec, Table(heads, rows))


def _edges(values: Floats) -> Floats:
    """Where the cells around these values begin and end: half-way between neighbours."""
    middle = (values[1:] + values[:-1]) / 2
    return np.concatenate([[2 * values[0] - middle[0]], middle, [2 * values[-1] - middle[-1]]])


def _ends(values: Floats) -> list[float]:
    edges = _edges(values)
    return [float(edges[0]), float(edges[-1])]


def _cells(xs: Floats, ys: Floats, zs: Floats, positions: dict[str, Any], words: GridWords) -> dict[str, Any]:
    ex, ey = _edges(xs), _edges(ys)
    cells = [
        {"x0": float(ex[j]), "x1": float(ex[j + 1]), "y0": float(ey[i]), "y1": float(ey[i + 1]), "z": float(zs[i, j])}
        for i in range(ys.size)
        for j in range(xs.size)
        if np.isfinite(zs[i, j])
    ]
    legend = {
        "title": words.z,
        "orient": "right",
        "symbolFillColor": TOKENS["series"],
        "symbolType": "square",
        "symbolSize": 160,
        "symbolStrokeWidth": 0,
        "tickCount": 5,
        **({"format": "%"} if words.share else {}),
    }
    opacity = {"field": "z", "type": "quantitative", "scale": {"range": [0.06, 1], "zero": False}, "legend": legend}
    return {
        "data": {"values": cells},
        "mark": {"type": "rect", "color": TOKENS["series"]},
        "encoding": {**positions, "x2": {"field": "x1"}, "y2": {"field": "y1"}, "opacity": opacity},
    }


def _lines(xs: Floats, ys: Floats, zs: Floats, scales: dict[str, Any], words: GridWords) -> list[dict[str, Any]]:
    """The lines of equal z, and its value at one end of each."""
    rows, said = [], []
    for mark in words.marks:
        segments = equal_lines(xs, ys, zs, mark)
        rows += [{"x": a, "y": b, "x2": c, "y2": d} for a, b, c, d in segments]
        if segments:
            # Labelled where the line is nearest to the top, so that labels of several lines stand apart.
            a, b = max(((s[0], s[1]) for s in segments), key=lambda p: (p[1], p[0]))
            said.append({"x": a, "y": b, "said": number(mark, share=words.share)})
    if not rows:
        return []
    x = {"field": "x", "type": "quantitative", "scale": scales["x"]}
    y = {"field": "y", "type": "quantitative", "scale": scales["y"]}
    text = {"type": "text", "color": TOKENS["ink"], "fontSize": 12, "fontWeight": "bold", "dy": -8}
    return [
        {"data": {"values": rows}, "mark": {"type": "rule", "color": TOKENS["ink"], "strokeWidth": 1.6},
         "encoding": {"x": x, "y": y, "x2": {"field": "x2"}, "y2": {"field": "y2"}}},
        {"data": {"values": said}, "mark": text,
         "encoding": {"x": x, "y": y, "text": {"field": "said", "type": "nominal"}}},
    ]  # fmt: skip


def equal_lines(x: npt.ArrayLike, y: npt.ArrayLike, z: npt.ArrayLike, level: float) -> list[Segment]:
    """Pieces (x1, y1, x2, y2) of the lines along which z equals a level, by linear interpolation; z is (y, x).

    Each cell of the grid is cut into four triangles around its mean, so that no case is ambiguous. Cells with a NaN
    have no line.
    Source: marching squares, resolved by the centre value (Lorensen and Cline 1987, 10.1145/37401.37422, in the plane).

    >>> equal_lines([0.0, 1.0], [0.0, 1.0], [[0.0, 1.0], [0.0, 1.0]], 0.25)[0][0]
    0.25
    """
    xs, ys, zs = (np.asarray(part, dtype=np.float64) for part in (x, y, z))
    found: list[Segment] = []
    for i in range(ys.size - 1):
        for j in range(xs.size - 1):
            corners = [(xs[j], ys[i], zs[i, j]), (xs[j + 1], ys[i], zs[i, j + 1]),
                       (xs[j + 1], ys[i + 1], zs[i + 1, j + 1]), (xs[j], ys[i + 1], zs[i + 1, j])]  # fmt: skip
            middle = tuple(float(np.mean(part)) for part in zip(*corners, strict=True))
            if np.isfinite(middle[2]):
                for one, other in zip(corners, [*corners[1:], corners[0]], strict=True):
                    found += _across([one, other, middle], level)
    return found


def _across(triangle: Sequence[Sequence[float]], level: float) -> list[Segment]:
    """The piece of a level's line inside one triangle of (x, y, z) corners, if it crosses."""
    ends: list[tuple[float, float]] = []
    for (xa, ya, za), (xb, yb, zb) in ((triangle[k], triangle[(k + 1) % 3]) for k in range(3)):
        if (za < level) != (zb < level):
            t = (level - za) / (zb - za)
            ends.append((float(xa + t * (xb - xa)), float(ya + t * (yb - ya))))
    return [(*ends[0], *ends[1])] if len(ends) == 2 else []
