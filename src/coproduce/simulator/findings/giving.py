"""Figures of organisations that learn and of giving to a common good."""

from __future__ import annotations

from coproduce.figures import Figure, LineWords, bands_figure
from coproduce.simulator.findings.catalogue import Effort
from coproduce.simulator.findings.estimates import line, mean, paths, said
from coproduce.simulator.scenario import load
from coproduce.simulator.studies.runs import outcomes


def socialisation(effort: Effort) -> Figure:
    """What an organisation knows in the end, by how fast it socialises its members."""
    slow_to_fast, learning = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], (0.1, 0.5, 0.9)
    scenario = load("march").lasting(80)
    cases = [scenario.having(socialisation=p1, code_learning=p2) for p2 in learning for p1 in slow_to_fast]
    n = effort.runs(60)
    found = outcomes(cases, columns=("code_knowledge",), seed=effort.seed, replicates=n, workers=effort.workers)[..., 0]
    of = {p2: [mean(runs) for runs in found[k * 9 : (k + 1) * 9]] for k, p2 in enumerate(learning)}
    lines = [line(f"the code learns at {p2}", slow_to_fast, of[p2]) for p2 in learning]
    return bands_figure(lines, LineWords(
        title="Slow socialisation ends with more knowledge than fast",
        summary=f"Fifty members, thirty dimensions, 80 ticks, {n} runs. With a code that learns at 0.9, it knows "
        f"{said(of[0.9][0])} in the end where members take over a belief with a chance of 0.1, and "
        f"{said(of[0.9][-1])} at 0.9.",
        x="Chance to take over a belief of the code in a tick", y="Share of reality that the code knows", share=True,
    ))  # fmt: skip


def decay(effort: Effort) -> Figure:
    """What people give to a common good, tick by tick: left alone, with sanctions, and where use is seen."""
    scenario = load("publicgood").lasting(20)
    cases = {
        "left alone": scenario,
        "with sanctions": scenario.having(sanctions=True),
        "seeing that it is used": scenario.having(recognition=0.4),
    }
    n, ticks = effort.runs(60), range(1, 21)
    found = {name: paths(case, "contribution", seed=effort.seed, replicates=n) for name, case in cases.items()}
    lines = [line(name, list(ticks), [mean(runs[:, t - 1]) for t in ticks]) for name, runs in found.items()]
    ends = "; ".join(f"{name} {said(mean(runs[:, 0]))} and {said(mean(runs[:, -1]))}" for name, runs in found.items())
    return bands_figure(lines, LineWords(
        title="Giving decays when left alone, and holds with sanctions or where people see the use",
        summary=f"240 people in groups of four, {n} runs. Mean gift in the first and the last of 20 ticks: {ends}.",
        x="Tick", y="Mean gift, share of the endowment", share=True,
    ))  # fmt: skip
