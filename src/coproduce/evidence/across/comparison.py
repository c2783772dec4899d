"""A comparison of two treatments from a registry-like table: stated as a target trial, answered, or refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from coproduce.evidence.across.estimators import (
    Effect,
    People,
    aipw,
    crude,
    crude_with_equal_variances,
    inverse_weights,
    overlap_weights,
    standardised,
    weighted,
)
from coproduce.evidence.across.specification import Specification
from coproduce.evidence.across.weighting import Balance, Propensity, balance, effective_n
from coproduce.evidence.arrays import Floats

#: A comparison is refused below this effective sample size in an arm, or above this imbalance after weighting.
LEAST_EFFECTIVE_N, MOST_IMBALANCE = 50.0, 0.1


@dataclass(frozen=True, slots=True)
class Comparison:
    """The answer: an effect, or why it is refused; balance, effective sample sizes and E-value either way.

    `effect` is None when refused and not overridden. `e_value` is of the estimate and of the end of its interval that
    is nearer to no effect. `negative_control` is the effect on an outcome that the treatment cannot change.
    """

    method: str
    effect: Effect | None
    n: tuple[int, int]
    effective_n: tuple[float, float]
    balance: tuple[Balance, ...]
    e_value: tuple[float, float] | None
    refused: str | None
    overridden: bool
    negative_control: Effect | None
    equal_variances: Effect | None

    @property
    def most_imbalance(self) -> float:
        """The largest standardised mean difference after weighting, in absolute value; 0 without confounders."""
        return max((abs(row.after) for row in self.balance), default=0.0)


def compare(specification: Specification, people: People, names: tuple[str, ...]) -> Comparison:
    """Compares the treated with the untreated as the specification says.

    Refused when, after weighting, an arm's effective sample size is under 50 or a confounder's standardised mean
    difference is over 0.1, or when the groups do not overlap at all. A crude difference adjusts for nothing, so its
    imbalance is shown and not judged.
    """
    spec = specification
    w, overlaps = _weights(spec.method, people)
    arms = (people.t == 1, people.t == 0)
    sizes = tuple(effective_n(w[arm]) for arm in arms)
    table = tuple(balance(people.x, names, people.t, w))
    reason = _why_not(spec.method, overlaps, sizes, max((abs(row.after) for row in table), default=0.0))
    effect = control = None
    if overlaps and (reason is None or spec.override is not None):
        effect = _estimated(spec, people, w)
    if effect is not None and spec.control is not None:
        control = _estimated(spec, People(people.t, spec.control, people.x, people.modifiers), w)
    return Comparison(
        method=spec.method, effect=effect, n=(int(arms[0].sum()), int(arms[1].sum())),
        effective_n=(sizes[0], sizes[1]), balance=table,
        e_value=None if effect is None else e_values(effect, float(people.y.std(ddof=1))),
        refused=reason, overridden=reason is not None and effect is not None, negative_control=control,
        equal_variances=crude_with_equal_variances(people) if spec.method == "crude" and effect is not None else None,
    )  # fmt: skip


def _weights(method: str, people: People) -> tuple[Floats, bool]:
    """The weights by which balance and effective size are judged, and whether the groups overlap at all."""
    if method == "crude":
        return np.ones_like(people.t), True
    model = Propensity.fit(people.x, people.t)
    if model is None:
        return np.ones_like(people.t), False
    weights = overlap_weights if method == "overlap" else inverse_weights
    return weights(people.t, model.of(people.x)), True


def _why_not(method: str, overlaps: bool, sizes: tuple[float, ...], imbalance: float) -> str | None:
    if not overlaps:
        return "The groups do not overlap: the confounders alone tell who was treated."
    if min(sizes) < LEAST_EFFECTIVE_N:
        return f"The effective sample size of an arm is {min(sizes):.0f}; at least {LEAST_EFFECTIVE_N:.0f} are needed."
    if method != "crude" and imbalance > MOST_IMBALANCE:
        return f"A confounder differs by {imbalance:.2f} standard deviations after weighting; at most 0.1 is allowed."
    return None


def _estimated(spec: Specification, people: People, w: Floats) -> Effect | None:
    by_method: dict[str, Callable[[], Effect | None]] = {
        "crude": lambda: crude(people),
        "ipw": lambda: weighted(people, w),
        "overlap": lambda: weighted(people, w),
        "standardisation": lambda: standardised(people, seed=spec.seed),
        "aipw": lambda: (found := aipw(people, folds=spec.folds, seed=spec.seed)) and found[0],
    }
    return by_method[spec.method]()


def e_values(effect: Effect, spread: float) -> tuple[float, float]:
    """How strongly an unmeasured confounder must go with treatment and outcome, as risk ratios, to explain this away.

    Of the estimate, and of the end of its interval nearer to 0 (1 when the interval holds 0). `spread` is the standard
    deviation of the outcome; the difference becomes a risk ratio by exp(0.91 d). Source: VanderWeele and Ding 2017,
    10.7326/M16-2607.
    """
    if spread <= 0:
        return 1.0, 1.0
    inside = effect.low <= 0.0 <= effect.high
    nearer = 0.0 if inside else min(abs(effect.low), abs(effect.high))
    return _e_value(abs(effect.value) / spread), _e_value(nearer / spread)


def _e_value(d: float) -> float:
    ratio = math.exp(0.91 * d)
    return ratio + math.sqrt(ratio * (ratio - 1.0))
