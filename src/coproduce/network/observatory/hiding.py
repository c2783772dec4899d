"""What the public does not see: numbers about so few people that somebody could be found behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from coproduce.events import Role
from coproduce.measures import Measurement
from coproduce.statistics.suppression import SMALLEST_SHOWN

WHY = f"hidden: fewer than {SMALLEST_SHOWN} behind this number, or behind one that it would give away"

#: Measures that count the people of the same total, each in exactly one of them.
_ROLES = tuple(f"S0.{role.name.lower()}" for role in Role if role not in (Role.COMPUTER, Role.UNKNOWN))
_LEVELS = tuple(f"E1.{level}" for level in range(5))
_PARTITIONS = (_ROLES, _LEVELS)

#: A cell is a count of people of one group in one measure; a line is a row or column of cells with a known total.
Cell = tuple[str, str]


def hidden(m: Measurement) -> Measurement:
    """The same measure without its number, and why."""
    return replace(m, value=None, n=None, low=None, high=None, missing=None, note=WHY)


def shown(whole: Sequence[Measurement]) -> list[Measurement]:
    """The numbers of everybody, in one window, as the public may see them.

    Hidden is what rests on 1 to 10 needs or people, and a count of 1 to 10 people with a role or at a level of
    engagement, with the next smallest where the total would give it away.
    """
    cells = {("", m.id): _count(m) for m in whole if any(m.id in names for names in _PARTITIONS)}
    gone = _hidden_cells(cells, across_groups=False)
    return [hidden(m) if _few(m) or ("", _counted(m.id)) in gone else m for m in whole]


def groups_shown(whole: Sequence[Measurement], grouped: Sequence[Measurement]) -> list[Measurement]:
    """Numbers by group as the public may see them; `whole` are those of everybody, as shown.

    `measure_all` has hidden small groups. What is left here: what is hidden for everybody, and within a large group a
    count of 1 to 10 people, with others of its row and column so that no total gives it away.
    """
    gone = {m.id for m in whole if m.note == WHY}
    cells = {
        (str(m.by), m.id): None if m.id in gone else _count(m)
        for m in grouped
        if any(m.id in names for names in _PARTITIONS)
    }
    small = _hidden_cells(cells, across_groups=True)
    return [hidden(m) if m.id in gone or _few(m) or (str(m.by), _counted(m.id)) in small else m for m in grouped]


def _few(m: Measurement) -> bool:
    return m.n is not None and 0 < m.n < SMALLEST_SHOWN


def _counted(measure_id: str) -> str:
    """The count behind a share of people at a level."""
    return measure_id.replace("E2.share.", "E1.")


def _count(m: Measurement) -> int | None:
    return None if m.value is None else int(m.value)


def _hidden_cells(cells: Mapping[Cell, int | None], *, across_groups: bool) -> set[Cell]:
    """The cells to hide: the small ones, those hidden before (None), and partners until no line gives one away."""
    gone = {cell for cell, count in cells.items() if count is None or 0 < count < SMALLEST_SHOWN}
    lines = list(_lines(cells, across_groups=across_groups))
    before = -1
    while len(gone) > before:
        before = len(gone)
        for line in lines:
            gone |= _partners(line, gone, cells)
    return gone


def _lines(cells: Iterable[Cell], *, across_groups: bool) -> Iterable[list[Cell]]:
    keys = list(cells)
    for names in _PARTITIONS:
        for group in dict.fromkeys(group for group, _name in keys):
            yield [cell for cell in keys if cell[0] == group and cell[1] in names]
        if across_groups:
            yield from ([cell for cell in keys if cell[1] == name] for name in names)


def _partners(line: list[Cell], gone: set[Cell], cells: Mapping[Cell, int | None]) -> set[Cell]:
    """The next larger cells of a line to hide, until two or more are hidden that hold 11 people or more together.

    Source: Willenborg and de Waal 2001, Elements of Statistical Disclosure Control, section 2.6.
    """
    chosen = {cell for cell in line if cell in gone}
    if not chosen:
        return chosen
    rest = sorted((cell for cell in line if cell not in gone and cells[cell]), key=lambda cell: (cells[cell], cell))
    # A cell hidden before, with its group, rests on a count that is not known here and was made safe there.
    held = sum(SMALLEST_SHOWN if cells[cell] is None else cells[cell] or 0 for cell in chosen)
    while rest and (len(chosen) < 2 or held < SMALLEST_SHOWN):
        cell = rest.pop(0)
        chosen.add(cell)
        held += cells[cell] or 0
    return chosen
