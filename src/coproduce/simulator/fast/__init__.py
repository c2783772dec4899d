"""The fast engine: compiled kernels on narrow columns, for the models that have them.

Only `begin` brings Numba, when a run asks for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coproduce.simulator.engine import Running
    from coproduce.simulator.recorder import Writer
    from coproduce.simulator.streams import Streams

#: Models that the fast engine runs.
MODELS = ("bandit",)


def begin(model: str, parameters: Any, streams: Streams, writer: Writer, threads: int) -> Running:
    """The start of a run of one of MODELS, on at most so many threads."""
    running: Running = import_module(f"{__name__}.{model}").begin(parameters, streams, writer, threads)
    return running
