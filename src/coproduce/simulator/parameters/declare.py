"""How a parameter is declared, checked and set: one place that says what each number means and may be."""

from __future__ import annotations

import dataclasses
import difflib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from coproduce.errors import InvalidInput

T = TypeVar("T")

#: What a parameter may hold.
Value = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Spec:
    """What a parameter is: its type, unit and range, or its choices. Its value belongs to the preset."""

    name: str
    type: type
    unit: str
    says: str
    low: float = -math.inf
    high: float = math.inf
    choices: tuple[str, ...] = ()

    def allowed(self) -> str:
        """The allowed values, in words."""
        if self.type is bool:
            return "true or false"
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.type is str:
            return f"a text ({self.unit})"
        noun = "a whole number" if self.type is int else "a number"
        return f"{noun} from {self.low:g} to {self.high:g} ({self.unit})"


@dataclass(frozen=True, slots=True)
class Setting:
    """A parameter's value in a preset, where it comes from, and whether it is known or proposed by us."""

    value: Value
    source: str
    status: str


def number(says: str, unit: str, low: float, high: float) -> Any:
    """Declares a real parameter with its unit and closed range."""
    return field(metadata={"type": float, "says": says, "unit": unit, "low": low, "high": high})


def whole(says: str, unit: str, low: int, high: int) -> Any:
    """Declares a whole-number parameter with its unit and closed range."""
    return field(metadata={"type": int, "says": says, "unit": unit, "low": low, "high": high})


def switch(says: str) -> Any:
    """Declares a parameter that is on or off."""
    return field(metadata={"type": bool, "says": says, "unit": "on or off"})


def text(says: str, unit: str) -> Any:
    """Declares a free text, such as the name of a file; it may be empty."""
    return field(metadata={"type": str, "says": says, "unit": unit})


def form(says: str, *choices: str) -> Any:
    """Declares a rule form: one of several; the first is the reference form."""
    return field(metadata={"type": str, "says": says, "unit": "form", "choices": choices})


def specs(declared: type) -> dict[str, Spec]:
    """Every parameter that a dataclass declares, by name, in order."""
    return {f.name: Spec(name=f.name, **f.metadata) for f in dataclasses.fields(declared)}


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that looks most like this one, as a sentence, or nothing."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"Did you mean {close[0]}?" if close else ""


def check(spec: Spec, value: object) -> Value:
    """The value in the parameter's own type.

    Raises InvalidInput when the type is wrong, the number is not finite or out of range, or the form is unknown.
    """
    refusal = InvalidInput(
        given=f"{spec.name} = {_shown(value)}",
        expected=spec.allowed(),
        next_step="`coproduce simulate --list` shows every parameter.",
        field=spec.name,
    )
    if spec.type in (bool, str):
        if not isinstance(value, spec.type) or (spec.choices and value not in spec.choices):
            raise refusal
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise refusal
    if not spec.low <= value <= spec.high or (spec.type is int and value != int(value)):
        raise refusal
    return int(value) if spec.type is int else float(value)


def parse(spec: Spec, text: str) -> Value:
    """The value that a person typed for this parameter; raises InvalidInput as `check` does."""
    lowered = text.strip().lower()
    if spec.type is bool:
        known = {
            "true": True,
            "on": True,
            "1": True,
            "yes": True,
            "false": False,
            "off": False,
            "0": False,
            "no": False,
        }
        return check(spec, known.get(lowered, text))
    if spec.type is str:
        return check(spec, lowered if spec.choices else text.strip())
    try:
        return check(spec, int(lowered) if spec.type is int else float(lowered))
    except ValueError as problem:
        if isinstance(problem, InvalidInput):
            raise
        return check(spec, text)


def build(declared: type[T], values: Mapping[str, object]) -> T:
    """The parameters as one frozen object; every one must be given, and none that is not declared.

    Raises InvalidInput for an unknown name (with the nearest known one), a missing one, or a value out of range.
    """
    known = specs(declared)
    for name in values:
        require(name, known)
    missing = [name for name in known if name not in values]
    if missing:
        raise InvalidInput(given=f"no value for {', '.join(missing)}", expected="a value for every parameter")
    return declared(**{name: check(spec, values[name]) for name, spec in known.items()})


def require(name: str, known: Mapping[str, Spec]) -> Spec:
    """The declaration of a parameter; raises InvalidInput, naming the nearest known one, when there is none."""
    if name not in known:
        raise InvalidInput(
            given=f"a parameter called {_shown(name)}",
            expected="a parameter of this preset",
            next_step=nearest(name, known) or "`coproduce simulate --list` shows every parameter.",
            field=name,
        )
    return known[name]


def _shown(value: object) -> str:
    """What was given, short enough for a message."""
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "..."
