"""What the network's stewards and its operator do under everybody's eyes: each leaves its own event."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.db import connection, transaction
from django.utils.translation import gettext as _

from coproduce.errors import Absent, InvalidInput
from coproduce.events import Role, codec, kinds
from coproduce.network.governance.coarsening import coarsened, regions_of
from coproduce.network.governance.reasons import Reason
from coproduce.network.log import append, head, previous, read_frame
from coproduce.network.people.asking import Asking
from coproduce.network.people.models import Identity, Site
from coproduce.network.people.policy import action, rule


@rule("governance.export_log")
def _may_export(asking: Asking, *, reason: Reason | None = None, **_arguments: object) -> bool:
    """Coarse: the operator or a steward. Full precision: a steward by name, and nobody else."""
    steward = asking.person is not None and asking.holds(Role.STEWARD)
    return steward or (reason is None and asking.system == "operator")


@action("governance.export_log")
def export_log(asking: Asking, *, file: Path, reason: Reason | None = None) -> int:
    """Writes the log to a Parquet file that only its owner may read; gives the number of events in it.

    Without a reason the export is coarse (pseudonyms of its own, weeks, regions). With one it is the log as it stands,
    and the reason is logged too. Writes LogExported, and GuardedDataRead for full precision; the file appears when the
    transaction has committed, so none leaves without its event. Raises InvalidInput where no file can be written.
    """
    frame = read_frame(until=head()[0])
    exported = coarsened(frame, _regions()) if reason is None else frame
    folder = _beside(file)
    try:
        draft = folder / "events.parquet"
        codec.write(exported, draft, metadata={"coproduce.export": "coarse" if reason is None else "full"})
        draft.chmod(0o600)
        _log_export(asking, reason)
    except BaseException:
        _remove(folder)
        raise
    transaction.on_commit(lambda: _deliver(folder, file))
    return len(frame)


def _log_export(asking: Asking, reason: Reason | None) -> None:
    facts = {"time": asking.us, "actor": asking.actor, "role": asking.role}
    if reason is None:
        append([kinds.LogExported(**facts, value=0.0)])
    else:
        read = kinds.GuardedDataRead(**facts, value=float(reason))
        append([read, kinds.LogExported(**facts, value=1.0, cause=previous(0))])


@rule("governance.guarded_identity")
def _may_read_guarded(asking: Asking, **_arguments: object) -> bool:
    return asking.person is not None and asking.holds(Role.STEWARD)


@action("governance.guarded_identity")
def record_guarded_read(asking: Asking, *, person_id: int, reason: Reason) -> int:
    """Writes down that a steward read somebody's guarded data, and why; gives the event's seq."""
    return append([_guarded_read(asking, person_id, reason)])[0]


@action("governance.guarded_identity")
def read_guarded_identity(asking: Asking, *, person_id: int, reason: Reason) -> Identity:
    """Who a person is in the world, for a steward with a reason; writes GuardedDataRead in the same transaction.

    Row-level security lets the row through only while a reason is stated. Raises Absent where there is nobody.
    """
    with _reason_told(reason):
        found = Identity.objects.filter(person_id=person_id).first()
    if found is None:
        raise Absent(_("person"))
    append([_guarded_read(asking, person_id, reason)])
    return found


def _guarded_read(asking: Asking, person_id: int, reason: Reason) -> kinds.GuardedDataRead:
    return kinds.GuardedDataRead(
        time=asking.us, actor=asking.actor, role=asking.role, subject=person_id, value=float(reason)
    )


@contextlib.contextmanager
def _reason_told(reason: Reason) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('coproduce.reason', %s, true)", [reason.word])
        yield
        cursor.execute("SELECT set_config('coproduce.reason', '', true)")


def _regions() -> dict[int, int]:
    wide = {Site.Kind.REGION, Site.Kind.NETWORK}
    return regions_of(
        (pk, parent, kind in wide) for pk, parent, kind in Site.objects.values_list("pk", "parent", "kind")
    )


def _beside(file: Path) -> Path:
    """A folder of ours beside the file to come: same disk, closed to others, renamed from when all is done."""
    if file.is_dir():
        raise InvalidInput(given="a folder", expected="the name of a file to write", next_step="Add events.parquet.")
    try:
        return Path(tempfile.mkdtemp(prefix=".coproduce-export-", dir=file.absolute().parent))
    except OSError as problem:
        raise InvalidInput(
            given="a place where no file can be written", expected="a file in a folder that exists and is yours"
        ) from problem


def _deliver(folder: Path, file: Path) -> None:
    (folder / "events.parquet").replace(file)
    folder.rmdir()


def _remove(folder: Path) -> None:
    for left in folder.iterdir():
        left.unlink()
    folder.rmdir()
