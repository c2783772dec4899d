"""`coproduce measure-graph`: the numbers of a network from a file of ties."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer


def measure_graph(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Source and target on each line; # begins a comment.")],
    *,
    directed: Annotated[bool, typer.Option("--directed", help="Ties go from source to target.")] = False,
    weighted: Annotated[bool, typer.Option("--weighted", help="The third column is a weight.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Measures a network from a file of ties, split by comma, tab or spaces, with or without a heading.

    Example: coproduce measure-graph ties.csv --directed --json
    """
    from coproduce.measures.edge_list import describe, read_edges

    found = describe(read_edges(file, weighted=weighted), directed=directed, weighted=weighted)
    if as_json:
        sys.stdout.write(json.dumps(found, allow_nan=False) + "\n")
        return
    for name, number in found.items():
        sys.stdout.write(f"{name:24}{'-' if number is None else format(number, '.6g')}\n")
