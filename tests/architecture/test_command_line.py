"""The command line answers quickly, and every command explains itself."""

from __future__ import annotations

import subprocess
import sys

import pytest
from scripts.reference import command_line

HEAVY = {
    "altair",
    "django",
    "duckdb",
    "numba",
    "numpy",
    "pandas",
    "polars",
    "psycopg",
    "scipy",
    "tantivy",
    "vl_convert",
}
COMMANDS = {" ".join(path): command for path, command in command_line()}


def _modules_loaded_by(*arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "coproduce", *arguments],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in done.stderr.splitlines() if "|" in line}


def test_help_loads_no_heavy_library() -> None:
    loaded = _modules_loaded_by("--help")
    assert "typer" in loaded
    assert not loaded & HEAVY


@pytest.mark.parametrize("typed", sorted(COMMANDS))
def test_the_help_of_a_command_has_an_example(typed: str) -> None:
    words = COMMANDS[typed].help or ""
    assert words.strip(), f"{typed} has no help"
    assert typed in words, f"the help of {typed} shows no example of it"
