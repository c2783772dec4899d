"""A person's own scenario as a TOML file: a preset, and what is different from it.

base = "seid2021"
ticks = 104

[parameters]
uptake = 0.7
visit_period = { value = 8, unit = "ticks" }
registry = 1.0

[starts]
registry = [1, 27, "never"]
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from coproduce.errors import BadFile, InvalidInput
from coproduce.simulator.parameters import Setting, Spec, check, nearest, require

KEYS = ("base", "title", "says", "ticks", "tick", "start", "parameters", "starts")
ENTRY_KEYS = ("value", "unit", "range", "source", "status")
#: Stands in a file for a site at which a lever never starts.
NEVER = "never"
MAX_BYTES = 1_000_000


def read(path: Path) -> dict[str, Any]:
    """The document in this file, its keys known and of the right type.

    Raises BadFile when it cannot be read or is no TOML, InvalidInput for a key that is unknown, missing or of the
    wrong type.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadFile(given="a scenario file of more than 1 MB", expected="a scenario file", field="preset")
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise BadFile(
            given="a scenario file that cannot be read", expected="a TOML file that is there, in UTF-8",
            next_step="Check the path, or name a preset: `coproduce simulate --list` shows them.", field="preset",
        ) from problem  # fmt: skip
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        where = str(problem) if isinstance(problem, ValueError) else "it is nested too deep"
        raise BadFile(
            given="a scenario file that is not TOML", expected='lines such as base = "seid2021"',
            next_step=f"Mend it: {where}.", field="preset",
        ) from problem  # fmt: skip
    _known(document, KEYS, "the scenario file")
    kinds: dict[str, type | tuple[type, ...]] = {"base": str, "title": str, "says": str, "ticks": int, "tick": str,
                                                 "start": date, "parameters": dict, "starts": dict}  # fmt: skip
    for key, value in document.items():
        if not isinstance(value, kinds[key]) or isinstance(value, bool | datetime):
            raise InvalidInput(given=f"{key} of the wrong type", expected=_example(key), field=key)
    if "base" not in document:
        raise InvalidInput(
            given="a scenario file without a base", expected=_example("base"),
            next_step="Name the preset that it changes.", field="base",
        )  # fmt: skip
    return document


def _example(key: str) -> str:
    return {
        "base": 'base = "seid2021"', "title": 'title = "..."', "says": 'says = "..."', "ticks": "ticks = 156",
        "tick": 'tick = "week" or "month"', "start": "start = 2025-01-06", "parameters": "a table [parameters]",
        "starts": "a table [starts]",
    }[key]  # fmt: skip


def _known(given: Iterable[str], known: tuple[str, ...], where: str) -> None:
    """Raises InvalidInput, naming the nearest known one, for a key that means nothing here."""
    for key in given:
        if key not in known:
            raise InvalidInput(
                given=f"a key in {where} that means nothing there", expected="one of " + ", ".join(known),
                next_step=nearest(key, known), field=key if len(key) <= 40 else "",
            )  # fmt: skip


def settings(document: Mapping[str, Any], known: Mapping[str, Spec]) -> dict[str, Setting]:
    """The parameters that the file sets: a value alone, or with its unit, range, source and status.

    Raises InvalidInput for an unknown name, another unit or range than declared, or a value that does not fit.
    """
    given = document.get("parameters", {})
    return {name: _setting(require(name, known), entry) for name, entry in given.items()}


def _setting(spec: Spec, entry: object) -> Setting:
    stated = entry if isinstance(entry, dict) else {"value": entry}
    _known(stated, ENTRY_KEYS, f"the entry {spec.name}")
    if "value" not in stated:
        raise InvalidInput(given=f"{spec.name} without a value", expected=spec.allowed(), field=spec.name)
    if stated.get("unit", spec.unit) != spec.unit:
        raise InvalidInput(
            given=f"{spec.name} in another unit", expected=f"{spec.name} in {spec.unit}",
            next_step="Convert the value, and write the unit as declared.", field=spec.name,
        )  # fmt: skip
    source, status = (str(stated.get(key, default)) for key, default in (("source", "own"), ("status", "proposed")))
    return Setting(check(spec, stated["value"]), source, status)


def starts(document: Mapping[str, Any]) -> dict[str, list[int | None]]:
    """When levers start at each site; raises InvalidInput where that is no list of ticks and "never"."""
    first = {}
    for lever, ticks in document.get("starts", {}).items():
        if not isinstance(ticks, list) or not all(isinstance(t, int) or t == NEVER for t in ticks):
            raise InvalidInput(
                given="a start that is no list of ticks", expected='one entry a site: [1, 27, "never"]', field="starts"
            )
        first[lever] = [None if t == NEVER else t for t in ticks]
    return first
