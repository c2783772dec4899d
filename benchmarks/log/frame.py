"""Seconds to read 1,000,000 events into a frame (bar: 3) and to check their chain."""

from __future__ import annotations

import time
from pathlib import Path

EVENTS = 1_000_000


def fill(n_events: int = EVENTS) -> float:
    """Appends a made-up history through the same door as everything else; seconds that it took."""
    from django.db import transaction

    from coproduce import rng
    from coproduce.events import Role, kinds
    from coproduce.network.log import append

    draw = rng.stream(1, "bench")
    started = time.perf_counter()
    for first in range(0, n_events, 20_000):
        times = 1_700_000_000_000_000 + (first + draw.permutation(20_000)) * 1_000_000
        people, needs = draw.integers(1, 5_000, 20_000), draw.integers(5_000, 300_000, 20_000)
        with transaction.atomic():
            append(
                [
                    kinds.NeedStated(
                        time=int(moment), actor=int(who), subject=int(need), object=int(who), role=Role.PATIENT, topic=1
                    )
                    for moment, who, need in zip(times, people, needs, strict=True)
                ]
            )
    return round(time.perf_counter() - started, 2)


def read() -> dict[str, float]:
    """The best and the worst of three reads."""
    from coproduce.network.log import read_frame

    took = []
    for _ in range(3):
        started = time.perf_counter()
        frame = read_frame()
        took.append(time.perf_counter() - started)
    return {"n_events": len(frame), "best_seconds": round(min(took), 2), "worst_seconds": round(max(took), 2)}


def check(folder: Path) -> float:
    """Seconds that `verify` takes, chain and signed head."""
    from coproduce import clock
    from coproduce.network.log.verifying import sign, verify
    from coproduce.settings import Settings

    kept = Settings(data=folder)
    sign(kept, clock.now())
    started = time.perf_counter()
    verdict = verify(kept)
    took = time.perf_counter() - started
    if not verdict.holds:
        raise RuntimeError(verdict.problems)
    return round(took, 2)
