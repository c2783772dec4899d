"""The network in which findings are sought: small enough to be run many times, large enough for its mechanisms."""

from __future__ import annotations

from coproduce.simulator.scenario import Scenario, load

PATIENTS, TICKS = 150, 104
#: The parameters in which `care` differs from `seid2021`.
CARE = ("n_patients", "patients_per_clinician", "needs", "engagement")


def care(**values: object) -> Scenario:
    """The reconstruction with care only: no needs and no engagement, which do not feed back on care there."""
    return load("seid2021").having(
        n_patients=PATIENTS, patients_per_clinician=15.0, needs=False, engagement=False, **values
    ).lasting(TICKS)  # fmt: skip


def whole(**values: object) -> Scenario:
    """The reconstruction with needs and engagement that feed back on each other: `lhn2025` without its levers."""
    return load("lhn2025").having(
        n_patients=PATIENTS, patients_per_clinician=15.0, **{"previsit_planning": 0.0, "registry": 0.0, **values}
    ).lasting(TICKS)  # fmt: skip
