"""`full`, with every layer on, against `bandit`: nanoseconds a patient and tick, nothing recorded."""

from __future__ import annotations

import time

from benchmarks.simulator.speed import spread
from benchmarks.simulator.timing import nanoseconds
from coproduce.simulator import load, network
from coproduce.simulator.fast import compile_in
from coproduce.simulator.recorder import Silent
from coproduce.simulator.streams import Streams

N, TICKS, TURNS = 20_000, 15, 3


def full(seed: int, *, compiled: bool) -> float:
    """Nanoseconds of processor time a patient and tick, the start left out."""
    running = network.begin(load("full").having(n_patients=N).parameters, Streams(seed, 1), Silent())
    if compiled:
        running = compile_in(running)
    running.advance(1)
    began = time.process_time()
    for tick in range(2, TICKS + 2):
        running.advance(tick)
        running.numbers()
    return (time.process_time() - began) / (N * TICKS) * 1e9


def every_layer() -> dict[str, object]:
    """`full` on both engines and `bandit` on the fast one, in turns, and the ratios of each turn."""
    nanoseconds("ours", 1_000, 1, 1)
    full(1, compiled=True)
    turns = [
        {"fast": full(i, compiled=True), "oracle": full(i, compiled=False), "bandit": nanoseconds("ours", N, 60, i)}
        for i in range(TURNS)
    ]
    return {
        "n_patients": N,
        "ns": {name: spread([turn[name] for turn in turns]) for name in turns[0]},
        "full_over_bandit": spread([turn["fast"] / turn["bandit"] for turn in turns]),
        "oracle_over_fast": spread([turn["oracle"] / turn["fast"] for turn in turns]),
    }
