"""The findings about the network model are made by their functions, and made again the same."""

from __future__ import annotations

import pytest

from coproduce.simulator.findings import network, patterns
from coproduce.simulator.findings.catalogue import FIGURES, Declared, Effort

OURS = [f for f in FIGURES if f.made_by.rsplit(".", 1)[1].partition(":")[0] in {
    "directions", "knock_outs", "interventions", "take_off", "interference", "patterns"}]  # fmt: skip
FEW = Effort(replicates=2)


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network of a few people and ticks: the functions are tried, not the findings."""
    monkeypatch.setattr(network, "PATIENTS", 45)
    monkeypatch.setattr(network, "TICKS", 12)
    monkeypatch.setattr(patterns, "PATIENTS", 40)
    monkeypatch.setattr(patterns, "YEAR", 8)
    monkeypatch.setattr(patterns, "YEARS", 2)


@pytest.mark.parametrize("declared", OURS, ids=lambda declared: declared.name)
def test_a_finding_is_a_small_figure_with_its_numbers_and_its_summary(declared: Declared) -> None:
    made = declared.make(FEW)
    assert made.title
    assert made.summary
    assert made.table.rows
    assert len(made.svg_file()) < 100_000


def test_the_same_seed_makes_the_same_finding_and_another_another() -> None:
    declared = next(f for f in OURS if f.name == "islands")
    assert declared.make(FEW).table == declared.make(FEW).table
    assert declared.make(FEW).table != declared.make(Effort(replicates=2, seed=2)).table


def test_calibration_rows_are_ratios_of_the_model_to_what_was_published() -> None:
    shown = patterns.calibration_rows(FEW)
    assert [row[0] for row in shown.table.rows] == [row.says for row in patterns.ROWS]
    assert "No parameter was fitted" in shown.summary


def test_a_visit_planner_closes_gaps_and_moves_nobody_contrary_to_what_was_published() -> None:
    shown = patterns.visit_planner(Effort(replicates=4, workers=2))
    activation, gaps = ([float(cell) for cell in row[1:]] for row in shown.table.rows)
    assert max(map(abs, activation)) < patterns.NEGLIGIBLE
    assert gaps[2] < -patterns.NEGLIGIBLE
    assert shown.title == "A visit planner does not move activation and lowers gaps in care in the model"
