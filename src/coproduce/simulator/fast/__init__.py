"""The fast engine: compiled kernels on narrow columns, for the models that have them.

Only `begin` and `begin_network` bring Numba, when a run asks for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from coproduce.simulator.kept import is_kept

if TYPE_CHECKING:
    from coproduce.simulator.engine import Running
    from coproduce.simulator.levers import Starts
    from coproduce.simulator.network import Network
    from coproduce.simulator.parameters import NetworkParameters
    from coproduce.simulator.recorder import Writer
    from coproduce.simulator.scenario import Scenario
    from coproduce.simulator.stages import Step
    from coproduce.simulator.streams import Streams

#: Models that the fast engine runs.
MODELS = ("bandit", "network")
#: Work from which kernels win back the time that loading them takes, a second, or compiling them first, eight, for
#: 100 ns saved a unit. Only a model whose engines give the same numbers may go by work: which engine runs must not be
#: seen in a result.
WORTH_LOADING, WORTH_COMPILING = {"bandit": 0, "network": 8_000_000}, {"bandit": 0, "network": 64_000_000}
#: What kernels save in a tick of the network model, in the same unit: so much whatever its size, and two a patient.
_A_TICK, _A_PATIENT = 13_000, 2
#: Work that this process has done without kernels. Who has paid as much as loading costs will likely run on: a study
#: of small runs, whose number nobody has to know in advance, loads them after a few (ski rental: Karlin et al. 1988).
_done_without = dict.fromkeys(MODELS, 0)


def work(scenario: Scenario) -> int:
    """What kernels save in a run, in units of about 100 ns."""
    return scenario.ticks * (_A_TICK + _A_PATIENT * int(getattr(scenario.parameters, "n_patients", 0)))


def is_worth(scenario: Scenario, n_runs: int = 1) -> bool:
    """Whether the model has the fast engine, and these runs, with those before them, are work enough for it."""
    model = scenario.model
    if model not in MODELS or (done := _done_without[model] + n_runs * work(scenario)) < WORTH_LOADING[model]:
        return False
    return done >= WORTH_COMPILING[model] or is_kept(model)


def went_without(scenario: Scenario) -> None:
    """Notes a run on the oracle of a model that has the fast engine too."""
    if scenario.model in MODELS:
        _done_without[scenario.model] += work(scenario)


def begin(model: str, parameters: Any, streams: Streams, writer: Writer, threads: int) -> Running:
    """The start of a run of a model with columns of its own here, on at most so many threads."""
    running: Running = import_module(f"{__name__}.{model}").begin(parameters, streams, writer, threads)
    return running


def begin_network(
    p: NetworkParameters, streams: Streams, writer: Writer, *, plan: tuple[Step, ...] | None = None,
    tick_days: float = 7.0, starts: Starts | None = None,
) -> Network:  # fmt: skip
    """As `coproduce.simulator.network.begin`, with kernels in it: the same numbers, sooner."""
    from coproduce.simulator.fast.network import begin

    return begin(p, streams, writer, plan=plan, tick_days=tick_days, starts=starts)
