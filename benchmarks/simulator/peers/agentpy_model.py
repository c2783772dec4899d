"""The workload in AgentPy: agents are objects in AgentLists."""

from __future__ import annotations

from typing import Any

import agentpy

from benchmarks.simulator.peers.rules import ClinicianRules, NetworkRules, PatientRules


class Patient(PatientRules, agentpy.Agent):  # type: ignore[misc]
    """A patient."""


class Clinician(ClinicianRules, agentpy.Agent):  # type: ignore[misc]
    """A clinician."""


class Network(NetworkRules, agentpy.Model):  # type: ignore[misc]
    """The network."""

    def __init__(self, n: int, seed: int) -> None:
        agentpy.Model.__init__(self, {"n": n})
        self.start(n, seed)
        self.clinicians = agentpy.AgentList(self, max(1, n // 100), Clinician)
        doctors: list[Any] = list(self.clinicians)
        for doctor in doctors:
            doctor.be_born(self.draw)
        self.patients = agentpy.AgentList(self, n, Patient)
        for patient in self.patients:
            patient.be_born(self.draw.choice(doctors), self.draw)
        self.tie(list(self.patients))

    def step(self) -> None:
        """One tick, in two phases, since updates are synchronous."""
        self.patients.live()
        self.clinicians.live()
        self.patients.settle()
        self.clinicians.settle()
        self.close()
