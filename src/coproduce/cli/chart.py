"""`coproduce chart`: limits and signals of one control chart, as a table, as JSON, as a drawing."""

from __future__ import annotations

import json
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coproduce.errors import BadFile, InvalidInput

if TYPE_CHECKING:
    from coproduce.statistics.control import Chart


class Form(StrEnum):
    """What --format takes."""

    PLAIN = "plain"
    REFERENCE = "reference"


def chart(
    spec: Annotated[Path, typer.Argument(metavar="SPEC.json", help="What to chart: chart, y, n, x, rules ...")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
    svg: Annotated[Path | None, typer.Option(metavar="FILE", help="Also draw the chart into this file.")] = None,
    form: Annotated[
        Form, typer.Option("--format", help="reference: SPEC.json is a reference case, the answer has its keys.")
    ] = Form.PLAIN,
) -> None:
    """Finds the limits and signals of a control chart, by named conventions.

    Example: coproduce chart SPEC.json --json --svg chart.svg
    """
    asked = _read(spec)
    if form is Form.REFERENCE:
        from coproduce.statistics.control.reference import answered

        if svg is not None:
            raise typer.BadParameter("a reference case is not drawn", param_hint="--svg")
        _write(answered(asked))
        return
    from coproduce.statistics.control import chart as made
    from coproduce.statistics.control.answer import document
    from coproduce.statistics.control.reading import specification

    found = made(specification(asked))
    if svg is not None:
        _draw(found, str(asked.get("measure") or asked.get("title") or asked.get("chart") or "run"), svg)
    if as_json:
        _write(document(found))
    else:
        _show(found)


def _read(path: Path) -> dict[str, Any]:
    try:
        asked = json.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise BadFile(given="a file that cannot be read", expected="a file with one JSON document") from problem
    except (ValueError, RecursionError) as problem:
        raise BadFile(
            given="a file that is not JSON", expected='one JSON document, for example {"chart": "i", "y": [1, 2, 3]}'
        ) from problem
    if not isinstance(asked, dict):
        raise InvalidInput(
            given="JSON that is no object", expected='an object, for example {"chart": "i", "y": [1, 2]}'
        )
    return asked


def _write(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer, allow_nan=False) + "\n")


def _draw(found: Chart, measure: str, path: Path) -> None:
    """The drawing in a file, whole or not at all."""
    from coproduce.figures import Theme
    from coproduce.measures.chart_figures import figure_of

    drawing = figure_of(found, measure).svg(Theme.LIGHT)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        unfinished.write_text(drawing + "\n", encoding="utf-8")
        unfinished.replace(path)
    except OSError as problem:
        raise InvalidInput(
            given="a file that cannot be written", expected="a path in a folder that is there"
        ) from problem
    finally:
        unfinished.unlink(missing_ok=True)


def _show(found: Chart) -> None:
    """The chart as a table: its points that stand out, its phases and what to know of it."""
    from coproduce.measures.chart_figures import Audience, reason

    for phase in found.phases:
        sys.stdout.write(
            f"Phase {phase.number}, points {phase.first} to {phase.last}: {phase.n_useful} useful, longest run "
            f"{phase.longest_run} (at most {phase.longest_run_max}), {phase.n_crossings} crossings (at least "
            f"{phase.n_crossings_min}){': unusual' if phase.runs_signal else ''}.\n"
        )
        for shift in phase.shifts:
            sys.stdout.write(f"  Shift candidate since {shift.label}, {shift.n_points} points. What is the cause?\n")
    for place in found.special().nonzero()[0]:
        rules = [name for name, flags in found.flags.items() if flags[place]] or ["beyond a limit"]
        sys.stdout.write(f"{found.labels[place]}: {found.y[place]:.4g}, {', '.join(rules)}\n")
    sys.stdout.write(f"{reason(found, Audience.LEADERS)}\n")
