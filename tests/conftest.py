"""What every test may use: the reference data, where it is."""

from __future__ import annotations

import gc
import os
import tempfile
from pathlib import Path

import pytest

if "DJANGO_SETTINGS_MODULE" in os.environ:
    # pytest-django would read a real network's settings before we can point it elsewhere.
    raise pytest.UsageError("unset DJANGO_SETTINGS_MODULE: tests bring their own")

# Set before Django reads its settings, and before pytest-django looks for them: tests never touch a real network.
for _name in [name for name in os.environ if name.startswith("COPRODUCE_") and name != "COPRODUCE_TEST_DATA"]:
    del os.environ[_name]
os.environ["COPRODUCE_DATA"] = tempfile.mkdtemp(prefix="coproduce-test-data-")
os.environ["COPRODUCE_SECRET_KEY"] = "a-key-for-tests-only-" + "x" * 40
os.environ["DJANGO_SETTINGS_MODULE"] = "coproduce.network.settings"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Lets each worker of a run in parallel name its own settings; inherited, all would share one index folder."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


def pytest_collection_finish() -> None:
    """Tells the garbage collector that what was imported and collected stays: it would look through it all the time."""
    gc.collect()
    gc.freeze()


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
