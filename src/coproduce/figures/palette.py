"""Colours by what they mean, for light pages, dark pages, and pages that bring their own.

Blue against vermillion (orange on dark) is told apart in the common kinds of colour blindness (Okabe and Ito 2008,
Color Universal Design); no figure says anything by colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Theme(StrEnum):
    """Where a figure is shown: PAGE takes the page's own `--chart-*` custom properties, light ones where unset."""

    LIGHT = "light"
    DARK = "dark"
    PAGE = "page"


#: What a specification carries in place of colours, and what each stands for.
TOKENS: Mapping[str, str] = MappingProxyType(
    {"ink": "#0a0a01", "muted": "#0a0a02", "grid": "#0a0a03", "series": "#0a0a04", "signal": "#0a0a05"}
)

#: On white the text colours reach 4.5:1 and marks 3:1; the same on #15181c.
_COLOURS: Mapping[Theme, Mapping[str, str]] = MappingProxyType(
    {
        Theme.LIGHT: {
            "ink": "#1b1f24",
            "muted": "#57606a",
            "grid": "#d8dee4",
            "series": "#0072b2",
            "signal": "#c04a00",
        },
        Theme.DARK: {
            "ink": "#eef1f4",
            "muted": "#a7b0ba",
            "grid": "#3a424b",
            "series": "#56b4e9",
            "signal": "#f0a030",
        },
    }
)


def colours(theme: Theme) -> dict[str, str]:
    """Each token's place holder and the colour that replaces it."""
    if theme is Theme.PAGE:
        light = _COLOURS[Theme.LIGHT]
        return {place: f"var(--chart-{name}, {light[name]})" for name, place in TOKENS.items()}
    return {place: _COLOURS[theme][name] for name, place in TOKENS.items()}


def own_colours() -> str:
    """The style sheet of a figure that stands alone: light or dark as the reader's machine is, for Theme.PAGE."""
    light, dark = (
        ";".join(f"--chart-{name}:{colour}" for name, colour in _COLOURS[theme].items())
        for theme in (Theme.LIGHT, Theme.DARK)
    )
    return f":root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}"
