"""Resources, needs, runs and judgments as files, read with care: what is wrong is said with its row."""

from __future__ import annotations

import gzip
import json
import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from coproduce.errors import BadFile, InvalidInput
from coproduce.matching.evaluation import Judgments
from coproduce.matching.ranking import Ranking
from coproduce.matching.resource import Resource

#: A longer line is not a row of text but a mistake.
LINE_LIMIT = 8_000_000
FIELDS = ("own", "summary", "paraphrase")


@dataclass(frozen=True, slots=True)
class WrittenNeed:
    """A need of a needs file."""

    id: str
    subject: str
    message: str
    paraphrase: str
    summary: str

    def text(self, field: str) -> str:
        """The wording to search with: `own` is subject, newline, message."""
        if field == "own":
            return f"{self.subject}\n{self.message}"
        return self.summary if field == "summary" else self.paraphrase


def read_resources(path: Path) -> Iterator[Resource]:
    """The resources of a JSON Lines file, plain or gzip; raises BadFile with the row that cannot be used."""
    seen: set[str] = set()
    for row, data in _rows(path):
        try:
            resource = Resource.from_mapping(data)
        except InvalidInput as error:
            raise _bad(path, row, error.given, error.expected) from error
        if resource.id in seen:
            raise _bad(path, row, "an id that an earlier row has", "each id once")
        seen.add(resource.id)
        yield resource


def read_needs(path: Path) -> list[WrittenNeed]:
    """The needs of a JSON Lines file; raises BadFile with the row that cannot be used."""
    needs: dict[str, WrittenNeed] = {}
    for row, data in _rows(path):
        texts = [data.get(name, "") for name in ("subject", "message", "paraphrase", "summary")]
        qid = data.get("qid")
        if isinstance(qid, int) and not isinstance(qid, bool):
            qid = str(qid)
        if not isinstance(qid, str) or not _is_one_word(qid):
            raise _bad(path, row, "a qid that is missing or holds a space", "a short id without spaces")
        if not all(isinstance(text, str) for text in texts):
            raise _bad(path, row, "a field that is no text", "subject, message, paraphrase and summary as text")
        if qid in needs:
            raise _bad(path, row, "a qid that an earlier row has", "each qid once")
        needs[qid] = WrittenNeed(qid, *texts)
    if not needs:
        raise BadFile(given=f"{path.name} without needs", expected="one need a line, as JSON")
    return list(needs.values())


def write_run(stream: IO[str], qid: str, ranking: Ranking, *, tag: str = "coproduce") -> int:
    """Write one need's offers as lines of a TREC run file; gives how many.

    Scores fall by at least 0.000001 from line to line, so that tools which sort by score keep the order shown.
    """
    last = math.inf
    for offer in ranking.offers:
        if not _is_one_word(offer.resource_id):
            raise BadFile(
                given="a resource id with a space", expected="ids without spaces, as run files are cut at spaces"
            )
        last = min(round(offer.score, 6), last - 1e-6)
        stream.write(f"{qid} Q0 {offer.resource_id} {offer.rank} {last:.6f} {tag}\n")
    return len(ranking.offers)


def read_run(path: Path) -> dict[str, dict[str, float]]:
    """A TREC run file (`qid Q0 resource_id rank score tag`); raises BadFile with the line that cannot be used."""
    run: dict[str, dict[str, float]] = {}
    for row, line in _lines(path):
        parts = line.split()
        score = _number(parts[4]) if len(parts) == 6 else None
        if score is None:
            raise _bad(path, row, "a line of another form", "qid Q0 resource_id rank score tag")
        scores = run.setdefault(parts[0], {})
        if parts[2] in scores:
            raise _bad(path, row, "a resource that the need already has", "each resource once a need")
        scores[parts[2]] = score
    if not run:
        raise BadFile(given=f"{path.name} without lines", expected="a TREC run file")
    return run


def read_judgments(path: Path) -> Judgments:
    """Judgments: need, resource and grade between tabs, with or without a header line; raises BadFile with the line."""
    judgments: dict[str, dict[str, int]] = {}
    for row, line in _lines(path):
        parts = line.split("\t")
        grade = _number(parts[2]) if len(parts) == 3 else None
        if row == 1 and len(parts) == 3 and grade is None:
            continue
        if grade is None or grade != int(grade):
            raise _bad(path, row, "a line of another form", "need, resource and whole grade between tabs")
        grades = judgments.setdefault(parts[0], {})
        if parts[1] in grades:
            raise _bad(path, row, "a resource that is judged twice for the need", "each resource once a need")
        grades[parts[1]] = int(grade)
    if not judgments:
        raise BadFile(given=f"{path.name} without judgments", expected="need, resource and grade between tabs")
    return judgments


def _is_one_word(text: str) -> bool:
    return bool(text) and not any(letter.isspace() for letter in text)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _bad(path: Path, row: int, given: str, expected: str) -> BadFile:
    return BadFile(
        given=f"row {row} of {path.name}: {given}", expected=expected, next_step="Correct the row and run again."
    )


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for row, line in _lines(path):
        try:
            data = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise _bad(path, row, "text that is no JSON", "one JSON object a line") from error
        if not isinstance(data, dict):
            raise _bad(path, row, "JSON that is no object", "one JSON object a line")
        yield row, data


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a text file, plain or gzip, that are not empty, with their numbers from 1."""
    row = 0
    try:
        with _opened(path) as stream:
            while line := stream.readline(LINE_LIMIT + 1):
                row += 1
                if len(line) > LINE_LIMIT:
                    raise _bad(path, row, "a very long line", f"lines of at most {LINE_LIMIT} bytes")
                text = line.decode("utf-8-sig" if row == 1 else "utf-8").rstrip("\r\n")
                if text.strip():
                    yield row, text
    except FileNotFoundError as error:
        raise BadFile(
            given=f"no file at {path.name}", expected="a file that exists", next_step="Check the name."
        ) from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BadFile(
            given=f"{path.name}, cut or damaged after row {row}",
            expected="a whole gzip file",
            next_step="Fetch or write the file again.",
        ) from error
    except UnicodeDecodeError as error:
        raise _bad(path, row, "bytes that are no text", "text in UTF-8") from error
    except OSError as error:
        raise BadFile(given=f"{path.name}, which cannot be read", expected="a readable file") from error


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as stream:
        is_gzip = stream.read(2) == b"\x1f\x8b"
    return cast(IO[bytes], gzip.open(path, "rb")) if is_gzip else path.open("rb")
