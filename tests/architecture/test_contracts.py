"""The import contracts of pyproject.toml hold, and no module escapes them."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


def test_every_import_goes_down_a_floor() -> None:
    # In a process of its own: the linter configures logging for whoever calls it.
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"]
    status = subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode
    assert status == 0, "run `make check`: it names the import and the floors"


def test_a_module_that_nobody_placed_fails() -> None:
    layers = [contract for contract in CONTRACTS if contract["type"] == "layers"]
    assert [contract["containers"] for contract in layers] == [["coproduce"], ["coproduce.network"]]
    assert all(contract["exhaustive"] for contract in layers)


def test_the_pure_contract_holds_for_parts_not_yet_written() -> None:
    (pure,) = [contract for contract in CONTRACTS if contract["id"] == "pure"]
    assert pure["source_modules"] == ["coproduce.*"]
    assert {"django", "psycopg"} <= set(pure["forbidden_modules"])
    assert all(ignored.startswith("coproduce.network") for ignored in pure["ignore_imports"])
