"""What every test may use: the reference data, where it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """The folder of real data with known answers; named by COPRODUCE_TEST_DATA.

    Where it is absent the test skips and says so; under CI=true it fails.
    """
    named = os.environ.get("COPRODUCE_TEST_DATA", "")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data"
    if (folder / "README.md").is_file():
        return folder
    message = f"no reference data at {folder}: set COPRODUCE_TEST_DATA to its folder"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(message)
    pytest.skip(message)
