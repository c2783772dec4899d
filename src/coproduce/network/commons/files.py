"""Rows of a file of resources: JSON Lines or CSV, gzipped or not, whatever state the file is in."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from coproduce.errors import BadFile

#: The longest row; a resource has at most 60,000 characters.
LONGEST_ROW = 1_000_000


@dataclass(frozen=True)
class Row:
    """One row of a file, by its number from 1; `fault` says why it cannot be read."""

    number: int
    values: dict[str, Any]
    fault: str = ""


def digest(path: Path) -> str:
    """SHA-256 of a file, to know it again. Raises BadFile when it is not there."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as problem:
        raise BadFile(given="a file that cannot be opened", expected="a file of resources") from problem


def rows(path: Path) -> Iterator[Row]:
    """The rows of a JSON Lines or CSV file, gzip recognised by its content.

    A row that cannot be read is given with its fault, and reading goes on. Raises BadFile for a file of another kind
    or one that is cut: rows before the cut have been given by then.
    """
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        content = cast(IO[bytes], gzip.GzipFile(fileobj=raw)) if packed else raw
        try:
            yield from _csv_rows(content) if _is_csv(path, content) else _json_rows(content)
        except (EOFError, zlib.error, gzip.BadGzipFile) as problem:
            raise BadFile(
                given="a packed file that is cut or damaged",
                expected="a whole .gz file",
                next_step="Fetch it again; the rows before the damage were kept and are not repeated.",
            ) from problem


def _is_csv(path: Path, content: IO[bytes]) -> bool:
    start = content.read(4096)
    content.seek(0)
    if not start.strip(b"\xef\xbb\xbf \t\r\n"):
        raise BadFile(given="an empty file", expected="JSON Lines or CSV")
    if b"\x00" in start:
        raise BadFile(given="a file that is not text", expected="JSON Lines or CSV, gzip or not")
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return False
    if ".csv" in path.suffixes or b"," in start.split(b"\n", 1)[0]:
        return True
    raise BadFile(given="a file of another kind", expected="JSON Lines (a JSON object a line) or CSV with a header")


def _lines(content: IO[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """Numbered lines; None for one that is too long, which is passed over without being held."""
    number = 0
    while line := content.readline(LONGEST_ROW + 1):
        number += 1
        if len(line) <= LONGEST_ROW:
            yield number, line
            continue
        while not line.endswith(b"\n") and (line := content.readline(LONGEST_ROW + 1)):
            pass
        yield number, None


def _json_rows(content: IO[bytes]) -> Iterator[Row]:
    for number, line in _lines(content):
        if line is None:
            yield Row(number, {}, f"row longer than {LONGEST_ROW:,} bytes")
            continue
        if not line.strip():
            continue
        try:
            values = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
        except UnicodeDecodeError:
            yield Row(number, {}, "not UTF-8")
        except (ValueError, RecursionError):
            yield Row(number, {}, "not JSON")
        else:
            yield Row(number, values) if isinstance(values, dict) else Row(number, {}, "not a JSON object")


def _csv_rows(content: IO[bytes]) -> Iterator[Row]:
    text = io.TextIOWrapper(content, encoding="utf-8-sig", errors="surrogateescape", newline="")
    csv.field_size_limit(LONGEST_ROW)
    reader = csv.DictReader(text, restkey="(more)", restval="")
    number = 1
    while True:
        number += 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Row(number, {}, "not CSV")
            continue
        if "(more)" in values:
            yield Row(number, {}, "more columns than the header")
        elif any("\udc80" <= c <= "\udcff" for value in values.values() for c in str(value)):
            yield Row(number, {}, "not UTF-8")
        else:
            yield Row(number, values)
