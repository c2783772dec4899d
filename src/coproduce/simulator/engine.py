"""The oracle engine: runs a scenario on NumPy arrays, step by step in the order of the plan."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from coproduce.errors import InvalidInput
from coproduce.events import EventFrame
from coproduce.simulator import network
from coproduce.simulator.parameters import NetworkParameters
from coproduce.simulator.recorder import Recorder, Silent, sample
from coproduce.simulator.result import Result
from coproduce.simulator.scenario import Scenario
from coproduce.simulator.stages import Step, active
from coproduce.simulator.streams import Streams

#: Called after each tick with the tick that ended.
Progress = Callable[[int], None]
DAY_US = 86_400_000_000


def run(
    scenario: Scenario,
    seed: int,
    *,
    run: int = 1,
    record: bool = True,
    sampled: float = 1.0,
    progress: Progress | None = None,
    plan: tuple[Step, ...] | None = None,
) -> Result:
    """One run: its numbers after each tick, its events, and its tables.

    `run` numbers the replicate and is part of every random stream. With `record` off nothing is kept of the events,
    and nothing else changes. `sampled` keeps the events of a share of people. `plan` replaces the order of a tick.
    Times are the tick's: the start of simulated time plus as many weeks (or months); who is there at the start
    joins at tick 0.

    Raises InvalidInput for a negative seed, a run below 1, or a share outside (0, 1].
    """
    if seed < 0 or run < 1 or not 0 < sampled <= 1:
        raise InvalidInput(
            given="a negative seed, a run below 1, or a recorded share outside (0, 1]",
            expected="a seed of 0 or more, runs from 1 on, a share above 0 and at most 1",
        )
    p = scenario.parameters
    assert isinstance(p, NetworkParameters), "the other models have their own engine"
    writer = Recorder(run) if record else Silent()
    writer.at(scenario.start_us)
    w = network.begin(p, Streams(seed, run), writer)
    w.tick_days = scenario.resolution / DAY_US
    steps = active(p) if plan is None else plan
    numbers = np.empty((scenario.ticks, len(network.COLUMNS)))
    for tick in range(1, scenario.ticks + 1):
        w.tick = tick
        writer.at(scenario.start_us + tick * scenario.resolution)
        for step in steps:
            step.do(w)
        numbers[tick - 1] = network.measure(w)
        if progress is not None:
            progress(tick)
    people, needs = w.people_table(), network.needs_table(w)
    frame = EventFrame.empty(scenario.resolution)
    if isinstance(writer, Recorder):
        frame = writer.frame(scenario.resolution)
    if record and sampled < 1:
        owners = pl.concat([
            people.select(pl.col("patient").alias("id"), pl.col("id").alias("owner")),
            people.select("id", pl.col("id").alias("owner")), needs.select("id", "owner"),
        ]).unique()  # fmt: skip
        frame = sample(frame, owners, sampled, seed)
    return Result(
        scenario=scenario, seed=seed, run=run, series=pl.DataFrame(numbers, schema=list(network.COLUMNS)), frame=frame,
        people=people, sites=w.people.sites(), resources=network.resources_table(w), needs=needs,
    )  # fmt: skip
