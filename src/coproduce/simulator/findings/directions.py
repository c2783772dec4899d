"""Finding 1: do the published directions (A1 to A7) hold under every form of the rules?"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from coproduce.figures import Effect, Figure, ForestWords, forest_figure
from coproduce.simulator.findings.catalogue import Effort
from coproduce.simulator.findings.network import CARE, care
from coproduce.simulator.scenario import Scenario
from coproduce.simulator.studies.contour import contour, contour_figure
from coproduce.simulator.studies.design import Design
from coproduce.simulator.studies.factors import factors
from coproduce.simulator.studies.runs import outcomes
from coproduce.simulator.studies.sensitivity import sensitivity, sensitivity_figure
from coproduce.simulator.studies.spans import mean_span
from coproduce.simulator.studies.sweep import Table, sweep

#: What A1, A2 and A3 look at.
LOOKED_AT = {
    "activation": "A1 activation",
    "shared_knowledge": "A2 shared knowledge",
    "mean_outcome": "A3 mean outcome",
}
FORMS = (
    "peer_form", "pair_form", "visit_form", "information_form", "combine_form", "choice_form", "outcome_form",
    "made_form", "kept_form", "tie_form",
)  # fmt: skip
LOW, HIGH = 0.0, 0.1


def variants() -> dict[str, Scenario]:
    """The reference, and the reference with one rule in each of its other forms."""
    base = care()
    found = {"reference": base}
    for name in FORMS:
        for choice in base.specs()[name].choices:
            if choice != getattr(base.parameters, name):
                found[f"{name} = {choice}"] = base.having(**{name: choice})
    return found


def by_form(effort: Effort) -> Figure:
    """What more patient influence does to activation, shared knowledge and outcomes, under each form."""
    named = variants()
    n = effort.runs(8)
    pairs = [s.having(patient_influence=x) for s in named.values() for x in (LOW, HIGH)]
    found = outcomes(pairs, columns=list(LOOKED_AT), seed=effort.seed, replicates=n, workers=effort.workers)
    gained = found[1::2] - found[::2]
    effects, held = [], 0
    for i, name in enumerate(named):
        spans = [mean_span(gained[i, :, j], effort.seed, name) for j in range(len(LOOKED_AT))]
        held += all(span.low is not None and span.low > 0 for span in spans)
        effects += [
            Effect(name, s.value, s.low, s.high, group) for s, group in zip(spans, LOOKED_AT.values(), strict=True)
        ]
    words = ForestWords(
        title=f"All three directions hold in {held} of {len(named)} forms of the rules",
        summary=f"Rise when patient influence goes from {LOW:g} to {HIGH:g} a tick, mean and 95 % interval of {n} "
        "pairs of runs with common random numbers, for the reference and with one rule in another form. "
        f"In {held} of {len(named)} all three intervals lie above 0.",
        x="Rise (scale 0 to 1)",
        reference=0.0,
    )
    return forest_figure(effects, words)


def _swept(effort: Effort, vary: list[str], method: str, n: int, replicates: int) -> Table:
    base = care()
    settings = {name: getattr(base.parameters, name) for name in CARE}
    design = Design(
        "seid2021",
        settings,
        base.ticks,
        factors(vary, base),
        method=method,
        n=n,
        replicates=replicates,
        seed=effort.seed,
    )
    with tempfile.TemporaryDirectory() as folder:
        return sweep(design, Path(folder) / "sweep.parquet", workers=effort.workers)


def few_parameters(effort: Effort) -> Figure:
    """A5: which parameters carry the variance of the outcome."""
    vary = [
        "patient_influence=0:0.1", "data_to_visit=0.2:0.6", "shared_to_visit=0.1:0.5", "sharing=0.1:0.6",
        "pull_on_patient=0:0.2", "codified=0.5:2", "visit_period=6:18", "uptake=0.6:1",
    ]  # fmt: skip
    n = 1 << int(np.log2(max(2, effort.runs(32))))
    return sensitivity_figure(sensitivity(_swept(effort, vary, "sobol", n, 1), "mean_outcome"))


def two_ways(effort: Effort) -> Figure:
    """A6: which mixes of sharing and pre-visit planning reach the same outcome."""
    vary = ["sharing=0:0.8", "previsit_planning=0:1"]
    return contour_figure(contour(_swept(effort, vary, "grid", 6, effort.runs(2)), "mean_outcome", 4))
