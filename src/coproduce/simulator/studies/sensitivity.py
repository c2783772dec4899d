"""Which factors carry the variance of an outcome: Sobol indices or Morris effects of a sweep, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from coproduce import rng
from coproduce.errors import InvalidInput
from coproduce.figures import Effect, Figure, ForestWords, forest_figure
from coproduce.simulator.streams import FloatArray, IntArray
from coproduce.simulator.studies.design import Design
from coproduce.simulator.studies.runs import check_columns
from coproduce.simulator.studies.sweep import Table

N_RESAMPLES = 1_000


@dataclass(frozen=True)
class Index:
    """One index of one factor with its 95 % interval."""

    factor: str
    kind: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Sensitivity:
    """The indices of an outcome, the most important factor first.

    `ranked_by` names the index that orders them: the total effect (sobol), the mean absolute elementary effect
    (morris), or the first-order effect (lhs). `n_for_80`: how many factors make four fifths of the sum of that index.
    """

    outcome: str
    method: str
    ranked_by: str
    indices: tuple[Index, ...]
    variance: float

    @property
    def ranked(self) -> list[Index]:
        """One index a factor, the largest first."""
        return [index for index in self.indices if index.kind == self.ranked_by]

    @property
    def n_for_80(self) -> int:
        """The number of factors that make 80 % of the sum of the ranking index."""
        sizes = np.maximum([index.value for index in self.ranked], 0.0)
        if sizes.sum() == 0:
            return 0
        return int(np.searchsorted(np.cumsum(sizes) / sizes.sum(), 0.8) + 1)


def sensitivity(table: Table, outcome: str) -> Sensitivity:
    """The indices of a sweep's outcome.

    sobol: first-order S1 and total ST (Saltelli et al. 2010, 10.1016/j.cpc.2009.09.018). morris: mu* and sigma
    (Campolongo, Cariboni and Saltelli 2007, 10.1016/j.envsoft.2006.10.004). lhs: first-order S1
    from given points (Plischke 2012, 10.1016/j.envsoft.2012.03.004). Intervals: bootstrap over points.

    Raises InvalidInput for a grid, an unknown outcome, one that never changes, or one with missing values.
    """
    check_columns([outcome], table.outcomes)
    y = table.means(outcome).to_numpy()
    if not np.isfinite(y).all():
        raise InvalidInput(
            given=f"{outcome}, which some points do not have", expected="an outcome with a number everywhere",
            next_step="Choose another outcome, or sweep where it exists.",
        )  # fmt: skip
    if np.ptp(y) == 0:
        raise InvalidInput(given=f"{outcome}, the same at every point", expected="an outcome that the factors move")
    if table.design.method not in _ANALYSES:
        raise InvalidInput(
            given=f"a sweep by {table.design.method}", expected="a sweep by sobol, morris or lhs",
            next_step="Sweep with --method sobol, or draw a grid with `coproduce contour`.",
        )  # fmt: skip
    kinds, ranked_by = _ANALYSES[table.design.method]
    found = _ANALYSERS[table.design.method](table, y)
    names = [factor.name for factor in table.design.factors]
    order = np.argsort(-np.asarray(found[ranked_by][0]), kind="stable")
    indices = tuple(Index(names[i], kind, *(float(part[i]) for part in found[kind])) for i in order for kind in kinds)
    return Sensitivity(outcome, table.design.method, ranked_by, indices, float(y.var()))


#: For each design: the indices with an interval, and the one that ranks.
_ANALYSES: Mapping[str, tuple[tuple[str, ...], str]] = {
    "sobol": (("ST", "S1"), "ST"),
    "morris": (("mu_star",), "mu_star"),
    "lhs": (("S1",), "S1"),
}
#: What each index is called in words.
NAMES = {"ST": "total effect", "S1": "first-order effect", "mu_star": "mean absolute effect"}


#: For each kind of index: its values and the ends of their intervals, one a factor.
Found = Mapping[str, tuple[FloatArray, FloatArray, FloatArray]]


def _by_sobol(table: Table, y: FloatArray) -> Found:
    from SALib.analyze import sobol

    made = sobol.analyze(
        table.design.problem(),
        y,
        calc_second_order=False,
        num_resamples=N_RESAMPLES,
        seed=table.design.seed % (1 << 32),
    )
    return {kind: _around(made[kind], made[f"{kind}_conf"]) for kind in ("S1", "ST")}


def _by_morris(table: Table, y: FloatArray) -> Found:
    from SALib.analyze import morris

    design = table.design
    made = morris.analyze(design.problem(), design.unit(), y, num_resamples=N_RESAMPLES, seed=design.seed % (1 << 32))
    return {"mu_star": _around(np.asarray(made["mu_star"]), np.asarray(made["mu_star_conf"]))}


def _around(value: FloatArray, half: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    return value, value - half, value + half


def _by_bins(table: Table, y: FloatArray) -> Found:
    """S1 as the share of variance between bins of a factor, less what bins share out by chance (Kelley 1935)."""
    bins = _bins(table.design)
    picks = rng.stream(table.design.seed, "sensitivity bootstrap").integers(y.size, size=(N_RESAMPLES, y.size))
    value = np.array([_between(y[None], b[None])[0] for b in bins])
    drawn = np.array([_between(y[picks], b[picks]) for b in bins])
    low, high = np.quantile(drawn, [0.025, 0.975], axis=1)
    return {"S1": (value, low, high)}


def _bins(design: Design) -> list[IntArray]:
    """For each factor, the bin of each point: its value where there are few, else ten slices of its range or fewer."""
    most = max(2, min(10, int(np.sqrt(design.n_points))))
    found = []
    for place, factor in enumerate(design.factors):
        n = len(factor.values) or most
        found.append(np.minimum((design.unit()[:, place] * n).astype(np.int64), n - 1))
    return found


def _between(y: FloatArray, bins: IntArray) -> FloatArray:
    """For each row: 1 - (n - 1) SSW / ((n - k) SST), with k bins that hold a point."""
    rows, n = y.shape
    k = int(bins.max()) + 1
    flat = (np.arange(rows)[:, None] * k + bins).ravel()
    count = np.bincount(flat, minlength=rows * k).reshape(rows, k)
    total = np.bincount(flat, weights=y.ravel(), minlength=rows * k).reshape(rows, k)
    mean = y.mean(axis=1, keepdims=True)
    within = ((y - np.take_along_axis(total / np.maximum(count, 1), bins, axis=1)) ** 2).sum(axis=1)
    whole = ((y - mean) ** 2).sum(axis=1)
    held = (count > 0).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        share: FloatArray = 1.0 - (n - 1) * within / ((n - held) * whole)
    return np.where(whole > 0, share, 0.0)


_ANALYSERS: Mapping[str, Callable[[Table, FloatArray], Found]] = {
    "sobol": _by_sobol,
    "morris": _by_morris,
    "lhs": _by_bins,
}


def sensitivity_figure(found: Sensitivity, most: int = 12) -> Figure:
    """The indices as a forest, the most important factor on top."""
    top = [index.factor for index in found.ranked[:most]]
    effects = [Effect(i.factor, i.value, i.low, i.high, NAMES[i.kind]) for i in found.indices if i.factor in top]
    n, k = found.n_for_80, len(found.ranked)
    first = found.ranked[0]
    words = ForestWords(
        title=f"{n} of {k} factors carry 80 % of what moves {found.outcome}",
        summary=f"{first.factor} has the largest {NAMES[first.kind]} on {found.outcome}: {first.value:.2f} "
        f"({first.low:.2f} to {first.high:.2f}). {n} of {k} factors make 80 % of the sum of these effects.",
        x=f"Index on {found.outcome} ({found.method})",
        reference=0.0,
    )
    return forest_figure(effects, words)
