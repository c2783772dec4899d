"""What a page asks the laboratory, as plain data: presets, levers, a band, a comparison, and what is behind it.

Every answer is lists, texts and numbers (None where there is no number), ready for JSON.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from coproduce import rng
from coproduce.clock import monotonic
from coproduce.simulator.engine import run
from coproduce.simulator.levers import LEVERS
from coproduce.simulator.parameters import NetworkParameters, Spec, Value
from coproduce.simulator.scenario import Scenario, load, names
from coproduce.simulator.streams import FloatArray
from coproduce.simulator.studies import knockout
from coproduce.simulator.studies.runs import check_columns
from coproduce.simulator.studies.spans import N_RESAMPLES

#: Seconds spent on a first band; whoever waits has it within 2.
FIRST_SECONDS = 1.2
#: Members of a first band at the least, and of a fine one.
FEWEST, FINE = 3, 60
#: A network in a first band has no more patients than this; in a fine one, than that.
FIRST_PATIENTS, FINE_PATIENTS = 60, 400
#: How far a proposed number may be off, as a part of itself.
DOUBT = 0.3
#: Sizes and bars are questions, not doubts.
_CERTAIN_UNITS = {"people", "sites", "clinics", "patients a clinician", "on or off", "intensity"}

Answer = dict[str, Any]


def presets() -> list[Answer]:
    """Each preset: its name, title, what it is, and how long it runs."""
    listed = [load(name) for name in names()]
    return [{"preset": s.preset, "title": s.title, "says": s.says, "ticks": s.ticks, "tick": s.tick} for s in listed]


def levers(scenario: Scenario) -> list[Answer]:
    """What can be done in this network: each lever with its meaning, cost, range and present intensity."""
    if not isinstance(scenario.parameters, NetworkParameters):
        return []
    known = scenario.specs()
    return [
        {
            "lever": lever.name, "says": lever.says, "cost": lever.cost, "moves": list(lever.moves),
            "unit": known[lever.name].unit, "low": known[lever.name].low, "high": known[lever.name].high,
            "value": getattr(scenario.parameters, lever.name),
        }
        for lever in LEVERS.values()
    ]  # fmt: skip


def doubtful(scenario: Scenario) -> tuple[list[Spec], list[Spec]]:
    """What nobody has measured: proposed numbers, and rules that come in several forms."""
    numbers, forms = [], []
    for name, spec in scenario.specs().items():
        if spec.type is str and spec.choices:
            forms.append(spec)
        elif spec.type is float and spec.unit not in _CERTAIN_UNITS and scenario.settings[name].status != "known":
            numbers.append(spec)
    return numbers, forms


def member(scenario: Scenario, number: int, seed: int) -> Scenario:
    """One member of a band: each doubtful number up to 30 % off, each rule in its present form or, as often, another.

    Member 0 is the scenario itself. Member k is the same whoever asks, and however many others there are.
    """
    if number == 0:
        return scenario
    draw = rng.stream(seed, "band member", member=number)
    numbers, forms = doubtful(scenario)
    chosen: dict[str, Value] = {}
    for spec, u in zip(numbers, draw.uniform(1 - DOUBT, 1 + DOUBT, len(numbers)), strict=True):
        chosen[spec.name] = float(np.clip(getattr(scenario.parameters, spec.name) * u, spec.low, spec.high))
    for spec, keep, pick in zip(forms, draw.random(len(forms)), draw.random(len(forms)), strict=True):
        if keep >= 0.5:
            chosen[spec.name] = spec.choices[int(pick * len(spec.choices))]
    return scenario.having(**chosen)


def band(scenario: Scenario, outcome: str, *, seed: int = 1, fine: bool = False) -> Answer:
    """An outcome after each tick, over parameters and rule forms: median and 90 % of the members.

    The first band takes at most about 2 s: as many members as there is time for, in a small network. A fine one has 60
    members in a larger network. Both are members of one list, so a finer answer never takes back what it knew.
    """
    if fine:
        return _band(_smaller(scenario, FINE_PATIENTS), outcome, seed, lambda n, _: n >= FINE)
    small = _smaller(scenario, FIRST_PATIENTS)
    return _band(small, outcome, seed, lambda n, seconds: n >= FEWEST and seconds + seconds / n > FIRST_SECONDS)


def bands(scenario: Scenario, outcome: str, *, seed: int = 1) -> Iterator[Answer]:
    """A first band, then a finer one behind it."""
    yield band(scenario, outcome, seed=seed)
    yield band(scenario, outcome, seed=seed, fine=True)


def _band(scenario: Scenario, outcome: str, seed: int, enough: Callable[[int, float], bool]) -> Answer:
    began = monotonic()
    found: list[FloatArray] = []
    while not found or (len(found) < FINE and not enough(len(found), monotonic() - began)):
        found.append(_series(member(scenario, len(found), seed), outcome, seed, len(found) + 1))
    low, median, high = np.nanquantile(np.stack(found), [0.05, 0.5, 0.95], axis=0)
    return {
        "outcome": outcome, "members": len(found), "patients": _size(scenario), "tick": scenario.tick,
        "ticks": list(range(1, scenario.ticks + 1)), "median": _plain(median), "low": _plain(low), "high": _plain(high),
    }  # fmt: skip


def _series(scenario: Scenario, outcome: str, seed: int, number: int) -> FloatArray:
    series = run(scenario, seed, run=number, record=False, tabled=False).series
    check_columns([outcome], series.columns)
    return series[outcome].to_numpy()


def _smaller(scenario: Scenario, most: int) -> Scenario:
    """The scenario with at most so many patients; one whose size has another name stays as it is."""
    size = _size(scenario)
    if size is None or size <= most:
        return scenario
    return scenario.having(n_patients=most)


def _size(scenario: Scenario) -> int | None:
    size: int | None = getattr(scenario.parameters, "n_patients", None)
    return size


def compare(
    one: Scenario, other: Scenario, outcome: str, *, seed: int = 1, replicates: int = 20, patients: int | None = None
) -> Answer:
    """The second scenario less the first, after each tick, under common random numbers: mean and 95 % interval.

    `patients` runs both in a network of at most that size, for a quick answer.
    """
    if patients is not None:
        one, other = _smaller(one, patients), _smaller(other, patients)
    ticks = min(one.ticks, other.ticks)
    pair = [replace(scenario, ticks=ticks) for scenario in (one, other)]
    gap = np.stack([
        _series(pair[1], outcome, seed, number) - _series(pair[0], outcome, seed, number)
        for number in range(1, replicates + 1)
    ])  # fmt: skip
    picks = rng.stream(seed, "compare bootstrap").integers(replicates, size=(N_RESAMPLES, replicates))
    low, high = np.quantile(gap[picks].mean(axis=1), [0.025, 0.975], axis=0)
    return {
        "outcome": outcome, "replicates": replicates, "tick": one.tick, "ticks": list(range(1, ticks + 1)),
        "difference": _plain(gap.mean(axis=0)), "low": _plain(low), "high": _plain(high),
        "differs": bool(low[-1] > 0 or high[-1] < 0),
    }  # fmt: skip


def behind(
    scenario: Scenario, change: Mapping[str, Value], outcome: str, *, seed: int = 1, replicates: int = 10,
    patients: int | None = None,
) -> Answer:  # fmt: skip
    """Through which paths a change acts: the knock-out behind a comparison."""
    base = scenario if patients is None else _smaller(scenario, patients)
    return dict(knockout.document(knockout.knock_out(base, change, outcome, replicates=replicates, seed=seed)))


def _plain(values: FloatArray) -> list[float | None]:
    return [float(v) if math.isfinite(v) else None for v in values]
