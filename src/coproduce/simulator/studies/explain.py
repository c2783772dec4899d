"""Why a factor matters: the knock-outs behind the largest effects of a sweep."""

from __future__ import annotations

import numpy as np

from coproduce.simulator.parameters import Value
from coproduce.simulator.studies import knockout
from coproduce.simulator.studies.factors import RULE, Factor
from coproduce.simulator.studies.knockout import Explanation, knock_out
from coproduce.simulator.studies.runs import Done
from coproduce.simulator.studies.sensitivity import Sensitivity
from coproduce.simulator.studies.sweep import Table

#: From where to where a factor is moved, as parts of its range.
_FROM, _TO = 0.25, 0.75


def _movable(table: Table, found: Sensitivity, n: int) -> list[Factor]:
    """The n most important factors that are parameters (an own rule is not one)."""
    by_name = {factor.name: factor for factor in table.design.factors if factor.name != RULE}
    return [by_name[index.factor] for index in found.ranked if index.factor in by_name][:n]


def _middle(factor: Factor) -> Value:
    return factor.at(np.array([0.5]))[0]


def explain(
    table: Table, found: Sensitivity, n: int, *, replicates: int = 20, workers: int = 1, done: Done | None = None
) -> list[Explanation]:
    """For each of the n most important factors: what its rise does, and through which paths.

    The factor rises from one quarter of its swept range to three quarters, all others stand in the middle of theirs.
    """
    chosen = _movable(table, found, n)
    middles = {f.name: _middle(f) for f in table.design.factors if f.name != RULE}
    base = table.design.scenario().having(**middles)
    explained = []
    for factor in chosen:
        low, high = factor.at(np.array([_FROM, _TO]))
        explained.append(
            knock_out(
                base.having(**{factor.name: low}), {factor.name: high}, found.outcome, replicates=replicates,
                seed=table.design.seed, window=table.design.window, workers=workers, done=done,
            )
        )  # fmt: skip
    return explained


def n_runs(table: Table, found: Sensitivity, n: int, replicates: int) -> int:
    """How many runs that takes."""
    return len(_movable(table, found, n)) * knockout.n_runs(table.design.scenario(), replicates)
