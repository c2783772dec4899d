"""What commands show on a console: a bar with the time left for what takes long, and a plain table."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from coproduce.clock import monotonic

#: Nothing is drawn on standard error for what takes less than this, in seconds.
_PATIENCE = 1.0


@contextlib.contextmanager
def progress(total: int, noun: str, *, done: int = 0) -> Iterator[Callable[[int], None]]:
    """A bar on standard error with the time left, once more than a second has passed; call it with how many are done.

    `done` of the total were there before, and do not count for the time left.
    """
    began, so_far = monotonic(), done
    with contextlib.ExitStack() as stack:
        shown: Any = None

        def advance(n: int = 1) -> None:
            nonlocal shown, so_far
            so_far += n
            if shown is None and monotonic() - began > _PATIENCE:
                from rich.console import Console
                from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

                columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
                bar = stack.enter_context(Progress(*columns, console=Console(stderr=True), transient=True))
                shown = (bar, bar.add_task(noun, total=total, completed=so_far))
            elif shown is not None:
                shown[0].advance(shown[1], n)

        yield advance


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table on standard output: as wide as the screen, or as a page where there is none."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, pad_edge=False, header_style="bold")
    for head in heads:
        shown.add_column(head, overflow="fold")
    for row in rows:
        shown.add_row(*(Text(cell) for cell in row))
    Console(width=None if sys.stdout.isatty() else 200).print(shown)
