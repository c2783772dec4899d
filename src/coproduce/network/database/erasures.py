"""The list of erased people, kept outside the database, so that a restored backup does not bring anybody back.

One line of JSON an erasure: the pseudonymous id and when. No name, no word, so the list itself holds nothing to erase.
"""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from coproduce import clock
from coproduce.errors import BadFile

FILE = "erasures.jsonl"
#: Erasures shortly before a backup are repeated too: the transaction may still have been open when the backup was
#: taken, and clocks differ. Erasing twice is harmless.
MARGIN = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Erasure:
    """Somebody was erased: when, and their pseudonymous id."""

    at: datetime
    person_id: int


def record_erasure(data: Path, person_id: int, at: datetime) -> None:
    """Adds an erasure to the list; when this returns it is on the disk.

    A line that a crash cut in the middle is ended first, so that the new one stands by itself.
    """
    line = json.dumps({"at": clock.to_us(at), "person": person_id}) + "\n"
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(data / FILE, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":
            line = "\n" + line
        os.write(handle, line.encode("ascii"))
        os.fsync(handle)
    finally:
        os.close(handle)


def read_erasures(data: Path, *, since: datetime | None = None) -> tuple[Erasure, ...]:
    """Erasures in order of time; with `since`, those from a day before it on.

    Raises BadFile for a line that is no erasure, naming its number: an erasure must never be passed over in silence. A
    last line without its end is one that was being written when the machine stopped, and is passed over only if it
    cannot be read.
    """
    try:
        lines = (data / FILE).read_text("utf-8", "replace").split("\n")
    except FileNotFoundError:
        return ()
    found = []
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        erasure = _parse(line)
        if erasure:
            found.append(erasure)
        elif number < len(lines) and not _was_cut(line):
            raise BadFile(
                given=f"line {number} of {FILE}, which is no erasure",
                expected="a time and a person's id",
                next_step="Put the list back from a copy of the data folder.",
            )
    return tuple(sorted(erasure for erasure in found if since is None or erasure.at >= since - MARGIN))


def _parse(line: str) -> Erasure | None:
    try:
        row = json.loads(line)
        return Erasure(clock.from_us(int(row["at"])), int(row["person"]))
    except (ValueError, KeyError, TypeError, OverflowError):
        return None


def _was_cut(line: str) -> bool:
    """Whether this could be the beginning of one of our lines, cut by a crash and ended by the next erasure."""
    return line.startswith('{"at"') and not line.endswith("}")
