"""`coproduce figure`: makes a figure of the documentation again, from its runs."""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coproduce.cli.console import table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coproduce.figures import Figure

_EXAMPLE = "Example: coproduce figure commons-knock-out --out figures"


def figure(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="A figure; see --list.")] = None,
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", help="The folder to write into.")] = Path(),
    replicates: Annotated[
        int | None,
        typer.Option(metavar="R", min=2, max=100_000, help="Runs of each scenario; more, narrower intervals."),
    ] = None,
    seed: Annotated[int, typer.Option(metavar="S", min=0, help="Same seed, same figure.")] = 1,
    workers: Annotated[int, typer.Option(metavar="K", min=1, max=1_024, help="Processes; same figure.")] = 1,
    list_: Annotated[bool, typer.Option("--list", help="List the figures and stop.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Makes a figure of the documentation again: NAME.svg, its Vega-Lite specification and its numbers.

    Example: coproduce figure commons-knock-out --out figures
    """
    from coproduce.simulator.findings.catalogue import FIGURES, Effort, declared

    if list_:
        _show_list([(f.name, f.page, f.asks) for f in FIGURES], as_json=as_json)
        return
    if name is None:
        raise typer.BadParameter(f"a figure is needed; --list shows them. {_EXAMPLE}", param_hint="NAME")
    chosen = declared(name)
    with _waiting(name):
        made = chosen.make(Effort(replicates, seed, workers))
    written = write_figure(made, name, out)
    if as_json:
        sys.stdout.write(
            json.dumps({"figure": name, "asks": chosen.asks, **as_document(made), "files": written}) + "\n"
        )
    else:
        sys.stdout.write(f"{made.title}\n{made.summary}\n")
        table(made.table.columns, made.table.rows)
        sys.stdout.write("Written: " + ", ".join(written) + "\n")


def as_document(made: Figure) -> dict[str, Any]:
    """The message, the finding and the numbers of a figure, as plain data."""
    rows = [dict(zip(made.table.columns, row, strict=True)) for row in made.table.rows]
    return {"title": made.title, "summary": made.summary, "table": rows}


def write_figure(made: Figure, name: str, folder: Path) -> list[str]:
    """Writes NAME.svg, NAME.vl.json and NAME.csv into a folder, which is made if need be; gives their paths.

    Raises Unavailable when they cannot be written.
    """
    from coproduce.errors import Unavailable

    texts = {
        f"{name}.svg": made.svg_file(),
        f"{name}.vl.json": json.dumps(made.themed_spec(), indent=1, allow_nan=False) + "\n",
        f"{name}.csv": made.table.csv(),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in texts.items():
            (folder / file).write_text(text, encoding="utf-8")
    except OSError as problem:
        raise Unavailable(
            "The figure cannot be written.", next_step="Check the folder and the rights to it."
        ) from problem
    return [str(folder / file) for file in texts]


def _show_list(listed: list[tuple[str, str, str]], *, as_json: bool) -> None:
    if as_json:
        keys = ("figure", "page", "asks")
        sys.stdout.write(json.dumps({"figures": [dict(zip(keys, row, strict=True)) for row in listed]}) + "\n")
        return
    table(["figure", "page", "what it asks"], listed)


@contextlib.contextmanager
def _waiting(name: str) -> Iterator[None]:
    """A sign of life on standard error, on a screen only."""
    from rich.console import Console

    with Console(stderr=True).status(f"making {name}"):
        yield
