"""`python -m benchmarks.service` measures and writes benchmarks/results/service.json.

Times are those of a client on the same machine, over loopback: the client's own work and the wait for a free thread
are in them, so what the server takes is less, never more.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.log.setting import machine
from benchmarks.service import crowd, network, pages

#: People who read for a second before they go on; and people who do nothing but ask, which no network meets.
PAUSES = (1.0, 0.0)
RUNS = 2


def main() -> None:
    """Runs every case in turn."""
    found: dict[str, object] = {"machine": machine()}
    with tempfile.TemporaryDirectory(prefix="coproduce-bench-") as folder:
        data = Path(folder) / "data"
        with network.served(data) as fresh:
            network.use(data, fresh.port)
            found["first_page_of_a_fresh_demo_seconds"] = fresh.seconds
            found["demo_pages"] = pages.measure(fresh)
            found["import"] = _import()
        with network.served(data) as full:
            found["first_page_of_a_made_network_seconds"] = full.seconds
            keys, texts = crowd.sessions(), crowd.words()
            crowds = {}
            for pause in PAUSES:
                runs = [crowd.state_needs(full, keys, texts, pause=pause) for _ in range(RUNS)]
                crowds["reading" if pause else "never_reading"] = _least(runs, "state_and_page_ms")
            found["ten_people"] = crowds
            found["memory_of_a_web_process"] = full.megabytes()
    found["load_after"] = [round(load, 2) for load in os.getloadavg()]
    text = json.dumps(found, indent=2)
    Path(__file__).parents[1].joinpath("results", "service.json").write_text(text + "\n")
    print(text)


def _least(runs: list[dict[str, Any]], by: str) -> dict[str, Any]:
    """The best run, which other work on the machine disturbed least, and that number in all of them."""

    def number(run: dict[str, Any]) -> float:
        return float(run[by]["p95"])

    return {"p95_ms_of_each_run": [number(run) for run in runs], "best": min(runs, key=number)}


def _import() -> dict[str, object]:
    """Seconds to import the 47,415 reference resources, the index included."""
    from benchmarks.matching.data import folder
    from coproduce.network.commons.importing import import_file
    from coproduce.network.people.asking import computer

    wall, processor = time.perf_counter(), time.process_time()
    receipt = import_file(computer("import"), folder() / "medquad.jsonl.gz", origin="medquad")
    return {
        "accepted": receipt.accepted,
        "seconds": round(time.perf_counter() - wall, 1),
        "processor_seconds": round(time.process_time() - processor, 1),
    }


if __name__ == "__main__":
    main()
