"""Two levers and the outcome they reach: lines of equal outcome, and how much of one lever stands for the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from coproduce.errors import InvalidInput
from coproduce.figures import Figure, GridWords, equal_lines, grid_figure
from coproduce.simulator.streams import FloatArray
from coproduce.simulator.studies.factors import Factor
from coproduce.simulator.studies.runs import check_columns
from coproduce.simulator.studies.spans import Span, mean_span
from coproduce.simulator.studies.sweep import Table


@dataclass(frozen=True)
class Contour:
    """The outcome on a grid of two levers, at xs and ys: z has shape (y, x), means over replicates.

    `levels`: outcomes whose lines are drawn; `lines`: their pieces (x1, y1, x2, y2). `gain_x`, `gain_y`: what the lever
    adds to the outcome over its range, by least squares on both.
    """

    outcome: str
    x: Factor
    y: Factor
    xs: FloatArray
    ys: FloatArray
    z: FloatArray
    levels: tuple[float, ...]
    lines: dict[float, list[tuple[float, float, float, float]]]
    gain_x: Span
    gain_y: Span

    @property
    def parallel(self) -> str:
        """The lever whose gain cannot be told from nothing, along which the lines run; else empty, as A6 has it."""
        flat = [f.name for f, gain in ((self.x, self.gain_x), (self.y, self.gain_y)) if gain.includes(0.0)]
        return " and ".join(flat)


def contour(table: Table, outcome: str, n_levels: int = 5) -> Contour:
    """The outcome of a grid sweep over two numbers, with lines at evenly spaced outcomes.

    Raises InvalidInput for another design, another number of factors, a factor that is not a number, or an outcome that
    is unknown.
    """
    check_columns([outcome], table.outcomes)
    factors = table.design.factors
    if table.design.method != "grid" or len(factors) != 2 or any(_not_number(f) for f in factors):
        raise InvalidInput(
            given=f"a sweep by {table.design.method} over {len(factors)} factors",
            expected="a grid over two numbers",
            next_step="Sweep with --method grid --vary a=0:1 --vary b=0:1.",
        )
    if not 1 <= n_levels <= 20:
        raise InvalidInput(given=f"{n_levels} lines", expected="1 to 20", field="levels")
    runs = _by_replicate(table, outcome)
    z = runs.mean(axis=0)
    levels = _levels(z, n_levels)
    x, y = factors
    xs, ys = (np.asarray(f.levels(table.design.n), dtype=np.float64) for f in (x, y))
    lines = {level: equal_lines(xs, ys, z, level) for level in levels}
    gain_x, gain_y = _gains(runs, xs, ys, table.design.seed)
    return Contour(outcome, x, y, xs, ys, z, levels, lines, gain_x, gain_y)


def _not_number(factor: Factor) -> bool:
    return any(isinstance(value, str | bool) for value in factor.values)


def _by_replicate(table: Table, outcome: str) -> FloatArray:
    """The outcome, float (replicates, y, x): the first factor of the design is x."""
    design = table.design
    n_x, n_y = (len(factor.levels(design.n)) for factor in design.factors)
    flat = table.rows.sort("point", "replicate").get_column(outcome).cast(pl.Float64).to_numpy()
    return flat.reshape(n_x, n_y, design.replicates).transpose(2, 1, 0)


def _levels(z: FloatArray, n: int) -> tuple[float, ...]:
    low, high = float(np.nanmin(z)), float(np.nanmax(z))
    inner = np.linspace(low, high, n + 2)[1:-1]
    digits = max(1, 2 - int(np.floor(np.log10(high - low)))) if high > low else 6
    return tuple(dict.fromkeys(round(float(level), digits) for level in inner))


def _gains(runs: FloatArray, xs: FloatArray, ys: FloatArray, seed: int) -> tuple[Span, Span]:
    """What each lever adds over its range: slopes of a plane fitted to each replicate, resampled over replicates."""
    gx, gy = np.meshgrid((xs - xs[0]) / np.ptp(xs), (ys - ys[0]) / np.ptp(ys))
    design = np.column_stack([np.ones(gx.size), gx.ravel(), gy.ravel()])
    slopes = np.linalg.lstsq(design, runs.reshape(len(runs), -1).T, rcond=None)[0][1:]
    return mean_span(slopes[0], seed, "contour"), mean_span(slopes[1], seed, "contour")


def contour_figure(found: Contour) -> Figure:
    """The grid with its lines."""
    x, y = found.x, found.y
    told = " and ".join(f"{f.name} {gain.said()}" for f, gain in ((x, found.gain_x), (y, found.gain_y)))
    if found.parallel:
        title = f"{found.parallel} moves {found.outcome} by no more than chance"
    else:
        title = f"Different mixes of {x.name} and {y.name} reach the same {found.outcome}"
    words = GridWords(
        title=title,
        summary=f"Over its range, each lever adds to {found.outcome}: {told} (95 % intervals over replicates).",
        x=f"{x.name} ({x.unit})",
        y=f"{y.name} ({y.unit})",
        z=found.outcome,
        marks=found.levels,
    )
    return grid_figure(found.xs.tolist(), found.ys.tolist(), found.z, words)
