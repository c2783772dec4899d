"""The hash chain: one canonical form of an event's columns, and SHA-256 over it and the hash before it.

hash(n) = SHA-256( hash(n-1) || seq || time || recorded || kind || actor || subject || object || role || site
                   || topic || value || cause )

Every number is big-endian two's complement of the width in COLUMNS; `value` is IEEE 754 binary64 with one NaN
(7ff8000000000000) and no negative zero. The hash before the first event is the log's own random beginning. The same
is written in SQL in the function `log_append`, which makes the hashes; docs/explanation/event-log.md tells anyone how
to check them without this code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Column, width in bytes and type, in the order in which they are hashed.
COLUMNS = (
    ("seq", ">i8"),
    ("time", ">i8"),
    ("recorded", ">i8"),
    ("kind", ">i2"),
    ("actor", ">i8"),
    ("subject", ">i8"),
    ("object", ">i8"),
    ("role", ">i2"),
    ("site", ">i4"),
    ("topic", ">i4"),
    ("value", ">f8"),
    ("cause", ">i8"),
)
CANONICAL = np.dtype(list(COLUMNS))
HASH_BYTES = 32


def canonical(columns: Mapping[str, NDArray[Any]]) -> bytes:
    """The canonical bytes of rows given as big-endian arrays by column, one row after the other."""
    rows = np.empty(len(columns["seq"]), CANONICAL)
    for name, _ in COLUMNS:
        rows[name] = columns[name]
    return rows.tobytes()


def link(before: bytes, row: bytes) -> bytes:
    """The hash of one event: SHA-256 of the hash before it and the event's canonical bytes."""
    return hashlib.sha256(before + row).digest()


def links(before: bytes, rows: bytes) -> list[bytes]:
    """The hash of each event of a stretch, from the hash before it and the canonical bytes of its rows."""
    width = CANONICAL.itemsize
    sha256 = hashlib.sha256
    found = []
    for start in range(0, len(rows), width):
        before = sha256(before + rows[start : start + width]).digest()
        found.append(before)
    return found
