"""A chart as the document that `coproduce chart --json` prints: columns of the points, phases, convention."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coproduce.statistics.control.chance import MOST_POINTS, chance_of_signal
from coproduce.statistics.control.chart import Chart, Phase
from coproduce.statistics.control.runs import Variant
from coproduce.statistics.control.spec import ChartSpec, Frozen, Rules


def plain(values: NDArray[np.generic]) -> list[Any]:
    """The values as JSON can carry them: None for what is not finite."""
    if values.dtype.kind != "f" or np.isfinite(values).all():
        return list(values.tolist())
    return [value if np.isfinite(value) else None for value in values.tolist()]


def columns(found: Chart) -> dict[str, Any]:
    """One entry a point, in the words of qicharts2, with the run statistics of its phase; and the kind of chart."""
    n_points = len(found.labels)
    return {
        "chart": found.spec.chart.value,
        "x": list(found.labels),
        "y": plain(found.y),
        "n": [None] * n_points if found.n is None else plain(found.n),
        "part": plain(found.part),
        "xx": list(range(1, n_points + 1)),
        "baseline": plain(found.baseline),
        "include": plain(found.include),
        "cl": plain(found.centre),
        "lcl.95": plain(found.lower_warning),
        "ucl.95": plain(found.upper_warning),
        "lcl": plain(found.lower),
        "ucl": plain(found.upper),
        **_spread(found.phases),
        "sigma.signal": plain(found.beyond),
    }


def _statistics(phase: Phase) -> dict[str, Any]:
    return {
        "n.obs": phase.n_obs,
        "n.useful": phase.n_useful,
        "longest.run": phase.longest_run,
        "longest.run.max": phase.longest_run_max,
        "n.crossings": phase.n_crossings,
        "n.crossings.min": phase.n_crossings_min,
        "runs.signal": phase.runs_signal,
    }


def _spread(phases: tuple[Phase, ...]) -> dict[str, list[Any]]:
    lengths = [phase.last - phase.first + 1 for phase in phases]
    if not phases:
        return {}
    each = [_statistics(phase) for phase in phases]
    return {
        name: [value for row, length in zip(each, lengths, strict=True) for value in [row[name]] * length]
        for name in each[0]
    }


def document(found: Chart) -> dict[str, Any]:
    """The whole answer: the columns, which rules each point carries, phases with their shift candidates, convention."""
    carried: list[list[str]] = [[] for _ in found.labels]
    for name, flags in found.flags.items():
        for place in np.flatnonzero(flags):
            carried[place].append(name)
    reached = found.assurance()
    return {
        **columns(found),
        **_sums(found),
        **_dispersion(found),
        "signals": carried,
        "phases": [_phase(phase) for phase in found.phases],
        "frozen": _frozen(found.spec),
        "target": found.spec.target,
        "assurance": None if reached is None else reached.value,
        "false_signals": [_chance(found, rules) for rules in found.spec.rules] if found.phases else [],
        "convention": found.convention(),
        "notes": list(found.notes),
    }


def _frozen(spec: ChartSpec) -> dict[str, Any] | None:
    """Which baseline sets the limits; None where none is frozen or phases set them."""
    if spec.freeze is None or spec.phases:
        return None
    return {"after": spec.freeze, **asdict(spec.frozen or Frozen())}


def _chance(found: Chart, rules: Rules) -> dict[str, Any]:
    """How many phases a rule set marks, beside how many it would by chance; None for long ones and without limits."""
    by_runs = rules.value in set(Variant)
    lengths = [phase.n_useful if by_runs else int((~np.isnan(found.y[_rows(phase)])).sum()) for phase in found.phases]
    chances = [chance_of_signal(n, rules) if n else 0.0 for n in lengths if n <= MOST_POINTS]
    has_limits = bool(np.isfinite(found.upper).any())
    marked = [
        phase.runs_signal if by_runs else any(flags[_rows(phase)].any() for flags in _of(found, rules))
        for phase in found.phases
    ]
    return {
        "rules": rules.value,
        "observed": sum(marked),
        "expected": sum(chances) if len(chances) == len(lengths) and (by_runs or has_limits) else None,
        "unit": "phases with a signal",
        "basis": "exact, for independent normal points around a centre and limits known beforehand",
    }


def _rows(phase: Phase) -> slice:
    return slice(phase.first - 1, phase.last)


def _of(found: Chart, rules: Rules) -> list[NDArray[np.bool_]]:
    return [flags for name, flags in found.flags.items() if name.startswith(f"{rules}.")]


def _phase(phase: Phase) -> dict[str, Any]:
    start = phase.start
    return {
        "part": phase.number,
        "first": phase.first,
        "last": phase.last,
        "date": start.date if start else None,
        "reason": start.reason if start else None,
        "person": start.person if start else None,
        **_statistics(phase),
        "shift_candidates": [
            {"first": s.first, "last": s.last, "x": s.label, "n_points": s.n_points, "side": s.side}
            for s in phase.shifts
        ],
    }


def _sums(found: Chart) -> dict[str, Any]:
    if found.sums is None:
        return {}
    return {
        "cusum.high": plain(found.sums.high),
        "cusum.low": plain(found.sums.low),
        "cusum.limit": plain(found.sums.limit),
        "cusum.since": plain(found.sums.since),
    }


def _dispersion(found: Chart) -> dict[str, Any]:
    return {} if found.funnel is None else {"phi": found.funnel.phi, "tau2": found.funnel.between}
