"""The page that compares control charts with other tools is what the reference cases say now."""

from __future__ import annotations

from pathlib import Path

from scripts import conformance
from scripts.reference import FOLDER


def test_the_page_is_what_the_reference_cases_say_now(reference_data: Path) -> None:
    written = (FOLDER / "chart-conformance.md").read_text(encoding="utf-8")
    told = "run `python -m scripts.conformance FOLDER` and commit what it writes"
    assert written == conformance.text(conformance.read(reference_data)), told
