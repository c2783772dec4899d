"""Is the log what was written? Follows the chain from its beginning and compares it with the signed heads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile

from django.db import connection

from coproduce.errors import Tampered
from coproduce.network.log import heads
from coproduce.network.log.chain import COLUMNS, HASH_BYTES, canonical, links
from coproduce.network.log.copying import blocks
from coproduce.network.log.heads import Head
from coproduce.settings import Settings

_NAMES = [name for name, _ in COLUMNS]
_CHAINED = ", ".join([*_NAMES, "hash"])


@dataclass(frozen=True)
class End:
    """Where the database says that the log ends, and what of it is there."""

    beginning: bytes
    seq: int
    hash: bytes
    last_row: int


@dataclass(frozen=True)
class Verdict:
    """What `verify` found; `problems` is empty when the log is what was written."""

    n_events: int
    problems: tuple[str, ...]
    first_broken: int | None = None
    n_signed_heads: int = 0
    #: Last event that a signed head vouches for; -1 for none.
    signed_until: int = -1
    #: Events that a signed head knew and a restored backup did not, over all restores; at least so many.
    n_lost_in_restores: int = 0

    @property
    def holds(self) -> bool:
        """True when nothing is wrong."""
        return not self.problems


def verify(settings: Settings) -> Verdict:
    """Checks every row's hash, that none is missing, and that the chain goes through every signed head."""
    end = _end()
    problems: list[str] = []
    try:
        signed = heads.read_heads(settings)
    except Tampered as forged:
        signed = []
        problems.append(str(forged))
    vouched, lost = _still_meant(signed)
    wanted = {head.seq for head in vouched} | {end.seq}
    broken, what, reached = _walk(end, wanted)
    if what:
        problems.append(what)
    else:
        problems += _compare_end(end, reached)
    problems += _compare_heads(end, vouched, reached, whole=broken is None)
    if not signed and not problems and heads.key_file(settings).exists():
        problems.append("The file of signed heads is gone, and this log has been signed before.")
    good = [head.seq for head in vouched if reached.get(head.seq) == head.hash]
    return Verdict(
        n_events=_count(-1, end.seq),
        problems=tuple(problems),
        first_broken=broken,
        n_signed_heads=len(signed),
        signed_until=max(good, default=-1),
        n_lost_in_restores=lost,
    )


def sign(settings: Settings, at: datetime, *, restored: bool = False) -> Head | None:
    """Signs where the log ends now; None when it has not moved since the last signature.

    What came since the last signed head is checked first, so that a broken log is never signed. With `restored` the
    log need not continue what was signed, as after a backup was brought back; that is written down for ever.
    Raises Tampered when the log does not continue what was signed.
    """
    end = _end()
    vouched, _ = _still_meant(heads.read_heads(settings))
    agreed = _agreed(end, vouched) if restored else vouched
    base = agreed[-1] if agreed else None
    if base and (base.seq > end.seq or base.log != end.beginning.hex()):
        raise Tampered(_ahead(base, end), next_step="Run `coproduce log verify`.")
    if vouched == agreed and base and (base.seq, base.hash) == (end.seq, end.hash.hex()):
        return None
    start, before = (base.seq, bytes.fromhex(base.hash)) if base else (-1, end.beginning)
    broken, what, reached = _walk(end, {end.seq}, start=start, before=before)
    if broken is None and reached.get(end.seq, end.beginning.hex()) != end.hash.hex():
        what = "The end of the log is not where its head says."
    if what:
        raise Tampered(what, next_step="Run `coproduce log verify`; nothing was signed.")
    lost = [head.seq for head in vouched[len(agreed) :]]
    fresh = heads.unsigned(
        log=end.beginning,
        seq=end.seq,
        digest=end.hash,
        at=at,
        restored=min(end.seq, lost[0] - 1) if lost else None,
    )
    return heads.add_head(settings, fresh)


def _agreed(end: End, vouched: list[Head]) -> list[Head]:
    """The signed heads, oldest first, up to the last one that the log still agrees with."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, hash FROM log_event WHERE seq = ANY(%s)", [[head.seq for head in vouched]])
        there = {-1: end.beginning.hex()} | {int(seq): bytes(digest).hex() for seq, digest in cursor.fetchall()}
    return list(takewhile(lambda head: head.log == end.beginning.hex() and there.get(head.seq) == head.hash, vouched))


def _end() -> End:
    """One statement, so that what it says belongs together while others append."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT beginning, seq, hash, (SELECT coalesce(max(seq), -1) FROM log_event) FROM log_head WHERE id = 1"
        )
        row = cursor.fetchone()
    if row is None:
        raise Tampered("The log has lost its head row.", next_step="Restore the last good backup.")
    return End(bytes(row[0]), int(row[1]), bytes(row[2]), int(row[3]))


def _walk(
    end: End, wanted: set[int], *, start: int = -1, before: bytes | None = None
) -> tuple[int | None, str, dict[int, str]]:
    """Follows the chain after `start`: the first row that breaks it, what is wrong with it, the hash at wanted seqs."""
    reached = {-1: end.beginning.hex()}
    gap = _first_gap(start, end.seq) if _count(start, end.seq) != end.seq - start else None
    until = end.seq if gap is None else min(gap - 1, end.seq)
    hole = _first_hole(start)
    until = until if hole is None else min(until, hole - 1)
    before = end.beginning if before is None else before
    for block in blocks(_CHAINED, after=start, until=until):
        stored = block["hash"].tobytes()
        seqs: Sequence[int] = block["seq"].tolist()
        found = links(before, canonical(block))
        for position, digest in enumerate(found):
            if digest != stored[position * HASH_BYTES : (position + 1) * HASH_BYTES]:
                return seqs[position], f"Event {seqs[position]} is not what was written.", reached
        reached |= {seq: digest.hex() for seq, digest in zip(seqs, found, strict=True) if seq in wanted}
        before = found[-1]
    if hole is not None and (gap is None or hole < gap):
        return hole, f"Event {hole} is not what was written: a column is empty.", reached
    if gap is not None and gap <= end.last_row:
        return gap, f"Event {gap} is missing.", reached
    return None, "", reached


def _count(start: int, until: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM log_event WHERE seq > %s AND seq <= %s", [start, until])
        return int(cursor.fetchone()[0])


def _first_gap(start: int, until: int) -> int:
    """The first sequence number after `start` that no row has, `until` + 1 if none is missing before it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(min(expected), max(seq) + 1, %s + 1) FROM ("
            " SELECT seq, CASE WHEN seq <> %s + row_number() OVER (ORDER BY seq)"
            "  THEN %s + row_number() OVER (ORDER BY seq) END AS expected"
            " FROM log_event WHERE seq > %s AND seq <= %s) AS numbered",
            [start, start, start, start, until],
        )
        return int(cursor.fetchone()[0])


def _first_hole(start: int) -> int | None:
    """The first row with an empty column or a hash of another length; the table forbids both, its owner could not."""
    empty = " OR ".join(f"{name} IS NULL" for name in _NAMES)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT min(seq) FROM log_event WHERE seq > %s"  # noqa: S608
            f" AND ({empty} OR octet_length(hash) IS DISTINCT FROM {HASH_BYTES})",
            [start],
        )
        found = cursor.fetchone()[0]
    return None if found is None else int(found)


def _compare_end(end: End, reached: dict[int, str]) -> list[str]:
    if end.last_row < end.seq:
        return [f"The tail is cut: the log's head counts {end.seq - end.last_row} events more than there are."]
    if end.last_row > end.seq:
        return [f"There are {end.last_row - end.seq} events beyond the log's head."]
    if reached.get(end.seq) != end.hash.hex():
        return ["The log's head does not carry the hash of the last event."]
    return []


def _still_meant(signed: list[Head]) -> tuple[list[Head], int]:
    """The heads that no restored backup has made void, and how many events the restores lost, at least."""
    meant: list[Head] = []
    lost = 0
    for head in signed:
        if head.restored is not None:
            lost += max((earlier.seq - head.restored for earlier in meant), default=0)
            meant = [earlier for earlier in meant if earlier.seq <= head.restored and earlier.log == head.log]
        meant.append(head)
    return meant, lost


def _ahead(head: Head, end: End) -> str:
    if head.log != end.beginning.hex():
        return f"The head signed on {head.day} belongs to another log: this one was begun anew."
    return (
        f"The head signed on {head.day} is ahead of the log by {head.seq - end.seq} events: the tail was cut off, or an"
        " older backup was brought back."
    )


def _compare_heads(end: End, vouched: list[Head], reached: dict[int, str], *, whole: bool) -> list[str]:
    """What the signed heads know better; one sentence for the first that does not fit."""
    matched = -1
    for head in vouched:
        if head.log != end.beginning.hex() or head.seq > end.last_row:
            return [_ahead(head, replace(end, seq=min(end.seq, end.last_row)))]
        if head.seq in reached and reached[head.seq] != head.hash:
            return [
                f"The events {matched + 1} to {head.seq} were written anew after the head of {head.day} was signed."
            ]
        if head.seq not in reached and whole:
            return [f"The head signed on {head.day} names an event that is not in the chain."]
        matched = head.seq
    return []
