"""Interventions start, site by site."""

from __future__ import annotations

import numpy as np

from coproduce.events import Role, kinds
from coproduce.simulator.recorder import COMPUTER_ID
from coproduce.simulator.state import World


def interventions_start(w: World) -> None:
    """Levers that are pulled start at the sites whose time has come; from then on they work there."""
    for name, intervention in w.intervention.items():
        sites = np.flatnonzero(w.starts[name] == w.tick)
        w.writer.write(
            kinds.InterventionStarted, sites.size, actor=COMPUTER_ID, subject=intervention, role=Role.COMPUTER,
            site=sites,
        )  # fmt: skip
