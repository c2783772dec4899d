"""`python -m benchmarks.matching [PART]...` measures and writes benchmarks/results/matching.json.

A part that is named alone leaves the others as they are, and says on which machine it was measured anew.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

from benchmarks.log.setting import machine
from benchmarks.matching import people, quality, speed, thanks
from benchmarks.matching.data import reference

RESULTS = Path(__file__).parents[1] / "results" / "matching.json"


@cache
def _peer() -> quality.Search:
    return quality.plain_tantivy(reference().resources)


def _ours() -> quality.Search:
    return quality.ours(reference())


#: Quality and processor time, with plain tantivy side by side.
PARTS: dict[str, Callable[[], object]] = {
    "coproduce": lambda: quality.metrics(reference(), _ours()),
    "plain_tantivy": lambda: quality.metrics(reference(), _peer()),
    "unseen_needs": lambda: quality.against_peer(reference(), _peer()),
    "share_kept_when_misspelt": lambda: {
        "coproduce": quality.kept_when_misspelt(reference(), _ours()),
        "plain_tantivy": quality.kept_when_misspelt(reference(), _peer()),
    },
    "share_kept_in_other_wordings": lambda: quality.kept_in_other_wordings(reference(), _ours()),
    "dense": lambda: quality.dense(reference(), reference(dense=True)),
    "two_questions": lambda: quality.two_questions(reference()),
    "no_answer": lambda: quality.no_answer(reference()),
    "small_shelf": lambda: {
        "lexical": quality.on_a_small_shelf(dense=False),
        "dense": quality.on_a_small_shelf(dense=True),
    },
    "processor_time": lambda: speed.a_need(reference(), _peer()),
    "index": lambda: speed.the_index(reference()),
    "people": people.measured,
    "thanks": thanks.measured,
}


def main(named: list[str]) -> int:
    """Measures the parts that were named, or all."""
    unknown = sorted(set(named) - set(PARTS))
    if unknown:
        print(f"No part is named {', '.join(unknown)}. There are: {', '.join(PARTS)}.")
        return 2
    found = json.loads(RESULTS.read_text(encoding="utf-8")) if named else {"machine": machine()}
    for part in named or PARTS:
        if named:
            found.setdefault("measured_anew", {})[part] = machine()
        found[part] = PARTS[part]()
        print(part, json.dumps(found[part], indent=2))
    RESULTS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
