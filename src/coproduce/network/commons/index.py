"""The search index of the commons: a projection beside the database that holds public text only.

It is brought up to date when an action commits, so that a resource is findable at once; the worker follows the log
and catches up on whatever a crash or a busy index left undone. It can be thrown away and rebuilt at any time.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import OuterRef, QuerySet

from coproduce.events import kinds
from coproduce.matching import Index, IndexBusy, IndexDamaged, open_index, rebuild_index
from coproduce.matching import Resource as Indexed
from coproduce.matching.dense import Encoder, packaged_encoder
from coproduce.network.commons.access import offered
from coproduce.network.commons.models import Condition, Resource, Version
from coproduce.network.log import follow, head
from coproduce.network.people.asking import computer
from coproduce.network.people.policy import told

_log = logging.getLogger(__name__)

#: Events after which what is findable may differ.
_MOVING = (kinds.ResourceShared, kinds.ResourceRevised, kinds.ResourceRetired, kinds.Reviewed)
_BATCH = 2_000


def index() -> Index:
    """The index, opened once in each process; made from the commons when it is lost or damaged."""
    return _opened(_folder())


@lru_cache(maxsize=4)
def _opened(folder: Path) -> Index:
    try:
        return open_index(folder, create=False, encoder=encoder())
    except IndexDamaged:
        with _builder():
            return _opened_or_built(folder)


def _opened_or_built(folder: Path) -> Index:
    """For whoever waited while another process built: what that one made."""
    try:
        return open_index(folder, create=False, encoder=encoder())
    except IndexDamaged:
        _log.warning("There is no whole search index; it is rebuilt from the commons.")
        return _built()


_left: ContextVar[bool] = ContextVar("coproduce_index_left_to_rebuild", default=False)


@contextlib.contextmanager
def left_to_rebuild() -> Iterator[None]:
    """Inside, changes leave the index alone: for whoever changes many resources and rebuilds it afterwards."""
    token = _left.set(True)
    try:
        yield
    finally:
        _left.reset(token)


def changed(resource_ids: Iterable[int]) -> None:
    """Brings the index up to date for these resources when the running transaction commits."""
    if _left.get():
        return
    ids = list(resource_ids)
    transaction.on_commit(lambda: _refresh_or_leave(ids), robust=True)


def refresh(resource_ids: Iterable[int]) -> None:
    """Makes the index say what the commons says now of these resources. Raises IndexBusy, IndexDamaged."""
    ids = list(resource_ids)
    if not ids:
        return
    target = index()
    with _rolled_back(target):
        # Removing first takes the writer's lock, so that what is read next is at least as new as any other writer's.
        target.remove(ids)
        with told(computer("worker")):
            target.replace(_public(Resource.objects.filter(pk__in=ids)))
        target.commit()


def catch_up() -> int:
    """Follows the log from where the index stands; gives how many resources were looked at. The worker's duty.

    An index that does not know where it stands, or stands beyond the end of a log that was restored, is rebuilt.
    """
    mark = _mark()
    with told(computer("worker")):
        end = head()[0]
        resource_ids = _moved_since(mark) if 0 <= mark <= end else None
    if resource_ids is None or len(resource_ids) > _BATCH:
        return rebuild() if end >= 0 else 0
    refresh(resource_ids)
    if end != mark:
        _set_mark(end)
    return len(resource_ids)


def behind_since() -> int | None:
    """When the first change happened that the worker has not followed yet, in microseconds; None when there is none.

    Most such changes are in the index already, since actions bring it up to date; some may not be, after a crash.
    """
    with told(computer("worker")):
        return next((row.time for row in follow(_mark(), _MOVING)), None)


def _moved_since(mark: int) -> set[int]:
    """Ids of the resources that events after this one are about."""
    resource_ids: set[int] = set()
    versions: set[int] = set()
    for row in follow(mark, _MOVING):
        (versions if row.what is kinds.Reviewed else resource_ids).add(row.subject)
    if versions:
        resource_ids.update(Version.objects.filter(pk__in=versions).values_list("resource_id", flat=True))
    return resource_ids


def rebuild() -> int:
    """Builds the index anew from the commons, beside the old one, and swaps; gives how many resources it holds."""
    with _builder():
        with told(computer("worker")):
            end = head()[0]
        fresh = _built()
        _opened.cache_clear()
        _set_mark(end)
    return len(fresh)


def _built() -> Index:
    with told(computer("worker")):
        return rebuild_index(_folder(), _public(Resource.objects.all()), encoder=encoder())


def encoder() -> Encoder | None:
    """What compares meanings, where this network wants it. Raises Unavailable where the extra is not installed."""
    return packaged_encoder() if settings.COPRODUCE.dense else None


@contextlib.contextmanager
def _builder() -> Iterator[None]:
    """One process at a time builds; the lock goes with the process, however it ends."""
    lock = settings.COPRODUCE.data / "index.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _refresh_or_leave(ids: list[int]) -> None:
    try:
        refresh(ids)
    except (IndexBusy, IndexDamaged):
        _log.warning("The search index could not be updated now; the worker will catch up.")


def _public(resources: QuerySet[Resource]) -> Iterator[Indexed]:
    """The offered ones among these resources, as matching sees them: public words and attributes, nothing else."""
    topics = Resource.conditions.through.objects.filter(resource=OuterRef("pk")).values("condition_id")
    offers = resources.filter(offered()).annotate(topics=ArraySubquery(topics)).values_list(*_INDEXED, named=True)
    conditions: dict[int, Condition] = {}
    for rows in _batched(offers.iterator(chunk_size=_BATCH), _BATCH):
        # Each condition is read once, however many resources are about it.
        conditions |= Condition.objects.in_bulk({topic for row in rows for topic in row.topics} - conditions.keys())
        for row in rows:
            about = [conditions[topic] for topic in row.topics]
            yield Indexed(
                id=str(row.pk),
                title=row.stable__title,
                conditions=tuple(condition.name for condition in about),
                aliases=tuple(alias for condition in about for alias in condition.aliases),
                summary=row.stable__summary,
                body=f"{row.stable__summary}\n{row.stable__body}".strip(),
                kind_of_help=row.stable__help_kind,
                language=row.language,
                audience=tuple(row.stable__audience),
                licence=row.stable__license,
                risk_class=row.risk_class,
            )


#: What of a resource is indexed.
_INDEXED = (
    "pk", "language", "risk_class", "stable__title", "stable__summary", "stable__body", "stable__help_kind",
    "stable__audience", "stable__license", "topics",
)  # fmt: skip


def _batched(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """The rows in lists of at most this size."""
    rest = iter(rows)
    while part := list(islice(rest, size)):
        yield part


@contextlib.contextmanager
def _rolled_back(target: Index) -> Iterator[None]:
    try:
        yield
    except BaseException:
        target.rollback()
        raise


def _folder() -> Path:
    return settings.COPRODUCE.data / "index"


def _mark_file() -> Path:
    return settings.COPRODUCE.data / "index.seq"


def _mark() -> int:
    """Seq of the last event that the index has seen; -1 when it is not known."""
    try:
        return int(_mark_file().read_text())
    except (FileNotFoundError, ValueError):
        return -1


def _set_mark(seq: int) -> None:
    draft = _mark_file().with_suffix(".part")
    draft.write_text(str(seq))
    draft.replace(_mark_file())
