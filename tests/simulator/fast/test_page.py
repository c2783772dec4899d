"""The page about the engines shows what was measured."""

from __future__ import annotations

import json

from benchmarks.bars import RESULTS
from benchmarks.simulator.table import tables

from tests.architecture.tree import ROOT


def test_the_tables_of_the_page_are_those_of_the_results() -> None:
    page = (ROOT / "docs/explanation/model/engines.md").read_text(encoding="utf-8")
    for table in tables(json.loads((RESULTS / "simulator.json").read_text())):
        assert table in page, "python -m benchmarks.simulator table"
