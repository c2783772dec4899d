"""A scenario: a preset, its parameters, how long it runs, what a tick is, and when it starts."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from coproduce.clock import to_us
from coproduce.errors import InvalidInput
from coproduce.events import Resolution
from coproduce.simulator import levers, scenario_file
from coproduce.simulator.parameters import (
    DECLARED,
    NetworkParameters,
    Parameters,
    Setting,
    Spec,
    Value,
    build,
    nearest,
    parse,
    require,
    specs,
)

MAX_TICKS = 100_000
TICKS = {"week": Resolution.WEEK, "month": Resolution.MONTH}


@dataclass(frozen=True)
class Scenario:
    """What to run: everything except the seed and the replicate."""

    preset: str
    title: str
    says: str
    model: str
    parameters: Parameters
    ticks: int
    tick: str
    start: date
    settings: Mapping[str, Setting] = field(repr=False, default_factory=dict)
    #: The preset that it changes, if any.
    base: str = ""
    #: First tick of a lever at each site, for levers that do not start everywhere at once.
    starts: levers.Starts = field(default_factory=dict)

    @property
    def start_us(self) -> int:
        """Start of simulated time, in microseconds since 1970 UTC."""
        return to_us(datetime(self.start.year, self.start.month, self.start.day, tzinfo=UTC))

    @property
    def resolution(self) -> int:
        """Length of a tick in microseconds, which is also the finest time that a run tells apart."""
        return int(TICKS[self.tick])

    def specs(self) -> dict[str, Spec]:
        """The declarations of this scenario's parameters."""
        return specs(type(self.parameters))

    def having(self, **values: object) -> Scenario:
        """The same scenario with some parameters changed; one with a parameter `rounds` lasts that long.

        Raises InvalidInput for an unknown name, a wrong type, or a value out of range.

        >>> load("seid2021").having(n_patients=50).parameters.n_patients
        50
        """
        known = self.specs()
        for name in values:
            require(name, known)
        parameters = build(type(self.parameters), {**asdict(self.parameters), **values})
        if isinstance(parameters, NetworkParameters):
            levers.checked(self.starts, parameters.n_sites)
        ticks = getattr(parameters, "rounds", self.ticks) if "rounds" in values else self.ticks
        return replace(self, parameters=parameters, ticks=ticks)

    def starting(self, **first: Sequence[int | None]) -> Scenario:
        """The same scenario with levers that start site by site: for each site the first tick, or None for never.

        Levers that are not named start everywhere at tick 1. Raises InvalidInput for an unknown lever, or when there
        are not as many entries as `n_sites`.

        >>> scenario = load("seid2021").having(n_sites=2, registry=1.0).starting(registry=[1, None])
        >>> scenario.starts["registry"]
        (1, None)
        """
        if not isinstance(self.parameters, NetworkParameters):
            raise InvalidInput(given=f"levers for {self.model}", expected="a preset of the network model")
        return replace(self, starts={**self.starts, **levers.checked(first, self.parameters.n_sites)})

    def lasting(self, ticks: int) -> Scenario:
        """The same scenario for another number of ticks; raises InvalidInput outside 1 to 100,000."""
        if not 1 <= ticks <= MAX_TICKS:
            raise InvalidInput(
                given=f"{ticks} ticks", expected=f"a whole number from 1 to {MAX_TICKS}", next_step="Give --ticks 156."
            )
        return replace(self, ticks=ticks)

    def with_settings(self, typed: Sequence[str]) -> Scenario:
        """The same scenario with what a person typed after `--set`: a list of name=value.

        Raises InvalidInput when one is not of the form name=value, a name comes twice, is unknown, or does not fit.
        """
        known, values = self.specs(), dict[str, Value]()
        for item in typed:
            name, equals, text = item.partition("=")
            name = name.strip()
            if not equals or not name:
                raise InvalidInput(
                    given="a setting that is not name=value",
                    expected="--set name=value",
                    next_step="Try --set n_patients=1000.",
                )
            spec = require(name, known)
            if name in values:
                raise InvalidInput(given=f"{name} twice", expected="each name once", next_step="Leave one out.")
            values[name] = parse(spec, text)
        return self.having(**values)


def names() -> list[str]:
    """The presets in the package, in alphabetical order."""
    folder = resources.files("coproduce.simulator") / "presets"
    return sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml"))


def load(name: str) -> Scenario:
    """The preset of this name, or the scenario in a file whose name ends in .toml.

    Raises InvalidInput, naming the nearest known one, when there is no such preset, or when the file does not fit.
    """
    return _from_file(Path(name)) if name.endswith(".toml") else _preset(name)


def _from_file(path: Path) -> Scenario:
    """A scenario that says what is different from a preset."""
    document = scenario_file.read(path)
    base = _preset(document["base"])
    settings = scenario_file.settings(document, base.specs())
    scenario = base.having(**{name: setting.value for name, setting in settings.items()})
    tick = document.get("tick", base.tick)
    if tick not in TICKS:
        raise InvalidInput(given="a tick of another length", expected="week or month", field="tick")
    scenario = replace(
        scenario, preset=path.stem, title=document.get("title", base.title), says=document.get("says", base.says),
        tick=tick, start=document.get("start", base.start), base=base.preset, settings={**base.settings, **settings},
    )  # fmt: skip
    starts = scenario_file.starts(document)
    if starts:
        scenario = scenario.starting(**starts)
    return scenario.lasting(document["ticks"]) if "ticks" in document else scenario


@cache
def _preset(name: str) -> Scenario:
    document = _document(name)
    based = _document(str(document["base"])) if "base" in document else {}
    listed = {**based.get("parameters", {}), **document.get("parameters", {})}
    facts = {**based, **document}
    model = facts["model"]
    known = specs(DECLARED[model])
    settings = {key: _setting(key, entry, known) for key, entry in listed.items()}
    parameters = build(DECLARED[model], {key: setting.value for key, setting in settings.items()})
    return Scenario(
        preset=name, title=facts["title"], says=facts["says"], model=model, parameters=parameters,
        ticks=facts["ticks"], tick=facts["tick"], start=facts["start"], settings=settings,
        base=document.get("base", ""),
    )  # fmt: skip


def _document(name: str) -> dict[str, Any]:
    known = names()
    if name not in known:
        raise InvalidInput(
            given="a preset that is not there",
            expected="one of " + ", ".join(known),
            next_step=nearest(name, known),
            field="preset",
        )
    text = (resources.files("coproduce.simulator") / "presets" / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _setting(name: str, entry: Mapping[str, Any], known: Mapping[str, Spec]) -> Setting:
    """One line of a preset, after checking that its unit and range are those of the declaration."""
    spec = require(name, known)
    stated = tuple(entry["range"]) if "range" in entry else ()
    declared = spec.choices if spec.type in (bool, str) else (spec.low, spec.high)
    if entry["unit"] != spec.unit or stated != declared:
        raise InvalidInput(
            given=f"{name} in {entry['unit']}, range {list(stated)}",
            expected=f"{spec.unit}, range {list(declared)}, as declared",
            next_step="Write the preset's unit and range as the parameter declares them.",
            field=name,
        )
    return Setting(entry["value"], entry["source"], entry["status"])
