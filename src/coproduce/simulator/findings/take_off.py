"""Finding 5: a small set of rules under which a network takes off."""

from __future__ import annotations

import numpy as np

from coproduce.figures import Figure, GridWords, grid_figure
from coproduce.simulator.findings.catalogue import Effort
from coproduce.simulator.findings.network import whole
from coproduce.simulator.studies.runs import outcomes

#: Taken off: at the end, this share of members contribute or own.
ACTIVE = 0.2
CLIMB, MET = (0.005, 0.01, 0.02, 0.03, 0.04), (0.0, 2.0, 4.0, 8.0, 12.0)


def phase_diagram(effort: Effort) -> Figure:
    """Contributors and owners after two years, by the hazard of joining in and by what a met need adds to it."""
    n = effort.runs(8)
    base = whole()
    cells = [
        base.having(climb_0=climb, climb_1=0.6 * climb, climb_2=0.3 * climb, met_need_engages=met)
        for met in MET
        for climb in CLIMB
    ]
    found = outcomes(
        cells, columns=["engagement_2", "engagement_3", "members"], seed=effort.seed, replicates=n, window=13,
        workers=effort.workers,
    )  # fmt: skip
    share = ((found[..., 0] + found[..., 1]) / found[..., 2]).mean(axis=1).reshape(len(MET), len(CLIMB))
    alone, spread = share[0], share[-1]
    lifted = int((np.logical_and(alone < ACTIVE, spread >= ACTIVE)).sum())
    words = GridWords(
        title=f"Met needs carry the network over the line at {lifted} of {len(CLIMB)} rates of joining in",
        summary=f"Share of members who contribute or own after two years; the line is {ACTIVE:.0%}. Without met needs "
        f"that engage it goes from {alone[0]:.0%} to {alone[-1]:.0%}, with the most from {spread[0]:.0%} to "
        f"{spread[-1]:.0%} (mean of {n} runs a cell).",
        x="Hazard of becoming a participant (1/week)",
        y="Rise of that hazard when a need was met (factor)",
        z="Contribute or own",
        marks=(ACTIVE,),
        share=True,
    )
    return grid_figure(CLIMB, MET, share, words)
