"""Models with rules of their own: workloads and replications of published models, beside the network model.

A model stands in a module of its name, with `COLUMNS` (what it reports) and `begin` (one run of it). It is imported
when it is run: some bring compiled code.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coproduce.simulator.engine import Running
    from coproduce.simulator.recorder import Writer
    from coproduce.simulator.streams import Streams


#: Models whose one engine is compiled.
COMPILED = ("polarisation", "selective", "zollman")


def engine(model: str) -> str:
    """What the one engine of a model is, in words."""
    return "whose one engine is compiled already" if model in COMPILED else "whose one engine is NumPy's"


def begin(model: str, parameters: Any, streams: Streams, writer: Writer) -> Running:
    """The start of a run of this model, with parameters of its own class."""
    running: Running = import_module(f"{__name__}.{model}").begin(parameters, streams, writer)
    return running


def columns(model: str) -> dict[str, str]:
    """What a model reports after each tick, and what each number means."""
    listed: dict[str, str] = import_module(f"{__name__}.{model}").COLUMNS
    return listed
