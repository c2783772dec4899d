"""What is asked of a chart, checked: a specification, and the points it makes of raw observations."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

import numpy as np

from coproduce.errors import InvalidInput
from coproduce.statistics.control.cusum import CusumDesign
from coproduce.statistics.control.funnel import FunnelKind
from coproduce.statistics.control.limits import D2, D2_TABLED, Points
from coproduce.statistics.control.rules import Floats


class Kind(StrEnum):
    """The charts, by the names of qicharts2 (pp and up are the primed ones), with funnel and cusum."""

    RUN = "run"
    I = "i"  # noqa: E741 the field's own name
    MR = "mr"
    XBAR = "xbar"
    S = "s"
    T = "t"
    P = "p"
    PP = "pp"
    C = "c"
    U = "u"
    UP = "up"
    G = "g"
    FUNNEL = "funnel"
    CUSUM = "cusum"


class Rules(StrEnum):
    """The rule sets: the Anhøj rules and their two boxes, Western Electric, Nelson, and NHS England."""

    ANHOEJ = "anhoej"
    BEST_BOX = "bestbox"
    CUT_BOX = "cutbox"
    WESTERN_ELECTRIC = "western_electric"
    NELSON = "nelson"
    NHS = "nhs"


class Factor(StrEnum):
    """By what the mean moving range is multiplied to give the distance of a limit from the centre."""

    ROUNDED = "2.66"
    TABLED = "3/1.128"
    EXACT = "3/d2"

    @property
    def number(self) -> float:
        """The factor as a number."""
        return {"2.66": 2.66, "3/1.128": 3 / D2_TABLED, "3/d2": float(3 / D2)}[self.value]


#: Other names in use, as people write them.
KINDS = {kind.value: kind for kind in Kind} | {
    "xmr": Kind.I, "x": Kind.I, "imr": Kind.I, "individuals": Kind.I, "x-bar": Kind.XBAR, "xbar-s": Kind.XBAR,
    "xbars": Kind.XBAR, "p'": Kind.PP, "pprime": Kind.PP, "p-prime": Kind.PP, "p_prime": Kind.PP, "u'": Kind.UP,
    "uprime": Kind.UP, "u-prime": Kind.UP, "u_prime": Kind.UP,
}  # fmt: skip
RULES = {rules.value: rules for rules in Rules} | {
    "anhoj": Rules.ANHOEJ, "anhøj": Rules.ANHOEJ, "best_box": Rules.BEST_BOX, "cut_box": Rules.CUT_BOX,
    "western-electric": Rules.WESTERN_ELECTRIC, "western electric": Rules.WESTERN_ELECTRIC,
    "weco": Rules.WESTERN_ELECTRIC, "we": Rules.WESTERN_ELECTRIC,
}  # fmt: skip
NEEDS_N = frozenset({Kind.P, Kind.PP, Kind.U, Kind.UP, Kind.FUNNEL})
COUNTS = frozenset({Kind.C, Kind.G, *NEEDS_N})
_Name = TypeVar("_Name", bound=StrEnum)
_ISO_DATE = re.compile(r"\d{4}-\d{2}(-\d{2}.*)?")


@dataclass(frozen=True, kw_only=True)
class PhaseStart:
    """A phase begins after the point `after` (counted from 1): when, why, and who said so (a pseudonym)."""

    after: int
    date: str | None = None
    reason: str | None = None
    person: str | None = None


@dataclass(frozen=True, kw_only=True)
class Frozen:
    """The baseline that was frozen: its id, so that charts of one measure are seen to share it, when, why, by whom."""

    id: str | None = None
    date: str | None = None
    reason: str | None = None
    person: str | None = None


@dataclass(frozen=True, kw_only=True)
class ChartSpec:
    """One chart: observations in order of time and how to read them. Use `specification` to make one of loose values.

    `y`: values, counts or sums, NaN where missing; `n`: denominators or None; `x`: labels of the points, equal ones
    make a subgroup. `freeze`: the last point of the baseline, `frozen` which baseline that is. `phases` wins over
    `freeze`. `exclude`: points (from 1) that do not set limits. `improve`: 1 up, -1 down, 0 neither. `sites` and
    `adjust` are for a funnel, `sigma` (known beforehand) and `design` for a cusum chart.
    """

    chart: Kind
    y: Floats
    n: Floats | None = None
    x: tuple[str | float, ...] | None = None
    multiply: float = 1.0
    freeze: int | None = None
    frozen: Frozen | None = None
    phases: tuple[PhaseStart, ...] = ()
    exclude: tuple[int, ...] = ()
    rules: tuple[Rules, ...] = (Rules.ANHOEJ,)
    factor: Factor = Factor.TABLED
    screen: bool = False
    target: float | None = None
    improve: int = 0
    sites: FunnelKind = FunnelKind.PROPORTION
    adjust: bool = True
    sigma: float | None = None
    design: CusumDesign = field(default_factory=CusumDesign)

    def __post_init__(self) -> None:
        _check_lengths(self)
        _check_values(self)


def kind_named(name: object) -> Kind:
    """The chart of a name. Raises InvalidInput that names the nearest one."""
    return _named(name, KINDS, "chart")


def rules_named(name: object) -> Rules:
    """The rule set of a name. Raises InvalidInput that names the nearest one."""
    return _named(name, RULES, "rules")


def _named(name: object, known: Mapping[str, _Name], key: str) -> _Name:
    said = str(name).strip().lower()
    if said in known:
        return known[said]
    near = get_close_matches(said, known, n=1, cutoff=0.4)
    raise InvalidInput(
        given=f"a {key} that is not known",
        expected="one of " + ", ".join(dict.fromkeys(str(value) for value in known.values())),
        next_step=f"Did you mean {near[0]}?" if near else "",
        field=key,
    )


def _check_lengths(spec: ChartSpec) -> None:
    n_points = len(spec.y)
    for name, values in (("n", spec.n), ("x", spec.x)):
        if values is not None and len(values) != n_points:
            raise InvalidInput(given=f"{len(values)} {name} for {n_points} y", expected="one for each", field=name)
    if spec.n is None and spec.chart in NEEDS_N:
        raise InvalidInput(
            given=f"a {spec.chart} chart without n", expected="a denominator for each point", field="n",
            next_step="Give n, or take a run, i or c chart.",
        )  # fmt: skip
    if spec.phases and spec.chart in {Kind.FUNNEL, Kind.CUSUM}:
        raise InvalidInput(given=f"part on a {spec.chart} chart", expected="a chart of one phase", field="part")
    if not (math.isfinite(spec.multiply) and spec.multiply > 0):
        raise InvalidInput(given=f"multiply {spec.multiply:g}", expected="a number above 0", field="multiply")
    if spec.sigma is not None and not (math.isfinite(spec.sigma) and spec.sigma > 0):
        raise InvalidInput(given=f"sigma {spec.sigma:g}", expected="a number above 0", field="sigma")
    if spec.target is not None and not math.isfinite(spec.target):
        raise InvalidInput(given="a target that is no finite number", expected="a number or null", field="target")


def _check_values(spec: ChartSpec) -> None:
    for name, values in (("y", spec.y), ("n", spec.n)):
        if values is not None and np.isinf(values).any():
            raise InvalidInput(
                given=f"an infinite {name} at point {int(np.argmax(np.isinf(values))) + 1}",
                expected="finite numbers, or null where missing",
                field=name,
            )
    if spec.n is not None and (spec.n < 0).any():
        raise InvalidInput(
            given=f"a negative n at point {int(np.argmax(spec.n < 0)) + 1}", expected="0 or more", field="n"
        )
    least_ok = spec.y > 0 if spec.chart is Kind.T else spec.y >= 0
    bad = ~least_ok & ~np.isnan(spec.y)
    if spec.chart in COUNTS | {Kind.T} and bad.any():
        wanted = "more than 0" if spec.chart is Kind.T else "0 or more"
        raise InvalidInput(
            given=f"{spec.y[bad][0]:g} at point {int(np.argmax(bad)) + 1} of a {spec.chart} chart",
            expected=wanted,
            field="y",
        )
    if spec.chart in {Kind.P, Kind.PP} and spec.n is not None and (spec.y > spec.n).any():
        raise InvalidInput(
            given=f"a numerator over its denominator at point {int(np.argmax(spec.y > spec.n)) + 1}",
            expected="y of at most n",
            next_step="For events that can happen more than once to a person take a u chart.",
            field="y",
        )


@dataclass(frozen=True)
class Grouped:
    """One row a point of the chart: its label, sums and sizes; `n` is None where no denominator was given."""

    labels: tuple[str, ...]
    y: Floats
    total: Floats
    n: Floats | None
    size: Floats
    sd: Floats

    def points(self, rows: slice, baseline: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Points:
        """The points of one phase."""
        n = np.full_like(self.y, np.nan) if self.n is None else np.where(self.n > 0, self.n, np.nan)
        return Points(self.y[rows], self.total[rows], n[rows], self.size[rows], self.sd[rows], baseline)


def grouped(spec: ChartSpec) -> Grouped:
    """The observations of equal x brought together, in order of x where it counts or dates, else as they came.

    With n: sum over sum, of those that have both; a denominator of 0 makes a point without a value. Without n: the mean
    (c charts: the sum). Where x is not given every observation is a point.
    """
    labels, group = _groups(spec)
    n_groups, y = len(labels), spec.y
    known = ~np.isnan(y) if spec.n is None else ~np.isnan(y) & ~np.isnan(spec.n)

    def per_group(values: Floats) -> Floats:
        return np.asarray(np.bincount(group[known], values[known], n_groups), dtype=np.float64)

    size = np.bincount(group[known], minlength=n_groups).astype(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        total = np.where(size > 0, per_group(y), np.nan)
        mean = total / size
        spread = np.zeros_like(y)
        spread[known] = (y[known] - mean[group[known]]) ** 2
        sd = np.where(size > 1, np.sqrt(per_group(spread) / (size - 1)), np.nan)
        if spec.n is None:
            return Grouped(labels, total if spec.chart is Kind.C else mean, total, None, size, sd)
        n = np.where(size > 0, per_group(spec.n), np.nan)
        return Grouped(labels, np.where(n > 0, total / n, np.nan), total, n, size, sd)


def _groups(spec: ChartSpec) -> tuple[tuple[str, ...], np.ndarray[tuple[int], np.dtype[np.intp]]]:
    if spec.x is None:
        return tuple(str(i + 1) for i in range(len(spec.y))), np.arange(len(spec.y))
    ordered = all(isinstance(x, (int, float)) for x in spec.x) or all(
        isinstance(x, str) and _ISO_DATE.fullmatch(x) for x in spec.x
    )
    distinct: Sequence[str | float] = list(dict.fromkeys(spec.x))
    if ordered:
        distinct = sorted(distinct)
    place = {x: i for i, x in enumerate(distinct)}
    return tuple(_label(x) for x in distinct), np.fromiter((place[x] for x in spec.x), np.intp, len(spec.x))


def _label(x: str | float) -> str:
    return x if isinstance(x, str) else f"{x:.15g}"
