"""The numbers as comma-separated text, for a spreadsheet: groups and months, never people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from coproduce.figures import Table
from coproduce.network.observatory.queries import Found, MeasurePage

#: The columns of every file; `of` says what the line counts: everybody, a month, a site or a role.
COLUMNS = ("id", "of", "group", "from", "to", "value", "low", "high", "unit", "n", "missing", "note")


def measure_table(page: MeasurePage) -> Table:
    """One measure: everybody, each month, each site, each role."""
    number = page.number
    rows = [_line(number.whole, "everybody", "")]
    rows += [_line(found, "month", _month(found)) for found in number.months]
    for of, parts in (("site", number.sites), ("role", number.roles)):
        rows += [_line(found, of, _named(found, of, page.sites)) for found in parts]
    return Table(COLUMNS, tuple(rows))


def whole_table(wholes: Iterable[Found]) -> Table:
    """Every measure for everybody."""
    return Table(COLUMNS, tuple(_line(found, "everybody", "") for found in wholes))


def _line(found: Found, of: str, group: str) -> tuple[str, ...]:
    first, last = cast("list[str] | None", found["window"]) or ("", "")
    return (
        str(found["id"]), of, group, first, last,
        *_cells(found, ("value", "low", "high", "unit", "n", "missing", "note")),
    )  # fmt: skip


def _cells(found: Found, names: Iterable[str]) -> Iterator[str]:
    # repr of a float is exact: the file says what `coproduce measure --json` says.
    return ("" if found[name] is None else str(found[name]) for name in names)


def _month(found: Found) -> str:
    return cast("list[str]", found["window"])[0][:7]


def _named(found: Found, by: str, sites: Mapping[int, str]) -> str:
    code = cast("Mapping[str, object]", found["by"])[by]
    if code is None:
        return "unknown"
    return sites.get(cast("int", code), str(code)) if by == "site" else str(code)
