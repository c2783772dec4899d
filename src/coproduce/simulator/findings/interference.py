"""Finding 7: how far a cluster trial of a network feature misses what the feature does."""

from __future__ import annotations

from coproduce.figures import Effect, Figure, ForestWords, forest_figure
from coproduce.simulator.findings.catalogue import Effort
from coproduce.simulator.findings.network import care
from coproduce.simulator.studies.pictures import power_figure
from coproduce.simulator.studies.trials import Kind, Trial, power_by, run_trial

DESIGNS: dict[Kind, str] = {"parallel": "parallel", "stepped": "stepped wedge"}
LEVERS = ("previsit_planning", "registry", "leadership", "peer_programme")


#: Median activation of patients at the start, in otherwise equal networks of 20 sites.
ACTIVATION = (0.1, 0.25, 0.4, 0.6, 0.8)
SITES, PATIENTS = 20, 300


def power(effort: Effort) -> Figure:
    """The power of both designs to find pre-visit planning, by how active patients are before it begins."""
    scenario = care(n_sites=SITES).having(n_patients=PATIENTS)
    curves = {
        group: power_by(
            Trial(scenario, {"previsit_planning": 1.0}, kind, begins=scenario.ticks // 4 + 1), "patient_activation",
            list(ACTIVATION), replicates=effort.runs(64), seed=effort.seed, workers=effort.workers,
        )
        for kind, group in DESIGNS.items()
    }  # fmt: skip
    return power_figure("patient_activation", ACTIVATION, curves)


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
