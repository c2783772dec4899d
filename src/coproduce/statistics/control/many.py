"""Thousands of XmR charts at once, as a network's dashboards need them: the same limits and rules as `chart`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coproduce.errors import InvalidInput
from coproduce.statistics.control.limits import SCREEN
from coproduce.statistics.control.rules import Flags, Floats, nelson, nhs, packed, unpacked, western_electric
from coproduce.statistics.control.runs import RunStatistics, Variant, run_statistics, runs_signal
from coproduce.statistics.control.spec import Factor, Rules

#: So many points are worked on at a time: what a step needs stays in the processor's cache.
_BLOCK = 60_000


@dataclass(frozen=True)
class ManyCharts:
    """One row a chart. `special`: the points that carry any rule asked for; `by_rules`: the same for each rule set.

    `runs` and `runs_signal` are the run statistics of each chart and what the Anhøj rules say of them.
    """

    centre: Floats
    sigma: Floats
    special: Flags
    by_rules: dict[Rules, Flags]
    runs: RunStatistics
    runs_signal: Flags

    def is_special(self) -> Flags:
        """Which charts carry any signal."""
        found: Flags = self.special.any(axis=-1) | self.runs_signal
        return found


def many_charts(
    values: Floats,
    rules: Sequence[Rules] = (Rules.ANHOEJ, Rules.WESTERN_ELECTRIC, Rules.NELSON, Rules.NHS),
    *,
    factor: Factor = Factor.TABLED,
    screen: bool = False,
    baseline: int | None = None,
) -> ManyCharts:
    """The XmR charts of the rows of a table; NaN is a missing point.

    `baseline`: the first so many points set the limits. A chart without two neighbours that have a value has no limits.
    Raises InvalidInput when the table has not two dimensions.

    >>> found = many_charts(np.array([[5.0, 6, 5, 6, 5, 6, 5, 6, 5, 6, 40], [5.0, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5]]))
    >>> found.is_special().tolist()
    [True, False]
    """
    if values.ndim != 2:
        raise InvalidInput(given=f"a table of {values.ndim} dimensions", expected="charts down, points across")
    centre, sigma = xmr_limits(values[:, :baseline], factor, screen=screen)
    rows = max(1, _BLOCK // max(1, values.shape[1]))
    places = [slice(first, first + rows) for first in range(0, len(values), rows)] or [slice(0)]
    parts = [_block(values[place], centre[place], sigma[place], rules) for place in places]
    by_rules = {rule: np.concatenate([part[0][rule] for part in parts]) for rule in parts[0][0]}
    special = np.zeros(values.shape, dtype=np.bool_)
    for flags in by_rules.values():
        special |= flags
    runs = RunStatistics(
        np.concatenate([part[1].n_useful for part in parts]),
        np.concatenate([part[1].longest_run for part in parts]),
        np.concatenate([part[1].n_crossings for part in parts]),
    )
    named = next((Variant(rule.value) for rule in rules if rule.value in set(Variant)), Variant.ANHOEJ)
    return ManyCharts(centre, sigma, special, by_rules, runs, runs_signal(runs, named))


def xmr_limits(base: Floats, factor: Factor, *, screen: bool) -> tuple[Floats, Floats]:
    """Centre and sigma of each row: the mean, and the mean moving range by the factor, as for one chart."""
    ranges = np.abs(np.diff(base, axis=-1))
    usual = _row_means(ranges)
    if screen:
        kept = _row_means(np.where(ranges < SCREEN * usual[:, None], ranges, np.nan))
        usual = np.where(np.isnan(kept), usual, kept)
    return _row_means(base), factor.number / 3 * usual


def _row_means(table: Floats) -> Floats:
    known = ~np.isnan(table)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = np.where(known, table, 0.0).sum(axis=-1) / known.sum(axis=-1)
    return found


def _block(
    values: Floats, centre: Floats, sigma: Floats, rules: Sequence[Rules]
) -> tuple[dict[Rules, Flags], RunStatistics]:
    places = None
    if np.isnan(values).any():
        values, places = packed(values)
    level, unit = np.broadcast_to(centre[:, None], values.shape), np.broadcast_to(sigma[:, None], values.shape)
    found: dict[Rules, Flags] = {}
    for rule in rules:
        if rule is Rules.NHS:
            found[rule] = nhs(values, level, unit) > 0
        elif rule in {Rules.NELSON, Rules.WESTERN_ELECTRIC}:
            patterns = (nelson if rule is Rules.NELSON else western_electric)(values, level, unit)
            found[rule] = np.logical_or.reduce(list(patterns.values()))
    if places is not None:
        found = {rule: unpacked(flags, places) for rule, flags in found.items()}
    return found, run_statistics(values, level)
