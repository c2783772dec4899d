"""S2 to S9: the shape of the network of people, beside networks of the same degrees where that is asked for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coproduce.events import Role
from coproduce.measures.measurement import Answer
from coproduce.measures.structure import FEWEST_PEOPLE, graph_of
from coproduce.measures.study import Slice
from coproduce.measures.ties import interaction_ties
from coproduce.statistics.betweenness import SOURCES, betweenness, betweenness_centralisation, robustness
from coproduce.statistics.communities import best_partition, similarity
from coproduce.statistics.distances import mean_path
from coproduce.statistics.graph import Graph, core_numbers, degree_assortativity, degree_centralisation, giant
from coproduce.statistics.intervals import Estimate, wilson
from coproduce.statistics.rewiring import rewired
from coproduce.statistics.triangles import closure

_FEW = f"fewer than {FEWEST_PEOPLE} people: read the table, not the shape"
_ASK = "drawn only with --null R"
_SAMPLED = f"from {SOURCES} sources at random"
IDS = (
    "S2.degree", "S2.betweenness", "S3", "S3.n", "S3.z", "S3.stability", "S4.C", "S4.L", "S4.sigma", "S4.omega",
    "S5.constraint", "S5.size", "S6.core", "S6.share", "S6.correlation", "S6.patients", "S7", "S8.hubs", "S8.R",
    "S8.drop",
)  # fmt: skip


def shape(part: Slice) -> Iterator[Answer]:
    """S2 to S8 of the simple undirected graph of everybody's ties in the window; several runs stand side by side."""
    people, graph = graph_of(part)
    n = graph.n
    if n < FEWEST_PEOPLE or graph.m == 0:
        reason = _FEW if n < FEWEST_PEOPLE else "nobody is tied to anybody in this window"
        yield from (Answer.none(name, reason, n) for name in IDS)
        return
    closed = closure(graph)
    path = mean_path(graph, seed=part.seed)
    yield _answer("S2.degree", degree_centralisation(graph), n)
    yield from _communities(part, graph)
    yield _answer("S4.C", closed.transitivity, n)
    yield Answer.of("S4.L", path, n) if path else Answer.none("S4.L", "no two people are tied", n)
    yield from _small_world(part, graph)
    tied = graph.degrees > 0
    yield _answer("S5.constraint", closed.mean_constraint, int(tied.sum()))
    yield _answer("S5.size", float(closed.effective_size[tied].mean()), int(tied.sum()))
    yield from _core(graph, people)
    yield _answer("S7", degree_assortativity(graph), n)
    yield from _hubs(part, graph, people)


def _communities(part: Slice, graph: Graph) -> Iterator[Answer]:
    best = best_partition(graph, seed=part.seed)
    assert best is not None  # there are ties
    note = f"best of {len(best.tried)} searches, {min(best.tried):.3f} to {max(best.tried):.3f}"
    yield Answer("S3", best.modularity, graph.n, note=note)
    yield Answer("S3.n", float(best.n_communities), graph.n, note="people without a tie are communities of one")
    yield _answer("S3.stability", similarity(best), graph.n)
    drawn = _null(part, graph)
    if not drawn:
        yield Answer.none("S3.z", _ASK, graph.n)
        return
    found = np.array([one.modularity for one in drawn])
    spread = float(found.std(ddof=1)) if len(found) > 1 else 0.0
    z = (float(np.mean(best.tried)) - float(found.mean())) / spread if spread else None
    said = f"{len(found)} networks of the same degrees, mean {found.mean():.3f}; a single search each"
    yield Answer("S3.z", z, graph.n, note=said)


class _Drawn:
    """What is kept of one null network."""

    def __init__(self, graph: Graph, seed: int) -> None:
        partition = best_partition(graph, seed=seed, seeds=1)
        path = mean_path(graph, seed=seed)
        self.modularity = partition.modularity if partition else 0.0
        self.transitivity = closure(graph).transitivity or 0.0
        self.path = path.value if path else float("nan")


def _null(part: Slice, graph: Graph) -> list[_Drawn]:
    def made() -> list[_Drawn]:
        return [_Drawn(one, part.seed) for one in rewired(graph, part.null, seed=part.seed)]

    return part.log.once(("null networks", part.start, part.end), made) if part.null else []


def _small_world(part: Slice, graph: Graph) -> Iterator[Answer]:
    drawn = _null(part, graph)
    if not drawn:
        yield Answer.none("S4.sigma", _ASK, graph.n)
        yield Answer.none("S4.omega", _ASK, graph.n)
        return
    closed, path = closure(graph).transitivity or 0.0, mean_path(graph, seed=part.seed)
    assert path is not None  # there are ties
    clustering, paths = (np.array([getattr(one, key) for one in drawn]) for key in ("transitivity", "path"))
    k = 2 * graph.m / graph.n
    lattice = 3 * (k - 2) / (4 * (k - 1)) if k > 2 else 0.0
    note = f"{len(drawn)} networks of the same degrees"
    with np.errstate(divide="ignore", invalid="ignore"):
        sigma = closed / clustering / (path.value / paths)
        omega = paths / path.value - closed / lattice if lattice else np.full(len(drawn), np.nan)
    for name, values in (("S4.sigma", sigma), ("S4.omega", omega)):
        known = values[np.isfinite(values)]
        if known.size == 0:
            yield Answer.none(name, "the networks compared with have no clustering", graph.n)
            continue
        low, high = np.quantile(known, [0.025, 0.975])
        yield Answer.of(name, Estimate(float(known.mean()), float(low), float(high)), graph.n, note=note)


def _core(graph: Graph, people: pl.DataFrame) -> Iterator[Answer]:
    numbers = core_numbers(graph)
    inner = numbers == numbers.max()
    size, n = int(inner.sum()), graph.n
    yield Answer("S6.core", float(numbers.max()), n)
    yield Answer("S6.share", size / n, n)
    yield _answer("S6.correlation", _core_correlation(graph, inner), n)
    roles = people["role"].to_numpy()[inner]
    lived = int(np.isin(roles, [int(Role.PATIENT), int(Role.FAMILY)]).sum())
    yield Answer.of("S6.patients", wilson(lived, size), size)


def _core_correlation(graph: Graph, core: NDArray[np.bool_]) -> float | None:
    """Pearson's correlation of ties with the pattern in which the core is tied to itself and the rest to nobody.

    Source: Borgatti and Everett 2000, 10.1016/S0378-8733(99)00019-2, for a given core.
    """
    pairs = graph.n * (graph.n - 1) / 2
    ideal = core.sum() * (core.sum() - 1) / 2
    inside = float(core[graph.edges].all(axis=1).sum())
    spread = graph.m * (pairs - graph.m) * ideal * (pairs - ideal)
    return None if spread <= 0 else float((pairs * inside - graph.m * ideal) / np.sqrt(spread))


def _hubs(part: Slice, graph: Graph, people: pl.DataFrame) -> Iterator[Answer]:
    hubs = people["role"].to_numpy() == int(Role.STEWARD)
    between, share = betweenness(graph, hubs, seed=part.seed)
    note = _SAMPLED if graph.n > SOURCES else None
    yield Answer("S2.betweenness", betweenness_centralisation(graph, between), graph.n, note=note)
    if not hubs.any():
        yield Answer.none("S8.hubs", "nobody here acts for the coordinating centre (role steward)", graph.n)
    else:
        yield Answer("S8.hubs", share, graph.n, note=note)
    yield _answer("S8.R", robustness(graph), graph.n)
    kept = np.ones(graph.n, dtype=np.bool_)
    kept[np.argsort(-between, kind="stable")[:5]] = False
    before = int(giant(graph).sum())
    after = int(giant(graph.within(kept)).sum())
    yield Answer("S8.drop", 1 - after / before, graph.n, note=note)


def change(part: Slice) -> Iterator[Answer]:
    """S9: of the ties of the window before, as long as this one, the share kept; the share of new ones."""
    length = part.end - part.start
    before_start = part.start - length
    now = interaction_ties(part.log, part.start, part.end)
    before = interaction_ties(part.log, before_start, part.start)
    if part.log.first_us > part.start - length // 2 or before.is_empty():
        reason = "the log does not reach back over a window as long as this one; give --window"
        yield Answer.none("S9.kept", reason)
        yield Answer.none("S9.new", reason)
        return
    both = now.join(before, on=["run", "a", "b"], how="semi").height
    yield Answer.of("S9.kept", wilson(both, before.height), before.height)
    name = "S9.new"
    yield (
        Answer.of(name, wilson(now.height - both, now.height), now.height)
        if now.height
        else Answer.none(name, "nobody is tied to anybody in this window")
    )


def _answer(name: str, value: float | None, n: int) -> Answer:
    return Answer(name, value, n, note=None if value is not None else "not defined for this network")
