"""Trials in the model network: factorial, parallel-cluster and stepped-wedge by site, with interference laid open.

In a real trial the untreated sites of the same network are the only comparison, though what the treated share reaches
them. Here the same network is run a second time without the lever, and a third time with it everywhere.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from coproduce import rng
from coproduce.errors import InvalidInput
from coproduce.simulator.engine import run
from coproduce.simulator.levers import LEVERS
from coproduce.simulator.parameters import NetworkParameters, nearest
from coproduce.simulator.scenario import Scenario
from coproduce.simulator.stages import Step, active
from coproduce.simulator.state import World
from coproduce.simulator.streams import BoolArray, FloatArray
from coproduce.simulator.studies.estimators import Estimated, parallel_effect, stepped_effect
from coproduce.simulator.studies.runs import Done
from coproduce.simulator.studies.spans import Span, mean_span
from coproduce.simulator.studies.workers import each
from coproduce.statistics.intervals import Estimate, wilson

Kind = Literal["parallel", "stepped"]
PARALLEL: Final = "parallel"
STEPPED: Final = "stepped"


@dataclass(frozen=True)
class Trial:
    """A trial of levers by site in one network, repeated over replicates of the network and of the allocation.

    `levers`: intensity of each, 0 to 1. Before tick `begins` no site has them. parallel: half of the sites, drawn at
    random, have them from then on, and outcomes are compared at the end. stepped: all sites cross over in random order
    in `steps` equal steps, and outcomes are means of each period.
    """

    scenario: Scenario
    levers: Mapping[str, float]
    kind: Kind = "parallel"
    begins: int = 27
    steps: int = 4

    def __post_init__(self) -> None:
        if not isinstance(self.scenario.parameters, NetworkParameters):
            raise InvalidInput(given=f"a trial in {self.scenario.preset}", expected="a preset of the network model")
        for name in self.levers:
            if name not in LEVERS:
                raise InvalidInput(
                    given=f"a lever called {name[:40]}", expected="one of " + ", ".join(LEVERS),
                    next_step=nearest(name, LEVERS), field="lever",
                )  # fmt: skip
        if not self.levers:
            raise InvalidInput(given="no lever", expected="at least one of " + ", ".join(LEVERS), field="lever")
        if self.n_sites < 4:
            raise InvalidInput(given=f"{self.n_sites} sites", expected="at least 4", next_step="Raise n_sites.")
        last = self.scenario.ticks if self.kind == "parallel" else self.scenario.ticks - self.steps
        if not 2 <= self.begins <= last or self.steps < 2:
            raise InvalidInput(
                given=f"a trial that begins at tick {self.begins} of {self.scenario.ticks}, in {self.steps} steps",
                expected="a beginning after tick 1 that leaves a tick for each of 2 or more steps",
            )

    @property
    def n_sites(self) -> int:
        """Sites that the parameter asks for; fewer are there when there are fewer clinicians."""
        return self.scenario.parameters.n_sites if isinstance(self.scenario.parameters, NetworkParameters) else 0

    def periods(self) -> list[range]:
        """The ticks of each period of a stepped-wedge trial: one before, and one after each step."""
        edges = np.linspace(self.begins, self.scenario.ticks + 1, self.steps + 1).astype(int)
        return [range(1, self.begins), *(range(a, b) for a, b in itertools.pairwise(edges))]

    def first_ticks(self, seed: int, number: int) -> list[int | None]:
        """When each site gets the levers, in replicate `number`: drawn from its own named stream."""
        order = rng.stream(seed, "trial allocation", run=number).permutation(self.n_sites)
        if self.kind == "parallel":
            treated = set(order[: self.n_sites // 2].tolist())
            return [self.begins if site in treated else None for site in range(self.n_sites)]
        starts = [period.start for period in self.periods()[1:]]
        return [starts[int(place) * self.steps // self.n_sites] for place in np.argsort(order)]


@dataclass(frozen=True)
class TrialResult:
    """What trials of this design would have said, and what was true.

    `estimate`: mean of what the trials estimate. `total`: what the levers do when all sites have them, against none.
    `on_treated`: what they do, in the trial, where they are. `spill_over`: what they do there where they are not.
    `bias`: estimate less total. `power`: share of trials whose 95 % interval leaves out 0; `coverage`: whose interval
    holds `total`.
    """

    trial: Trial
    replicates: int
    estimate: Span
    total: Span
    on_treated: Span
    spill_over: Span
    bias: Span
    power: Estimate
    coverage: Estimate


@dataclass(frozen=True)
class _Task:
    trial: Trial
    seed: int
    number: int


@dataclass(frozen=True)
class _One:
    """One replicate: what its trial estimated, and the three truths."""

    estimated: Estimated
    total: float
    on_treated: float
    spill_over: float


def run_trial(
    trial: Trial, *, replicates: int = 100, seed: int = 1, workers: int = 1, done: Done | None = None
) -> TrialResult:
    """Repeats a trial over replicates of the network; three runs each, with common random numbers."""
    tasks = [_Task(trial, seed, number) for number in range(1, replicates + 1)]
    found: list[_One | None] = [None] * replicates
    for place, one in each(_run_one, tasks, workers=workers):
        found[place] = one
        if done is not None:
            done(1)
    ones = [one for one in found if one is not None]
    columns = {
        "estimate": [one.estimated.value for one in ones],
        "total": [one.total for one in ones],
        "on_treated": [one.on_treated for one in ones],
        "spill_over": [one.spill_over for one in ones],
        "bias": [one.estimated.value - one.total for one in ones],
    }
    spans = {name: mean_span(np.array(values), seed, "trial") for name, values in columns.items()}
    truth = spans["total"].value
    positive = sum(not one.estimated.holds(0.0) for one in ones)
    covered = sum(one.estimated.holds(truth) for one in ones)
    return TrialResult(
        trial, replicates, **spans, power=wilson(positive, replicates), coverage=wilson(covered, replicates)
    )


def _run_one(task: _Task) -> _One:
    trial = task.trial
    first = trial.first_ticks(task.seed, task.number)
    lit = trial.scenario.having(**trial.levers)
    everywhere: list[int | None] = [trial.begins] * trial.n_sites
    run_by = [
        outcomes_by_site(scenario, task.seed, task.number)
        for scenario in (_starting(lit, first), _starting(lit, everywhere), trial.scenario)
    ]
    n_sites = run_by[0].shape[1]
    starts = np.array([np.inf if tick is None else tick for tick in first[:n_sites]])
    if trial.kind == "parallel":
        return _parallel(trial, starts, *run_by)
    return _stepped(trial, starts, *run_by)


def _starting(scenario: Scenario, first: list[int | None]) -> Scenario:
    """Every lever that is on starts at these ticks."""
    on = [name for name in LEVERS if getattr(scenario.parameters, name) > 0]
    return scenario.starting(**dict.fromkeys(on, first))


def _parallel(
    trial: Trial, starts: FloatArray, tried: FloatArray, everywhere: FloatArray, nowhere: FloatArray
) -> _One:  # fmt: skip
    """Compared at the end, given the outcome before the beginning."""
    treated = np.isfinite(starts)
    before, after = tried[trial.begins - 2], tried[-1]
    return _One(
        parallel_effect(after, before, treated),
        float(np.nanmean(everywhere[-1] - nowhere[-1])),
        _mean(after - nowhere[-1], treated),
        _mean(after - nowhere[-1], ~treated),
    )


def _stepped(
    trial: Trial, starts: FloatArray, tried: FloatArray, everywhere: FloatArray, nowhere: FloatArray
) -> _One:  # fmt: skip
    """Compared by period, given site and period; the total effect is that of the last period."""
    periods = trial.periods()
    cells, on, off = (
        np.stack([made[period.start - 1 : period.stop - 1].mean(axis=0) for period in periods])
        for made in (tried, everywhere, nowhere)
    )
    treated = np.array([period.start for period in periods])[:, None] >= starts[None, :]
    return _One(
        stepped_effect(cells, treated),
        float(np.nanmean((on - off)[1:])),
        _mean(cells - off, treated),
        _mean((cells - off)[1:], ~treated[1:]),
    )


def _mean(values: FloatArray, where: BoolArray) -> float:
    chosen = values[where & np.isfinite(values)]
    return float(chosen.mean()) if chosen.size else float("nan")


def outcomes_by_site(scenario: Scenario, seed: int, number: int) -> FloatArray:
    """Mean outcome of the patients of each site after each tick, float (ticks, sites); NaN where a site has none."""
    assert isinstance(scenario.parameters, NetworkParameters)
    seen: list[FloatArray] = []

    def site_outcomes(w: World) -> None:
        """Notes the mean outcome of each site."""
        people, slots = w.people, w.patients
        site, n = people.site[slots], int(people.site.max()) + 1
        count = np.bincount(site, minlength=n)
        total = np.bincount(site, weights=people.outcome[slots], minlength=n)
        seen.append(np.where(count > 0, total / np.maximum(count, 1), np.nan))

    plan = (*active(scenario.parameters), Step("shared", site_outcomes))
    run(scenario, seed, run=number, record=False, plan=plan)
    return np.stack(seen)


def power_by(
    trial: Trial, parameter: str, values: list[float], *, replicates: int = 100, seed: int = 1, workers: int = 1,
    done: Done | None = None,
) -> list[TrialResult]:  # fmt: skip
    """The same trial in networks that differ in their baseline state: one parameter takes each of some values.

    Raises InvalidInput for a parameter that is tried itself.
    """
    if parameter in trial.levers:
        raise InvalidInput(
            given=f"the lever {parameter} as baseline", expected="a parameter that is not tried", field="baseline"
        )
    return [
        run_trial(
            replace(trial, scenario=trial.scenario.having(**{parameter: value})), replicates=replicates, seed=seed,
            workers=workers, done=done,
        )
        for value in values
    ]  # fmt: skip


def document(found: TrialResult) -> dict[str, object]:
    """The result as plain data."""
    spans = ("estimate", "total", "on_treated", "spill_over", "bias")
    shares = {"power": found.power, "coverage": found.coverage}
    return {
        "kind": found.trial.kind, "levers": dict(found.trial.levers), "sites": found.trial.n_sites,
        "replicates": found.replicates, **{name: getattr(found, name).document() for name in spans},
        **{name: {"value": e.value, "low": e.low, "high": e.high} for name, e in shares.items()},
    }  # fmt: skip
