"""One small run, shared by the tests that only look at it."""

from __future__ import annotations

import pytest

from coproduce.simulator import Result, Scenario, load, run


@pytest.fixture(scope="session")
def small() -> Scenario:
    """The example network's rules, all layers on, at a size that runs in a moment."""
    return load("example").having(n_patients=200, n_sites=4, start_share=0.6).lasting(60)


@pytest.fixture(scope="session")
def result(small: Scenario) -> Result:
    return run(small, 11)
