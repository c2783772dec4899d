"""Runs as a study needs them: which scenario, which replicate, and what is read off each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from coproduce.errors import InvalidInput
from coproduce.simulator.engine import Engine, run
from coproduce.simulator.parameters import nearest
from coproduce.simulator.result import Result
from coproduce.simulator.rules import plan_with
from coproduce.simulator.scenario import Scenario
from coproduce.simulator.streams import FloatArray
from coproduce.simulator.studies.workers import each

#: Called with how many more runs are done.
Done = Callable[[int], None]


@dataclass(frozen=True)
class Job:
    """One run: a scenario, a seed, the number of the replicate, and own rules as "module:function"."""

    scenario: Scenario
    seed: int
    run: int
    rules: tuple[str, ...] = ()

    def result(self, *, record: bool = False) -> Result:
        """The run; with `record`, with its events."""
        plan = plan_with(self.rules, self.scenario.parameters) if self.rules else None
        engine: Engine | None = "oracle" if self.rules else None
        return run(self.scenario, self.seed, run=self.run, record=record, plan=plan, engine=engine)


def read(result: Result, columns: Sequence[str], window: int = 1) -> list[float]:
    """The mean of each column over the last `window` ticks; NaN where every one of them is.

    Raises InvalidInput for a column that the model does not report, with the nearest one.
    """
    check_columns(columns, result.series.columns)
    last = result.series.select(columns).tail(window).to_numpy()
    with np.errstate(invalid="ignore"):
        known = np.isfinite(last)
        means = np.where(known, last, 0.0).sum(axis=0) / np.where(known.any(axis=0), known.sum(axis=0), np.nan)
    return [float(mean) for mean in means]


def check_columns(columns: Sequence[str], known: Sequence[str]) -> None:
    """Raises InvalidInput for a column that is not among the known ones, with the nearest."""
    for name in columns:
        if name not in known:
            raise InvalidInput(
                given=f"an outcome called {name[:40]}",
                expected="one of " + ", ".join(known),
                next_step=nearest(name, known),
                field="outcome",
            )


@dataclass(frozen=True)
class _Batch:
    jobs: tuple[Job, ...]
    columns: tuple[str, ...]
    window: int


def _read_batch(batch: _Batch) -> list[list[float]]:
    return [read(job.result(), batch.columns, batch.window) for job in batch.jobs]


def outcomes(
    scenarios: Sequence[Scenario],
    *,
    columns: Sequence[str],
    seed: int = 1,
    replicates: int = 10,
    window: int = 1,
    workers: int = 1,
    done: Done | None = None,
) -> FloatArray:
    """What each run ends with, float (scenarios, replicates, columns): the mean over the last `window` ticks.

    Scenarios share seeds and replicate numbers, hence common random numbers: differences between them are paired.

    >>> from coproduce.simulator import load
    >>> calm = load("seid2021").having(n_patients=30).lasting(4)
    >>> outcomes([calm, calm.having(patient_influence=0.5)], columns=["activation"], replicates=3).shape
    (2, 3, 1)
    """
    jobs = [Job(scenario, seed, number) for scenario in scenarios for number in range(1, replicates + 1)]
    size = max(1, min(8, len(jobs) // (4 * workers)))
    batches = [_Batch(tuple(jobs[first : first + size]), tuple(columns), window) for first in range(0, len(jobs), size)]
    found = np.empty((len(jobs), len(columns)))
    for place, values in each(_read_batch, batches, workers=workers):
        found[place * size : place * size + len(values)] = values
        if done is not None:
            done(len(values))
    return found.reshape(len(scenarios), replicates, len(columns))
