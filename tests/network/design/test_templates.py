"""Every template of every app can be read, and holds no trace of two edits that met."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.template.loader import get_template

import coproduce.network

ROOT = Path(coproduce.network.__file__).parent
TEMPLATES = sorted(ROOT.glob("*/templates/**/*.html"))
NAMES = [str(path.relative_to(next(p for p in path.parents if p.name == "templates"))) for path in TEMPLATES]


@pytest.mark.parametrize("name", NAMES)
def test_a_template_can_be_read(name: str) -> None:
    get_template(name)


def test_no_template_or_style_holds_both_sides_of_a_merge() -> None:
    files = [*TEMPLATES, *ROOT.glob("*/static/**/*.css"), *ROOT.glob("*/static/**/*.js")]
    marked = [path.name for path in files if {"<" * 7, ">" * 7} & {line[:7] for line in path.read_text().splitlines()}]
    assert marked == []
