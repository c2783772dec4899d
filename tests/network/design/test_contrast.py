"""Colours that stand on each other differ enough to be read, in light and in dark (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

TINTS = {
    "need-tint": "need",
    "person-tint": "person",
    "learned-tint": "learned",
    "good-tint": "good",
    "warn-tint": "warn",
    "urgent-tint": "urgent",
    "brand-tint": "brand",
}
GROUNDS = ("paper", "glow", "surface", "sunk")
TEXT = [
    *product(("ink", "ink-soft", "brand", "brand-deep", "urgent"), GROUNDS),
    *product(("ink", "ink-soft"), TINTS),
    *((text, tint) for tint, text in TINTS.items()),
    ("on-brand", "brand"),
    ("on-brand", "brand-deep"),
    ("need", "surface"),
    ("person", "surface"),
]
EDGES = [*product(("line-strong", "focus"), GROUNDS)]


def palette(scheme: str) -> dict[str, str]:
    """The colours of tokens.css: the first block is light, the second changes it for dark."""
    path = finders.find("design/css/tokens.css")
    assert isinstance(path, str)
    with Path(path).open() as file:
        light, dark = file.read().split("prefers-color-scheme: dark")
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", light))
    return colours if scheme == "light" else colours | dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", dark))


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours (WCAG 2.2, definition of relative luminance).

    >>> contrast("#000000", "#ffffff")
    21.0
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_black_on_white_is_21_to_1() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_stands_out_from_its_ground(scheme: str, text: str, ground: str) -> None:
    colours = palette(scheme)
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_of_fields_and_focus_stand_out(scheme: str, edge: str, ground: str) -> None:
    colours = palette(scheme)
    assert contrast(colours[edge], colours[ground]) >= 3
