"""S2 to S9: the shape of the network of people, beside networks of the same degrees where that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coproduce.events import Role
from coproduce.measures.commons_health import homes
from coproduce.measures.measurement import Answer
from coproduce.measures.scatter import scattered
from coproduce.measures.structure import FEWEST_PEOPLE
from coproduce.measures.study import Slice
from coproduce.measures.ties import graph_of, interaction_ties
from coproduce.statistics.betweenness import (
    SOURCES,
    betweenness,
    betweenness_centralisation,
    loss_of_most_central,
    robustness,
)
from coproduce.statistics.communities import best_partition, similarity
from coproduce.statistics.distances import mean_path
from coproduce.statistics.graph import (
    Floats,
    Graph,
    core_correlation,
    core_numbers,
    degree_assortativity,
    degree_centralisation,
)
from coproduce.statistics.intervals import Estimate, wilson
from coproduce.statistics.rewiring import rewired
from coproduce.statistics.triangles import Closure, closure

_FEW = f"fewer than {FEWEST_PEOPLE} people: read the table, not the shape"
_ASK = "drawn only with --null R"
_SAMPLED = f"from {SOURCES} sources at random"
_MEANS = ("S5.constraint", "S5.size")
Shape = Callable[[Slice, Graph, pl.DataFrame], Iterator[Answer]]


def _of_shape(*ids: str) -> Callable[[Shape], Callable[[Slice], Iterator[Answer]]]:
    """What answers these ids from everybody's graph in the window: where that says too little, with the reason."""

    def of(found: Shape) -> Callable[[Slice], Iterator[Answer]]:
        @wraps(found)
        def answer(part: Slice) -> Iterator[Answer]:
            people, graph = graph_of(part)
            if graph.n < FEWEST_PEOPLE or graph.m == 0:
                reason = _FEW if graph.n < FEWEST_PEOPLE else "nobody is tied to anybody in this window"
                return (Answer.none(name, reason, graph.n) for name in ids)
            return found(part, graph, people)

        return answer

    return of


@_of_shape("S2.degree", "S2.betweenness")
def centralisation(part: Slice, graph: Graph, people: pl.DataFrame) -> Iterator[Answer]:
    """S2: how far ties, and the paths between people, go through a few."""
    yield scattered(part, _answer("S2.degree", degree_centralisation(graph), graph.n))
    between, _ = _between(part, graph, people)
    value = betweenness_centralisation(graph, between)
    yield scattered(part, Answer("S2.betweenness", value, graph.n, note=_sampled(graph)))


@_of_shape("S3", "S3.n", "S3.z", "S3.stability")
def communities(part: Slice, graph: Graph, people: pl.DataFrame) -> Iterator[Answer]:
    """S3: groups with more ties inside than chance would give, and how sure the search is of them."""
    best = best_partition(graph, seed=part.seed)
    assert best is not None  # there are ties
    note = f"best of {len(best.tried)} searches, {min(best.tried):.3f} to {max(best.tried):.3f}"
    yield scattered(part, Answer("S3", best.modularity, graph.n, note=note))
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


@_of_shape("S4.C", "S4.L", "S4.sigma", "S4.omega")
def small_world(part: Slice, graph: Graph, people: pl.DataFrame) -> Iterator[Answer]:
    """S4: how often friends are friends, how far people are from each other, and both beside chance."""
    path = mean_path(graph, seed=part.seed)
    yield scattered(part, _answer("S4.C", _closed(part, graph).transitivity, graph.n))
    yield Answer.of("S4.L", path, graph.n) if path else Answer.none("S4.L", "no two people are tied", graph.n)
    drawn = _null(part, graph)
    if not drawn:
        yield Answer.none("S4.sigma", _ASK, graph.n)
        yield Answer.none("S4.omega", _ASK, graph.n)
        return
    closed = _closed(part, graph).transitivity or 0.0
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


@_of_shape("S5.constraint", "S5.size")
def brokerage(part: Slice, graph: Graph, people: pl.DataFrame) -> Iterator[Answer]:
    """S5: how far people's ties are tied to each other; of a group, its own people in everybody's graph."""
    closed, mine = _closed(part, graph), _mine(part, people) & (graph.degrees > 0)
    n = int(mine.sum())
    if not n:
        yield from (Answer.none(name, "nobody here is tied to anybody in this window") for name in _MEANS)
        return
    for name, values in zip(_MEANS, (closed.constraint, closed.effective_size), strict=True):
        yield scattered(part, _answer(name, float(values[mine].mean()), n))


@_of_shape("S6.core", "S6.share", "S6.correlation", "S6.patients")
def core(part: Slice, graph: Graph, people: pl.DataFrame) -> Iterator[Answer]:
    """S6: the innermost k-core and who is in it; of a group, which share of its people is."""
    numbers = core_numbers(graph)
    inner, mine = numbers == numbers.max(), _mine(part, people)
    n, size = int(mine.sum()), int((inner & mine).sum())
    yield scattered(part, Answer("S6.core", float(numbers.max()), graph.n))
    yield (
        scattered(part, Answer("S6.share", size / n, n)) if n else Answer.none("S6.share", "nobody here was a member")
    )
    yield scattered(part, _answer("S6.correlation", core_correlation(graph, inner), graph.n))
    roles = people["role"].to_numpy()[inner & mine]
    lived = int(np.isin(roles, [int(Role.PATIENT), int(Role.FAMILY)]).sum())
    yield (
        Answer.of("S6.patients", wilson(lived, size), size)
        if size
        else Answer.none("S6.patients", "nobody here is in the innermost core")
    )


@_of_shape("S7")
def assortativity(part: Slice, graph: Graph, people: pl.DataFrame) -> Iterator[Answer]:
    """S7: whether people with many ties are tied to each other."""
    yield scattered(part, _answer("S7", degree_assortativity(graph), graph.n))


@_of_shape("S8.hubs", "S8.R", "S8.drop")
def hub_dependence(part: Slice, graph: Graph, people: pl.DataFrame) -> Iterator[Answer]:
    """S8: how much hangs on the coordinating centre, and what the loss of the most central would break."""
    between, share = _between(part, graph, people)
    if not _hubs(people).any():
        yield Answer.none("S8.hubs", "nobody here acts for the coordinating centre (role steward)", graph.n)
    else:
        yield Answer("S8.hubs", share, graph.n, note=_sampled(graph))
    yield scattered(part, _answer("S8.R", robustness(graph), graph.n))
    yield scattered(part, Answer("S8.drop", loss_of_most_central(graph, between), graph.n, note=_sampled(graph)))


@_of_shape("H6.paths")
def path_capture(part: Slice, graph: Graph, people: pl.DataFrame) -> Iterator[Answer]:
    """H6: of the shortest paths between people of other organisations, the share with somebody of one inside.

    It is that of the organisation whose people stand between others most, by the sum of their betweenness.
    """
    home = people.join(homes(part), on=["run", "person"], how="left", maintain_order="left")["home"]
    if home.null_count() == graph.n:
        yield Answer.none("H6.paths", "nobody's organisation is known", graph.n)
        return
    between, _ = _between(part, graph, people)
    sums = pl.DataFrame({"home": home, "between": between}).drop_nulls().group_by("home", maintain_order=True).sum()
    most = sums.sort("between", descending=True, maintain_order=True)["home"][0]
    _, share = betweenness(graph, (home == most).fill_null(False).to_numpy(), seed=part.seed)
    if share is None:
        yield Answer.none("H6.paths", "no path leads between two people of other organisations", graph.n)
        return
    yield Answer("H6.paths", share, graph.n, missing=home.null_count(), note=_sampled(graph))


def _between(part: Slice, graph: Graph, people: pl.DataFrame) -> tuple[Floats, float | None]:
    """Everybody's betweenness, and the share of paths through stewards; taken once for a window."""
    made = lambda: betweenness(graph, _hubs(people), seed=part.seed)  # noqa: E731 said once, here
    return part.log.once(("betweenness", part.start, part.end), made)


def _hubs(people: pl.DataFrame) -> NDArray[np.bool_]:
    return np.asarray(people["role"].to_numpy() == int(Role.STEWARD), dtype=np.bool_)


def _closed(part: Slice, graph: Graph) -> Closure:
    return part.log.once(("closure", part.start, part.end), lambda: closure(graph))


def _mine(part: Slice, people: pl.DataFrame) -> NDArray[np.bool_]:
    """Which of everybody are of this slice's group."""
    mine = part.people.select("run", "person", inside=pl.lit(True))
    found = people.join(mine, on=["run", "person"], how="left", maintain_order="left")["inside"].fill_null(False)
    return np.asarray(found.to_numpy(), dtype=np.bool_)


def _sampled(graph: Graph) -> str | None:
    return _SAMPLED if graph.n > SOURCES else None


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
