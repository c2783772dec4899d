"""`make bench`: runs every part (or those named), each in its own process, then holds the bars.

A part is a folder here with a `__main__` that writes `results/<part>.json`, with the machine and its load. Ends with
status 1 when a part failed, or a bar that was measured is missed.
"""

from __future__ import annotations

import subprocess
import sys

from rich.console import Console
from rich.table import Table

from benchmarks.bars import FOLDER, bars

PARTS = sorted(path.parent.name for path in FOLDER.glob("*/__main__.py"))


def run(part: str, console: Console) -> bool:
    """Measures one part; False when it failed."""
    console.rule(part)
    return subprocess.run([sys.executable, "-m", f"benchmarks.{part}"], check=False).returncode == 0


def hold(console: Console) -> bool:
    """Shows every bar with its number; False when one is missed."""
    table = Table("Bar", "Promised", "Measured", "")
    is_kept = True
    for bar in bars():
        number = bar.measured()
        verdict = "not measured" if number is None else "kept" if bar.is_kept_by(number) else "MISSED"
        is_kept &= verdict != "MISSED"
        table.add_row(bar.what, bar.promise(), "" if number is None else f"{number:g}", verdict)
    console.print(table)
    return is_kept


def main(named: list[str]) -> int:
    """Runs the parts that were named, or all."""
    console = Console()
    unknown = sorted(set(named) - set(PARTS))
    if unknown:
        console.print(f"No part is named {', '.join(unknown)}. There are: {', '.join(PARTS) or 'none'}.")
        return 2
    done = [run(part, console) for part in named or PARTS]
    is_kept = hold(console)
    return 0 if all(done) and is_kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
