"""Processor time of one run's ticks on each engine, and of what stands beside it."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.simulator.agreement import Runs
from coproduce.simulator import fast, models
from coproduce.simulator.engine import Stepwise, Strided
from coproduce.simulator.parameters import BanditParameters
from coproduce.simulator.recorder import Silent
from coproduce.simulator.streams import Streams


@dataclass(frozen=True)
class Timed:
    """The numbers after each tick, and the processor seconds that the ticks took (not the start)."""

    numbers: Runs
    seconds: float


def ours(n: int, ticks: int, seed: int) -> Timed:
    """The fast engine, on one thread."""
    running = fast.begin("bandit", BanditParameters(n_patients=n), Streams(seed, 1), Silent(), 1)
    assert isinstance(running, Strided)
    numbers = np.empty((ticks, len(running.columns)))
    began = time.process_time()
    running.play_on(1, numbers)
    return Timed(numbers, time.process_time() - began)


def numpy_arrays(n: int, ticks: int, seed: int) -> Timed:
    """The oracle: NumPy arrays."""
    running = models.begin("bandit", BanditParameters(n_patients=n), Streams(seed, 1), Silent())
    assert isinstance(running, Stepwise)
    rows, seconds = [], 0.0
    for tick in range(1, ticks + 1):
        began = time.process_time()
        running.advance(tick)
        seconds += time.process_time() - began
        rows.append(running.numbers())
    return Timed(np.array(rows), seconds)


def framework(name: str) -> Callable[[int, int, int], Timed]:
    """The workload in Mesa, AgentPy or mesa-frames."""

    def timed(n: int, ticks: int, seed: int) -> Timed:
        network = importlib.import_module(f"benchmarks.simulator.peers.{name}_model").Network(n, seed)
        began = time.process_time()
        for _ in range(ticks):
            network.step()
        return Timed(np.array(network.rows), time.process_time() - began)

    return timed


ENGINES: dict[str, Callable[[int, int, int], Timed]] = {
    "ours": ours, "numpy": numpy_arrays, "mesa": framework("mesa"), "agentpy": framework("agentpy"),
    "mesa_frames": framework("mesa_frames"),
}  # fmt: skip


def nanoseconds(engine: str, n: int, ticks: int, seed: int) -> float:
    """Nanoseconds of processor time an agent and tick."""
    return ENGINES[engine](n, ticks, seed).seconds / (n * ticks) * 1e9
