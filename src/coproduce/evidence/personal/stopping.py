"""When to stop: for safety at once, and because it is settled, as a suggestion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from coproduce.errors import InvalidInput
from coproduce.evidence.personal.analysis import Comparison
from coproduce.evidence.personal.trial import Trial
from coproduce.evidence.reading import number, whole

#: A stop is suggested from this probability on, after at least so many cycles.
SURE, LEAST_CYCLES = 0.95, 2


@dataclass(frozen=True, slots=True)
class SafetyRule:
    """Stop, and talk to the care team, when the outcome is at `limit` or worse on `days` values in a row."""

    limit: float
    days: int


def read_safety(document: Mapping[str, Any]) -> SafetyRule | None:
    """The document's `safety` rule, or None; raises InvalidInput."""
    given = document.get("safety")
    if given is None:
        return None
    if not isinstance(given, Mapping):
        raise InvalidInput(given="a safety rule that is not an object", expected="limit and days", field="safety")
    return SafetyRule(number(given.get("limit"), "safety.limit"), whole(given.get("days", 1), "safety.days", low=1))


def unsafe_since(trial: Trial, rule: SafetyRule) -> int | None:
    """The day on which the safety rule was met for the first time, or None."""
    run = 0
    for day, value in zip(trial.day[trial.seen], trial.value[trial.seen], strict=True):
        bad = value <= rule.limit if trial.outcome.sign > 0 else value >= rule.limit
        run = run + 1 if bad else 0
        if run >= rule.days:
            return int(day)
    return None


def n_cycles(trial: Trial) -> int:
    """Cycles completed: how often the person has been in every arm."""
    blocks = trial.arm[np.concatenate([[True], trial.arm[1:] != trial.arm[:-1]])]
    return int(np.bincount(blocks, minlength=len(trial.arms)).min())


def may_stop(trial: Trial, found: Comparison) -> bool:
    """Whether stopping is worth suggesting: sure enough, after enough cycles, and under every assumption tried."""
    chance = getattr(found.zones, found.zones.decision)
    return n_cycles(trial) >= LEAST_CYCLES and chance >= SURE and found.robust
