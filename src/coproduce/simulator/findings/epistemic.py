"""Figures of researchers who learn from each other, and what activation does to the cost of dense sharing."""

from __future__ import annotations

from collections.abc import Sequence

from coproduce.figures import Effect, Figure, ForestWords, LineWords, bands_figure, forest_figure
from coproduce.simulator.findings.catalogue import Effort
from coproduce.simulator.findings.estimates import line, mean, said, share
from coproduce.simulator.scenario import Scenario, load
from coproduce.simulator.streams import FloatArray
from coproduce.simulator.studies.runs import outcomes

GRAPHS = ("complete", "star", "cycle", "path")


def _ends(scenarios: Sequence[Scenario], columns: Sequence[str], effort: Effort, runs: int) -> FloatArray:
    return outcomes(scenarios, columns=columns, seed=effort.seed, replicates=effort.runs(runs), workers=effort.workers)


def graphs(effort: Effort) -> Figure:
    """How often ten researchers end right, by who hears whom, for a hard and an easier question."""
    edges = {0.001: "difference 0.001", 0.01: "difference 0.01"}
    cases = [(graph, edge) for graph in GRAPHS for edge in edges]
    found = _ends([load("zollman").having(graph=g, edge=e) for g, e in cases], ("correct", "rounds"), effort, 1000)
    right = {case: share(found[i, :, 0]) for i, case in enumerate(cases)}
    rounds = {case: mean(found[i, :, 1]).value for i, case in enumerate(cases)}
    effects = [Effect(g, right[g, e].value, right[g, e].low, right[g, e].high, edges[e]) for g, e in cases]
    hard = "; ".join(
        f"{g} {said(right[g, 0.001])} right after {rounds[g, 0.001]:.0f} rounds on average" for g in GRAPHS
    )
    return forest_figure(effects, ForestWords(
        title="Who hears fewer others is right more often, and later",
        summary=f"Ten researchers, trials of 1,000 cases, {found.shape[1]} runs. With a difference of 0.001: {hard}. "
        "With a difference of 0.01 hardly any run goes wrong.",
        x="Runs that end with everybody sure of the truth", share=True,
    ))  # fmt: skip


def mistrust(effort: Effort) -> Figure:
    """How often a community splits for good, by how much it doubts those who believe otherwise."""
    doubts = [0.0, 0.5, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0]
    forms = {"ignore": "full doubt ignores a result", "contrary": "full doubt turns a result round"}
    cases = [load("polarisation").having(mistrust=m, doubt_form=f) for f in forms for m in doubts]
    found = _ends(cases, ("polarised",), effort, 400)[:, :, 0]
    lines = [
        line(label, doubts, [share(runs) for runs in found[k * len(doubts) : (k + 1) * len(doubts)]])
        for k, label in enumerate(forms.values())
    ]
    at = {m: share(found[doubts.index(m)]) for m in (1.0, 1.5, 3.0)}
    return bands_figure(lines, LineWords(
        title="Beyond a mistrust of 1 a community can split for good",
        summary=f"Ten researchers who all hear each other, {found.shape[1]} runs. Split at a mistrust of 1: "
        f"{said(at[1.0])} of runs; of 1.5: {said(at[1.5])}; of 3: {said(at[3.0])}.",
        x="Mistrust per distance of beliefs", y="Runs that end in two camps", share=True,
    ))  # fmt: skip


def studies(effort: Effort) -> Figure:
    """How often a decider is misled by true results, by the size of studies and the number of researchers."""
    sizes, crowds = [5, 10, 20, 50, 100, 200], (5, 10, 20)
    cases = [load("selective").having(pulls=pulls, n_agents=n) for n in crowds for pulls in sizes]
    found = _ends(cases, ("misled", "correct"), effort, 400)
    lines = [
        line(f"{n} researchers", sizes, [share(found[k * len(sizes) + i, :, 0]) for i in range(len(sizes))])
        for k, n in enumerate(crowds)
    ]
    small, large = (share(found[len(sizes) + sizes.index(size), :, 0]) for size in (10, 100))
    return bands_figure(lines, LineWords(
        title="Small studies are what selective sharing feeds on",
        summary=f"One who decides hears one researcher, and of all results those against the better treatment; "
        f"{found.shape[1]} runs. With ten researchers misled: {said(small)} of runs at 10 cases a study, {said(large)} "
        "at 100. With more researchers there is more to choose from.",
        x="Cases in a study", y="Runs in which the decider ends misled", share=True,
    ))  # fmt: skip


#: What activation may do, as settings of `zollman`: nothing, make trials, or also make people try what they doubt.
ROLES = {
    "everybody always active": {},
    "activation makes trials": {"activation": 0.2},
    "activation also spreads": {"activation": 0.2, "activation_contagion": 0.2},
    "it also makes people try what they doubt": {"activation": 0.2, "activation_contagion": 0.2, "curiosity": 0.05},
}


def activation(effort: Effort) -> Figure:
    """Finding 4: whether activation that spreads along the ties offsets the cost of hearing everybody."""
    graphs = {"complete": "everybody hears everybody", "cycle": "everybody hears two"}
    cases = [load("zollman").having(graph=g, **role) for role in ROLES.values() for g in graphs]
    found = _ends(cases, ("correct", "rounds"), effort, 600)
    right = [share(runs) for runs in found[:, :, 0]]
    took = [mean(runs).value for runs in found[:, :, 1]]
    effects = [
        Effect(role, right[2 * k + j].value, right[2 * k + j].low, right[2 * k + j].high, group)
        for k, role in enumerate(ROLES)
        for j, group in enumerate(graphs.values())
    ]
    told = "; ".join(
        f"{role}: {said(right[2 * k])} against {said(right[2 * k + 1])}, rounds {took[2 * k]:.0f} against "
        f"{took[2 * k + 1]:.0f}"
        for k, role in enumerate(ROLES)
    )
    return forest_figure(effects, ForestWords(
        title="Activation offsets the cost of dense sharing only where it makes people try what they doubt",
        summary=f"Share of {found.shape[1]} runs right within 10,000 rounds, everybody heard against two heard. "
        f"{told[0].upper()}{told[1:]}.",
        x="Runs that end with everybody sure of the truth", share=True,
    ))  # fmt: skip


#: What deciders are told beside what they hear themselves, as settings of `selective`.
TOLD = {
    "nothing": {"sharing_form": "none"},
    "every result": {"sharing_form": "all"},
    "results against only": {"sharing_form": "against"},
}


def what_and_with_whom(effort: Effort) -> Figure:
    """Finding 9: whether it matters what is shared, and with whom."""
    circles = {0: "hears no researcher", 1: "hears 1 of 10", 3: "hears 3 of 10", 10: "hears all 10"}
    cases = [load("selective").having(heard=heard, pulls=20, **told) for heard in circles for told in TOLD.values()]
    found = _ends(cases, ("informed", "misled", "rounds"), effort, 400)
    at = {(heard, told): found[i * len(TOLD) + j] for i, heard in enumerate(circles) for j, told in enumerate(TOLD)}
    right = {case: share(runs[:, 0]) for case, runs in at.items()}
    effects = [Effect(circles[h], right[h, t].value, right[h, t].low, right[h, t].high, f"is told {t}")
               for h in circles for t in TOLD]  # fmt: skip
    told = "; ".join(f"{circles[h]}: " + ", ".join(f"told {t} {said(right[h, t])}" for t in TOLD) for h in circles)
    return forest_figure(effects, ForestWords(
        title="Hearing more researchers protects from selective sharing, and changes little else",
        summary=f"Share of {found.shape[1]} runs in which a decider ends sure of the truth; ten researchers, 20 cases "
        f"a study. {told[0].upper()}{told[1:]}.",
        x="Runs in which the decider ends right", share=True,
    ))  # fmt: skip
