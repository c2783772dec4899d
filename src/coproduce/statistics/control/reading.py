"""A specification from a JSON document or loose values; what is wrong is said with its place and the nearest right."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from coproduce.errors import InvalidInput
from coproduce.statistics.control.cusum import CusumDesign
from coproduce.statistics.control.funnel import FunnelKind
from coproduce.statistics.control.rules import Floats
from coproduce.statistics.control.spec import (
    ChartSpec,
    Factor,
    Frozen,
    Kind,
    PhaseStart,
    Rules,
    kind_named,
    rules_named,
)

#: Beyond this the squares that limits need leave the range of numbers.
LARGEST = 1e100
_DIRECTIONS = {"up": 1, "increase": 1, "higher": 1, "down": -1, "decrease": -1, "lower": -1, "neutral": 0, "": 0}
_SITES = {kind.value: kind for kind in FunnelKind} | {
    "PR": FunnelKind.PROPORTION, "SR": FunnelKind.RATIO, "ratio": FunnelKind.RATIO,
}  # fmt: skip
_PHASE_KEYS = ("date", "reason", "person")


def specification(document: Mapping[str, Any]) -> ChartSpec:
    """The specification that a document asks for; keys that are absent or null take their defaults.

    Keys: chart (run), y, n, x, multiply, freeze, part, exclude, rules (anhoej), screen, factor, target, improve; for
    a funnel type (proportion) and adjust (true), for cusum sigma, k (0.5) and h (5). With the NHS rules alone, single
    values take 2.66 and screened ranges unless said otherwise.
    Raises InvalidInput with the key, the place and what was expected.

    >>> specification({"chart": "p", "y": [1, 2], "n": 10}).n.tolist()
    [10.0, 10.0]
    """
    if not isinstance(document, Mapping):
        raise InvalidInput(given="a document that is no object", expected='{"chart": "i", "y": [1, 2, 3]}')
    if document.get("y") is None:
        raise InvalidInput(given="no y", expected="a list of numbers, null where missing", field="y")
    said = {key: value for key, value in document.items() if value is not None}
    chart = kind_named(said.get("chart", "run"))
    y, labels = _observations(said["y"], said.get("x"))
    rules = _rules(said.get("rules", "anhoej"))
    by_nhs = rules == (Rules.NHS,) and chart is Kind.I
    kept, x = _with_label(labels, len(y))
    n = _denominators(said.get("n"), len(y))
    return ChartSpec(
        chart=chart,
        y=y[kept],
        n=None if n is None else n[kept],
        x=x,
        multiply=_number(said.get("multiply", 1), "multiply"),
        freeze=_frozen(said["freeze"])[0] if "freeze" in said else None,
        frozen=_frozen(said["freeze"])[1] if "freeze" in said else None,
        phases=tuple(_phase(item) for item in _listed(said.get("part", ()))),
        exclude=tuple(_whole(item, "exclude") for item in _listed(said.get("exclude", ()))),
        rules=rules,
        factor=_factor(said.get("factor", Factor.ROUNDED if by_nhs else Factor.TABLED)),
        screen=_yes(said.get("screen", by_nhs), "screen"),
        target=_number(said["target"], "target") if "target" in said else None,
        improve=_improve(said.get("improve", 0)),
        sites=sites_named(said.get("type", FunnelKind.PROPORTION)),
        adjust=_yes(said.get("adjust", True), "adjust"),
        sigma=_number(said["sigma"], "sigma") if "sigma" in said else None,
        design=CusumDesign(_number(said.get("k", 0.5), "k"), _number(said.get("h", 5), "h")),
    )


def _observations(y: object, x: object) -> tuple[Floats, list[Any] | None]:
    """Values and labels; a list of lists is one subgroup a list."""
    if isinstance(y, Sequence) and not isinstance(y, str) and any(isinstance(group, Sequence) for group in y):
        groups = [(list(group) or [None]) if isinstance(group, Sequence) else [group] for group in y]
        labels = list(x) if isinstance(x, Sequence) else list(range(1, len(groups) + 1))
        if len(labels) != len(groups):
            raise InvalidInput(given=f"{len(labels)} x for {len(groups)} y", expected="one for each", field="x")
        repeated = [label for label, group in zip(labels, groups, strict=True) for _ in group]
        return _numbers([value for group in groups for value in group], "y"), repeated
    if x is not None and (not isinstance(x, Sequence) or isinstance(x, str)):
        raise InvalidInput(given="an x that is no list", expected="a list of numbers, dates or labels", field="x")
    return _numbers(y, "y"), None if x is None else list(x)


def _numbers(values: object, field: str) -> Floats:
    if not isinstance(values, Sequence) or isinstance(values, str):
        raise InvalidInput(
            given=f"a {field} that is no list", expected="a list of numbers, null where missing", field=field
        )
    if not values:
        raise InvalidInput(given=f"an empty {field}", expected="one number or more", field=field)
    for place, value in enumerate(values):
        if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
            raise InvalidInput(
                given=f"something that is no number at point {place + 1} of {field}",
                expected="a number, or null where missing",
                field=field,
            )
    if any(value is not None and LARGEST < abs(value) < math.inf for value in values):
        raise InvalidInput(
            given=f"a number in {field} that is too large", expected=f"numbers up to {LARGEST:g}", field=field
        )
    return np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64)


def _denominators(n: object, n_points: int) -> Floats | None:
    if n is None:
        return None
    if isinstance(n, (int, float)) and not isinstance(n, bool):
        return np.full(n_points, _number(n, "n"))
    found = _numbers(n, "n")
    if len(found) != n_points:
        raise InvalidInput(given=f"{len(found)} n for {n_points} y", expected="one for each", field="n")
    return found


def _with_label(x: list[Any] | None, n_points: int) -> tuple[Any, tuple[str | float, ...] | None]:
    """Which observations have a label, and those labels; without x all have."""
    if x is None:
        return slice(None), None
    if len(x) != n_points:
        raise InvalidInput(given=f"{len(x)} x for {n_points} y", expected="one for each", field="x")
    if any(isinstance(label, (list, dict)) for label in x):
        raise InvalidInput(given="an x that is a list or an object", expected="numbers, dates or labels", field="x")
    kept = np.array([label is not None and label == label for label in x], dtype=np.bool_)  # noqa: PLR0124 not NaN
    return kept, tuple(label for label, keep in zip(x, kept, strict=True) if keep)


def _listed(value: object) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _phase(item: object) -> PhaseStart:
    if isinstance(item, Mapping):
        said = {key: str(item[key]) for key in _PHASE_KEYS if item.get(key) is not None}
        return PhaseStart(after=_whole(item.get("after"), "part"), **said)
    return PhaseStart(after=_whole(item, "part"))


def _frozen(item: object) -> tuple[int, Frozen | None]:
    """The last point of the baseline, and what is said of it where it is an object."""
    if not isinstance(item, Mapping):
        return _whole(item, "freeze"), None
    said = {key: str(item[key]) for key in ("id", *_PHASE_KEYS) if item.get(key) is not None}
    return _whole(item.get("after"), "freeze"), Frozen(**said)


def _rules(value: object) -> tuple[Rules, ...]:
    return tuple(dict.fromkeys(rules_named(item) for item in _listed(value)))


def _factor(value: object) -> Factor:
    said = str(value).replace(" ", "")
    if said not in set(Factor):
        raise InvalidInput(given="a factor that is not known", expected=" or ".join(Factor), field="factor")
    return Factor(said)


def _whole(value: object, field: str) -> int:
    number = _number(value, field)
    if number != int(number):
        raise InvalidInput(given=f"{field} {number:g}", expected="a whole number, counted from 1", field=field)
    return int(number)


def _number(value: object, field: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise InvalidInput(given=f"a {field} that is no finite number", expected="a number", field=field)
    return float(value)


def sites_named(name: object) -> FunnelKind:
    """The kind of funnel of a name, also by the short ones of FunnelPlotR. Raises InvalidInput for another."""
    said = str(name)
    if said not in _SITES:
        raise InvalidInput(given="a type of funnel that is not known", expected=" or ".join(FunnelKind), field="type")
    return _SITES[said]


def _yes(value: object, field: str) -> bool:
    if not isinstance(value, bool):
        raise InvalidInput(given=f"a {field} that is neither true nor false", expected="true or false", field=field)
    return value


def _improve(value: object) -> int:
    if isinstance(value, str) and value.lower() in _DIRECTIONS:
        return _DIRECTIONS[value.lower()]
    if value in {1, 0, -1}:
        return int(float(str(value)))
    raise InvalidInput(given="an improve that is not known", expected="up, down or null", field="improve")
