"""The example of an own rule runs from the command line and changes what it says it changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from coproduce.cli import app

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SMALL = ["simulate", "seid2021", "--set", "n_patients=60", "--ticks", "20", "--json"]


def activation(*words: str) -> float:
    answer = CliRunner().invoke(app, [*SMALL, *words], catch_exceptions=False)
    return json.loads(answer.stdout)["final"]["activation"][0]


def test_habits_hold_activation_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLES)
    assert activation("--rule", "habit_rule:habit") < activation()


def test_it_has_no_more_than_twenty_lines_of_code() -> None:
    lines = (EXAMPLES / "habit_rule.py").read_text().splitlines()
    assert len([line for line in lines if line.strip()]) <= 20
