"""Finding 7: how far a cluster trial of a network feature misses what the feature does."""

from __future__ import annotations

from coproduce.figures import Effect, Figure, ForestWords, forest_figure
from coproduce.simulator.findings.catalogue import Effort
from coproduce.simulator.findings.network import care
from coproduce.simulator.studies.trials import Kind, Trial, run_trial

DESIGNS: dict[Kind, str] = {"parallel": "parallel", "stepped": "stepped wedge"}
LEVERS = ("previsit_planning", "registry", "leadership", "peer_programme")


def bias(effort: Effort) -> Figure:
    """Estimate less the effect of all sites against none, for each lever and design."""
    n = effort.runs(16)
    effects, told = [], []
    for lever in LEVERS:
        for kind, group in DESIGNS.items():
            trial = Trial(care(), {lever: 1.0}, kind, begins=care().ticks // 4 + 1)
            found = run_trial(trial, replicates=n, seed=effort.seed, workers=effort.workers)
            label = lever.replace("_", " ")
            effects.append(Effect(label, found.bias.value, found.bias.low, found.bias.high, group))
            told.append(f"{label}, {group}: {found.bias.said()} of {found.total.value:+.3g}, "
                        f"spill-over {found.spill_over.value:+.3g}, power {found.power.value:.0%}")  # fmt: skip
    low = sum(one.high is not None and one.high < 0 for one in effects)
    words = ForestWords(
        title=f"{low} of {len(effects)} cluster trials underestimate what the lever does in the whole network",
        summary=f"Estimate less the true effect of all sites against none, on the mean outcome. {'. '.join(told)} "
        f"({n} trials of 10 sites, 95 % intervals).",
        x="Bias on the mean outcome",
        reference=0.0,
    )
    return forest_figure(effects, words)
