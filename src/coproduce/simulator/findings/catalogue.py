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


FIGURES: tuple[Declared, ...] = ()


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
