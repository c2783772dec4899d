"""Processor time of parsing and ranking, of one change, and of building the index."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.matching.data import WORDINGS, Reference
from benchmarks.matching.quality import Search
from coproduce.matching import Lexicon, parse_need, rank, rebuild_index

REPEATS = 5


def processor_ms(work: Callable[[], object]) -> float:
    """Processor time of this process that some work takes, in milliseconds."""
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1000


def _percentiles(values: list[float]) -> dict[str, float]:
    p50, p95, p99 = np.percentile(values, [50, 95, 99])
    return {"p50": round(float(p50), 2), "p95": round(float(p95), 2), "p99": round(float(p99), 2)}


def a_need(data: Reference, peer: Search) -> dict[str, object]:
    """Processor time a need, over all needs in all wordings: parsing, ranking ten, both; and the peer's search."""
    texts = [need.text(wording) for need in data.needs for wording in WORDINGS] * REPEATS
    index = data.index
    rank(parse_need(texts[0], index.lexicon), index)
    index.lexicon.repaired("warmingup")
    parsing = [processor_ms(lambda text=text: parse_need(text, index.lexicon)) for text in texts]
    fresh = [processor_ms(lambda text=text: parse_need(text, Lexicon(index.searcher))) for text in texts]
    needs = [parse_need(text, index.lexicon) for text in texts]
    ranking = [processor_ms(lambda need=need: rank(need, index)) for need in needs]
    both = [first + second for first, second in zip(parsing, ranking, strict=True)]
    return {
        "n_resources": len(index),
        "parse_ms": _percentiles(parsing),
        "parse_just_after_a_commit_ms": _percentiles(fresh),
        "rank_ms": _percentiles(ranking),
        "parse_and_rank_ms": _percentiles(both),
        "plain_tantivy_ms": _percentiles([processor_ms(lambda text=text: peer(text)) for text in texts]),
    }


def the_index(data: Reference) -> dict[str, float]:
    """Processor seconds to build the index in a folder, its size, and the time from a change to being findable."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        build = processor_ms(lambda: rebuild_index(path, data.resources))
        index = rebuild_index(path, data.resources)
        changes = []
        for resource in data.resources[:20]:
            started = time.perf_counter()
            index.replace([resource])
            index.commit()
            assert index.card(resource.id) is not None
            changes.append((time.perf_counter() - started) * 1000)
        size = sum(file.stat().st_size for file in path.iterdir())
    return {
        "build_s": round(build / 1000, 2),
        "size_mb": round(size / 1e6, 1),
        "change_to_findable_p95_wall_ms": round(float(np.percentile(changes, 95)), 1),
    }
