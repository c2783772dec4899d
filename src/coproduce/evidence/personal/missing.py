"""Days that are missing: where, whether that tells something, and how far it could carry the answer."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from coproduce.evidence.arrays import Floats
from coproduce.evidence.personal.trial import Trial

#: Arms whose shares of missing days differ by more than this, or a missing day that follows worse days by more than
#: half a standard deviation, are worth a warning.
_APART, _WORSE = 0.15, 0.5
#: The bounds put a missing day this far, in standard deviations of the values, from the mean of its arm.
_BOUND = 1.0


@dataclass(frozen=True, slots=True)
class Missing:
    """Share of days missing by arm; how much worse, in deviations, the value before such a day is; a warning."""

    by_arm: dict[str, float]
    preceded_by_worse: float | None
    warning: str | None


def missing(trial: Trial) -> Missing:
    """Looks at who is missing: by arm, and by the value before.

    `preceded_by_worse` compares values followed by a missing day with values followed by a value; None when there are
    fewer than three of either.
    """
    latest = np.searchsorted(trial.day, np.arange(trial.n_calendar_days), side="right") - 1
    arm = trial.arm[latest]
    present = np.zeros(trial.n_calendar_days, dtype=bool)
    present[trial.day[trial.seen]] = True
    shares = {name: float((~present[arm == i]).mean()) for i, name in enumerate(trial.arms)}
    followed = present[:-1] & present[1:]
    before_missing = present[:-1] & ~present[1:]
    values = np.full(trial.n_calendar_days, np.nan)
    values[trial.day[trial.seen]] = trial.value[trial.seen]
    worse = None
    spread = float(np.nanstd(values))
    if before_missing.sum() >= 3 and followed.sum() >= 3 and spread > 0:
        gap = values[:-1][before_missing].mean() - values[:-1][followed].mean()
        worse = float(-trial.outcome.sign * gap / spread)
    return Missing(shares, worse, _warning(shares, worse))


def _warning(shares: dict[str, float], worse: float | None) -> str | None:
    if max(shares.values()) - min(shares.values()) > _APART:
        return "Days are missing more often in one arm than in another, so what is missing may matter."
    if worse is not None and abs(worse) > _WORSE:
        return "Days go missing after days that are worse or better than usual, so what is missing may matter."
    return None


def bounds(trial: Trial) -> tuple[Trial, Trial]:
    """Two trials in which every missing day has a value: the worst for the arms after the first, and the best for them.

    A missing day of an arm is put one standard deviation of the values from its arm's mean, and of the reference one to
    the other side; values stay on the scale.
    """
    days = np.arange(trial.n_calendar_days)
    arm = trial.arm[np.searchsorted(trial.day, days, side="right") - 1]
    values = np.full(days.size, np.nan)
    values[trial.day[trial.seen]] = trial.value[trial.seen]
    shift = _BOUND * float(np.nanstd(values)) * np.where(arm == 0, -1.0, 1.0) * trial.outcome.sign
    usual = np.array([trial.value[trial.seen][trial.arm[trial.seen] == i].mean() for i in range(len(trial.arms))])[arm]
    low, high = trial.outcome.scale or (-np.inf, np.inf)

    def filled(sign: float) -> Trial:
        found: Floats = np.where(np.isnan(values), np.clip(usual + sign * shift, low, high), values)
        return replace(trial, day=days, arm=arm, value=found)

    return filled(-1.0), filled(1.0)
