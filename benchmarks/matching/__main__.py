"""`python -m benchmarks.matching` measures and writes benchmarks/results/matching.json."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path

from benchmarks.matching import people, quality, speed, thanks
from benchmarks.matching.data import reference


def main() -> None:
    """Measures quality and processor time, with plain tantivy side by side."""
    load = [round(value, 2) for value in os.getloadavg()]
    data = reference()
    peer = quality.plain_tantivy(data.resources)
    found = {
        "machine": {"cpu": _processor(), "cores": os.cpu_count(), "python": platform.python_version(), "load": load},
        "coproduce": quality.metrics(data, quality.ours(data)),
        "plain_tantivy": quality.metrics(data, peer),
        "unseen_needs": quality.against_peer(data, peer),
        "share_kept_when_misspelt": {
            "coproduce": quality.kept_when_misspelt(data, quality.ours(data)),
            "plain_tantivy": quality.kept_when_misspelt(data, peer),
        },
        "share_kept_in_other_wordings": quality.kept_in_other_wordings(data, quality.ours(data)),
        "dense": quality.dense(data, reference(dense=True)),
        "two_questions": quality.two_questions(data),
        "no_answer": quality.no_answer(data),
        "small_shelf": {
            "lexical": quality.on_a_small_shelf(dense=False),
            "dense": quality.on_a_small_shelf(dense=True),
        },
        "processor_time": speed.a_need(data, peer),
        "index": speed.the_index(data),
        "people": people.measured(),
        "thanks": thanks.measured(),
    }
    text = json.dumps(found, indent=2)
    Path(__file__).parents[1].joinpath("results", "matching.json").write_text(text + "\n", encoding="utf-8")
    print(text)


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.split(":", 1)[1].strip() for line in lines if "model name" in line), platform.processor())


if __name__ == "__main__":
    main()
