"""The bars are held against numbers that were measured, and a missed one is seen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from benchmarks.bars import FOLDER, Bar, bars


@pytest.mark.parametrize("bar", bars(), ids=lambda bar: bar.path)
def test_a_bar_points_at_a_part_and_at_a_number(bar: Bar) -> None:
    assert (bar.at_least is None) != (bar.at_most is None)
    assert (FOLDER / bar.file.removesuffix(".json") / "__main__.py").is_file(), "no part writes this file"
    assert bar.measured() is not None, "run `make bench` and commit the results"


def test_a_missed_bar_is_seen(tmp_path: Path) -> None:
    (tmp_path / "log.json").write_text(json.dumps({"runs": [{"seconds": 3.5}]}))
    bar = Bar(what="seconds", file="log.json", path="runs.0.seconds", at_most=3)
    assert bar.measured(tmp_path) == 3.5
    assert not bar.is_kept_by(3.5)
    assert bar.is_kept_by(3.0)


def test_what_nobody_measured_is_not_taken_for_kept(tmp_path: Path) -> None:
    assert Bar(what="seconds", file="log.json", path="x", at_most=3).measured(tmp_path) is None
