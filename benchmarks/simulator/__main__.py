"""`python -m benchmarks.simulator [PART]...` measures the laboratory; results in benchmarks/results/simulator.json.

Parts: peers, same_statistics, every_layer, memory, many_runs, first_numbers, first_bands; and agreement, which takes
minutes and is not run by default. `table` prints the tables of the page about the engines. A part that is named alone
leaves the results of the others as they are. All is processor time, on one core unless said: other programs on the
machine make it longer still, by way of caches.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.log.setting import machine
from benchmarks.simulator import footprint, layers, speed
from benchmarks.simulator.table import tables

RESULTS = Path(__file__).parents[1] / "results" / "simulator.json"
PARTS: dict[str, Callable[[], object]] = {
    "peers": speed.peers, "same_statistics": speed.same_statistics, "memory": footprint.memory,
    "many_runs": footprint.many_runs, "first_numbers": footprint.first_numbers, "first_bands": footprint.first_bands,
    "every_layer": layers.every_layer, "agreement": speed.long_agreement,
}  # fmt: skip
SLOW = {"agreement"}


def main(named: list[str]) -> int:
    """Measures the parts that were named, or all that are quick enough."""
    if named == ["table"]:
        print(*tables(json.loads(RESULTS.read_text())), sep="\n\n")
        return 0
    unknown = sorted(set(named) - set(PARTS))
    if unknown:
        print(f"No part is named {', '.join(unknown)}. There are: {', '.join(PARTS)}.")
        return 2
    found = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    for part in named or [part for part in PARTS if part not in SLOW]:
        measured_on = machine()
        found[part] = {"machine": measured_on, "measured": PARTS[part]()}
        print(part, json.dumps(found[part], indent=2))
        RESULTS.write_text(json.dumps(found, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
