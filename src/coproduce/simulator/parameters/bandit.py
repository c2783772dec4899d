"""Parameters of the `bandit` workload: its size only, since engines are compared on exactly the same rules."""

from __future__ import annotations

from dataclasses import dataclass

from coproduce.simulator.parameters.declare import whole


@dataclass(frozen=True, kw_only=True)
class BanditParameters:
    """The size of the workload; everything else is fixed by its definition."""

    n_patients: int = whole("Number of patients.", "people", 1, 10_000_000)
