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


def link(before: bytes, canonical: bytes) -> bytes:
    """The hash of one event: SHA-256 of the hash before it and the event's canonical bytes."""
    return hashlib.sha256(before + canonical).digest()


def first_broken(before: bytes, rows: NDArray[np.void], hashes: NDArray[np.void]) -> tuple[int | None, bytes]:
    """Position of the first row whose hash does not follow (None: all do), and the last hash that does.

    `rows` has dtype CANONICAL, `hashes` the stored hash of each row as 32 raw bytes.
    """
    packed = rows.tobytes()
    stored = hashes.tobytes()
    width = CANONICAL.itemsize
    sha256 = hashlib.sha256
    for i in range(len(rows)):
        digest = sha256(before + packed[i * width : (i + 1) * width]).digest()
        if digest != stored[i * HASH_BYTES : (i + 1) * HASH_BYTES]:
            return i, before
        before = digest
    return None, before
