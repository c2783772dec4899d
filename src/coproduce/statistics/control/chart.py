"""A specification in; centre, limits, signals and their convention out. Nothing is drawn here.

Phases are never made alone: a shift is offered as a candidate, with its first point, for people to name its cause.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from coproduce.errors import InvalidInput
from coproduce.statistics.control import rules as patterns
from coproduce.statistics.control.cusum import Cusum, cusum
from coproduce.statistics.control.funnel import Funnel, funnel
from coproduce.statistics.control.limits import FITS, T_POWER, Estimator, Fit
from coproduce.statistics.control.rules import SIGNALS, Flags, Floats, packed, unpacked
from coproduce.statistics.control.runs import (
    Variant,
    crossings_min,
    longest_run_max,
    run_statistics,
    runs_signal,
)
from coproduce.statistics.control.spec import ChartSpec, Grouped, Kind, PhaseStart, Rules, grouped

#: The version of the conventions below; a changed meaning raises it.
VERSION = "1"
#: Fewer useful points than this: limits are shown, and said to be uncertain.
FEW_POINTS = 10


class Assurance(StrEnum):
    """Whether the process, as it is now, will reach its target."""

    PASS = "consistent_pass"  # noqa: S105 no password
    FAIL = "consistent_fail"
    UNCERTAIN = "inconsistent"


@dataclass(frozen=True, kw_only=True)
class ShiftCandidate:
    """A run too long for chance: offered with its points, counted from 1; nobody has named its cause yet."""

    first: int
    last: int
    label: str
    side: str

    @property
    def n_points(self) -> int:
        """How many points the run spans."""
        return self.last - self.first + 1


@dataclass(frozen=True, kw_only=True)
class Phase:
    """One phase: its points (from 1), who began it when and why, and its run statistics."""

    number: int
    first: int
    last: int
    start: PhaseStart | None
    n_obs: int
    n_useful: int
    longest_run: int | None
    longest_run_max: int | None
    n_crossings: int | None
    n_crossings_min: int | None
    runs_signal: bool
    shifts: tuple[ShiftCandidate, ...]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What a chart shows, one entry a point; limits are NaN where there are none.

    `lower_warning` and `upper_warning` are two sigma from the centre, as qicharts2 has them. `flags` holds, by rule set
    and rule, the points that carry it. A funnel has sites for points, limits of 99.8 % and warning limits of 95 %; a
    cusum chart has its sums instead of limits.
    """

    spec: ChartSpec
    labels: tuple[str, ...]
    y: Floats
    n: Floats | None
    part: NDArray[np.int64]
    baseline: Flags
    include: Flags
    centre: Floats
    lower: Floats
    upper: Floats
    lower_warning: Floats
    upper_warning: Floats
    beyond: Flags
    flags: dict[str, Flags]
    phases: tuple[Phase, ...]
    notes: tuple[str, ...]
    funnel: Funnel | None = None
    sums: Cusum | None = None

    def is_special(self) -> bool:
        """True when any point or any phase carries a signal."""
        return bool(self.special().any()) or any(phase.runs_signal for phase in self.phases)

    def special(self) -> Flags:
        """The points that carry any signal of their own (the runs of a phase are the phase's)."""
        found = self.beyond.copy()
        for flags in self.flags.values():
            found |= flags
        return found

    def assurance(self) -> Assurance | None:
        """Against the limits of the last phase; None without a target, a direction or limits."""
        target, improve = self.spec.target, self.spec.improve
        known = np.flatnonzero(np.isfinite(self.lower) & (self.part == self.part[-1]))
        if target is None or not improve or not known.size:
            return None
        return assurance(target, float(self.lower[known[-1]]), float(self.upper[known[-1]]), improve)

    def convention(self) -> dict[str, object]:
        """By which named conventions limits and signals were found."""
        return {
            "estimator": _estimator(self.spec),
            "rule_set": ", ".join(self.spec.rules) if self.phases else "limits alone",
            "version": VERSION,
            "limits": "3 sigma; a point on a limit is no signal",
            "windows": "NHS: every member of a pattern; Nelson and Western Electric: the completing point and later",
            "missing": "passed over by rules; a moving range next to a missing value is missing",
        }


def assurance(target: float, lower: float, upper: float, improve: int) -> Assurance:
    """Whether a target lies beyond the limits on the good side, the bad side, or between. `improve`: 1 up, -1 down."""
    if target > upper:
        return Assurance.FAIL if improve > 0 else Assurance.PASS
    if target < lower:
        return Assurance.PASS if improve > 0 else Assurance.FAIL
    return Assurance.UNCERTAIN


def chart(spec: ChartSpec) -> Chart:
    """The chart of a specification.

    Raises InvalidInput when a phase, the baseline or an excluded point lies outside the points, or none has a value.
    Source of the kinds of chart: the modules `limits`, `funnel` and `cusum`; of the rules: `rules` and `runs`.

    >>> found = chart(ChartSpec(chart=Kind.C, y=np.array([4.0, 6.0, 5.0, 5.0, 20.0])))
    >>> float(found.centre[0]), found.beyond.tolist()
    (8.0, [False, False, False, False, True])
    """
    rows = grouped(spec)
    if np.isnan(rows.y).all():
        raise InvalidInput(given="no point with a value", expected="one or more", next_step="Wait for data.", field="y")
    if spec.chart in {Kind.XBAR, Kind.S} and not (rows.size > 1).any():
        raise InvalidInput(
            given="no subgroup of 2 or more values", expected="several values with the same x", field="x",
            next_step="For one value a period take an i chart.",
        )  # fmt: skip
    starts = _check_places(spec, len(rows.y))
    if spec.chart is Kind.FUNNEL:
        return _of_sites(spec, rows)
    return _of_sums(spec, rows) if spec.chart is Kind.CUSUM else _of_phases(spec, rows, starts)


def _of_phases(spec: ChartSpec, rows: Grouped, starts: tuple[PhaseStart, ...]) -> Chart:
    include, baseline = _roles(spec, len(rows.y))
    edges = [0, *(start.after for start in starts), len(rows.y)]
    reads: list[_Read] = []
    for first, end in pairwise(edges):
        points = rows.points(slice(first, end), (baseline & include)[first:end])
        reads.append(_read(FITS[spec.chart](points, Estimator(spec.factor.number, spec.screen)), spec))
    phases = tuple(
        _phase(read, include[first : first + len(read.y)], (k + 1, first, starts[k - 1] if k else None), spec, rows)
        for k, (read, first) in enumerate(zip(reads, edges, strict=False))
    )

    def whole(name: str) -> Floats:
        found: Floats = np.concatenate([getattr(read, name) for read in reads]) * spec.multiply
        return found

    return Chart(
        spec=spec, labels=rows.labels, n=rows.n, part=np.repeat(np.arange(1, len(edges)), np.diff(edges)),
        baseline=baseline, include=include, y=whole("y"), centre=whole("centre"), lower=whole("lower"),
        upper=whole("upper"), lower_warning=whole("lower_warning"), upper_warning=whole("upper_warning"),
        beyond=np.concatenate([read.beyond for read in reads]),
        flags={name: np.concatenate([read.flags[name] for read in reads]) for name in reads[0].flags},
        phases=phases, notes=_notes(spec, rows, phases),
    )  # fmt: skip


def _roles(spec: ChartSpec, n_points: int) -> tuple[Flags, Flags]:
    """Which points are not excluded, and which lie in the baseline."""
    number = np.arange(1, n_points + 1)
    last = n_points if spec.freeze is None or spec.phases else spec.freeze
    return ~np.isin(number, spec.exclude), number <= last


def _of_sites(spec: ChartSpec, rows: Grouped) -> Chart:
    """The funnel as a chart: sites for points; a site without a value or a denominator has no limits."""
    n = rows.n if rows.n is not None else np.full_like(rows.y, np.nan)
    known = ~np.isnan(rows.y)
    found = funnel(rows.total[known], n[known], spec.sites, adjust=spec.adjust)

    def everywhere(values: Floats) -> Floats:
        whole = np.full_like(rows.y, np.nan)
        whole[known] = values * spec.multiply
        return whole

    low, high, lower, upper = found.wide_limits if found.between > 0 else found.limits
    include, baseline = _roles(spec, len(rows.y))
    beyond = np.zeros_like(known)
    beyond[known] = found.outlier
    return Chart(
        spec=spec, labels=rows.labels, n=n, part=np.ones(len(n), dtype=np.int64), baseline=baseline, include=include,
        y=everywhere(found.value), centre=np.full_like(n, found.target * spec.multiply), lower=everywhere(lower),
        upper=everywhere(upper), lower_warning=everywhere(low), upper_warning=everywhere(high), beyond=beyond, flags={},
        phases=(), notes=_notes(spec, rows, ()), funnel=found,
    )  # fmt: skip


def _of_sums(spec: ChartSpec, rows: Grouped) -> Chart:
    """The cusum chart: the target is the mean of the baseline, sigma from its moving ranges, unless given."""
    include, baseline = _roles(spec, len(rows.y))
    fit = FITS["i"](rows.points(slice(None), baseline & include), Estimator(spec.factor.number, spec.screen))
    target = fit.centre if spec.target is None else np.full_like(fit.centre, spec.target)
    sigma = float(fit.sigma[0]) if spec.sigma is None else spec.sigma
    if not sigma > 0:
        raise InvalidInput(given="a baseline without variation", expected="values that differ, or sigma", field="y")
    found = cusum(rows.y, target[0], sigma, spec.design)
    none = np.full_like(rows.y, np.nan)
    return Chart(
        spec=spec, labels=rows.labels, n=rows.n, part=np.ones(len(none), dtype=np.int64), baseline=baseline,
        include=include, y=rows.y * spec.multiply, centre=target * spec.multiply, lower=none, upper=none,
        lower_warning=none, upper_warning=none, beyond=found.signal, flags={}, phases=(),
        notes=_notes(spec, rows, ()), sums=found,
    )  # fmt: skip


@dataclass(frozen=True)
class _Read:
    """One phase as it is plotted, before `multiply`: points, lines, and the points that carry each rule."""

    y: Floats
    centre: Floats
    lower: Floats
    upper: Floats
    lower_warning: Floats
    upper_warning: Floats
    beyond: Flags
    flags: dict[str, Flags]


def _check_places(spec: ChartSpec, n_points: int) -> tuple[PhaseStart, ...]:
    for name, places, last in (
        ("freeze", (spec.freeze,), n_points),
        ("part", tuple(start.after for start in spec.phases), n_points - 1),
        ("exclude", spec.exclude, n_points),
    ):
        outside = [place for place in places if place is not None and not 1 <= place <= last]
        if outside:
            raise InvalidInput(
                given=f"{name} {outside[0]} on a chart of {n_points} points", expected=f"1 to {last}", field=name
            )
    return tuple(sorted({start.after: start for start in spec.phases}.values(), key=lambda start: start.after))


def _read(fit: Fit, spec: ChartSpec) -> _Read:
    drawn = [fit.y, fit.centre, *(fit.limit(k) for k in (-3, 3, -2, 2))]
    if spec.chart is Kind.T:
        drawn = [_back(values) for values in drawn]
    y, centre, lower, upper, lower_warning, upper_warning = drawn
    beyond = (y > upper) | (y < lower)
    places = packed(fit.y)[1]
    row = [np.take_along_axis(values, places, axis=-1) for values in (fit.y, fit.centre, fit.sigma)]
    flags = {
        f"{rules}.{name}": unpacked(found, places)
        for rules in spec.rules
        for name, found in _flags(rules, row[0], row[1], row[2]).items()
    }
    # A limit that is held at 0 or 1, and the g chart's limits about the mean, are what is drawn: rule 1 keeps to them.
    flags |= {name: beyond for name in flags if name.endswith(".r1")}
    return _Read(y, centre, lower, upper, lower_warning, upper_warning, beyond, flags)


def _back(values: Floats) -> Floats:
    """Times again from the scale on which they are nearly normal; below 0 there is no time."""
    return np.where(values < 0, 0.0, np.abs(values) ** (1 / T_POWER))


def _flags(rules: Rules, y: Floats, centre: Floats, sigma: Floats) -> dict[str, Flags]:
    if rules is Rules.NELSON:
        return patterns.nelson(y, centre, sigma)
    if rules is Rules.WESTERN_ELECTRIC:
        return patterns.western_electric(y, centre, sigma)
    if rules is Rules.NHS:
        codes = patterns.nhs(y, centre, sigma)
        return {signal.value: codes == code for code, signal in enumerate(SIGNALS) if code}
    return {}


def _phase(
    read: _Read,
    include: Flags,
    place: tuple[int, int, PhaseStart | None],
    spec: ChartSpec,
    rows: Grouped,
) -> Phase:
    number, first, start = place
    found = run_statistics(read.y[include], read.centre[include])
    n = int(found.n_useful)
    counted = spec.chart is not Kind.MR
    return Phase(
        number=number,
        first=first + 1,
        last=first + len(read.y),
        start=start,
        n_obs=int(include.sum()),
        n_useful=n,
        longest_run=int(found.longest_run) if n else None,
        longest_run_max=longest_run_max(n) if n else None,
        n_crossings=int(found.n_crossings) if n else None,
        n_crossings_min=crossings_min(n) if n else None,
        runs_signal=counted and bool(runs_signal(found, variant_of(spec.rules))),
        shifts=_shifts(read, first, n, rows) if counted and n else (),
    )


def variant_of(rules: tuple[Rules, ...]) -> Variant:
    """The variant of the Anhøj rules among some rule sets; the Anhøj rules themselves where none is named."""
    named = [Variant(rule.value) for rule in rules if rule.value in set(Variant)]
    return named[0] if named else Variant.ANHOEJ


def _shifts(read: _Read, first: int, n_useful: int, rows: Grouped) -> tuple[ShiftCandidate, ...]:
    """The runs longer than the longest that is usual."""
    sides = np.sign(read.y - read.centre)
    useful = np.flatnonzero(np.nan_to_num(sides))
    changes = np.flatnonzero(np.diff(sides[useful])) + 1
    runs = np.split(useful, changes)
    return tuple(
        ShiftCandidate(
            first=first + int(run[0]) + 1,
            last=first + int(run[-1]) + 1,
            label=rows.labels[first + int(run[0])],
            side="above" if sides[run[0]] > 0 else "below",
        )
        for run in runs
        if len(run) > longest_run_max(n_useful)
    )


def _estimator(spec: ChartSpec) -> str:
    ranges = "screened moving ranges" if spec.screen else "all moving ranges"
    if spec.chart in {Kind.I, Kind.T}:
        return f"mean; {spec.factor.value} x mean of {ranges}" + (
            "; times to the 1/3.6" if spec.chart is Kind.T else ""
        )
    return {
        Kind.RUN: "median, no limits",
        Kind.MR: "mean of all moving ranges; upper limit 3.267 x mean",
        Kind.XBAR: "grand mean; A3 x standard deviation within subgroups, an empty one taking a degree of freedom",
        Kind.S: "standard deviation within subgroups; B3, B4",
        Kind.P: "sum over sum; binomial",
        Kind.PP: f"sum over sum; binomial x mean of {ranges} of z / 1.128",
        Kind.C: "mean; Poisson",
        Kind.U: "sum over sum; Poisson",
        Kind.UP: f"sum over sum; Poisson x mean of {ranges} of z / 1.128",
        Kind.FUNNEL: f"{spec.sites.value}; 95 % and 99.8 % limits" + (", overdispersion added" if spec.adjust else ""),
        Kind.CUSUM: f"allowance {spec.design.allowance:g} and interval {spec.design.interval:g} sigma; "
        f"{spec.factor.value} x mean of {ranges} is 3 sigma",
        Kind.G: "median as centre; limits from the mean, geometric",
    }[spec.chart]


def _notes(spec: ChartSpec, rows: Grouped, phases: tuple[Phase, ...]) -> tuple[str, ...]:
    """What a reader should know of these data before trusting the limits."""
    n_missing = int(np.isnan(rows.y).sum())
    n_zero = 0 if rows.n is None else int((rows.n == 0).sum())
    few = [phase.number for phase in phases if phase.n_useful < FEW_POINTS]
    told = {
        f"points without a value, passed over: {n_missing}": n_missing,
        f"of these with a denominator of 0: {n_zero}": n_zero,
        f"fewer than {FEW_POINTS} useful points in phase {', '.join(map(str, few))}: read the limits with care": few,
        "freeze is not used: phases have their own limits": spec.freeze is not None and spec.phases,
        "all values are equal: there is no variation to set limits by": len(set(rows.y[~np.isnan(rows.y)])) == 1,
    }
    return tuple(text for text, holds in told.items() if holds)
