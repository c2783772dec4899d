"""People of the small models, who have neither sites, resources nor needs: their first event and their table."""

from __future__ import annotations

import numpy as np
import polars as pl

from coproduce.events import Role, kinds
from coproduce.simulator.recorder import Writer
from coproduce.simulator.result import NEEDS, PEOPLE, RESOURCES, SITES, Tables
from coproduce.simulator.streams import FloatArray, IntArray

_EMPTY = tuple(pl.DataFrame(schema=schema) for schema in (SITES, RESOURCES, NEEDS))


def join_all(writer: Writer, role: IntArray) -> None:
    """Records that people with these roles joined; their ids are 1, 2, 3 ..."""
    ids = np.arange(1, role.size + 1)
    writer.write(kinds.Joined, role.size, actor=ids, role=role, value=role.astype(np.float64))


def of_role(role: Role, n: int) -> IntArray:
    """This role n times."""
    return np.full(n, int(role), dtype=np.int64)


def tables(role: IntArray, outcome: FloatArray) -> Tables:
    """People with these roles and this outcome each; activation is not a thing of these models."""
    n = role.size
    absent = np.full(n, -1, dtype=np.int64)
    people = {
        "id": np.arange(1, n + 1),
        "role": role,
        **dict.fromkeys(("site", "clinic", "condition", "left", "stratum"), absent),
        "patient": np.arange(1, n + 1),
        "joined": np.zeros(n, dtype=np.int64),
        "activation": np.full(n, np.nan),
        "engagement": np.zeros(n, dtype=np.int64),
        "outcome": outcome,
    }
    return Tables(pl.DataFrame({name: people[name] for name in PEOPLE}, schema=PEOPLE), *_EMPTY)
