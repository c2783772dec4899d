"""The declared list of figures: which page shows each, what it asks, and the function that makes it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from coproduce.errors import InvalidInput
from coproduce.figures import Figure
from coproduce.simulator.parameters import nearest


@dataclass(frozen=True)
class Effort:
    """How much is spent on a figure: runs (None for the figure's own number), the seed, and processes at a time."""

    replicates: int | None = None
    seed: int = 1
    workers: int = 1

    def runs(self, otherwise: int) -> int:
        """The number of runs asked for, or the figure's own."""
        return otherwise if self.replicates is None else self.replicates


@dataclass(frozen=True)
class Declared:
    """One figure: its name, the page under docs/explanation that shows it, "module:function", and its question."""

    name: str
    page: str
    made_by: str
    asks: str

    def make(self, effort: Effort) -> Figure:
        """The figure, made anew from its runs."""
        module, _, function = self.made_by.partition(":")
        make: Callable[[Effort], Figure] = getattr(importlib.import_module(module), function)
        return make(effort)


_HERE = "coproduce.simulator.findings"
FIGURES: tuple[Declared, ...] = (
    Declared("zollman-graphs", "model/epistemic.md", f"{_HERE}.epistemic:graphs",
             "Are researchers who hear fewer others right more often?"),
    Declared("polarisation-mistrust", "model/epistemic.md", f"{_HERE}.epistemic:mistrust",
             "When does mistrust split a community for good?"),
    Declared("selective-studies", "model/epistemic.md", f"{_HERE}.epistemic:studies",
             "When does selective sharing of true results mislead?"),
    Declared("march-socialisation", "model/organisation.md", f"{_HERE}.giving:socialisation",
             "Does an organisation that socialises slowly know more in the end?"),
    Declared("publicgood-decay", "model/organisation.md", f"{_HERE}.giving:decay",
             "When does giving to a common good hold?"),
    Declared("diffusion-reinforcement", "model/diffusion.md", f"{_HERE}.spreading:reinforcement",
             "On which network does costly behaviour get further?"),
    Declared("activation-and-density", "findings/activation-and-density.md", f"{_HERE}.epistemic:activation",
             "Does activation that spreads offset the cost of dense sharing?"),
    Declared("governance-and-selective-sharing", "findings/governance.md", f"{_HERE}.governance:selective",
             "Which governance protects a commons from selective sharing at least cost in contribution?"),
    Declared("structure-at-equal-ties", "findings/structure.md", f"{_HERE}.spreading:structure",
             "Does network structure matter at an equal number of ties?"),
    Declared("what-and-with-whom", "findings/what-is-shared.md", f"{_HERE}.epistemic:what_and_with_whom",
             "Does it matter what is shared and with whom?"),
    Declared("calibration-rows", "findings/calibration-rows.md", f"{_HERE}.patterns:calibration_rows",
             "How far is the uncalibrated model from published numbers of real networks (C1)?"),
    Declared("visit-planner", "findings/calibration-rows.md", f"{_HERE}.patterns:visit_planner",
             "Does a visit planner move activation and not gaps in care, as published (C1)?"),
    Declared("directions-by-form", "findings/directions.md", f"{_HERE}.directions:by_form",
             "Do the published directions hold under every form of the rules (A1 to A3)?"),
    Declared("few-parameters", "findings/directions.md", f"{_HERE}.directions:few_parameters",
             "Which parameters carry the variance of outcomes (A5)?"),
    Declared("two-ways", "findings/directions.md", f"{_HERE}.directions:two_ways",
             "Which mixes of two levers reach the same outcome (A6)?"),
    Declared("commons-knock-out", "findings/commons.md", f"{_HERE}.knock_outs:commons",
             "How much of the effect on outcomes passes through the commons (K1)?"),
    Declared("registry-and-planning", "findings/registry-and-planning.md", f"{_HERE}.interventions:together",
             "When are registry and pre-visit planning complements, when substitutes (A7)?"),
    Declared("take-off", "findings/take-off.md", f"{_HERE}.take_off:phase_diagram",
             "Under which rules does a network take off?"),
    Declared("islands", "findings/islands.md", f"{_HERE}.interventions:islands",
             "What does the network itself add, against islands of the same people?"),
    Declared("interference-bias", "findings/interference.md", f"{_HERE}.interference:bias",
             "How far does a cluster trial of a network feature miss what it does?"),
    Declared("power-by-baseline", "findings/interference.md", f"{_HERE}.interference:power",
             "How likely is a cluster trial to find what it looks for, by the state that the network begins in?"),
    Declared("incentives", "findings/incentives.md", f"{_HERE}.interventions:incentives",
             "What do paid satisfaction scores and other incentives do?"),
    Declared("least-infrastructure", "findings/least-infrastructure.md", f"{_HERE}.interventions:least_infrastructure",
             "What is the least infrastructure that suffices?"),
)  # fmt: skip


def declared(name: str) -> Declared:
    """The figure of this name; raises InvalidInput, with the nearest one, when there is none."""
    known = {figure.name: figure for figure in FIGURES}
    if name not in known:
        raise InvalidInput(
            given="a figure that is not declared",
            expected="one of those that `coproduce figure --list` names",
            next_step=nearest(name, known),
            field="figure",
        )
    return known[name]
