"""The page about the engines shows what was measured."""

from __future__ import annotations

import json

from benchmarks.bars import RESULTS
from benchmarks.simulator.table import table

from tests.architecture.tree import ROOT


def test_the_table_of_the_page_is_that_of_the_results() -> None:
    page = (ROOT / "docs/explanation/model/engines.md").read_text(encoding="utf-8")
    assert table(json.loads((RESULTS / "simulator.json").read_text())) in page, "python -m benchmarks.simulator table"
