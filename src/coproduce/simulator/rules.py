"""Your own rule: a researcher's function takes the place of a step of the tick, or comes before or after one.

A rule is a function of the World that changes it, as every step of `coproduce simulate --plan` is:

    from coproduce.simulator import own_rule

    @own_rule(replaces="activation_moves")
    def stubborn(world):
        "Nobody's activation moves."

The text "mymodule:stubborn" names it, for `coproduce simulate seid2021 --rule mymodule:stubborn` and, beside ours, for
`coproduce sweep seid2021 --vary rule=ours,mymodule:stubborn`.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from coproduce.errors import InvalidInput
from coproduce.simulator.parameters import NetworkParameters, nearest
from coproduce.simulator.stages import STAGES, Step, active
from coproduce.simulator.state import World

Rule = Callable[[World], None]
#: In a sweep, the name of the model without an own rule.
OURS = "ours"

_PLACE = "__coproduce_place__"
_EXAMPLE = "Write --rule mymodule:rule; docs/how-to/write-your-own-rule.md shows one."


@dataclass(frozen=True)
class _Place:
    where: Literal["replaces", "before", "after"]
    step: str


def own_rule(*, replaces: str = "", before: str = "", after: str = "") -> Callable[[Rule], Rule]:
    """Marks a function as a rule, and says which step of the tick it replaces, or comes before or after.

    Raises InvalidInput unless exactly one step is named, and it is one of the tick.
    """
    named = {"replaces": replaces, "before": before, "after": after}
    given = {where: step for where, step in named.items() if step}
    known = [step.name for step in STAGES]
    if len(given) != 1 or next(iter(given.values())) not in known:
        raise InvalidInput(
            given="a rule for " + (", ".join(given.values()) or "no step"),
            expected="replaces=, before= or after= with one step of the tick",
            next_step=nearest(" ".join(given.values()), known) or "`coproduce simulate --plan` lists the steps.",
        )
    where, step = next(iter(given.items()))

    def mark(rule: Rule) -> Rule:
        setattr(rule, _PLACE, _Place(where, step))  # type: ignore[arg-type]
        return rule

    return mark


def plan_with(names: Sequence[str], parameters: Any) -> tuple[Step, ...]:
    """The order of a tick with these own rules ("module:function") in it.

    Raises InvalidInput when the model has no such plan, a rule cannot be found, is not marked with `own_rule`, or is
    for a step that the scenario leaves out.
    """
    if not isinstance(parameters, NetworkParameters):
        raise InvalidInput(
            given="an own rule for a model whose rules are fixed",
            expected="a preset of the network model",
            next_step="Try seid2021.",
            field="rule",
        )
    plan = [(step.name, step) for step in active(parameters)]
    for name in names:
        plan = _placed(plan, find(name))
    return tuple(step for _, step in plan)


def _placed(plan: list[tuple[str, Step]], rule: Rule) -> list[tuple[str, Step]]:
    """The plan with a rule in its place; who takes a step's place answers to its name, so that another can join it."""
    place: _Place = getattr(rule, _PLACE)
    at = next((i for i, (name, _) in enumerate(plan) if name == place.step), None)
    if at is None:
        raise InvalidInput(
            given=f"an own rule for {place.step}",
            expected="a step of a layer that is on",
            next_step="Switch its layer on, for example --set needs=true.",
            field="rule",
        )
    own = Step(plan[at][1].stage, rule, plan[at][1].layer)
    first, last = {"replaces": (at, at + 1), "before": (at, at), "after": (at + 1, at + 1)}[place.where]
    return [*plan[:first], (place.step if place.where == "replaces" else own.name, own), *plan[last:]]


def source(name: str) -> tuple[str, bytes]:
    """The file of the working folder that a "module:function" stands in: its name, and what it holds.

    Raises InvalidInput when it stands in no file of this folder; nothing is imported.
    """
    module_name = _module(name)
    try:
        return f"{module_name}.py", Path.cwd().joinpath(f"{module_name}.py").read_bytes()
    except OSError as problem:
        raise InvalidInput(
            given=f"a rule in {module_name}, which is no file of this folder",
            expected=f"{module_name}.py, which holds the whole rule",
            next_step="Change to its folder.",
            field="rule",
        ) from problem


def _module(name: str) -> str:
    """The module of a "module:function"; raises InvalidInput for any other text."""
    module_name, _, function = name.partition(":")
    if not function or not all(part.isidentifier() for part in module_name.split(".")):
        raise InvalidInput(
            given=f"a rule called {name[:60]}", expected="mymodule:rule", next_step=_EXAMPLE, field="rule"
        )
    return module_name


def find(name: str) -> Rule:
    """The rule of this "module:function"; the working folder is looked in too.

    Raises InvalidInput when there is none, its module cannot be imported, or it was not marked with `own_rule`.
    """
    module_name, function = _module(name), name.partition(":")[2]
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        module = importlib.import_module(module_name)
    except ImportError as problem:
        raise InvalidInput(
            given=f"a module {module_name} that cannot be imported ({problem})",
            expected="a Python file in this folder, or an installed module",
            next_step=_EXAMPLE,
            field="rule",
        ) from problem
    rule = getattr(module, function, None)
    if not callable(rule) or not hasattr(rule, _PLACE):
        raise InvalidInput(
            given=f"{name[:60]}, which is not a rule",
            expected="a function marked with @own_rule(replaces=...)",
            next_step=_EXAMPLE,
            field="rule",
        )
    found: Rule = rule
    return found
