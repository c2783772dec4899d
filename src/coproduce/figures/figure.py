"""A figure: its message, its specification, its SVG, and the same as a table and a sentence."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any

from coproduce.errors import InvalidInput
from coproduce.figures.palette import TOKENS, Theme, colours, own_colours

Spec = Mapping[str, Any]

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_VEGA_LITE = "6.4"
#: Width of a figure on a wide page, pixels; a phone is given one of 320.
WIDE = 640


@dataclass(frozen=True)
class Table:
    """The figure as a table: what a screen reader, a spreadsheet and a doubter want."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def csv(self) -> str:
        """The table as comma-separated text. A cell that a spreadsheet would run as a formula is quoted with '."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows([_harmless(cell) for cell in row] for row in self.rows)
        return out.getvalue()


@dataclass(frozen=True)
class Figure:
    """One message: `title` says it, `summary` says it in full, `spec` draws it, `table` holds its numbers."""

    title: str
    summary: str
    spec: Spec
    table: Table

    @property
    def key(self) -> str:
        """The hash of the specification: equal keys draw equal figures."""
        return hashlib.sha256(self._text().encode()).hexdigest()

    def svg(self, theme: Theme = Theme.PAGE) -> str:
        """The figure as one <svg> element with its title and summary; no script, no style attribute, no address.

        Drawn once for a specification, then kept; text stays text. With Theme.PAGE the page's custom properties
        `--chart-ink`, `--chart-muted`, `--chart-grid`, `--chart-series`, `--chart-signal` colour it.
        """
        drawn = _drawn(self._text())
        for place, colour in colours(theme).items():
            drawn = drawn.replace(place, colour)
        ids = f"figure-{self.key[:12]}"
        head = (
            f' role="img" aria-labelledby="{ids}-title {ids}-summary">'
            f'<title id="{ids}-title">{escape(self.title)}</title>'
            f'<desc id="{ids}-summary">{escape(self.summary)}</desc>'
        )
        return drawn.replace(">", head, 1)

    def themed_spec(self, theme: Theme = Theme.LIGHT) -> dict[str, Any]:
        """The specification with a theme's colours, as another program that draws Vega-Lite takes it."""
        text = self._text()
        for place, colour in colours(theme).items():
            text = text.replace(place, colour)
        spec: dict[str, Any] = json.loads(text)
        return spec

    def svg_file(self) -> str:
        """The figure as a file of its own, for a page that shows it as an image: it brings its colours along."""
        return self.svg(Theme.PAGE).replace("<title", f"<style>{own_colours()}</style><title", 1) + "\n"

    def _text(self) -> str:
        return json.dumps(self.spec, sort_keys=True, allow_nan=False)


def base_spec(title: str, width: int, height: int) -> dict[str, Any]:
    """What all figures share: size, the message over several lines if need be, quiet axes, tokens for colours."""
    axis = {
        "labelColor": TOKENS["muted"],
        "titleColor": TOKENS["muted"],
        "gridColor": TOKENS["grid"],
        "domainColor": TOKENS["muted"],
        "tickColor": TOKENS["muted"],
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    }
    return {
        "$schema": SCHEMA,
        "width": width - 80,
        "height": height,
        "autosize": {"type": "pad", "contains": "padding"},
        "background": "transparent",
        "title": {"text": textwrap.wrap(title, max(20, (width - 40) // 8)) or [""], "anchor": "start"},
        "config": {
            "aria": False,
            "font": "sans-serif",
            "view": {"stroke": None},
            "axis": axis,
            "title": {"color": TOKENS["ink"], "fontSize": 14, "fontWeight": "bold", "offset": 12},
            "legend": {
                "labelColor": TOKENS["ink"],
                "titleColor": TOKENS["ink"],
                "labelFontSize": 12,
                "labelLimit": 400,
            },
        },
    }


def told_apart(
    field: str, names: Sequence[str], colours: Sequence[str], shapes: Sequence[str], *, legend: bool = True
) -> dict[str, Any]:
    """The encoding of marks that differ in shape and colour by what `field` says; colours begin again after the last.

    Raises InvalidInput for more names than shapes: then nothing but colour would tell two apart.
    """
    if len(names) > len(shapes):
        raise InvalidInput(given=f"{len(names)} kinds of marks", expected=f"at most {len(shapes)}")
    shown = {"orient": "bottom", "title": None, "symbolOpacity": 1} if legend else None
    ranges = {"color": [colours[i % len(colours)] for i in range(len(names))], "shape": list(shapes[: len(names)])}
    return {
        channel: {"field": field, "type": "nominal", "legend": shown, "scale": {"domain": list(names), "range": range_}}
        for channel, range_ in ranges.items()
    }


def number(value: float | None, *, share: bool) -> str:
    """A number as people read it: a share as a percentage, otherwise three significant digits; "–" for none."""
    if value is None or value != value:  # noqa: PLR0124 NaN is the number that is not itself
        return "–"
    return f"{100 * value:.0f} %" if share else f"{value:.3g}"


def finite(values: Sequence[float | None]) -> list[float | None]:
    """The values as JSON can carry them: no NaN, no infinity."""
    return [None if v is None or v != v or abs(v) == float("inf") else float(v) for v in values]  # noqa: PLR0124


@lru_cache(maxsize=512)
def _drawn(text: str) -> str:
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(json.loads(text), vl_version=_VEGA_LITE, allowed_base_urls=[])
    return _tight(svg)


#: What Vega writes and nobody sees: the parts' own roles (the whole is one image, they would be read out as noise),
#: names of its groups, values that SVG has anyway, and the frames of empty groups.
_UNSEEN = re.compile(
    r' (?:role="graphics-[a-z]+"|aria-roledescription="[^"]*"|aria-hidden="true"|pointer-events="none"|class="[^"]*"'
    r'|opacity="1"|stroke-width="1"|font-weight="normal"|xmlns:xlink="[^"]*"|version="1.1"|transform="translate\(0,0\)")'
)
_EMPTY = re.compile(r'<path d="M0,0h0v0h0Z"/>|<path d="" display="none"/>|<g></g>')
_FONT = ' font-family="sans-serif" font-size="12px"'
_DECIMALS = re.compile(r"(\.\d\d)\d+")
_PATH = re.compile(r' d="[^"]*"')
_TENTHS = re.compile(r"(\.\d)\d+")


def _tight(svg: str) -> str:
    """The same drawing in half the bytes: what is not seen goes, and tenths of a pixel are fine enough.

    Only tags are touched, never the words between them (Vega escapes < and > there).
    """
    return _EMPTY.sub("", re.sub("<[^<>]*>", _tight_tag, svg)).replace(">", f"{_FONT}>", 1)


def _tight_tag(tag: re.Match[str]) -> str:
    seen = _UNSEEN.sub("", tag[0]).replace(_FONT, "")
    return _DECIMALS.sub(r"\1", _PATH.sub(lambda path: _TENTHS.sub(r"\1", path[0]), seen))


def _harmless(cell: str) -> str:
    return (
        f"'{cell}"
        if cell.startswith(("=", "+", "@", "\t", "\r")) or (cell[:1] == "-" and not _is_number(cell))
        else cell
    )


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
