"""What a run will need of memory, told before it starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psutil

from coproduce.errors import InvalidInput

if TYPE_CHECKING:
    from coproduce.simulator.scenario import Scenario

#: Bytes a person at the peak of a run, and a person and tick for the needs that are kept, as measured by
#: `python -m benchmarks.simulator memory`.
BYTES = {("bandit", "fast"): 160, ("bandit", "oracle"): 1_300, ("network", "oracle"): 1_100, ("network", "fast"): 1_100}
A_TICK = {"bandit": 0, "network": 10}
#: Bytes an event that is kept, and events a person and tick; with people's table at the end.
EVENT, EVENTS_A_TICK = 160, 1.0
#: What Python and the libraries take.
BASE = 150_000_000


def needed(scenario: Scenario, engine: str, *, recorded: bool) -> int:
    """An estimate of the bytes that one run takes at its peak; 0 for a model too small to ask."""
    each = BYTES.get((scenario.model, engine))
    n_patients = getattr(scenario.parameters, "n_patients", 0)
    if each is None:
        return 0
    a_tick = A_TICK[scenario.model] + (EVENTS_A_TICK * EVENT if recorded else 0.0)
    return BASE + round(n_patients * (each + a_tick * scenario.ticks))


def refuse_what_does_not_fit(scenario: Scenario, engine: str, *, recorded: bool, n_runs: int = 1) -> None:
    """Raises InvalidInput when so many runs side by side need more memory than this machine has free."""
    bytes_needed = n_runs * needed(scenario, engine, recorded=recorded)
    free = psutil.virtual_memory().available
    if bytes_needed > free:
        raise InvalidInput(
            given=f"a run that needs about {bytes_needed / 1e9:.1f} GB of memory",
            expected=f"at most the {free / 1e9:.1f} GB that are free on this machine",
            next_step="Take fewer patients or ticks, fewer threads, or record a sample of nobody: leave --out away."
            if recorded
            else "Take fewer patients, or fewer threads.",
            field="n_patients",
        )
