"""`python -m benchmarks.log` measures and writes benchmarks/results/log.json."""

from __future__ import annotations

import json
import os
from pathlib import Path

from benchmarks.log import append, frame
from benchmarks.log.setting import fsync_microseconds, machine, network


def main() -> None:
    """Runs every case in turn."""
    found: dict[str, object] = {"machine": machine()}
    with network() as server:
        found["fsync_microseconds"] = fsync_microseconds(server.layout.data)
        found["append_8_writers"] = [append.rate(1), append.rate(4)]
        found["fill_seconds"] = frame.fill()
        found["read_frame"] = frame.read()
        found["verify_seconds"] = frame.check(server.layout.data / "heads")
    found["load_after"] = [round(load, 2) for load in os.getloadavg()]
    text = json.dumps(found, indent=2)
    Path(__file__).parents[1].joinpath("results", "log.json").write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
