"""Writes the pages of docs/reference from the code, so that they cannot say something else than the code does.

`make reference` writes them; a test compares them with a fresh writing and fails on a stale one.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import inspect
import itertools
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from scripts import licences

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "reference"


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table; bars inside cells are escaped."""
    names = list(head)
    lines = [names, ["---"] * len(names), *([str(cell) for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def page(title: str, source: str, *parts: str) -> str:
    """A page with its title, a note of where it comes from, and its parts."""
    note = f"*Written by `make reference` from `{source}`; change it there.*"
    return "\n\n".join([f"# {title}", note, *(part.strip("\n") for part in parts)]) + "\n"


def settings() -> str:
    """The page of settings, from the metadata of `Settings`."""
    from coproduce.settings import PREFIX, Settings

    rows = []
    for field in dataclasses.fields(Settings):
        default = field.default if field.default is not dataclasses.MISSING else "the platform's user data folder"
        shown = "empty" if default == "" else default
        kind = {"str": "text", "int": "whole number", "bool": "yes or no", "Path": "path"}[str(field.type)]
        rows.append([f"`{PREFIX}{field.name.upper()}`", kind, shown, field.metadata["meaning"]])
    return page(
        "Settings",
        "src/coproduce/settings.py",
        "Every setting is an environment variable. All are optional: with none, Coproduce runs for one machine. "
        "An unknown name that begins with `COPRODUCE_` is refused with the nearest known one.",
        table(["Variable", "Kind", "Default", "Meaning"], rows),
    )


def events() -> str:
    """The page of events: the columns of the log, and every kind in its block."""
    from coproduce.events import BLOCKS, KINDS, SCHEMA, LineOfWork, Role

    intro = (
        "An event is a row of ids and coded values. No free text and no names: see "
        "[the architecture](../explanation/architecture.md#the-event)."
    )
    parts = [
        intro,
        "## Columns",
        table(["Column", "Type"], [[f"`{name}`", f"`{dtype}`"] for name, dtype in SCHEMA.items()]),
        "## Roles",
        table(["Code", "Role"], [[int(role), role.name.replace("_", " ").lower()] for role in Role]),
        "## Lines of work",
        table(["Topic", "Line of work"], [[int(work), work.name.replace("_", " ").lower()] for work in LineOfWork]),
    ]
    columns = ("actor", "subject", "object", "topic", "value", "unit", "cause")
    for block, (low, high) in BLOCKS.items():
        meanings = [KINDS[code].meaning for code in sorted(KINDS) if low <= code <= high]
        if not meanings:
            continue
        parts.append(f"## {block.capitalize()} (codes {low} to {high})")
        for meaning in meanings:
            held = [[f"`{name}`", text] for name in columns if (text := getattr(meaning, name))]
            parts += [f"### {meaning.name}", f"Code {meaning.code}. {meaning.says}", table(["Column", "Holds"], held)]
    return page("Events", "src/coproduce/events/kinds.py", *parts)


def leaves(group: Any, path: tuple[str, ...] = ("coproduce",)) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command of the command line that does something, with its path."""
    for name, command in sorted(group.commands.items()):
        if getattr(command, "commands", None) is not None:
            yield from leaves(command, (*path, name))
        else:
            yield (*path, name), command


def command_line() -> list[tuple[tuple[str, ...], Any]]:
    """Every command with its path, as typed."""
    import typer

    from coproduce.cli import app

    return list(leaves(typer.main.get_command(app)))


def _option_rows(command: Any) -> list[list[str]]:
    rows = []
    for parameter in command.params:
        if getattr(parameter, "hidden", False) or parameter.name == "help":
            continue
        is_option = parameter.param_type_name == "option"
        spelled = ", ".join([*parameter.opts, *parameter.secondary_opts]) if is_option else parameter.name.upper()
        notes = (getattr(parameter, "help", None) or "").strip()
        if parameter.required and is_option:
            notes += " Required."
        default = parameter.default
        if is_option and default not in (None, False, "", ()) and not callable(default):
            notes += f" Default: {default}."
        rows.append([f"`{spelled}`", notes.strip()])
    return rows


def _prose(text: str) -> str:
    """The help of a command as Markdown: lines that are commands become blocks."""
    parts: list[str] = []
    lines = inspect.cleandoc(text.replace("\b", "")).splitlines()
    for is_command, group in itertools.groupby(lines, lambda line: line.strip().startswith("coproduce ")):
        block = "\n".join(line.strip() if is_command else line for line in group).strip("\n")
        if block:
            parts.append(f"```text\n{block}\n```" if is_command else block)
    return "\n\n".join(parts)


def commands() -> str:
    """The page of commands, from the command line's own help."""
    intro = (
        "Exit status: 0 done, 1 refused or failed with one clear message, 2 wrong use. With `--json` a command prints "
        "one JSON document on standard output and nothing else there."
    )
    parts = [intro]
    for path, command in command_line():
        parts += [f"## {' '.join(path)}", _prose(command.help or "")]
        if rows := _option_rows(command):
            parts.append(table(["Argument or option", "Meaning"], rows))
    return page("Commands", "src/coproduce/cli/", *parts)


def dependencies() -> str:
    """The page of run-time dependencies: why each is here and under which licence it stands."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    why: Mapping[str, str] = project["tool"]["coproduce"]["dependencies"]
    lines = project["project"]["dependencies"]
    names = [licences.name_of(line) for line in lines]
    direct = [[f"`{name}`", why.get(name, ""), licences.licence(name)] for name in names]
    brought = [
        [f"`{name}`", licences.licence(name), ", ".join(f"`{by}`" for by in sorted(bringers))]
        for name, bringers in sorted(licences.closure(lines).items())
        if name not in names
    ]
    return page(
        "Dependencies",
        "pyproject.toml",
        "What runs with Coproduce, and why. Permissive licences; unmodified LGPL or MPL libraries that are only "
        f"imported are allowed where listed: {', '.join(f'`{name}`' for name in sorted(licences.LISTED))}. "
        "No GPL at run time (a test reads the installed licences). `make bom` writes the bill of materials.",
        "## Chosen",
        table(["Library", "Why it is here", "Licence"], direct),
        "## Brought by these",
        table(["Library", "Licence", "Brought by"], brought),
    )


def measures() -> str:
    """The page of measures, from the catalogue."""
    from coproduce.measures import catalogue

    return catalogue.reference_page()


def patient_measures() -> str:
    """The page of measures that a personal trial can name, from the library."""
    from coproduce.evidence.personal.outcomes import library

    head = ["Key", "Measure", "Items", "Score", "Direction", "Family", "What matters", "Source", "Licence"]
    rows = [
        [f"`{m.key}`", m.title, m.items, f"{m.range[0]:g} to {m.range[1]:g}", f"{m.better} is better", m.family,
         f"{m.mcid:g}", m.source, m.licence]
        for m in library().values()
    ]  # fmt: skip
    return page(
        "Patient-reported measures",
        "src/coproduce/evidence/personal/outcomes.toml",
        "What a [personal trial](../how-to/run-a-personal-trial.md) can name as its outcome. A score is the sum "
        "of the items; one left out leaves the day out. The words of questionnaires are not here: take them from "
        "their source.",
        table(head, rows),
    )


def model() -> str:
    """The page of the model: the order of a tick, what is reported, and every parameter of every preset."""
    from coproduce.simulator import STAGES, load, models, names
    from coproduce.simulator.levers import LEVERS
    from coproduce.simulator.network import COLUMNS

    steps = [[str(i), s.stage, f"`{s.name}`", s.layer or "always", s.says] for i, s in enumerate(STAGES, start=1)]
    parts = [
        "What it is for and how it is built: [the model](../explanation/model/index.md).",
        "## One tick", table(["", "Stage", "Step", "Layer", "What it does"], steps),
        "## What the network model reports after each tick",
        table(["Column", "Meaning"], [[f"`{name}`", says] for name, says in COLUMNS.items()]),
    ]  # fmt: skip
    parts += ["## Levers", table(["Lever", "What it means", "What it moves", "What it costs"], [
        [f"`{lever.name}`", lever.says, ", ".join(f"`{name}`" for name in lever.moves), lever.cost]
        for lever in LEVERS.values()])]  # fmt: skip
    for name in names():
        scenario = load(name)
        base = load(scenario.base) if scenario.base else None
        rows = [
            [f"`{key}`", scenario.settings[key].value, spec.allowed(), scenario.settings[key].status,
             scenario.settings[key].source, spec.says]
            for key, spec in scenario.specs().items() if not base or scenario.settings[key] != base.settings[key]
        ]  # fmt: skip
        ticks = f"{scenario.ticks} {scenario.tick}s unless said otherwise."
        rest = f" What is not named here is as in `{base.preset}`." if base else ""
        parts += [f"## Preset {name}", scenario.says, ticks + rest,
                  table(["Parameter", "Value", "Allowed", "Status", "Source", "What it is"], rows)]  # fmt: skip
        if scenario.model != "network":
            reported = [[f"`{column}`", says] for column, says in models.columns(scenario.model).items()]
            parts += ["Reported after each tick:", table(["Column", "Meaning"], reported)]
    return page("The model network", "src/coproduce/simulator/", *parts)


def pages() -> dict[Path, str]:
    """Every generated page, by its path."""
    writers: dict[str, Callable[[], str]] = {
        "settings.md": settings,
        "commands.md": commands,
        "events.md": events,
        "dependencies.md": dependencies,
        "model.md": model,
        "patient-measures.md": patient_measures,
    }
    if importlib.util.find_spec("coproduce.measures"):
        writers["measures.md"] = measures
    return {FOLDER / name: write() for name, write in writers.items()}


def main() -> None:
    """Writes the pages that changed and names them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path, text in pages().items():
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
            sys.stdout.write(f"{path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
