"""How far the numbers of a network would scatter with other people of the same kind: intervals, where --null R asks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from coproduce.measures.measurement import Answer
from coproduce.measures.study import Slice
from coproduce.measures.ties import graph_of
from coproduce.statistics.betweenness import (
    betweenness,
    betweenness_centralisation,
    loss_of_most_central,
    robustness,
)
from coproduce.statistics.communities import best_partition
from coproduce.statistics.graph import (
    Graph,
    core_correlation,
    core_numbers,
    degree_assortativity,
    degree_centralisation,
    giant,
)
from coproduce.statistics.intervals import Z95
from coproduce.statistics.triangles import closure
from coproduce.statistics.vertex_bootstrap import redrawn


def scattered(part: Slice, answer: Answer) -> Answer:
    """A number of the whole network with its 95 % interval: 1.96 times its spread when people are drawn again.

    As it is where no draws are asked for, of a group, and where the draws have no such number.
    """
    if answer.value is None or part.by is not None or not part.null:
        return answer
    found = np.array([one.get(answer.id, np.nan) for one in _drawn(part)])
    known = found[np.isfinite(found)]
    if known.size < 2:
        return answer
    reach = Z95 * float(known.std(ddof=1))
    note = f"interval from {known.size} draws of people"
    said = note if answer.note is None else f"{answer.note}; {note}"
    return replace(answer, low=answer.value - reach, high=answer.value + reach, note=said)


#: Beyond so many ties, numbers of paths and communities have no interval: each draw would take too long.
MOST_TIES = 20_000


def _of_paths(graph: Graph) -> dict[str, float | None]:
    between, _ = betweenness(graph)
    partition = best_partition(graph, seeds=1)
    return {
        "S2.betweenness": betweenness_centralisation(graph, between),
        "S3": None if partition is None else partition.modularity,
        "S8.drop": loss_of_most_central(graph, between),
    }


def _drawn(part: Slice) -> list[dict[str, float]]:
    def made() -> list[dict[str, float]]:
        _, graph = graph_of(part)
        return [_numbers(one) for one in redrawn(graph, part.null, seed=part.seed)]

    return part.log.once(("drawn again", part.start, part.end), made)


def _numbers(graph: Graph) -> dict[str, float]:
    """The numbers of one drawn network; those of ties are not numbers where there is none."""
    tied = graph.degrees > 0
    found: dict[str, float | None] = {
        "S1": float(giant(graph).sum()) / graph.n if tied.any() else 0.0,
        "S1.tied": float(tied.mean()),
    }
    nothing = dict.fromkeys(
        ("S2.degree", "S4.C", "S5.constraint", "S5.size", "S6.core", "S6.share", "S6.correlation", "S7", "S8.R")
    )
    found |= _of_ties(graph, tied) if tied.any() else nothing
    return {name: float("nan") if value is None else value for name, value in found.items()}


def _of_ties(graph: Graph, tied: np.ndarray) -> dict[str, float | None]:
    closed, numbers = closure(graph), core_numbers(graph)
    inner = numbers == numbers.max()
    return (_of_paths(graph) if graph.m <= MOST_TIES else {}) | {
        "S2.degree": degree_centralisation(graph),
        "S4.C": closed.transitivity,
        "S5.constraint": closed.mean_constraint,
        "S5.size": float(closed.effective_size[tied].mean()),
        "S6.core": float(numbers.max()),
        "S6.share": float(inner.mean()),
        "S6.correlation": core_correlation(graph, inner),
        "S7": degree_assortativity(graph),
        "S8.R": robustness(graph),
    }
