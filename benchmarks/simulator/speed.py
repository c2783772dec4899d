"""`bandit` on every engine in turns, on one core: nanoseconds an agent and tick, and ratios of neighbouring turns."""

from __future__ import annotations

import time

import numpy as np

from benchmarks.simulator.agreement import Agreement, agreement
from benchmarks.simulator.timing import ENGINES, nanoseconds

#: Ticks that an engine plays for a size, and how many turns are taken; a peer that is slow plays fewer.
SIZES: dict[int, tuple[int, dict[str, int]]] = {
    1_000: (5, {"ours": 60, "numpy": 60, "mesa": 20, "agentpy": 20, "mesa_frames": 20}),
    10_000: (5, {"ours": 60, "numpy": 60, "mesa": 8, "agentpy": 4, "mesa_frames": 8}),
    100_000: (3, {"ours": 30, "numpy": 12, "mesa": 3, "agentpy": 2, "mesa_frames": 3}),
    1_000_000: (3, {"ours": 12, "numpy": 6, "mesa_frames": 2}),
}
#: What a patient costs in memory traffic a tick, by the definition of the workload.
BYTES_A_PATIENT = 145


def peers() -> dict[str, object]:
    """Every size and engine, the ratios to ours with their spread, and the bandwidth floor."""
    nanoseconds("ours", 1_000, 1, 1)
    floor = floor_nanoseconds()
    return {
        "floor_ns": round(floor, 2),
        **{str(n): _size(n, turns, ticks, floor) for n, (turns, ticks) in SIZES.items()},
    }


def _size(n: int, turns: int, ticks: dict[str, int], floor: float) -> dict[str, object]:
    taken = [{engine: nanoseconds(engine, n, ticks[engine], turn) for engine in ticks} for turn in range(turns)]
    others = [engine for engine in ticks if engine != "ours"]
    return {
        "ticks": ticks,
        "ns": {engine: spread([turn[engine] for turn in taken]) for engine in ticks},
        "ratio": {engine: spread([turn[engine] / turn["ours"] for turn in taken]) for engine in others},
        "times_floor": spread([turn["ours"] / floor for turn in taken]),
    }


def spread(values: list[float]) -> dict[str, float]:
    """Lowest, median and highest of a few."""
    return {name: round(float(np.quantile(values, q)), 2) for name, q in (("low", 0), ("median", 0.5), ("high", 1))}


def floor_nanoseconds() -> float:
    """Nanoseconds a patient and tick if nothing but memory took time: bytes over the bandwidth of a long copy."""
    source = np.ones(30_000_000)
    target = np.empty_like(source)
    best = float("inf")
    for _ in range(5):
        began = time.process_time()
        np.copyto(target, source)
        best = min(best, time.process_time() - began)
    return BYTES_A_PATIENT / (2 * source.nbytes / best) * 1e9


def same_statistics() -> dict[str, object]:
    """Whether the peers agree with ours in every mean at every tick: 80 runs of theirs, 400 of ours, 200 patients."""
    n, ticks = 200, 20
    reference = np.stack([ENGINES["ours"](n, ticks, 1_000 + i).numbers for i in range(400)])
    found: dict[str, object] = {}
    for engine in ("numpy", "mesa", "agentpy", "mesa_frames"):
        runs = np.stack([ENGINES[engine](n, ticks, i).numbers for i in range(80)])
        compared = agreement(reference, runs, variances=False)
        found[engine] = _told(compared)
    return found


def _told(found: Agreement) -> dict[str, object]:
    return {
        "compared": found.n_compared,
        "largest": round(found.largest, 3),
        "limit": round(found.limit, 3),
        "holds": found.holds,
    }


def long_agreement() -> dict[str, object]:
    """Ours against the oracle, means and variances, 500 runs each of 1,000 patients over 60 ticks."""
    n, ticks, runs = 1_000, 60, 500
    ours, oracle = (np.stack([ENGINES[e](n, ticks, i).numbers for i in range(runs)]) for e in ("ours", "numpy"))
    return {"runs": runs, "n_patients": n, "ticks": ticks, **_told(agreement(ours, oracle))}
