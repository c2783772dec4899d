"""Findings 3, 10, 11 and 12: what interventions do together, alone, by being paid, and which of them suffice."""

from __future__ import annotations

import itertools

import numpy as np

from coproduce.figures import Effect, Figure, ForestWords, forest_figure
from coproduce.simulator.findings.catalogue import Effort
from coproduce.simulator.findings.network import care, whole
from coproduce.simulator.studies.factorial import factorial
from coproduce.simulator.studies.runs import outcomes
from coproduce.simulator.studies.spans import mean_span, span

STATES = {
    "little shared (10 %)": {"sharing": 0.1},
    "some shared (30 %)": {"sharing": 0.3},
    "much shared (60 %)": {"sharing": 0.6},
    "little activation": {"patient_activation": 0.2, "clinician_activation": 0.25},
    "much activation": {"patient_activation": 0.6, "clinician_activation": 0.7},
}


def together(effort: Effort) -> Figure:
    """When registry and pre-visit planning are complements and when substitutes."""
    n = effort.runs(24)
    effects: list[Effect] = []
    counted = {"complements": 0, "substitutes": 0, "neither": 0}
    for state, values in STATES.items():
        for form in ("additive", "product", "substitutes"):
            found = factorial(
                care(combine_form=form, **values), {"registry": 1.0, "previsit_planning": 1.0}, "mean_outcome",
                replicates=n, seed=effort.seed, workers=effort.workers,
            )  # fmt: skip
            both = found.interactions["registry", "previsit_planning"]
            counted[found.relation("registry", "previsit_planning")] += 1
            effects.append(Effect(state, both.value, both.low, both.high, form))
    said = ", ".join(f"{kind} in {count}" for kind, count in counted.items())
    words = ForestWords(
        title=f"Registry and pre-visit planning are complements in {counted['complements']} of {len(effects)} networks",
        summary="What both add to the mean outcome beyond the sum of each, by state of the network and by how "
        f"information and knowledge combine: {said} ({n} replicates of four arms, 95 % intervals).",
        x="Interaction on the mean outcome",
        reference=0.0,
    )
    return forest_figure(effects, words)


def islands(effort: Effort) -> Figure:
    """The same people without ties across sites or a commons: the difference is the network's own effect."""
    n = effort.runs(24)
    apart = {"ties_within_site": 1.0}
    bare = {"commons_in_choice": False, "commons_in_needs": False}
    base = whole()
    cuts = {"ties across sites": base.having(**apart), "the commons": base.having(**bare),
            "both": base.having(**apart, **bare)}  # fmt: skip
    columns = {"mean_outcome": "mean outcome", "activation": "activation", "met": "share of needs met"}
    found = outcomes(
        [base, *cuts.values()], columns=["mean_outcome", "activation", "needs_confirmed", "needs_stated"],
        seed=effort.seed, replicates=n, window=26, workers=effort.workers,
    )  # fmt: skip
    values = np.stack([found[..., 0], found[..., 1], found[..., 2] / found[..., 3]], axis=-1)
    effects, told = [], []
    for j, name in enumerate(columns.values()):
        for i, cut in enumerate(cuts, start=1):
            own = mean_span(values[0, :, j] - values[i, :, j], effort.seed, "islands")
            effects.append(Effect(name, own.value, own.low, own.high, f"without {cut}"))
            if cut == "both":
                told.append(f"{name} {own.said()}")
    words = ForestWords(
        title="What the network itself adds, against islands of the same people",
        summary=f"Network less islands in the last half year: {'; '.join(told)} ({n} pairs of runs with common random "
        "numbers, 95 % intervals). People who help may still be of another site.",
        x="Network less islands",
        reference=0.0,
    )
    return forest_figure(effects, words)


SCHEMES = {
    "pay for sharing": {"incentives": 1.0, "incentive_relief": 0.0},
    "take cost and risk away": {"incentives": 1.0, "incentive_payment": 0.0},
    "both": {"incentives": 1.0},
    "pay for satisfaction": {"pull_on_patient": 0.0, "pull_on_clinician": 0.1},
}


def incentives(effort: Effort) -> Figure:
    """Paying for satisfaction scores, and other incentives, with and without payment that drives inner motives out."""
    n = effort.runs(24)
    effects, told = [], []
    for crowding, group in ((0.0, "motives stay"), (1.0, "payment drives motives out")):
        base = whole(crowding_out=crowding, sharing_cost=0.1, sharing_risk=0.1)
        arms = [base, *(base.having(**values) for values in SCHEMES.values())]
        found = outcomes(
            arms, columns=["mean_outcome"], seed=effort.seed, replicates=n, window=26, workers=effort.workers
        )[:, :, 0]  # fmt: skip
        for i, scheme in enumerate(SCHEMES, start=1):
            gain = mean_span(found[i] - found[0], effort.seed, "incentives")
            effects.append(Effect(scheme, gain.value, gain.low, gain.high, group))
            told.append(f"{scheme} ({group}) {gain.said()}")
    worse = [one for one in effects if one.high is not None and one.high < 0]
    named = " and ".join(dict.fromkeys(one.label for one in worse)) or "No incentive"
    words = ForestWords(
        title=f"{named} makes outcomes worse".replace("pay", "Paying", 1)
        if worse
        else "No incentive makes outcomes worse",
        summary=f"Change of the mean outcome in the last half year: {'; '.join(told)} ({n} pairs of runs, 95 % "
        "intervals). Paid for satisfaction, clinicians follow their patients and no longer move them.",
        x="Change of the mean outcome",
        reference=0.0,
    )
    return forest_figure(sorted(effects, key=lambda one: list(SCHEMES).index(one.label)), words)


PARTS = ("registry", "previsit_planning", "leadership", "peer_programme", "quality_improvement")
ENOUGH = 0.9


def least_infrastructure(effort: Effort) -> Figure:
    """The fewest interventions that reach nine tenths of what all of them reach."""
    n = effort.runs(16)
    chosen = [parts for k in range(len(PARTS) + 1) for parts in itertools.combinations(PARTS, k)]
    base = care()
    found = outcomes(
        [base.having(**dict.fromkeys(parts, 1.0)) for parts in chosen], columns=["mean_outcome"], seed=effort.seed,
        replicates=n, window=13, workers=effort.workers,
    )[:, :, 0]  # fmt: skip
    gains = {parts: found[i] - found[0] for i, parts in enumerate(chosen)}
    best = [max((p for p in chosen if len(p) == k), key=lambda p: gains[p].mean()) for k in range(1, len(PARTS) + 1)]
    effects, enough = [], best[-1]
    for parts in reversed(best):
        share = span(np.stack([gains[parts], gains[PARTS]]), _ratio, effort.seed, "least")
        effects.append(Effect(" + ".join(parts).replace("_", " "), share.value, share.low, share.high))
        if share.value >= ENOUGH:
            enough = parts
    words = ForestWords(
        title=f"{len(enough)} of {len(PARTS)} interventions reach nine tenths of what all reach",
        summary=f"{', '.join(enough).replace('_', ' ')} reach at least {ENOUGH:.0%} of the gain in the mean outcome of "
        f"all {len(PARTS)}. Best set of each size among all {len(chosen)} sets, {n} runs each, 95 % intervals; the "
        "best of many looks better than it is, the more so the fewer the runs.",
        x="Share of the gain of all",
        reference=ENOUGH,
        share=True,
    )
    return forest_figure(effects[::-1], words)


def _ratio(runs: np.ndarray) -> np.ndarray:
    ratio: np.ndarray = runs[:, 0].mean(axis=-1) / runs[:, 1].mean(axis=-1)
    return ratio
