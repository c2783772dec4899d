"""`coproduce commons`: import files of resources, build the search index anew."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from coproduce.network.commons.importing import Receipt

app = typer.Typer(help="The commons: bring resources in, index them.", no_args_is_help=True)

#: Rejected rows that are printed one by one; `--json` lists more.
_PRINTED = 20


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="JSON Lines or CSV, gzip or not; a folder of Markdown.")],
    *,
    origin: Annotated[
        str, typer.Option(metavar="NAME", help="Where the resources come from; the name of the file otherwise.")
    ] = "",
    renamed: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", help="The column that holds a field. May be repeated."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Import resources. Importing again changes nothing; an interrupted import goes on where it stopped.

    Example: coproduce commons import medquad.jsonl.gz --origin medquad
    """
    pairs = [given.partition("=") for given in renamed or ()]
    if not all(name and column for name, _, column in pairs):
        raise typer.BadParameter("give it as FIELD=COLUMN", param_hint="--map")
    from coproduce.network.launching import with_django

    with_django()
    from coproduce.network.commons.columns import Defaults
    from coproduce.network.commons.importing import import_file
    from coproduce.network.people.asking import computer

    defaults = Defaults({name: column for name, _, column in pairs})
    with _progress() as progress:
        receipt = import_file(
            computer("import"), file, origin=origin or _name(file), defaults=defaults, progress=progress
        )
    typer.echo(json.dumps(_facts(receipt)) if as_json else _said(receipt))
    if receipt.cut:
        typer.echo(receipt.cut, err=True)
        raise typer.Exit(1)


@app.command()
def reindex(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Build the search index anew from the commons; people can search meanwhile.

    Example: coproduce commons reindex
    """
    from coproduce.network.launching import with_django

    with_django()
    from coproduce.network.commons.index import rebuild

    n_resources = rebuild()
    typer.echo(json.dumps({"n_resources": n_resources}) if as_json else f"{n_resources} resources can be found.")


def _name(file: Path) -> str:
    """The name of a file without its endings."""
    return file.resolve().name.split(".", 1)[0][:60]


def _facts(receipt: Receipt) -> dict[str, object]:
    facts = asdict(receipt)
    facts["n_listed"] = len(receipt.rejected)
    return facts


def _said(receipt: Receipt) -> str:
    lines = [
        (
            f"{receipt.accepted} accepted, {receipt.changed} changed, {receipt.unchanged} unchanged, "
            f"{receipt.n_rejected} rejected."
        )
    ]
    if receipt.resumed_at:
        lines.append(f"Went on after row {receipt.resumed_at}, where the last import was interrupted.")
    for one in receipt.rejected[:_PRINTED]:
        lines.append(f"  row {one['row']}: {one['field'] + ': ' if one['field'] else ''}{one['reason']}")
    if receipt.n_rejected > _PRINTED:
        lines.append("  ... more with --json")
    return "\n".join(lines)


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[float], None]]:
    """A bar on standard error; nothing where that is no terminal."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, disable=not Console(stderr=True).is_terminal) as bar:
        task = bar.add_task("Importing", total=1.0)
        yield lambda share: bar.update(task, completed=share)
