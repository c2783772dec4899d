"""Calibration: the parameters under which the model tells a log's story, how sure that is, and where it misfits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coproduce import rng
from coproduce.errors import InvalidInput
from coproduce.events import EventFrame
from coproduce.figures import Effect, Figure, ForestWords, forest_figure
from coproduce.simulator.engine import run
from coproduce.simulator.parameters import Value
from coproduce.simulator.scenario import Scenario
from coproduce.simulator.streams import FloatArray
from coproduce.simulator.studies.abc import Fit, Reference, weighted_quantile
from coproduce.simulator.studies.factors import Factor
from coproduce.simulator.studies.runs import Done
from coproduce.simulator.studies.summaries import Shape, shape, summarise
from coproduce.simulator.studies.workers import each
from coproduce.statistics.intervals import Estimate, wilson

LEVEL = 0.9
#: Larger networks are stood for by one of this size: rates and shares do not grow with it, only their noise shrinks.
MOST_PATIENTS = 300
MAX_PARAMETERS = 8


@dataclass(frozen=True)
class Fitted:
    """One parameter: its median and the 90 % interval, within the range that was thought possible."""

    name: str
    unit: str
    median: float
    low: float
    high: float
    prior_low: float
    prior_high: float


@dataclass(frozen=True)
class Fitness:
    """One summary: what the log says, what the fitted model says (median and 95 % interval), and whether they agree."""

    name: str
    observed: float
    median: float
    low: float
    high: float

    @property
    def fits(self) -> bool:
        """Whether the log's value lies in the fitted model's interval."""
        return self.low <= self.observed <= self.high


@dataclass(frozen=True)
class Calibration:
    """The fitted parameters, and how well the model then tells the log's summaries."""

    preset: str
    shape: Shape
    n_runs: int
    parameters: tuple[Fitted, ...]
    summaries: tuple[Fitness, ...]

    @property
    def misfit(self) -> float:
        """Share of the log's summaries outside the fitted model's 95 % interval; 0.05 is what chance gives."""
        return float(np.mean([not one.fits for one in self.summaries])) if self.summaries else float("nan")


@dataclass(frozen=True)
class _Task:
    scenario: Scenario
    seed: int
    rows: tuple[tuple[int, dict[str, Value]], ...]


def like(scenario: Scenario, size: Shape, most: int = MOST_PATIENTS) -> Scenario:
    """The scenario at the size of the network behind a log (of at most so many patients) and for as long."""
    share = min(1.0, most / size.n_patients)
    n = max(1, round(size.n_patients * share))
    return scenario.having(
        n_patients=n,
        patients_per_clinician=max(1.0, size.n_patients / size.n_clinicians),
        n_researchers=round(size.n_researchers * share),
        n_sites=size.n_sites,
        needs=True,
    ).lasting(max(1, round(size.weeks * 7 / (scenario.resolution / 86_400_000_000))))


def simulate_reference(
    scenario: Scenario, factors: Sequence[Factor], n_runs: int, *, seed: int, workers: int = 1, done: Done | None = None
) -> tuple[Reference, tuple[str, ...]]:
    """Runs with parameters drawn evenly from their ranges, and the names of the summaries."""
    unit = rng.stream(seed, "calibration prior").random((n_runs, len(factors)))
    columns = {factor.name: factor.at(unit[:, i]) for i, factor in enumerate(factors)}
    rows = [(i + 1, {name: values[i] for name, values in columns.items()}) for i in range(n_runs)]
    own = rng.key(seed, "calibration") >> 65  # runs of a fit share no chance with the log that it fits
    size = max(1, min(8, n_runs // (4 * workers)))
    tasks = [_Task(scenario, own, tuple(rows[first : first + size])) for first in range(0, n_runs, size)]
    found: list[dict[str, float]] = [{}] * n_runs
    for place, made in each(_summarise_runs, tasks, workers=workers):
        found[place * size : place * size + len(made)] = made
        if done is not None:
            done(len(made))
    names = tuple(found[0])
    return Reference(unit, np.array([[one[name] for name in names] for one in found])), names


def _summarise_runs(task: _Task) -> list[dict[str, float]]:
    return [summarise(run(task.scenario.having(**values), task.seed, run=number).frame) for number, values in task.rows]


def calibrate(
    frame: EventFrame, scenario: Scenario, factors: Sequence[Factor], *, n_runs: int = 1_000, seed: int = 1,
    most_patients: int = MOST_PATIENTS, workers: int = 1, done: Done | None = None,
) -> Calibration:  # fmt: skip
    """Fits parameters of a scenario to a log, live or simulated.

    Raises InvalidInput for a log without needs, a parameter that is not a number, or too few runs.
    """
    _check(factors)
    size = shape(frame)
    alike = like(scenario, size, most_patients)
    reference, names = simulate_reference(alike, factors, n_runs, seed=seed, workers=workers, done=done)
    said = summarise(frame)
    observed = np.array([said[name] for name in names])
    posterior = Fit(reference).posterior(observed)
    ends = posterior.quantiles(np.array([(1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2]))
    return Calibration(
        scenario.preset,
        size,
        n_runs,
        tuple(_fitted(factor, ends[i]) for i, factor in enumerate(factors)),
        tuple(
            _fitness(name, observed[j], reference.summaries[posterior.kept, j], posterior.weights)
            for j, name in enumerate(names)
            if np.isfinite(observed[j]) and np.isfinite(reference.summaries[posterior.kept, j]).all()
        ),
    )


def _check(factors: Sequence[Factor]) -> None:
    if not 1 <= len(factors) <= MAX_PARAMETERS or any(factor.values for factor in factors):
        raise InvalidInput(
            given="parameters that cannot be fitted", expected=f"1 to {MAX_PARAMETERS} numbers, each with a range",
            next_step="Write --parameters need_rate=0.01:0.05,asking.", field="parameters",
        )  # fmt: skip


def _fitted(factor: Factor, ends: FloatArray) -> Fitted:
    low, median, high = (float(factor.low + u * (factor.high - factor.low)) for u in ends)
    return Fitted(factor.name, factor.unit, median, low, high, factor.low, factor.high)


def _fitness(name: str, observed: float, simulated: FloatArray, weights: FloatArray) -> Fitness:
    low, median, high = weighted_quantile(simulated, weights, np.array([0.025, 0.5, 0.975]))
    return Fitness(name, float(observed), float(median), float(low), float(high))


@dataclass(frozen=True)
class Coverage:
    """How often the 90 % intervals hold the planted parameters, and the p-value of a binomial test against 90 %."""

    parameter: str
    share: Estimate
    n_networks: int
    p_value: float


def coverage(
    scenario: Scenario, factors: Sequence[Factor], *, n_runs: int = 1_000, n_networks: int = 400, seed: int = 1,
    workers: int = 1, done: Done | None = None,
) -> list[Coverage]:  # fmt: skip
    """Plants parameters in made networks, fits each, and counts how often the interval holds what was planted.

    The networks are runs of the scenario that the fit has not seen; all are fitted from one reference of `n_runs`.
    """
    from scipy.stats import binomtest

    _check(factors)
    both, _ = simulate_reference(scenario, factors, n_runs + n_networks, seed=seed, workers=workers, done=done)
    fit = Fit(Reference(both.unit[:n_runs], both.summaries[:n_runs]))
    ends = np.array([(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    planted, seen = both.unit[n_runs:], both.summaries[n_runs:]
    held = np.zeros(planted.shape, dtype=bool)
    for i, summaries in enumerate(seen):
        low, high = fit.posterior(summaries).quantiles(ends).T
        held[i] = (low <= planted[i]) & (planted[i] <= high)
    counts = held.sum(axis=0)
    return [
        Coverage(factor.name, wilson(int(counts[i]), n_networks), n_networks,
                 float(binomtest(int(counts[i]), n_networks, LEVEL).pvalue))
        for i, factor in enumerate(factors)
    ]  # fmt: skip


def document(found: Calibration) -> dict[str, object]:
    """The calibration as plain data."""
    return {
        "preset": found.preset, "shape": vars(found.shape), "runs": found.n_runs, "level": LEVEL,
        "parameters": [vars(one) for one in found.parameters],
        "misfit": found.misfit,
        "summaries": [{**vars(one), "fits": one.fits} for one in found.summaries],
    }  # fmt: skip


def calibration_figure(found: Calibration) -> Figure:
    """Each fitted parameter on the range that was thought possible."""
    effects = [
        Effect(f"{one.name}, {one.unit}", _place(one, one.median), _place(one, one.low), _place(one, one.high))
        for one in found.parameters
    ]
    told = "; ".join(f"{one.name} {one.median:.3g} ({one.low:.3g} to {one.high:.3g})" for one in found.parameters)
    words = ForestWords(
        title=f"The log narrows {sum(_narrowed(one) for one in found.parameters)} of {len(effects)} parameters by half",
        summary=f"Median and 90 % interval: {told}. {found.misfit:.0%} of the log's summaries lie outside the fitted "
        "model's 95 % interval.",
        x="Place in the range that was thought possible",
        share=True,
    )
    return forest_figure(effects, words)


def _place(one: Fitted, value: float) -> float:
    return (value - one.prior_low) / (one.prior_high - one.prior_low)


def _narrowed(one: Fitted) -> bool:
    return _place(one, one.high) - _place(one, one.low) <= LEVEL / 2
