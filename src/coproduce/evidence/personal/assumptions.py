"""What is assumed before the first day, in a form that a report can state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from coproduce.errors import InvalidInput
from coproduce.evidence.personal.exact import Prior
from coproduce.evidence.personal.regressors import WEEK, Terms
from coproduce.evidence.personal.trial import Trial
from coproduce.evidence.reading import number

#: Prior variances in units of the residual variance: intercept, effect of an arm, trend, weekday.
INTERCEPT, EFFECT, TREND, WEEKDAY = 25.0, 4.0, 4.0, 1.0
#: Shape and scale of the residual variance, the scale in squared tenths of the outcome's range: weak.
SHAPE, SCALE = 2.0, 2.0
#: Other outcomes: middle of the intercept on the link's scale, and the inverse gamma of the latent state's variance.
LINK_MIDDLE = {"count": 1.0, "binary": 0.0, "ordinal": 1.0}
LINK_SHAPE, LINK_RATE = 3.0, 1.0


@dataclass(frozen=True, slots=True)
class Assumed:
    """A prior in the unit of the outcome: middle of the intercept, and middle and variance of the effects.

    `effect_variance`, `intercept_variance` and the like are in units of the residual variance; `source` says where the
    numbers come from.
    """

    middle: float
    effect: tuple[float, ...]
    effect_variance: tuple[float, ...]
    intercept_variance: float
    trend_variance: float
    a0: float
    b0: float
    source: str

    def arrays(self, terms: Terms) -> Prior:
        """The prior of the columns of `terms`, in their order."""
        n_weekdays = (WEEK - 1) * terms.weekday
        m0 = [self.middle, *self.effect, *[0.0] * (terms.trend + n_weekdays)]
        trend = [self.trend_variance] * terms.trend
        v0 = [self.intercept_variance, *self.effect_variance, *trend, *[WEEKDAY] * n_weekdays]
        return Prior(np.array(m0), np.array(v0), self.a0, self.b0)

    def wider(self, factor: float) -> Assumed:
        """The same with the standard deviation of every effect times `factor`: for the line on sensitivity."""
        return replace(self, effect_variance=tuple(factor**2 * v for v in self.effect_variance))

    def stated(self) -> dict[str, Any]:
        """What a report says of it."""
        return {
            "m0": [self.middle, *self.effect, 0.0],
            "V0_diag": [self.intercept_variance, *self.effect_variance, self.trend_variance],
            "a0": self.a0,
            "b0": self.b0,
            "phi": "Uniform(0, 0.95)",
            "source": self.source,
        }


def weak(trial: Trial) -> Assumed:
    """The prior that is used when none is given: weak, and scaled by the outcome's own range.

    On a scale from 0 to 10: intercept 5, effect 0, b0 = 2. Without a scale, the spread of the values stands in for a
    tenth of the range and their middle for its middle; the report says so.
    """
    n_effects = len(trial.arms) - 1
    if trial.outcome.family != "normal":
        return _weak_on_link(trial, n_effects)
    if trial.outcome.scale is not None:
        low, high = trial.outcome.scale
        middle, unit, source = (low + high) / 2, (high - low) / 10, "weak, from the outcome's scale"
    else:
        values = trial.value[trial.seen]
        middle, unit = float(np.median(values)), float(values.std()) or 1.0
        source = "weak, from the middle and spread of the values, since the outcome has no scale"
    return Assumed(
        middle=middle, effect=(0.0,) * n_effects, effect_variance=(EFFECT,) * n_effects, intercept_variance=INTERCEPT,
        trend_variance=TREND, a0=SHAPE, b0=SCALE * unit**2, source=source,
    )  # fmt: skip


def _weak_on_link(trial: Trial, n_effects: int) -> Assumed:
    """For counts, yes or no, and grades: on the log or logit scale, where variances are plain and not in units."""
    return Assumed(
        middle=LINK_MIDDLE[trial.outcome.family], effect=(0.0,) * n_effects, effect_variance=(1.0,) * n_effects,
        intercept_variance=4.0, trend_variance=1.0, a0=LINK_SHAPE, b0=LINK_RATE,
        source="weak, on the log scale" if trial.outcome.family == "count" else "weak, on the logit scale",
    )  # fmt: skip


def read_assumed(document: Mapping[str, Any] | None, trial: Trial) -> Assumed:
    """The prior of a document: None for the weak one, or {m0, V0_diag, a0, b0, source}, each of which may be left out.

    m0 and V0_diag hold intercept, effects of the arms after the first, and the trend (which may be left out). In place
    of all four, `effect` {mean, sd} (numbers, or a list with one for each of those arms) says in the outcome's unit
    what other people's trials found, as pooling answers it. Raises InvalidInput, naming the field.
    """
    base = weak(trial)
    if document is None:
        return base
    if not isinstance(document, Mapping):
        raise InvalidInput(
            given="a prior that is not an object", expected="m0, V0_diag, a0 and b0, or null", field="prior"
        )
    n_effects = len(trial.arms) - 1
    if "effect" in document:
        if trial.outcome.family != "normal":
            raise InvalidInput(
                given=f"other people's effect with a {trial.outcome.family} outcome",
                expected="a normal outcome, whose effects are pooled on its own scale", field="prior.effect",
            )  # fmt: skip
        return _from_others(document, base, n_effects)
    m0 = _numbers(document.get("m0", [base.middle, *base.effect]), "prior.m0", n_effects)
    v0 = _numbers(document.get("V0_diag", [base.intercept_variance, *base.effect_variance]), "prior.V0_diag", n_effects)
    a0, b0 = (number(document.get(name, getattr(base, name)), f"prior.{name}", above=0.0) for name in ("a0", "b0"))
    return Assumed(
        middle=m0[0], effect=tuple(m0[1 : n_effects + 1]),
        effect_variance=tuple(number(v, "prior.V0_diag", above=0.0) for v in v0[1 : n_effects + 1]),
        intercept_variance=number(v0[0], "prior.V0_diag", above=0.0),
        trend_variance=number(v0[n_effects + 1] if len(v0) > n_effects + 1 else TREND, "prior.V0_diag", above=0.0),
        a0=a0, b0=b0, source=str(document.get("source", "given with the trial")),
    )  # fmt: skip


def _from_others(document: Mapping[str, Any], base: Assumed, n_effects: int) -> Assumed:
    """The weak prior with effects as pooled; their variance in units of the residual variance's prior mean."""
    given = document["effect"]
    beside = {"m0", "V0_diag", "a0", "b0"} & set(document)
    if not isinstance(given, Mapping) or not {"mean", "sd"} <= set(given) or beside:
        raise InvalidInput(
            given="an effect that cannot be used", expected="mean and sd, without m0, V0_diag, a0 and b0",
            field="prior.effect",
        )  # fmt: skip
    mean, sd = (_each(given[name], f"prior.effect.{name}", n_effects) for name in ("mean", "sd"))
    unit = base.b0 / (base.a0 - 1.0)
    return replace(
        base, effect=tuple(number(m, "prior.effect.mean") for m in mean),
        effect_variance=tuple(number(v, "prior.effect.sd", above=0.0) ** 2 / unit for v in sd),
        source=str(document.get("source", "given with the trial, from other people's trials")),
    )  # fmt: skip


def _each(found: object, field: str, n_effects: int) -> list[Any]:
    listed = list(found) if isinstance(found, list | tuple) else [found]
    if len(listed) != n_effects:
        raise InvalidInput(given="a list of another length", expected=f"{n_effects} of them, one an arm after the "
                           "first", field=field)  # fmt: skip
    return listed


def _numbers(found: object, field: str, n_effects: int) -> list[float]:
    if not isinstance(found, list | tuple) or len(found) not in {n_effects + 1, n_effects + 2}:
        raise InvalidInput(
            given="a list of another length", expected=f"{n_effects + 1} or {n_effects + 2} numbers: intercept, "
            "effect of each arm after the first, and trend", field=field,
        )  # fmt: skip
    return [number(value, field) for value in found]
