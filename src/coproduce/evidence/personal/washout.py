"""The analysis that stands beside the main one: the first days after each switch left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from coproduce.evidence.personal.trial import Trial


def without_first_days(trial: Trial, n_days: int) -> Trial | None:
    """The trial without values on the first `n_days` after each switch; None when an arm is left without a value.

    The first stretch of days follows no switch and is kept whole.
    """
    switches = np.flatnonzero(trial.arm[1:] != trial.arm[:-1]) + 1
    after = trial.day[:, None] - trial.day[switches]
    dropped = ((after >= 0) & (after < n_days)).any(axis=1)
    found = replace(trial, value=np.where(dropped, np.nan, trial.value))
    return found if all(found.n_values(arm) for arm in range(len(trial.arms))) else None
