"""Rows of resources out of JSON Lines, CSV or a folder of Markdown, whatever state the files are in."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from coproduce.errors import BadFile
from coproduce.network.commons.frontmatter import parsed

#: The longest row; a resource has at most 60,000 characters.
LONGEST_ROW = 1_000_000
_MARK = b"\xef\xbb\xbf"
#: What `surrogateescape` makes of a byte that is not UTF-8.
_UNREAD = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file, by its number from 1; `fault` says why it cannot be read.

    `share` is how much of the file had been read when it came, 0 to 1.
    """

    number: int
    values: dict[str, Any]
    fault: str = ""
    field: str = ""
    share: float = 0.0


def digest(path: Path) -> str:
    """SHA-256 of a file, or of a folder's Markdown files, to know it again. Raises BadFile when it is not there."""
    try:
        whole = hashlib.sha256()
        for file in _markdown(path) if path.is_dir() else [path]:
            with file.open("rb") as content:
                whole.update(hashlib.file_digest(content, "sha256").digest())
            if file != path:
                whole.update(os.fsencode(file.name))
    except OSError as problem:
        raise BadFile(given="a file that cannot be opened", expected="a file of resources") from problem
    return whole.hexdigest()


def rows(path: Path) -> Iterator[Row]:
    """The rows of a JSON Lines or CSV file, gzip recognised by its content; or one for each .md file of a folder.

    A row that cannot be read is given with its fault, and reading goes on. Raises BadFile for a file of another kind
    or one that is cut: rows before the cut have been given by then.
    """
    if path.is_dir():
        yield from _folder_rows(path)
        return
    with path.open("rb") as raw:
        n_bytes = os.fstat(raw.fileno()).st_size or 1
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        content = cast(IO[bytes], gzip.GzipFile(fileobj=raw)) if packed else raw
        try:
            found = _csv_rows(content) if _is_csv(content) else _json_rows(content)
            for number, values, fault in found:
                yield Row(number, values, fault, share=raw.tell() / n_bytes)
        except (EOFError, zlib.error, gzip.BadGzipFile) as problem:
            raise BadFile(
                given="a packed file that is cut or damaged",
                expected="a whole .gz file",
                next_step="Fetch it again; the rows before the damage were kept and are not repeated.",
            ) from problem


def _markdown(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.suffix == ".md" and file.is_file())


def _folder_rows(folder: Path) -> Iterator[Row]:
    files = _markdown(folder)
    if not files:
        raise BadFile(given="a folder without .md files", expected="one Markdown file for each resource")
    for number, file in enumerate(files, start=1):
        share = number / len(files)
        if file.stat().st_size > LONGEST_ROW:
            yield Row(number, {}, f"longer than {LONGEST_ROW:,} bytes", share=share)
            continue
        try:
            fields, body = parsed(file.read_text("utf-8"))
        except UnicodeDecodeError:
            yield Row(number, {}, "not UTF-8", share=share)
        except BadFile as problem:
            yield Row(number, {}, f"expected {problem.expected}", share=share)
        else:
            yield Row(number, {**fields, "body": body}, share=share)


def _is_csv(content: IO[bytes]) -> bool:
    start = content.read(4096)
    content.seek(0)
    text = start.removeprefix(_MARK).lstrip()
    if not text:
        raise BadFile(given="an empty file", expected="JSON Lines or CSV")
    if b"\x00" in start or start.startswith((b"%PDF", b"\xff\xfe", b"\xfe\xff")):
        raise BadFile(given="a file that is no UTF-8 text", expected="JSON Lines or CSV, gzip or not")
    if text.startswith(b"{"):
        return False
    if b"," in text.split(b"\n", 1)[0] and not text.startswith((b"[", b"<")):
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


def _json_rows(content: IO[bytes]) -> Iterator[tuple[int, dict[str, Any], str]]:
    for number, line in _lines(content):
        if line is None:
            yield number, {}, f"row longer than {LONGEST_ROW:,} bytes"
            continue
        if not line.strip():
            continue
        try:
            values = json.loads((line.removeprefix(_MARK) if number == 1 else line).decode())
        except UnicodeDecodeError:
            yield number, {}, "not UTF-8"
        except (ValueError, RecursionError):
            yield number, {}, "not JSON"
        else:
            yield (number, values, "") if isinstance(values, dict) else (number, {}, "not a JSON object")


def _csv_rows(content: IO[bytes]) -> Iterator[tuple[int, dict[str, Any], str]]:
    reader = csv.DictReader(_csv_lines(content), restkey="(more)", restval="")
    csv.field_size_limit(LONGEST_ROW)
    number = 1
    while True:
        number += 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield number, {}, "not CSV"
            continue
        if "(more)" in values:
            yield number, {}, "more columns than the header"
        elif any("\x00" in value for value in values.values()):
            yield number, {}, f"a null byte, or longer than {LONGEST_ROW:,} bytes"
        elif any(not value.isascii() and _UNREAD.search(value) for value in values.values()):
            yield number, {}, "not UTF-8"
        else:
            yield number, values, ""


def _csv_lines(content: IO[bytes]) -> Iterator[str]:
    """Lines for the CSV reader; one that is too long is not held, and becomes a null byte, which no row may have."""
    for number, line in _lines(content):
        if line is None:
            yield "\x00\n"
        else:
            yield (line.removeprefix(_MARK) if number == 1 else line).decode("utf-8", "surrogateescape")
