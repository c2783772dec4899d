"""Runs a scenario on one of two engines: the oracle on NumPy arrays, plain and slow, and the fast one on kernels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, Protocol, runtime_checkable

import numpy as np
import polars as pl

from coproduce.clock import DAY_US
from coproduce.errors import InvalidInput
from coproduce.events import EventFrame
from coproduce.simulator import fast, models, network
from coproduce.simulator.memory import refuse_what_does_not_fit
from coproduce.simulator.parameters import NetworkParameters
from coproduce.simulator.recorder import Recorder, Silent, Writer, sample
from coproduce.simulator.result import Result, Tables
from coproduce.simulator.scenario import Scenario
from coproduce.simulator.stages import Step
from coproduce.simulator.streams import FloatArray, Streams

#: Called after each tick with the tick that ended.
Progress = Callable[[int], None]
Engine = Literal["fast", "oracle"]


class Running(Protocol):
    """A model under way: of one of the kinds below."""

    @property
    def columns(self) -> Sequence[str]:
        """What it reports after each tick."""
        ...

    def tables(self) -> Tables:
        """What its events cannot say."""
        ...


@runtime_checkable
class Stepwise(Running, Protocol):
    """A model that is run tick by tick."""

    def advance(self, tick: int) -> None:
        """One tick; they are numbered from 1."""
        ...

    def numbers(self) -> list[float]:
        """The values of its columns now."""
        ...


@runtime_checkable
class Whole(Running, Protocol):
    """A model that plays all of its ticks in one call, since each of them is too short to be called for."""

    def play(self, ticks: int) -> FloatArray:
        """The values of its columns after each tick, (ticks, columns)."""
        ...


@runtime_checkable
class Strided(Running, Protocol):
    """A model that plays several ticks in one call."""

    @property
    def stride(self) -> int:
        """How many it wants to play in one call; 1 when their events are recorded."""
        ...

    def play_on(self, first: int, numbers: FloatArray) -> None:
        """Plays ticks from `first` on, one a row, and fills in the values of its columns after each."""
        ...


def run(
    scenario: Scenario,
    seed: int,
    *,
    run: int = 1,
    record: bool = True,
    sampled: float = 1.0,
    progress: Progress | None = None,
    plan: tuple[Step, ...] | None = None,
    engine: Engine | None = None,
    threads: int = 1,
    tabled: bool = True,
) -> Result:
    """One run: its numbers after each tick, its events, and its tables.

    `run` numbers the replicate and is part of every random stream. With `record` off nothing is kept of the events,
    and nothing else changes; with `tabled` off the tables are empty, which saves memory. `sampled` keeps the events
    of a share of people. `plan` replaces the order of a tick of the network model. Times are the tick's: the start of
    simulated time plus as many weeks (or months); who is there at the start joins at tick 0.

    `engine` is the fast one where the model has it, when not named. It changes the numbers of a model whose engines
    agree in distribution only (docs/explanation/model/engines.md); `threads` never changes any.

    Raises InvalidInput for a negative seed, a run below 1, a share outside (0, 1], an engine that the model does not
    have, or a size for which the memory of this machine does not suffice.

    >>> from coproduce.simulator import load
    >>> result = run(load("seid2021").having(n_patients=20).lasting(4), seed=1)
    >>> result.series.height, result.frame.runs()
    (4, [1])
    """
    if seed < 0 or run < 1 or not 0 < sampled <= 1:
        raise InvalidInput(
            given="a negative seed, a run below 1, or a recorded share outside (0, 1]",
            expected="a seed of 0 or more, runs from 1 on, a share above 0 and at most 1",
        )
    engine = engine_for(scenario, engine)
    refuse_what_does_not_fit(scenario, engine, recorded=record)
    writer = Recorder(run) if record else Silent()
    writer.at(scenario.start_us)
    running = _begin(scenario, Streams(seed, run), writer, engine, plan=plan, threads=threads)
    numbers = _numbers(running, scenario, writer, progress)
    if engine == "oracle":
        fast.went_without(scenario)
    tables = running.tables() if tabled or sampled < 1 else Tables.none()
    frame = EventFrame.empty(scenario.resolution)
    if isinstance(writer, Recorder):
        frame = writer.frame(scenario.resolution)
    if sampled < 1:
        frame = sample(frame, _owners(tables), sampled, seed)
    series = pl.DataFrame(numbers, schema=list(running.columns), orient="row")
    return Result(scenario=scenario, seed=seed, run=run, series=series, frame=frame, tables=tables)


def engine_for(scenario: Scenario, wanted: Engine | None = None, *, n_runs: int = 1) -> Engine:
    """The engine for so many runs of a scenario: the one wanted, or the fast one where the model has it and it pays.

    Raises InvalidInput when the fast one is wanted for a model that does not have it.
    """
    if wanted == "fast" and scenario.model not in fast.MODELS:
        raise InvalidInput(
            given=f"the fast engine for {scenario.preset}, {models.engine(scenario.model)}",
            expected="one of the models that have two engines: " + ", ".join(fast.MODELS),
            next_step="Leave --engine out.",
            field="engine",
        )
    return wanted or ("fast" if fast.is_worth(scenario, n_runs) else "oracle")


def prepare(scenario: Scenario, engine: Engine) -> None:
    """Makes an engine ready for this kind of model: code that was never compiled on this machine is compiled now."""
    if engine == "fast":
        smallest = scenario.having(n_patients=1).lasting(1)
        run(smallest, 0, record=False, engine=engine, tabled=False)


def _numbers(running: Running, scenario: Scenario, writer: Writer, progress: Progress | None) -> FloatArray:
    """Runs the model; the values of its columns after each tick."""
    if isinstance(running, Whole):
        numbers = running.play(scenario.ticks)
        if progress is not None:
            progress(scenario.ticks)
        return numbers
    numbers = np.empty((scenario.ticks, len(running.columns)))
    if isinstance(running, Strided):
        for first in range(0, scenario.ticks, running.stride):
            last = min(first + running.stride, scenario.ticks)
            writer.at(scenario.start_us + last * scenario.resolution)
            running.play_on(first + 1, numbers[first:last])
            if progress is not None:
                progress(last)
        return numbers
    assert isinstance(running, Stepwise)
    for tick in range(1, scenario.ticks + 1):
        writer.at(scenario.start_us + tick * scenario.resolution)
        running.advance(tick)
        numbers[tick - 1] = running.numbers()
        if progress is not None:
            progress(tick)
    return numbers


def _begin(
    scenario: Scenario, streams: Streams, writer: Writer, engine: Engine, *, plan: tuple[Step, ...] | None, threads: int
) -> Running:
    p = scenario.parameters
    if isinstance(p, NetworkParameters):
        begin = fast.begin_network if engine == "fast" else network.begin
        return begin(p, streams, writer, plan=plan, tick_days=scenario.resolution / DAY_US, starts=scenario.starts)
    if engine == "fast":
        return fast.begin(scenario.model, p, streams, writer, threads)
    return models.begin(scenario.model, p, streams, writer)


def _owners(tables: Tables) -> pl.DataFrame:
    """Which person each person and need belongs to, for sampling."""
    parts = [
        tables.people.select("id", pl.col("id").alias("owner")),
        tables.people.select(pl.col("patient").alias("id"), pl.col("id").alias("owner")),
        tables.needs.select("id", "owner"),
    ]
    return pl.concat(parts).unique()
