"""Rows of the log through PostgreSQL's binary COPY, straight into arrays.

The server packs each block of rows into one array a column, so that neither side does anything row by row but make the
numbers. No column is ever empty and every one has a fixed width, so what arrives is an array already. Formats:
PostgreSQL documentation, COPY, "Binary Format"; `array_send` in src/backend/utils/adt/arrayfuncs.c.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from coproduce.errors import Tampered
from coproduce.network.log.chain import COLUMNS, HASH_BYTES

#: Rows in a block: enough that the cost of a block vanishes, few enough that the server holds little.
BLOCK = 1000
_TYPES: Mapping[str, np.dtype] = {
    **{name: np.dtype(kind) for name, kind in COLUMNS},
    "hash": np.dtype(f"V{HASH_BYTES}"),
}
_SIGNATURE = b"PGCOPY\n\xff\r\n\0"
_HEADER = 19
#: dimensions, flags (1: holds an empty element), element type, length, lower bound
_ARRAY = struct.Struct(">iiiii")
_WIDTH = struct.Struct(">i")
_FIELDS = struct.Struct(">h")


def blocks(columns: str, *, after: int, until: int, only: str = "true") -> Iterator[dict[str, NDArray[np.void]]]:
    """The rows with after < seq <= until, in order, a block at a time, as big-endian arrays by column.

    `columns` and `only` (a further condition) are text of ours; COPY takes no parameters.
    Raises Tampered when a row has another shape than the table gives every row.
    """
    names = columns.split(", ")
    packed = ", ".join(f"array_agg({name}) AS {name}" for name in names)
    statement = f"""
        COPY (
            SELECT block.* FROM generate_series({after + 1:d}::bigint, {until:d}::bigint, {BLOCK}) AS first,
            LATERAL (
                SELECT {packed} FROM (
                    SELECT {columns} FROM log_event
                    WHERE seq >= first AND seq < first + {BLOCK} AND seq <= {until:d} AND {only} ORDER BY seq
                ) AS ordered HAVING count(*) > 0
            ) AS block
        ) TO STDOUT (FORMAT binary)"""  # noqa: S608
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for number, message in enumerate(copy):
            record = bytes(message)
            if number == 0:
                if not record.startswith(_SIGNATURE):
                    raise _misshapen()
                record = record[_HEADER:]
            if record and record != b"\xff\xff":
                yield _block(record, names)


def _block(record: bytes, names: list[str]) -> dict[str, NDArray[np.void]]:
    if _FIELDS.unpack_from(record)[0] != len(names):
        raise _misshapen()
    found: dict[str, NDArray[np.void]] = {}
    at, n_rows = _FIELDS.size, -1
    for name in names:
        kind = _TYPES[name]
        dimensions, holed, _, length, _ = _ARRAY.unpack_from(record, at + _WIDTH.size)
        element = np.dtype([("width", ">i4"), ("value", kind)])
        start = at + _WIDTH.size + _ARRAY.size
        at += _WIDTH.size + _WIDTH.unpack_from(record, at)[0]
        n_rows = length if n_rows < 0 else n_rows
        if dimensions != 1 or holed or length != n_rows or at - start != length * element.itemsize:
            raise _misshapen()
        elements = np.frombuffer(record, element, length, start)
        if (elements["width"] != kind.itemsize).any():
            raise _misshapen()
        found[name] = elements["value"]
    return found


def _misshapen() -> Tampered:
    return Tampered("A row of the event log has a shape that no event has.", next_step="Run `coproduce log verify`.")
