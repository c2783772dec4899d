"""The chart of a person's own days: what they wrote down, and how each treatment lies over its days."""

from __future__ import annotations

import math

import numpy as np

from coproduce.evidence.personal.analysis import Analysed, fitted
from coproduce.evidence.personal.exact import Posterior
from coproduce.evidence.personal.regressors import WEEK, Terms
from coproduce.evidence.personal.trial import Trial
from coproduce.evidence.personal.words import sentence
from coproduce.figures import ArmLevel, Day, DaysWords, Figure, days_figure


def days_chart(found: Analysed) -> Figure:
    """The days of a trial with the level of each arm and its 95 % interval, in the middle of the trial.

    Counts, yes or no, and grades show their days alone: their model lives on another scale.
    """
    trial, terms = found.trial, found.terms
    posterior = fitted(trial, found.assumed, terms) if trial.outcome.family == "normal" else None
    days = [
        Day(int(day) + 1, trial.arms[arm], None if math.isnan(value) else float(value))
        for day, arm, value in zip(trial.day, trial.arm, trial.value, strict=True)
    ]
    levels = [_level(posterior, trial, arm, terms) for arm in range(len(trial.arms))]
    words = DaysWords(
        title=f"{trial.outcome.name.capitalize()}, day by day",
        summary=" ".join(sentence(trial, one) for one in found.comparisons),
        outcome=f"{trial.outcome.name} ({trial.outcome.better} is better)",
        scale=trial.outcome.scale,
    )
    return days_figure(days, levels, words)


def _level(posterior: Posterior | None, trial: Trial, arm: int, terms: Terms) -> ArmLevel:
    """The outcome under an arm in the middle of the trial, over the days of the week alike."""
    if posterior is None:
        return ArmLevel(trial.arms[arm])
    c = np.zeros(posterior.mean.shape[1])
    c[0] = 1.0
    if arm:
        c[arm] = 1.0
    if terms.weekday:
        c[-(WEEK - 1) :] = 1.0 / WEEK
    found = posterior.contrast(c)
    return ArmLevel(trial.arms[arm], found.mean, found.quantile(0.025), found.quantile(0.975))
