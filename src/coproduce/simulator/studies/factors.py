"""What a study varies: parameters over their ranges, rule forms over their choices, and own rules beside ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from coproduce.errors import InvalidInput
from coproduce.simulator.parameters import Spec, Value, check, parse, require
from coproduce.simulator.rules import OURS, find
from coproduce.simulator.scenario import Scenario
from coproduce.simulator.streams import FloatArray

#: The factor whose values are own rules, "module:function", or "ours".
RULE = "rule"
_EXAMPLE = "Write --vary name=low:high, --vary name=a,b,c, or --vary name for its whole range."


@dataclass(frozen=True)
class Factor:
    """One thing that varies: a number between two ends, or one of some values."""

    name: str
    unit: str
    low: float = 0.0
    high: float = 1.0
    whole: bool = False
    values: tuple[Value, ...] = ()

    def at(self, u: FloatArray) -> list[Value]:
        """Its values at places of the unit interval: even along the range, or equal shares for each value.

        >>> Factor("x", "share", low=1, high=3).at(np.array([0.0, 0.5, 1.0]))
        [1.0, 2.0, 3.0]
        >>> Factor("form", "form", values=("a", "b")).at(np.array([0.0, 0.49, 0.5, 1.0]))
        ['a', 'a', 'b', 'b']
        """
        if self.values:
            places = np.minimum((u * len(self.values)).astype(int), len(self.values) - 1)
            return [self.values[place] for place in places]
        if self.whole:
            n = int(self.high - self.low) + 1
            return [int(self.low + step) for step in np.minimum((u * n).astype(int), n - 1)]
        return [float(value) for value in self.low + u * (self.high - self.low)]

    def levels(self, n: int) -> list[Value]:
        """Its values in a grid: all of some, or n evenly between the ends."""
        if self.values:
            return list(self.values)
        even = np.linspace(self.low, self.high, n)
        return [int(v) for v in np.unique(np.rint(even))] if self.whole else [float(v) for v in even]

    def document(self) -> dict[str, object]:
        """The factor as plain data."""
        span: dict[str, object] = (
            {"values": list(self.values)} if self.values else {"low": self.low, "high": self.high, "whole": self.whole}
        )
        return {"name": self.name, "unit": self.unit, **span}


def factors(typed: Sequence[str], scenario: Scenario) -> tuple[Factor, ...]:
    """The factors that a person typed after `--vary`.

    `name` takes the whole range or all choices, `name=low:high` a range, `name=a,b,c` some values; `rule=ours,mod:f`
    own rules. Raises InvalidInput for an unknown name (with the nearest), a value that does not fit, a name that comes
    twice, or no factor at all.
    """
    found: dict[str, Factor] = {}
    for item in typed:
        name, equals, text = item.partition("=")
        name = name.strip()
        if name in found:
            raise InvalidInput(given=f"{name} twice", expected="each name once", next_step="Leave one out.")
        if name == RULE:
            found[name] = _own_rules(text)
        else:
            spec = require(name, scenario.specs())
            found[name] = _parsed(spec, text) if equals else _whole_range(spec)
    if not found:
        raise InvalidInput(given="nothing that varies", expected="at least one factor", next_step=_EXAMPLE)
    return tuple(found.values())


def from_document(document: Mapping[str, object]) -> Factor:
    """The factor that `Factor.document` wrote."""
    plain = dict(document)
    values = plain.pop("values", ())
    return Factor(**plain, values=tuple(values))  # type: ignore[arg-type]


def _own_rules(text: str) -> Factor:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        if name != OURS:
            find(name)
    if not names:
        raise InvalidInput(given="no rule", expected="rule=ours,mymodule:rule", field=RULE)
    return Factor(RULE, "rule", values=names)


def _whole_range(spec: Spec) -> Factor:
    if spec.type is bool:
        return Factor(spec.name, spec.unit, values=(False, True))
    if spec.choices:
        return Factor(spec.name, spec.unit, values=spec.choices)
    return _between(spec, spec.low, spec.high)


def _parsed(spec: Spec, text: str) -> Factor:
    low, colon, high = text.partition(":")
    if colon and spec.type in (int, float):
        return _between(spec, parse(spec, low), parse(spec, high))
    values = tuple(dict.fromkeys(parse(spec, part) for part in text.split(",")))
    return Factor(spec.name, spec.unit, values=values)


def _between(spec: Spec, low: object, high: object) -> Factor:
    first, last = float(check(spec, low)), float(check(spec, high))
    if not first < last:
        raise InvalidInput(
            given=f"{spec.name} from {first:g} to {last:g}", expected="a lower end below the upper one",
            next_step=_EXAMPLE, field=spec.name,
        )  # fmt: skip
    return Factor(spec.name, spec.unit, low=first, high=last, whole=spec.type is int)
