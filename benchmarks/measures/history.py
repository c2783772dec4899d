"""A made-up history of a network: people join, state needs, are answered, confirm, withdraw or stay silent."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coproduce import rng
from coproduce.clock import DAY_US
from coproduce.events import Event, EventFrame, kinds

START = 1_767_225_600_000_000
RESOURCES = 5_000_000


def history(n_needs: int, n_people: int, days: int = 700, sites: int = 20) -> EventFrame:
    """About five events a need, in order of time; 15 % of the needs stay open, 10 % silent."""
    draws = rng.stream(1, "benchmark measures")
    parts: list[pl.DataFrame] = []

    def add(kind: type[Event], time: NDArray[np.float64], actor: NDArray[np.int64], **columns: object) -> None:
        filled: dict[str, object] = {"subject": -1, "object": -1, "value": float("nan"), **columns}
        rows = {"time": START + (time * DAY_US).astype(np.int64), "actor": actor, "kind": kind.meaning.code}
        role, site = 1 + actor % 4, actor % sites
        parts.append(pl.DataFrame({**rows, "role": role, "site": site, **filled}))

    people = np.arange(n_people)
    joined = draws.random(n_people) ** 2 * days * 0.8
    add(kinds.Joined, joined, people, value=1.0 + people % 4)
    owner, helper = draws.integers(0, n_people, (2, n_needs))
    need = n_people + np.arange(n_needs)
    stated = np.minimum(joined[owner] + draws.random(n_needs) * days * 0.8, days)
    add(kinds.NeedStated, stated, owner, subject=need, value=draws.choice([1.0, 7.0, 30.0], n_needs))
    resource = RESOURCES + draws.integers(0, 500, n_needs)
    add(kinds.ResourceMatched, stated + 0.001, owner, subject=need, object=resource)
    replied = stated + draws.exponential(2, n_needs)
    add(kinds.Replied, replied, helper, subject=need)
    add(kinds.ResourceUsed, replied + 0.3, owner, subject=need, object=resource)
    ended, fate = replied + draws.exponential(5, n_needs), draws.random(n_needs)
    exits = ((kinds.NeedConfirmed, 0.0, 0.6), (kinds.NeedWithdrawn, 0.6, 0.7), (kinds.NeedExpired, 0.7, 0.8))
    for kind, low, high in (*exits, (kinds.NeedUnreachable, 0.8, 0.85)):
        chosen = (fate >= low) & (fate < high)
        add(kind, ended[chosen], owner[chosen], subject=need[chosen], object=resource[chosen])
    thankful = fate < 0.3
    add(kinds.Thanked, ended[thankful], owner[thankful], subject=resource[thankful], object=helper[thankful])
    rows = pl.concat(parts, how="diagonal_relaxed").sort("time").with_row_index("seq")
    return EventFrame.from_rows(rows.with_columns(run=0, recorded="time", topic=-1, cause=-1))
