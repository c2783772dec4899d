"""The fast engine: compiled kernels on narrow columns, for the models that have them.

Only `begin` and `compile_in` bring Numba, when a run asks for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coproduce.simulator.engine import Running
    from coproduce.simulator.network import Network
    from coproduce.simulator.recorder import Writer
    from coproduce.simulator.scenario import Scenario
    from coproduce.simulator.streams import Streams

#: Models that the fast engine runs.
MODELS = ("bandit", "network")
#: Patients times ticks from which kernels win back the time that loading them takes. Only a model whose engines give
#: the same numbers may go by size: which engine runs must not be seen in a result.
WORTH_LOADING = {"bandit": 0, "network": 4_000_000}


def is_worth(scenario: Scenario) -> bool:
    """Whether the model has the fast engine, and the run is large enough for it."""
    size = getattr(scenario.parameters, "n_patients", 0) * scenario.ticks
    return scenario.model in MODELS and size >= WORTH_LOADING[scenario.model]


def begin(model: str, parameters: Any, streams: Streams, writer: Writer, threads: int) -> Running:
    """The start of a run of a model with columns of its own here, on at most so many threads."""
    running: Running = import_module(f"{__name__}.{model}").begin(parameters, streams, writer, threads)
    return running


def compile_in(running: Network) -> Network:
    """A run of the network model, at its start, with kernels in it: the same numbers, sooner."""
    from coproduce.simulator.fast.network import compile_in

    return compile_in(running)
