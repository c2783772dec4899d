"""`full`, with every layer on, against `bandit`: nanoseconds a patient and tick, and whole runs; nothing recorded."""

from __future__ import annotations

import time

from benchmarks.simulator.speed import spread
from benchmarks.simulator.timing import nanoseconds
from coproduce.simulator import load, network, run
from coproduce.simulator.fast import begin_network
from coproduce.simulator.recorder import Silent
from coproduce.simulator.streams import Streams

#: Patients, and how many ticks of `full` and of `bandit` are timed.
SIZES = {20_000: (15, 60), 100_000: (12, 30), 1_000_000: (5, 12)}
TURNS = 3
#: Ticks of the whole runs.
YEAR = 52


def full(seed: int, n: int, ticks: int, *, compiled: bool) -> float:
    """Nanoseconds of processor time a patient and tick, the start left out."""
    begin = begin_network if compiled else network.begin
    running = begin(load("full").having(n_patients=n).parameters, Streams(seed, 1), Silent())
    running.advance(1)
    began = time.process_time()
    for tick in range(2, ticks + 2):
        running.advance(tick)
        running.numbers()
    return (time.process_time() - began) / (n * ticks) * 1e9


def whole(model: str, seed: int, n: int) -> float:
    """Processor seconds of a run of a year, its start and its numbers in it, on the fast engine."""
    began = time.process_time()
    run(load(model).having(n_patients=n).lasting(YEAR), seed, record=False, engine="fast", tabled=False)
    return time.process_time() - began


def every_layer() -> dict[str, object]:
    """`full` on both engines and `bandit` on the fast one, in turns, and the ratios of each turn, at each size."""
    nanoseconds("ours", 1_000, 1, 1)
    full(1, 1_000, 2, compiled=True)
    return {str(n): _size(n, *ticks) for n, ticks in SIZES.items()}


def _size(n: int, of_full: int, of_bandit: int) -> dict[str, object]:
    turns = [
        {
            "fast": full(seed, n, of_full, compiled=True),
            "bandit": nanoseconds("ours", n, of_bandit, seed),
            "oracle": full(seed, n, of_full, compiled=False),
        }
        for seed in range(TURNS)
    ]
    runs = [{model: whole(model, seed, n) for model in ("full", "bandit")} for seed in range(TURNS)]
    return {
        "ticks": {"full": of_full, "bandit": of_bandit},
        "ns": {name: spread([turn[name] for turn in turns]) for name in turns[0]},
        "full_over_bandit": spread([turn["fast"] / turn["bandit"] for turn in turns]),
        "whole_run_seconds": {name: spread([one[name] for one in runs]) for name in runs[0]},
        "whole_run_over_bandit": spread([one["full"] / one["bandit"] for one in runs]),
        "oracle_over_fast": spread([turn["oracle"] / turn["fast"] for turn in turns]),
    }
