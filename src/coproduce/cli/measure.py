"""`coproduce measure`: every declared measure of an event file, as a table or as JSON."""

from __future__ import annotations

import contextlib
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coproduce.clock import monotonic
from coproduce.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from coproduce.events import Report
    from coproduce.measures import Declared, Measurement, Request

_EXAMPLE = "Example: coproduce measure events.parquet --only N2 --by site --window 90 --json"


class Grouping(StrEnum):
    """What --by takes."""

    SITE = "site"
    ROLE = "role"
    STRATUM = "stratum"
    OUTCOME = "outcome"


def measure(
    file: Annotated[Path | None, typer.Argument(metavar="FILE.parquet", help="Events, live or simulated.")] = None,
    *,
    only: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="This id, or all that begin so (N2); repeat for more.")
    ] = None,
    by: Annotated[Grouping | None, typer.Option(help="Also for each group; small groups are hidden.")] = None,
    strata: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="actor, from, to, stratum, rank.")] = None,
    tables: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Tables beside the log, each a CSV file named as declared.")
    ] = None,
    window: Annotated[float | None, typer.Option(metavar="DAYS", help="The last DAYS days of the log only.")] = None,
    change: Annotated[
        bool, typer.Option("--change", help="How each differs from the window before; needs --window.")
    ] = False,
    null: Annotated[int, typer.Option(metavar="R", min=0, help="Compare with R random networks.")] = 0,
    list_: Annotated[bool, typer.Option("--list", help="List the declared measures and stop.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Measures a log of events.

    Example: coproduce measure events.parquet --only N2 --by site --window 90 --json
    """
    from coproduce.measures import Request, chosen

    try:
        declared = chosen(tuple(only or ()))
    except InvalidInput as problem:
        raise typer.BadParameter(str(problem), param_hint="--only") from problem
    if list_:
        _show_list(declared, as_json=as_json)
        return
    if file is None:
        raise typer.BadParameter(f"a file of events is needed. {_EXAMPLE}", param_hint="FILE.parquet")
    if by is Grouping.OUTCOME and tables is None:
        raise typer.BadParameter("--by outcome needs --tables FOLDER with outcomes.csv", param_hint="--by")
    if by is Grouping.STRATUM and strata is None:
        raise typer.BadParameter("--by stratum needs --strata FILE.csv", param_hint="--by")
    if window is not None and not 0 < window < 1e6:
        raise typer.BadParameter("a number of days above 0 is needed", param_hint="--window")
    if change and window is None:
        raise typer.BadParameter("--change needs --window DAYS", param_hint="--change")
    request = Request(window_days=window, only=tuple(only or ()), by=by.value if by else None, null=null)
    found = _measured(file, request, strata, tables, change=change)
    if as_json:
        sys.stdout.write(json.dumps({"measures": [m.as_json() for m in found]}, allow_nan=False) + "\n")
    else:
        _show(found, change=change)


def _measured(
    file: Path, request: Request, strata: Path | None, tables: Path | None, *, change: bool
) -> list[Measurement]:
    from coproduce.events import codec
    from coproduce.measures import Strata, Tables, changes, measure_all

    with _progress() as tell:
        tell("reading")
        table = Strata.read(strata) if strata is not None else None
        beside = Tables.read(tables) if tables is not None else Tables()
        frame, report = codec.read(file)
        if change:
            found = changes(frame, request, strata=table, tables=beside, tell=tell)
        else:
            found = measure_all(frame, request, strata=table, tables=beside, report=report, tell=tell)
    _tell_oddities(report)
    return found


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """A line on standard error that names the step, shown once more than a second has passed."""
    from rich.console import Console

    began = monotonic()
    with contextlib.ExitStack() as stack:
        status = None

        def tell(step: str) -> None:
            nonlocal status
            if status is None and monotonic() - began > 1.0:
                status = stack.enter_context(Console(stderr=True).status("measuring"))
            if status is not None:
                status.update(f"measuring: {step}")

        yield tell


def _tell_oddities(report: Report) -> None:
    if not report.is_clean():
        told = {
            "of an unknown kind": report.n_unknown_kind,
            "repeated": report.n_duplicate,
            "out of order": report.n_out_of_order,
            "missing between others": report.n_gaps,
            "recorded before they happened": report.n_recorded_before,
            "with a cause that is not in the file": report.n_orphan_cause,
        }
        said = ", ".join(f"{count} {what}" for what, count in told.items() if count)
        sys.stderr.write(f"Of {report.n_rows} rows: {said}.\n")


def _show_list(declared: Sequence[Declared], *, as_json: bool) -> None:
    if as_json:
        keys = ("id", "name", "formula", "unit", "direction", "source", "limits")
        document = {"measures": [{key: getattr(one, key) for key in keys} for one in declared]}
        sys.stdout.write(json.dumps(document) + "\n")
        return
    rows = [[one.id, one.name, one.unit, one.direction, one.formula] for one in declared]
    _table(["id", "name", "unit", "better", "formula"], rows)


def _show(found: Sequence[Measurement], *, change: bool) -> None:
    if found and found[0].window:
        against = ", less the window before" if change else ""
        sys.stdout.write(f"From {found[0].window[0]} to {found[0].window[1]}, UTC{against}. Intervals are 95 %.\n")
    rows = []
    for m in found:
        group = "" if m.by is None else ", ".join(f"{k} {'unknown' if v is None else v}" for k, v in m.by.items())
        ends = "" if m.low is None else f"{m.low:.4g} to {'?' if m.high is None else format(m.high, '.4g')}"
        value = "-" if m.value is None else f"{m.value:.4g}"
        n = "-" if m.n is None else str(m.n)
        rows.append([m.id, group, value, ends, m.unit, n, str(m.missing or ""), m.note or ""])
    _table(["id", "group", "value", "interval", "unit", "n", "missing", "note"], rows)


def _table(columns: list[str], rows: list[list[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else 160)
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)
