"""Appended events a second from 8 writers, each a process of its own, each transaction durable. Bar: 1,000."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from typing import Any

WRITERS = 8
SECONDS = 5.0


def _write(events_each: int, begin: Any, answers: Any) -> None:
    import django

    django.setup()
    from django.db import connection, transaction

    from coproduce.events import Role, kinds
    from coproduce.network.log import append, previous

    connection.ensure_connection()
    begin.wait()
    waits: list[float] = []
    end = time.perf_counter() + SECONDS
    while (started := time.perf_counter()) < end:
        now = 1_772_366_400_000_000
        events = [kinds.NeedStated(time=now, actor=1, subject=2, object=1, role=Role.FAMILY, topic=1, value=3.0)]
        events += [
            kinds.ResourceMatched(
                time=now, subject=2, object=9, role=Role.COMPUTER, value=float(rank), cause=previous(0)
            )
            for rank in range(1, events_each)
        ]
        with transaction.atomic():
            append(events)
        waits.append(time.perf_counter() - started)
    answers.put(waits)


def rate(events_each: int) -> dict[str, float]:
    """Events and transactions a second, and how long one transaction took, with this many events in each."""
    context = multiprocessing.get_context("spawn")
    begin, answers = context.Barrier(WRITERS), context.Queue()
    writers = [context.Process(target=_write, args=(events_each, begin, answers)) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    waits = sorted(wait for _ in writers for wait in answers.get())
    for writer in writers:
        writer.join()
    return {
        "events_per_transaction": events_each,
        "events_per_second": round(len(waits) * events_each / SECONDS),
        "transactions_per_second": round(len(waits) / SECONDS),
        "p50_ms": round(statistics.median(waits) * 1000, 2),
        "p95_ms": round(waits[int(len(waits) * 0.95)] * 1000, 2),
    }
