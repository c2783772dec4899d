"""`python -m benchmarks.searches`: quality, processor time and memory beside other searches, at three sizes.

Each system at each size runs in a process of its own, which indexes the same shelf and answers the same needs. Writes
benchmarks/results/searches.json. With a system and a size behind it, it measures that one and prints it.
"""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean

import numpy as np
import psutil

from benchmarks.log.setting import machine
from benchmarks.matching.data import Reference, reference
from benchmarks.matching.quality import plain_tantivy
from benchmarks.searches.shelves import shelf
from coproduce.matching import parse_need, rank, rebuild_index
from coproduce.matching.evaluation import ndcg
from coproduce.matching.text import plain_words
from coproduce.matching.wordlists import word_lists

SIZES = (1_000, 50_000, 1_000_000)
DEPTH = 10
#: Words to resource ids, best first; and a clock of the processor seconds that answering took so far.
Opened = tuple[Callable[[str], list[str]], Callable[[], float]]


@contextmanager
def coproduce(data: Reference, size: int, folder: Path) -> Iterator[Opened]:
    """The whole of Coproduce: parsing and ranking, in lexical mode."""
    index = rebuild_index(folder / "index", shelf(data, size))
    yield (
        lambda text: [offer.resource_id for offer in rank(parse_need(text, index.lexicon), index, k=DEPTH).offers],
        time.process_time,
    )


@contextmanager
def tantivy_alone(data: Reference, size: int, _folder: Path) -> Iterator[Opened]:
    """English stems and stop words, title and names boosted."""
    search = plain_tantivy(shelf(data, size))
    yield lambda text: search(text)[:DEPTH], time.process_time


@contextmanager
def fts5(data: Reference, size: int, folder: Path) -> Iterator[Opened]:
    """SQLite's full text search: Porter stems, our stop words, title and names weighing twice as much."""
    base = sqlite3.connect(folder / "fts5.db")
    base.execute("CREATE VIRTUAL TABLE shelf USING fts5(id UNINDEXED, title, names, body, tokenize='porter unicode61')")
    base.executemany("INSERT INTO shelf VALUES (?, ?, ?, ?)", rows(data, size))
    base.commit()

    def search(text: str) -> list[str]:
        words = " OR ".join(f'"{word}"' for word in telling(text))
        found = base.execute(
            "SELECT id FROM shelf WHERE shelf MATCH ? ORDER BY bm25(shelf, 0, 2, 2, 1) LIMIT ?", (words, DEPTH)
        )
        return [row[0] for row in found]

    yield search, time.process_time
    base.close()


@contextmanager
def bm25(data: Reference, size: int, _folder: Path) -> Iterator[Opened]:
    """bm25s over title, names and body together, English stop words."""
    import bm25s

    ids, texts = [], []
    for number, *parts in rows(data, size):
        ids.append(number)
        texts.append(" ".join(parts))
    retriever = bm25s.BM25()
    retriever.index(bm25s.tokenize(texts, stopwords="en", show_progress=False), show_progress=False)
    del texts

    def search(text: str) -> list[str]:
        asked = bm25s.tokenize([text], stopwords="en", show_progress=False)
        found, _ = retriever.retrieve(asked, k=DEPTH, show_progress=False)
        return [ids[int(place)] for place in found[0]]

    yield search, time.process_time


@contextmanager
def postgresql(data: Reference, size: int, folder: Path) -> Iterator[Opened]:
    """ts_rank with the normalisation that does best (1: logarithm of length), title and names weighing more, GIN."""
    import psycopg

    from coproduce.network.database import EmbeddedServer

    server = EmbeddedServer(folder / "data")
    with server.hold(), psycopg.connect(server.urls().owner, autocommit=True) as base:
        base.execute("CREATE TABLE shelf (id text, words tsvector)")
        base.execute("CREATE TEMPORARY TABLE raw (id text, title text, names text, body text)")
        with base.cursor().copy("COPY raw FROM STDIN") as copy:
            for row in rows(data, size):
                copy.write_row([part.replace("\x00", " ") for part in row])
        base.execute(
            "INSERT INTO shelf SELECT id, setweight(to_tsvector('english', title || ' ' || names), 'A') ||"
            " setweight(to_tsvector('english', left(body, 100000)), 'D') FROM raw"
        )
        base.execute("CREATE INDEX ON shelf USING gin (words)")
        base.execute("ANALYZE shelf")
        base.execute("SET max_parallel_workers_per_gather = 0")
        backend = psutil.Process(base.info.backend_pid)

        def search(text: str) -> list[str]:
            words = " | ".join(telling(text))
            found = base.execute(
                "SELECT id FROM shelf, to_tsquery('english', %s) asked WHERE words @@ asked"
                " ORDER BY ts_rank(words, asked, 1) DESC, id LIMIT %s",
                (words, DEPTH),
            )
            return [row[0] for row in found.fetchall()]

        yield search, lambda: sum(backend.cpu_times()[:2]) + time.process_time()


SYSTEMS = {
    "coproduce": coproduce,
    "tantivy": tantivy_alone,
    "fts5": fts5,
    "bm25s": bm25,
    "postgresql": postgresql,
}


def rows(data: Reference, size: int) -> Iterator[tuple[str, str, str, str]]:
    """Id, title, names and body of each resource."""
    for one in shelf(data, size):
        yield one.id, one.title, " ".join((*one.conditions, *one.aliases)), one.body


def telling(text: str) -> list[str]:
    """The words of a text without stop words, each once."""
    function = word_lists().function
    return list(dict.fromkeys(word for word in plain_words(text) if word not in function)) or ["nothing"]


def measured(name: str, size: int) -> dict[str, object]:
    """One system at one size, in this process."""
    data = reference()
    before, held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, anonymous_mb()
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        with SYSTEMS[name](data, size, Path(folder)) as (search, clock):
            built = time.perf_counter() - started
            found: dict[str, object] = {"system": name, "n_resources": size, "build_wall_s": round(built, 1)}
            times = []
            for wording in ("own", "summary"):
                search("a question to begin with")
                scores = []
                for need in data.answerable:
                    begun = clock()
                    ids = search(need.text(wording))
                    times.append((clock() - begun) * 1000)
                    scores.append(ndcg(ids, data.judgments[need.id]))
                found[f"ndcg_10_{wording}"] = round(fmean(scores), 4)
            found["memory_mb"] = round(anonymous_mb() - held)
            found["disk_mb"] = round(sum(one.stat().st_size for one in Path(folder).rglob("*") if one.is_file()) / 1e6)
    p50, p95 = np.percentile(times, [50, 95])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return found | {
        "cpu_ms": {"mean": round(fmean(times), 2), "p50": round(float(p50), 2), "p95": round(float(p95), 2)},
        # Files that are only mapped count in the peak, though the system takes them back when others need the room.
        "peak_mb_with_mapped_files": round((peak - before) / 1024),
    }


def anonymous_mb() -> float:
    """Memory of this process that stands in no file, in megabytes."""
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Anonymous:")) / 1024


def main() -> None:
    """Every system at every size, each in its own process."""
    found = []
    for size in SIZES:
        for name in SYSTEMS:
            command = [sys.executable, "-m", "benchmarks.searches", name, str(size)]
            answer = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
            if answer.returncode:
                sys.exit(f"{name} at {size}: {answer.stderr[-2000:]}")
            found.append(json.loads(answer.stdout.splitlines()[-1]))
            print(found[-1], file=sys.stderr, flush=True)
    text = json.dumps({"machine": machine(), "systems": found}, indent=2)
    Path(__file__).parents[1].joinpath("results", "searches.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(measured(sys.argv[1], int(sys.argv[2]))))
    else:
        main()
