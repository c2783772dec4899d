"""A tiny design, and tables of it whose outcomes are made up, so that the answer is known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from coproduce.simulator.provenance import made_with
from coproduce.simulator.streams import FloatArray
from coproduce.simulator.studies.design import Design
from coproduce.simulator.studies.factors import Factor
from coproduce.simulator.studies.sweep import Table

FIXED = {"n_patients": 20, "needs": False}
INFLUENCE, SHARING = Factor("patient_influence", "1/tick", 0.0, 0.2), Factor("sharing", "share", 0.0, 1.0)
LEAVING = Factor("uptake", "share", 0.0, 1.0)


def made_up(design: Design, outcome: Callable[..., FloatArray], noise: float = 0.0) -> Table:
    """The table of a design whose outcome `y` is a function of its factors, in their order."""
    points = {name: np.asarray(values, dtype=float) for name, values in design.points().items()}
    y = outcome(*points.values())
    chance = np.random.default_rng(1).normal(0.0, noise, (design.n_points, design.replicates))
    frame = pl.DataFrame({
        "point": np.repeat(np.arange(design.n_points), design.replicates),
        "replicate": np.tile(np.arange(1, design.replicates + 1), design.n_points),
        "seed": str(design.seed),
        **{name: np.repeat(values, design.replicates) for name, values in points.items()},
        "y": (y[:, None] + chance).ravel(),
    })  # fmt: skip
    return Table(design, made_with(), ("y",), frame)


@pytest.fixture
def tiny() -> Design:
    return Design("seid2021", FIXED, 3, (INFLUENCE, SHARING), method="lhs", n=4, replicates=2)
