"""Rows of the log through PostgreSQL's binary COPY, straight into an array.

No column is ever empty and every one has a fixed width, so the stream is an array of equal records and nothing has to
be parsed row by row. Format: PostgreSQL documentation, COPY, "Binary Format".
"""

from __future__ import annotations

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from coproduce.errors import Tampered
from coproduce.network.log.chain import COLUMNS, HASH_BYTES

_WIDE = {**dict(COLUMNS), "hash": f"V{HASH_BYTES}"}
_SIGNATURE = b"PGCOPY\n\xff\r\n\0"
_HEADER = 19
_TRAILER = b"\xff\xff"


def copied(columns: str, where: str) -> NDArray[np.void]:
    """The rows that fulfil a condition, as an array with these columns (big-endian), in the order of the table.

    Raises Tampered when a row has another shape than the table gives every row.
    """
    names = columns.split(", ")
    with (
        connection.cursor() as cursor,
        cursor.copy(
            f"COPY (SELECT {columns} FROM log_event WHERE {where}) TO STDOUT (FORMAT binary)"  # noqa: S608
        ) as copy,
    ):
        stream = b"".join(copy)
    return parsed(stream, names)


def parsed(stream: bytes, names: list[str]) -> NDArray[np.void]:
    """The array in a binary COPY stream of these columns."""
    fields: list[tuple[str, str]] = [("n_fields", ">i2")]
    for name in names:
        fields += [(f"{name} width", ">i4"), (name, _WIDE[name])]
    record = np.dtype(fields)
    body = memoryview(stream)[_HEADER : len(stream) - len(_TRAILER)]
    if not stream.startswith(_SIGNATURE) or not stream.endswith(_TRAILER) or len(body) % record.itemsize:
        raise Tampered("A row of the event log has a shape that no event has.")
    rows = np.frombuffer(body, dtype=record)
    fits = (rows["n_fields"] == len(names)).all() and all(
        (rows[f"{name} width"] == np.dtype(_WIDE[name]).itemsize).all() for name in names
    )
    if not fits:
        raise Tampered("A row of the event log has a shape that no event has.")
    return rows[names]
