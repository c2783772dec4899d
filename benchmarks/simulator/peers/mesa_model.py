"""The workload in Mesa 3: agents are objects, and the model activates them by AgentSet."""

from __future__ import annotations

from typing import Any

import mesa

from benchmarks.simulator.peers.rules import ClinicianRules, NetworkRules, PatientRules


class Patient(PatientRules, mesa.Agent):  # type: ignore[misc]
    """A patient."""


class Clinician(ClinicianRules, mesa.Agent):  # type: ignore[misc]
    """A clinician."""


class Network(NetworkRules, mesa.Model):  # type: ignore[misc]
    """The network."""

    def __init__(self, n: int, seed: int) -> None:
        mesa.Model.__init__(self, seed=seed)
        self.start(n, seed)
        clinicians: list[Any] = [Clinician(self) for _ in range(max(1, n // 100))]
        for clinician in clinicians:
            clinician.be_born(self.draw)
        for _ in range(n):
            Patient(self).be_born(self.draw.choice(clinicians), self.draw)
        self.patients = self.agents_by_type[Patient]
        self.tie(list(self.patients))

    def step(self) -> None:
        """One tick, in two phases, since updates are synchronous."""
        self.agents.do("live")
        self.agents.do("settle")
        self.close()
