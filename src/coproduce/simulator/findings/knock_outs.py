"""Finding 2: with the commons barred from influencing choice, how much of the effect of patient influence remains?"""

from __future__ import annotations

from coproduce.figures import Effect, Figure, ForestWords, forest_figure
from coproduce.simulator.findings.catalogue import Effort
from coproduce.simulator.findings.network import care
from coproduce.simulator.studies.knockout import knock_out

FORMS = ("additive", "product", "substitutes")


def commons(effort: Effort) -> Figure:
    """K1: the share of A3 that passes through each path, for each way in which information and knowledge combine."""
    n = effort.runs(16)
    effects, told = [], []
    for form in FORMS:
        found = knock_out(
            care(combine_form=form, patient_influence=0.0), {"patient_influence": 0.1}, "mean_outcome",
            paths=["commons", "clinicians"], replicates=n, seed=effort.seed, workers=effort.workers,
        )  # fmt: skip
        for path in found.paths:
            span = path.share
            value, low, high = (None, None, None) if span is None else (span.value, span.low, span.high)
            effects.append(Effect(f"through {path.name}", value, low, high, form))
        share = found.paths[0].share
        told.append(f"{form} {share.said('.0%') if share else 'not told'}")
    words = ForestWords(
        title="How much of the effect on outcomes passes through the commons depends on the rule",
        summary="Share of the effect of patient influence (0 to 0.1 a tick) on the mean outcome that is gone with the "
        f"commons barred from choice: {'; '.join(told)} ({n} pairs of runs, 95 % intervals).",
        x="Share of the effect that is gone with the path barred",
        reference=0.0,
        share=True,
    )
    return forest_figure(sorted(effects, key=lambda one: one.label), words)
