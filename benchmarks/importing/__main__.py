"""`python -m benchmarks.importing` measures and writes benchmarks/results/importing.json."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.log.setting import machine

RESULT = Path(__file__).parents[1] / "results" / "importing.json"


def file() -> Path:
    """The 47,415 resources of the data named by COPRODUCE_TEST_DATA, by default ../shared/data."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    return Path(os.environ.get("COPRODUCE_TEST_DATA") or beside) / "matching" / "medquad.jsonl.gz"


def command(environment: dict[str, str], *words: str) -> dict[str, object]:
    """Runs a command of ours as anybody would; its answer, with wall and processor seconds of its own process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "coproduce", *words], env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "seconds": round(seconds, 1),
        "cpu_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
        **(json.loads(done.stdout) if done.stdout.strip() else {}),
    }


def main() -> None:
    """A new network, the file twice, the index once more; nothing of it is kept."""
    with tempfile.TemporaryDirectory(prefix="coproduce-bench-") as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("COPRODUCE_")}
        environment["COPRODUCE_DATA"] = str(Path(folder) / "data")
        found: dict[str, object] = {"machine": machine()}
        command(environment, "init")
        importing = ("commons", "import", str(file()), "--origin", "medquad", "--json")
        found["first"] = command(environment, *importing)
        found["again"] = command(environment, *importing)
        found["reindex"] = command(environment, "commons", "reindex", "--json")
        found["peak_megabytes"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    text = json.dumps(found, indent=2)
    RESULT.write_text(text + "\n")
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
