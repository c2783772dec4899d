"""A network from a file of ties, and its numbers as `coproduce measure-graph` gives them."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from coproduce.errors import BadFile, InvalidInput
from coproduce.statistics.communities import best_partition
from coproduce.statistics.concentration import gini
from coproduce.statistics.distances import diameter
from coproduce.statistics.graph import (
    Floats,
    Graph,
    Ints,
    components,
    core_numbers,
    degree_assortativity,
    degree_centralisation,
    reciprocity,
)
from coproduce.statistics.triangles import closure

#: Names of columns that tell a header even where the nodes themselves have names.
_HEADINGS = {"source", "target", "src", "dst", "from", "to", "u", "v", "i", "j", "tail", "head", "node1", "node2"}
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$")


@dataclass(frozen=True)
class EdgeList:
    """Ties as read: `pairs` of node numbers, 0 to n - 1 in order of appearance, loops and repeats kept; weights."""

    n: int
    pairs: Ints
    weights: Floats


def read_edges(path: Path, *, weighted: bool = False) -> EdgeList:
    """The ties in a file: source and target (and weight) in its first columns, split by comma, tab or spaces.

    A first line of headings is passed over, so are empty lines and those that begin with #. Also reads .gz.
    Raises BadFile when it is not there or is no text, InvalidInput for a line without two cells, or, when weighted,
    without a finite weight above 0; the line is named by its number.
    """
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as problem:
        raise BadFile(given="a file that is absent or no text", expected="lines of source and target") from problem
    if "\0" in text:
        raise BadFile(given="a file that is no text", expected="lines of source and target")
    rows = list(_rows(text))
    if rows and _is_heading(rows):
        rows = rows[1:]
    number: dict[str, int] = {}
    pairs = [[number.setdefault(cells[side], len(number)) for side in (0, 1)] for _, cells in rows]
    weights = [_weight(line, cells) for line, cells in rows] if weighted else [1.0] * len(rows)
    return EdgeList(len(number), np.array(pairs, dtype=np.int64).reshape(-1, 2), np.array(weights, dtype=np.float64))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The number of each line of data, and its cells."""
    separator: str | None = None
    chosen = False
    for line, content in enumerate(text.splitlines(), start=1):
        kept = content.strip()
        if not kept or kept.startswith("#"):
            continue
        if not chosen:
            separator, chosen = next((mark for mark in (",", "\t") if mark in kept), None), True
        cells = (
            kept.split(separator) if separator is None else [cell.strip().strip('"') for cell in kept.split(separator)]
        )
        if len(cells) < 2 or not cells[0] or not cells[1]:
            raise InvalidInput(given=f"line {line} without two cells", expected="source and target on each line")
        yield line, cells


def _is_heading(rows: list[tuple[int, list[str]]]) -> bool:
    first = rows[0][1][:2]
    if {cell.lower() for cell in first} <= _HEADINGS:
        return True
    # Words above numbers are a heading; words above words are nodes with names.
    words = [not _NUMBER.match(cell) for cell in first]
    return all(words) and len(rows) > 1 and all(_NUMBER.match(cell) for _, cells in rows[1:] for cell in cells[:2])


def _weight(line: int, cells: list[str]) -> float:
    try:
        weight = float(cells[2])
    except (IndexError, ValueError):
        weight = np.nan
    if not (np.isfinite(weight) and weight > 0):
        raise InvalidInput(
            given=f"line {line} without a usable weight", expected="a finite number above 0 as third cell"
        )
    return weight


def describe(edges: EdgeList, *, directed: bool = False, weighted: bool = False) -> dict[str, int | float | None]:
    """The numbers of a network, under the keys of `coproduce measure-graph`; None where one is not defined.

    `n_edges` counts different ties as read, loops included; without `directed`, a tie and its turned twin are one.
    Density is of ties between two different nodes; reciprocity leaves loops out, and is 1 in an undirected network.
    All else is of the simple undirected graph without loops: triangles, clustering (nodes with fewer than two
    neighbours count 0 in the mean), assortativity, cores, degrees, the diameter of the largest weak component, the
    modularity of the best of 20 Leiden partitions, and Burt's constraint. Weights, when asked for, count in the last
    two.
    """
    kept = edges.pairs if directed else np.sort(edges.pairs, axis=1)
    ties = np.unique(kept, axis=0).reshape(-1, 2)
    loops = ties[:, 0] == ties[:, 1]
    graph = Graph.of(edges.n, edges.pairs, edges.weights if weighted else None)
    weak = np.bincount(components(edges.n, ties)) if edges.n else np.empty(0, dtype=np.int64)
    strong = np.bincount(components(edges.n, ties, strong=True)) if directed and edges.n else weak
    possible = edges.n * (edges.n - 1) / (1 if directed else 2)
    closed = closure(graph)
    found = best_partition(graph, weighted=weighted)
    between = ties[~loops]
    return {
        "n_nodes": edges.n,
        "n_edges": len(ties),
        "n_self_loops": int(loops.sum()),
        "n_components_weak": len(weak),
        "largest_weak": int(weak.max(initial=0)),
        "n_components_strong": len(strong),
        "largest_strong": int(strong.max(initial=0)),
        "density": len(between) / possible if possible else None,
        "transitivity": closed.transitivity,
        "mean_local_clustering": float(closed.local_clustering.mean()) if edges.n else None,
        "n_triangles": closed.n_triangles,
        "degree_assortativity": degree_assortativity(graph),
        "reciprocity": reciprocity(between) if directed else (1.0 if len(between) else None),
        "modularity": found.modularity if found else None,
        "n_communities": found.n_communities if found else edges.n,
        "max_core": int(core_numbers(graph).max(initial=0)),
        "degree_centralisation": degree_centralisation(graph),
        "degree_gini": gini(graph.degrees),
        "diameter": diameter(graph),
        "mean_constraint": closed.mean_constraint,
    }
