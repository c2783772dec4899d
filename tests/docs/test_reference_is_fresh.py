"""The reference says what the code does: each generated page equals a fresh writing."""

from __future__ import annotations

from pathlib import Path

import pytest
from scripts import reference

PAGES = reference.pages()


@pytest.mark.parametrize("path", sorted(PAGES), ids=lambda path: path.name)
def test_the_page_is_what_the_code_says_now(path: Path) -> None:
    assert path.is_file(), "run `make reference` and commit what it writes"
    assert path.read_text() == PAGES[path], "run `make reference` and commit what it writes"


def test_every_setting_kind_and_command_has_its_line() -> None:
    from coproduce.events import NAMES
    from coproduce.settings import Settings

    text = {path.name: body for path, body in PAGES.items()}
    assert all(f"`COPRODUCE_{name.upper()}`" in text["settings.md"] for name in Settings.__dataclass_fields__)
    assert all(f"### {name}\n" in text["events.md"] for name in NAMES)
    assert all(f"## {' '.join(path)}\n" in text["commands.md"] for path, _ in reference.command_line())


def test_a_bar_inside_a_cell_does_not_break_the_table() -> None:
    assert reference.table(["a"], [["x|y"]]).splitlines()[-1] == "| x\\|y |"
