"""`python -m benchmarks.service` measures and writes benchmarks/results/service.json.

Times are those of a client on the same machine, over loopback: the client's own work and the wait for a free thread
are in them, so what the server takes is less, never more. Processor time is that of the same pages answered in one
process: other work on the machine disturbs it little.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from benchmarks.log.setting import machine
from benchmarks.service import network, pages


def main() -> None:
    """Makes the example network, serves it, and asks for every page as each of its visitors."""
    found: dict[str, object] = {"machine": machine()}
    with tempfile.TemporaryDirectory(prefix="coproduce-bench-") as folder:
        data = Path(folder) / "data"
        with network.served(data) as fresh:
            network.use(data, fresh.port)
            found["first_page_of_a_fresh_demo_seconds"] = fresh.seconds
            found["demo_pages"] = pages.measure(fresh)
            found["processor_time"] = pages.processor_time()
            found["memory_of_a_web_process"] = fresh.megabytes()
    found["load_after"] = [round(load, 2) for load in os.getloadavg()]
    text = json.dumps(found, indent=2)
    Path(__file__).parents[1].joinpath("results", "service.json").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
