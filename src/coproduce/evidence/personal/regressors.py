"""The columns of a trial's regression: intercept, exposure to each arm, trend, weekday."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from coproduce.evidence.arrays import Floats
from coproduce.evidence.personal.trial import Trial

WEEK = 7


@dataclass(frozen=True, slots=True)
class Terms:
    """What stands in the regression beside the intercept and the arms."""

    trend: bool = True
    weekday: bool = False
    carry_over: bool = False

    def n_columns(self, n_arms: int) -> int:
        """Columns of the design matrix."""
        return n_arms + self.trend + (WEEK - 1) * self.weekday


def treated(trial: Trial) -> Floats:
    """1 on the calendar days of each arm but the first, else 0: (days, arms - 1).

    A day that is not listed goes on with the arm of the day before.
    """
    latest = np.searchsorted(trial.day, np.arange(trial.n_calendar_days), side="right") - 1
    given: Floats = (trial.arm[np.maximum(latest, 0), None] == np.arange(1, len(trial.arms))).astype(np.float64)
    return given


@njit(cache=True)
def carried_over(given: Floats, rho: float) -> Floats:
    """Exposure that builds up and fades at the rate rho, from treatment day by day along the first axis: (days, k).

    x_t = rho x_(t-1) + (1 - rho) treat_t, from no exposure before the first day (LEARNING, part 1).
    """
    found: Floats = np.empty_like(given)
    for column in range(given.shape[1]):
        before = 0.0
        for day in range(given.shape[0]):
            before = rho * before + (1.0 - rho) * given[day, column]
            found[day, column] = before
    return found


def designs(trial: Trial, terms: Terms, rho: Floats) -> Floats:
    """One design matrix for each carry-over rate, over the days that have a value: (n_rho, n, p)."""
    day = trial.day[trial.seen]
    fixed = [np.ones((day.size, 1))]
    after = []
    if terms.trend:
        n = trial.n_calendar_days
        after.append(((day - (n - 1) / 2) / n)[:, None])
    if terms.weekday:
        after.append((day[:, None] % WEEK == np.arange(1, WEEK)).astype(np.float64))
    given = treated(trial)
    return np.stack([np.hstack([*fixed, carried_over(given, float(r))[day], *after]) for r in rho])
