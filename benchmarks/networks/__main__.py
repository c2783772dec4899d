"""`python -m benchmarks.networks [CASE ...]` measures the named cases, or all, and writes results/networks.json.

Processor seconds over all threads; each case says the load of the machine when it began. Cases that are not named keep
what was measured before.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import igraph
import lifelines
import networkx as nx
import numpy as np
import pandas as pd
import polars as pl

from benchmarks.log.setting import machine
from benchmarks.measures.history import START, history
from coproduce import rng
from coproduce.clock import DAY_US
from coproduce.events import EventFrame, kinds
from coproduce.measures import Request, measure_all
from coproduce.measures.projections import Kept
from coproduce.statistics.betweenness import betweenness, betweenness_centralisation
from coproduce.statistics.bridging import bridge
from coproduce.statistics.communities import modularity
from coproduce.statistics.graph import Graph, core_numbers, degree_assortativity
from coproduce.statistics.hazard import cox_slope
from coproduce.statistics.survival import aalen_johansen
from coproduce.statistics.triangles import closure

RESULTS = Path(__file__).parents[1] / "results" / "networks.json"


def spent(work: Callable[[], object]) -> float:
    """Processor seconds of one run."""
    before = time.process_time()
    work()
    return round(time.process_time() - before, 3)


def large_log(n_ties: int = 700_000, n_people: int = 50_000) -> EventFrame:
    """About 1.2 million events of which most tie two people: about a million ties."""
    base = history(100_000, n_people).rows
    draws = rng.stream(2, "benchmark ties")
    pairs = (draws.random((n_ties, 2)) ** 1.5 * n_people).astype(np.int64)
    time_ = START + (draws.random(n_ties) * 700 * DAY_US).astype(np.int64)
    ties = pl.DataFrame({"time": time_, "actor": pairs[:, 0], "subject": pairs[:, 1]}).with_columns(
        kind=kinds.Connected.meaning.code, run=0, recorded="time", object=-1, role=1, site=-1, topic=-1,
        value=float("nan"), cause=-1,
    )  # fmt: skip
    both = pl.concat([base.drop("seq"), ties], how="diagonal_relaxed").sort("time").with_row_index("seq")
    return EventFrame.from_rows(both)


def all_measures() -> dict[str, object]:
    """Every measure of a log of a million events and a million ties, without null networks."""
    frame = large_log()
    found: dict[str, float | None] = {}

    def work() -> None:
        found.update({m.id: m.value for m in measure_all(frame)})

    seconds = spent(work)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return {"n_events": len(frame), "n_ties": found["S1.ties"], "cpu_seconds": seconds, "peak_gb": round(memory, 2)}


def nulls() -> dict[str, object]:
    """The measures of structure beside 100 null networks and 100 draws of people, at a hundred thousand ties."""
    draws = rng.stream(3, "benchmark nulls")
    pairs = (draws.random((110_000, 2)) ** 1.2 * 20_000).astype(np.int64)
    rows = pl.DataFrame({"actor": pairs[:, 0], "subject": pairs[:, 1]}).with_row_index("seq").with_columns(
        time=pl.lit(START) + pl.col("seq").cast(pl.Int64), kind=kinds.Connected.meaning.code, run=0,
        recorded=pl.lit(START) + pl.col("seq").cast(pl.Int64), object=-1, role=1, site=-1, topic=-1,
        value=float("nan"), cause=-1,
    )  # fmt: skip
    frame, found = EventFrame.from_rows(rows), {}

    def work() -> None:
        families = ("S1.*", "S2.*", "S3.*", "S4.*", "S5.*", "S6.*", "S7", "S8.*")
        found.update({m.id: m.value for m in measure_all(frame, Request(only=families, null=100))})

    return {"cpu_seconds": spent(work), "n_nulls": 100, "modularity_z": found["S3.z"]}


def one_event() -> dict[str, object]:
    """One new event counted into the kept projections of a million events; the worst of 20."""
    frame = history(200_000, 20_000)
    last = int(frame.rows["seq"].max())  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory() as folder:
        kept = Kept(Path(folder))
        fill = spent(lambda: kept.fill(frame))
        one = frame.rows.tail(1)
        times = [
            1000 * spent(lambda k=k: kept.fill(EventFrame(one.with_columns(seq=pl.lit(last + 1 + k, dtype=pl.Int64)))))  # type: ignore[misc]
            for k in range(20)
        ]
    return {"fill_cpu_seconds": fill, "worst_cpu_ms": max(times), "median_cpu_ms": float(np.median(times))}


def ratings() -> dict[str, object]:
    """A million ratings of 20,000 items by 50,000 raters on two sides."""
    draws, n = rng.stream(1, "benchmark ratings"), 1_000_000
    rater, item = draws.integers(0, 50_000, n), draws.integers(0, 20_000, n)
    quality, slant, side = draws.random(20_000), draws.normal(0, 0.3, 20_000), draws.choice([-1, 1], 50_000)
    value = (draws.random(n) < np.clip(quality[item] + slant[item] * side[rater], 0, 1)).astype(np.float64)
    found: list[tuple[float, float]] = []

    def work() -> None:
        found.extend((quality[int(one.item)], one.intercept) for one in bridge(rater, item, value))

    return {
        "cpu_seconds": spent(work),
        "correlation_with_quality": round(float(np.corrcoef(np.array(found).T)[0, 1]), 3),
    }


def peers() -> dict[str, object]:
    """The same numbers here, in networkx and in igraph, on 30,000 ties: processor seconds and differences."""
    draws = rng.stream(4, "benchmark peers")
    graph = Graph.of(5_000, (draws.random((30_000, 2)) ** 1.5 * 5_000).astype(np.int64))
    closure(graph), core_numbers(graph)  # compiled before they are timed
    theirs, other = nx.Graph(graph.edges.tolist()), igraph.Graph(n=graph.n, edges=graph.edges.tolist())
    community = draws.integers(0, 8, graph.n)
    gaps = {
        "transitivity": abs((closure(graph).transitivity or 0) - other.transitivity_undirected()),
        "triangles": abs(closure(graph).n_triangles - sum(nx.triangles(theirs).values()) // 3),
        "assortativity": abs((degree_assortativity(graph) or 0) - other.assortativity_degree(directed=False)),
        "cores": int(np.abs(core_numbers(graph) - np.array(other.coreness())).max()),
        "modularity": abs((modularity(graph, community) or 0) - other.modularity(community.tolist())),
    }
    triangles = {"ours": lambda: closure(graph), "networkx": lambda: nx.triangles(theirs),
                 "igraph": other.transitivity_undirected}  # fmt: skip
    cores = {"ours": lambda: core_numbers(graph), "networkx": lambda: nx.core_number(theirs), "igraph": other.coreness}
    return {
        "largest_difference": max(gaps.values()),
        "differences": gaps,
        "triangles_cpu_seconds": {name: spent(work) for name, work in triangles.items()},
        "cores_cpu_seconds": {name: spent(work) for name, work in cores.items()},
    }


def survival() -> dict[str, object]:
    """Incidence among competing exits and a hazard ratio, as lifelines; the highest level of each person, as pandas."""
    draws = rng.stream(6, "benchmark survival")
    n = 20_000
    wait, cause = draws.exponential(20.0, n), draws.choice(4, n, p=[0.2, 0.5, 0.2, 0.1])
    slope, gone = draws.normal(0, 1, n), (cause > 0).astype(np.float64)
    aalen = lifelines.AalenJohansenFitter(calculate_variance=True)
    cox = lifelines.CoxPHFitter()
    table = pd.DataFrame({"t": wait, "gone": gone, "x": slope})
    acts = pl.DataFrame({"person": draws.integers(0, 50_000, 1_000_000), "level": draws.integers(0, 5, 1_000_000)})
    theirs, of_pandas = pd.DataFrame({name: acts[name].to_numpy() for name in acts.columns}), {}
    ours = {
        "incidence": lambda: aalen_johansen(wait, cause, cause=1), "hazard": lambda: cox_slope(wait, gone, slope),
        "levels": lambda: acts.group_by("person").agg(pl.col("level").max()),
    }  # fmt: skip
    peers_ = {
        "incidence": lambda: aalen.fit(wait, cause, event_of_interest=1),
        "hazard": lambda: cox.fit(table, duration_col="t", event_col="gone"),
        "levels": lambda: of_pandas.update(found=theirs.groupby("person")["level"].max()),
    }  # fmt: skip
    for work in ours.values():
        work()  # compiled before it is timed
    seconds = {
        name: {"ours": spent(ours[name]), "lifelines" if name != "levels" else "pandas": spent(peers_[name])}
        for name in ours
    }
    at_20 = aalen_johansen(wait, cause, cause=1).at(20.0)
    slope_here = cox_slope(wait, gone, slope)
    assert at_20 is not None
    assert slope_here is not None
    highest = acts.group_by("person").agg(pl.col("level").max()).sort("person")["level"].to_numpy()
    return {
        "cpu_seconds": seconds,
        "differences": {
            "incidence": abs(at_20.value - float(aalen.predict(20.0))),
            "hazard": abs(slope_here.value - float(cox.params_["x"])),
            "levels": int(np.abs(highest - of_pandas["found"].sort_index().to_numpy()).max()),
        },
    }


def sampling() -> dict[str, object]:
    """How far centralisation by paths from 128 sources is from igraph's exact one, in networks of three sizes."""
    draws, found = rng.stream(5, "benchmark sampling"), {}
    for n, ties in ((500, 1_500), (2_000, 8_000), (5_000, 25_000)):
        graph = Graph.of(n, (draws.random((ties, 2)) ** 1.5 * n).astype(np.int64))
        exact = np.array(igraph.Graph(n=n, edges=graph.edges.tolist()).betweenness())
        whole = betweenness_centralisation(graph, exact)
        assert whole  # there are ties
        drawn = [betweenness_centralisation(graph, betweenness(graph, seed=seed)[0]) or 0 for seed in range(30)]
        off = np.array(drawn) / whole - 1
        found[str(n)] = {"spread": round(float(off.std()), 3), "lean": round(float(off.mean()), 3)}
    return found


CASES = {
    "one_event": one_event, "ratings": ratings, "peers": peers, "all_measures": all_measures, "nulls": nulls,
    "survival": survival, "sampling": sampling,
}  # fmt: skip


def main(named: list[str]) -> None:
    """Measures the named cases, or all."""
    found = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    for name in named or CASES:
        found[name] = {"machine": machine(), **CASES[name]()}
        RESULTS.write_text(json.dumps(found, indent=2) + "\n")
        print(name, found[name], flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
