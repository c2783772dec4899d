"""Whatever is done to the log behind its back is seen, and the first broken row is named."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from coproduce.errors import InvalidInput, Tampered
from coproduce.network.database import DatabaseUrls
from coproduce.network.log import heads
from coproduce.network.log.verifying import sign, verify
from coproduce.settings import Settings
from tests.network.log.conftest import NOW, written

Forge = Callable[[str], None]
ROOT = Path(__file__).resolve().parents[3]


def test_an_untouched_log_holds(committed: DatabaseUrls, kept: Settings) -> None:
    written(2500)
    verdict = verify(kept)
    assert (verdict.holds, verdict.n_events, verdict.signed_until) == (True, 2500, -1)


def test_an_empty_log_holds_and_can_be_signed(committed: DatabaseUrls, kept: Settings) -> None:
    assert sign(kept, NOW) is not None
    assert verify(kept).holds


def test_the_hash_is_the_documented_one(committed: DatabaseUrls) -> None:
    """Worked out here from the documentation alone, without the code that checks it."""
    written(2)
    with psycopg.connect(committed.application) as own:
        (before,) = own.execute("SELECT beginning FROM log_head").fetchone()
        rows = own.execute(
            "SELECT seq, time, recorded, kind, actor, subject, object, role, site, topic, value, cause, hash"
            " FROM log_event ORDER BY seq"
        ).fetchall()
    for *columns, digest in rows:
        before = hashlib.sha256(before + struct.pack(">qqqhqqqhiidq", *columns)).digest()
        assert before == digest


CHANGES = (
    *("time = time + 1", "recorded = recorded + 1", "kind = 39", "actor = 99", "subject = 99", "object = 99"),
    *("role = 3", "site = 4", "topic = 2", "value = 0.5", "value = 'NaN'", "cause = 0", "hash = sha256('x')"),
)


def test_a_change_of_any_column_is_seen_and_its_row_is_named(
    committed: DatabaseUrls, kept: Settings, forge: Forge
) -> None:
    written(1200)
    forge("CREATE TABLE before AS SELECT * FROM log_event WHERE seq = 1100")
    for change in CHANGES:
        forge(f"UPDATE log_event SET {change} WHERE seq = 1100")
        assert verify(kept).first_broken == 1100, change
        forge("DELETE FROM log_event WHERE seq = 1100; INSERT INTO log_event SELECT * FROM before")
    assert verify(kept).holds


def test_swapped_rows_are_seen(committed: DatabaseUrls, kept: Settings, forge: Forge) -> None:
    written(10)
    forge(
        "UPDATE log_event SET (time, subject, value, hash) = (SELECT time, subject, value, hash FROM log_event AS other"
        " WHERE other.seq = 9 - log_event.seq) WHERE seq IN (4, 5)"
    )
    assert verify(kept).first_broken == 4


@pytest.mark.parametrize("gone", ["seq = 0", "seq = 3", "seq IN (3, 7)"])
def test_a_missing_row_is_named(committed: DatabaseUrls, kept: Settings, forge: Forge, gone: str) -> None:
    written(10)
    forge(f"DELETE FROM log_event WHERE {gone}")
    assert verify(kept).first_broken == (0 if gone == "seq = 0" else 3)


def test_the_first_of_several_faults_is_named(committed: DatabaseUrls, kept: Settings, forge: Forge) -> None:
    written(10)
    forge("DELETE FROM log_event WHERE seq = 6; UPDATE log_event SET actor = 7 WHERE seq = 2")
    assert verify(kept).first_broken == 2


def test_an_emptied_column_is_seen_though_its_constraint_is_gone(
    committed: DatabaseUrls, kept: Settings, forge: Forge
) -> None:
    written(10)
    forge("ALTER TABLE log_event ALTER value DROP NOT NULL; UPDATE log_event SET value = NULL WHERE seq = 5")
    assert verify(kept).first_broken == 5


def test_a_cut_tail_is_seen_by_the_head_row(committed: DatabaseUrls, kept: Settings, forge: Forge) -> None:
    written(10)
    forge("DELETE FROM log_event WHERE seq > 6")
    assert "3 events more" in verify(kept).problems[0]


def test_a_tail_cut_with_its_head_row_is_seen_by_the_signed_head(
    committed: DatabaseUrls, kept: Settings, forge: Forge
) -> None:
    written(10)
    sign(kept, NOW)
    forge(_cut_after(6))
    verdict = verify(kept)
    assert verdict.first_broken is None
    assert "ahead of the log by 3 events" in verdict.problems[0]


def test_a_log_written_anew_from_one_row_on_is_seen_by_the_signed_head(
    committed: DatabaseUrls, kept: Settings, forge: Forge
) -> None:
    written(10)
    sign(kept, NOW)
    forge(_cut_after(4))
    written(8)
    verdict = verify(kept)
    assert "written anew" in verdict.problems[0]
    with pytest.raises(Tampered):
        sign(kept, NOW + timedelta(days=1))


def test_another_log_in_its_place_is_seen(committed: DatabaseUrls, kept: Settings, forge: Forge) -> None:
    written(3)
    sign(kept, NOW)
    forge(_cut_after(-1))
    forge("UPDATE log_head SET beginning = sha256('other'), hash = sha256('other')")
    written(3)
    assert "another log" in verify(kept).problems[0]


def test_rows_beyond_the_head_are_seen(committed: DatabaseUrls, kept: Settings, forge: Forge) -> None:
    written(5)
    forge("UPDATE log_head SET seq = 3, hash = (SELECT hash FROM log_event WHERE seq = 3)")
    assert "beyond" in verify(kept).problems[0]


def test_a_forged_head_is_seen_and_its_line_named(committed: DatabaseUrls, kept: Settings, forge: Forge) -> None:
    written(10)
    sign(kept, NOW)
    forge(_cut_after(6))
    path = heads.head_file(kept)
    path.write_text(json.dumps({**json.loads(path.read_text()), "seq": 6}) + "\n")
    assert "Line 1" in verify(kept).problems[0]


@pytest.mark.parametrize("content", ["[]", "{}", "null", "not JSON", '{"seq": 1}', "\x00\xff"])
def test_a_damaged_file_of_heads_is_no_head(committed: DatabaseUrls, kept: Settings, content: str) -> None:
    sign(kept, NOW)
    heads.head_file(kept).write_text(content + "\n")
    assert not verify(kept).holds


def test_heads_signed_with_another_key_are_refused(committed: DatabaseUrls, kept: Settings) -> None:
    sign(kept, NOW)
    other = replace(kept, head_file=str(kept.data / "other.jsonl"), log_key=str(kept.data / "other.pem"))
    sign(other, NOW)
    heads.head_file(kept).write_text(heads.head_file(other).read_text())
    assert "not signed with this network's key" in verify(kept).problems[0]


@pytest.mark.parametrize("lost", [heads.head_file, heads.key_file])
def test_losing_the_heads_or_their_key_is_no_secret(
    committed: DatabaseUrls, kept: Settings, lost: Callable[[Settings], object]
) -> None:
    sign(kept, NOW)
    lost(kept).unlink()
    assert not verify(kept).holds


def test_a_key_that_is_none_is_refused_clearly(committed: DatabaseUrls, kept: Settings) -> None:
    heads.key_file(kept).parent.mkdir()
    heads.key_file(kept).write_text("not a key")
    with pytest.raises(InvalidInput, match="Ed25519"):
        sign(kept, NOW)


def test_the_key_and_the_heads_are_for_their_owner_only(committed: DatabaseUrls, kept: Settings) -> None:
    sign(kept, NOW)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (heads.key_file(kept), heads.head_file(kept))}
    assert modes == {0o600}


def test_a_head_that_has_not_moved_is_not_signed_again(committed: DatabaseUrls, kept: Settings) -> None:
    written(1)
    assert sign(kept, NOW) is not None
    assert sign(kept, NOW + timedelta(days=1)) is None


def test_the_file_keeps_one_head_a_day(committed: DatabaseUrls, kept: Settings) -> None:
    for hours in (0, 1, 2, 26, 27):
        written(1)
        sign(kept, NOW + timedelta(hours=hours))
    assert [head.seq for head in heads.read_heads(kept)] == [2, 4]
    assert verify(kept).signed_until == 4


def test_a_broken_log_is_never_signed(committed: DatabaseUrls, kept: Settings, forge: Forge) -> None:
    written(3)
    forge("UPDATE log_event SET actor = 7 WHERE seq = 2")
    with pytest.raises(Tampered):
        sign(kept, NOW)


def test_a_restored_backup_is_told_from_a_cut_tail_by_its_signed_word(
    committed: DatabaseUrls, kept: Settings, forge: Forge
) -> None:
    written(10)
    sign(kept, NOW)
    forge(_cut_after(6))
    sign(kept, NOW, restored=True)
    written(5)
    sign(kept, NOW + timedelta(hours=1))
    verdict = verify(kept)
    assert (verdict.holds, verdict.n_lost_in_restores, verdict.signed_until) == (True, 3, 11)


def test_a_restored_backup_that_has_grown_again_is_signed_too(
    committed: DatabaseUrls, kept: Settings, forge: Forge
) -> None:
    """A restore repeats the erasures made since, so the log may be past the signed head before it is signed."""
    written(5)
    sign(kept, NOW)
    written(5)
    sign(kept, NOW + timedelta(days=1))
    forge(_cut_after(6))
    written(8)
    sign(kept, NOW + timedelta(days=2), restored=True)
    verdict = verify(kept)
    assert (verdict.holds, verdict.n_lost_in_restores, verdict.signed_until) == (True, 1, 14)


def test_saying_restored_without_need_changes_nothing(committed: DatabaseUrls, kept: Settings) -> None:
    written(5)
    sign(kept, NOW)
    assert sign(kept, NOW, restored=True) is None


def test_anyone_can_check_a_head_with_the_public_key_alone(committed: DatabaseUrls, kept: Settings) -> None:
    import base64

    head = sign(kept, NOW)
    text = f"coproduce log head 1\n{head.log}\n{head.seq}\n{head.hash}\n{head.at}\n\n"
    load_pem_public_key(heads.public_key(kept)).verify(base64.b64decode(head.signature), text.encode())


def _cut_after(seq: int) -> str:
    return (
        f"DELETE FROM log_event WHERE seq > {seq};"
        f"UPDATE log_head SET seq = {seq}, hash = coalesce((SELECT hash FROM log_event WHERE seq = {seq}), beginning)"
    )


_WRITER = """
import django
django.setup()
from django.db import transaction
from tests.network.log.conftest import stated
from coproduce.network.log import append, previous
for number in range(40):
    with transaction.atomic():
        append([stated(subject=number), stated(cause=previous(0))])
        if number % 4 == 3:
            transaction.set_rollback(True)
"""


def test_two_processes_write_one_unbroken_chain(committed: DatabaseUrls, kept: Settings) -> None:
    surroundings = {
        **os.environ,
        "COPRODUCE_DATABASE_URL": committed.application,
        "COPRODUCE_DATABASE_OWNER_URL": committed.owner,
        "PYTHONPATH": os.pathsep.join(part for part in sys.path if part),
    }
    writers = [subprocess.Popen([sys.executable, "-c", _WRITER], env=surroundings, cwd=ROOT) for _ in range(2)]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    verdict = verify(kept)
    assert (verdict.holds, verdict.n_events) == (True, 2 * 30 * 2)
