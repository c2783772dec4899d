"""Figures of what spreads along ties: reinforcement, and whether structure matters at an equal number of ties."""

from __future__ import annotations

from coproduce.figures import Effect, Figure, ForestWords, LineWords, bands_figure, forest_figure
from coproduce.simulator.findings.catalogue import Effort
from coproduce.simulator.findings.estimates import line, mean, said
from coproduce.simulator.scenario import load
from coproduce.simulator.studies.runs import outcomes

#: Networks with the same people and the same number of ties.
NETWORKS: dict[str, dict[str, object]] = {
    "clustered ring": {"graph": "ring", "rewired": 0.0},
    "ring, a tenth switched": {"graph": "ring", "rewired": 0.1},
    "random": {"graph": "ring", "rewired": 1.0},
    "hubs": {"graph": "hubs"},
}


def reinforcement(effort: Effort) -> Figure:
    """How far costly behaviour gets, by how much a second neighbour who does it counts."""
    factors = [1.0, 10.0, 25.0, 50.0, 100.0, 200.0]
    base = load("diffusion").having(contagion_form="reinforced", chance=0.002, seeds=7).lasting(120)
    networks = ("clustered ring", "random")
    cases = [base.having(reinforcement=factor, **NETWORKS[name]) for name in networks for factor in factors]
    n = effort.runs(60)
    found = outcomes(cases, columns=("share",), seed=effort.seed, replicates=n, workers=effort.workers)[..., 0]
    of = {name: [mean(runs) for runs in found[6 * k : 6 * k + 6]] for k, name in enumerate(networks)}
    told = "; ".join(
        f"at {factors[i]:.0f} times: clustered {said(of['clustered ring'][i])}, random {said(of['random'][i])}"
        for i in (0, 3, 5)
    )
    return bands_figure([line(name, factors, of[name]) for name in networks], LineWords(
        title="With strong reinforcement costly behaviour gets further on a clustered network",
        summary=f"500 people with six ties each, a chance of 0.002 a tick from one neighbour and a multiple of it from "
        f"two on, 120 ticks, {n} runs. Adopted {told}.",
        x="Times the chance, from two neighbours on", y="Share of people who have adopted", share=True,
    ))  # fmt: skip


#: What spreads, and how it passes from neighbour to neighbour.
PASSES: dict[str, dict[str, object]] = {
    "one is enough": {"contagion_form": "simple", "chance": 0.05},
    "a second counts 100 times": {"contagion_form": "reinforced", "chance": 0.003, "reinforcement": 100.0},
    "it takes two": {"contagion_form": "threshold", "threshold": 2, "chance": 0.3},
}


def structure(effort: Effort) -> Figure:
    """Finding 8: whether the structure of a network matters at an equal number of ties."""
    base = load("diffusion").having(seeds=7).lasting(40)
    cases = [base.having(**how, **network) for network in NETWORKS.values() for how in PASSES.values()]
    n = effort.runs(60)
    found = outcomes(cases, columns=("share",), seed=effort.seed, replicates=n, workers=effort.workers)[..., 0]
    of = {
        (network, how): mean(found[i * len(PASSES) + j])
        for i, network in enumerate(NETWORKS)
        for j, how in enumerate(PASSES)
    }
    effects = [Effect(network, of[network, how].value, of[network, how].low, of[network, how].high, how)
               for network in NETWORKS for how in PASSES]  # fmt: skip
    told = "; ".join(
        f"{how}: " + ", ".join(f"{network} {said(of[network, how])}" for network in NETWORKS) for how in PASSES
    )
    return forest_figure(effects, ForestWords(
        title="At an equal number of ties structure matters: hubs carry all, clustering what takes two",
        summary=f"Share of 500 people with 1,500 ties who have adopted after 40 ticks, {n} runs. {told}.",
        x="Share of people who have adopted", share=True,
    ))  # fmt: skip
