"""Figures of trials: what they would have said beside what is true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coproduce.figures import Effect, Figure, ForestWords, Line, LineWords, bands_figure, forest_figure
from coproduce.simulator.studies.factorial import Factorial
from coproduce.simulator.studies.spans import Span
from coproduce.simulator.studies.trials import TrialResult


def effect(label: str, span: Span, group: str = "") -> Effect:
    """A row of a forest."""
    return Effect(label, span.value, span.low, span.high, group)


def trial_figure(found: TrialResult) -> Figure:
    """The mean estimate of a trial, and the true effects it stands for or misses."""
    rows = [
        effect("what trials estimate", found.estimate),
        effect("all sites against none", found.total),
        effect("in the trial, sites that have it", found.on_treated),
        effect("in the trial, sites that do not", found.spill_over),
    ]
    levers = " and ".join(found.trial.levers)
    biased = not found.bias.includes(0.0)
    low = "too low" if found.bias.value < 0 else "too high"
    words = ForestWords(
        title=f"A {found.trial.kind} trial of {levers} " + (f"estimates {low}" if biased else "estimates what is true"),
        summary=f"Estimate less the effect of all sites against none: {found.bias.said()}. Spill-over on the others: "
        f"{found.spill_over.said()}. Power {found.power.value:.0%} ({found.replicates} trials, 95 % intervals).",
        x="Effect on the mean outcome",
        reference=0.0,
    )
    return forest_figure(rows, words)


def power_figure(parameter: str, values: Sequence[float], curves: Mapping[str, Sequence[TrialResult]]) -> Figure:
    """The power of trials against a baseline state: a line a design, with the Wilson interval of each share.

    `curves` holds for each design one result for each of `values` of the parameter.
    """
    lines = [
        Line(label=label, x=list(values), y=[one.power.value for one in found], low=[one.power.low for one in found],
             high=[one.power.high for one in found])
        for label, found in curves.items()
    ]  # fmt: skip
    first = next(iter(curves.values()))[0]
    levers, n = " and ".join(first.trial.levers).replace("_", " "), first.replicates
    state = parameter.replace("_", " ")
    told = "; ".join(
        f"{label}: " + ", ".join(f"{x:g} {one.power.value:.0%}" for x, one in zip(values, found, strict=True))
        for label, found in curves.items()
    )
    everyone = [one.power.value for found in curves.values() for one in found]
    words = LineWords(
        title=f"A trial of {levers} finds its effect {min(everyone):.0%} to {max(everyone):.0%} of the time",
        summary=f"Share of {n} trials whose 95 % interval leaves out 0, by {state} before it. {told}. "
        "Bands: 95 % intervals.",
        x=state, y="Power", share=True,
    )  # fmt: skip
    return bands_figure(lines, words)


def factorial_figure(found: Factorial) -> Figure:
    """Main effects, and interactions of pairs."""
    rows = [effect(name, span) for name, span in found.main.items()]
    rows += [effect(f"{one} x {other}", span) for (one, other), span in found.interactions.items()]
    told = [f"{a} and {b} are {_relation(found.relation(a, b))}" for a, b in found.interactions]
    words = ForestWords(
        title=told[0][:1].upper() + told[0][1:],
        summary=f"Effects on {found.outcome}, and what pairs add beyond their sum: "
        + "; ".join(f"{row.label} {row.value:+.3g}" for row in rows)
        + f" ({found.replicates} runs an arm with common random numbers, 95 % intervals).",
        x=f"Effect on {found.outcome}",
        reference=0.0,
    )
    return forest_figure(rows, words)


def _relation(relation: str) -> str:
    return "neither complements nor substitutes" if relation == "neither" else relation
