"""Importing files of resources: repeated without harm, resumed after a crash, with a receipt."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.text import slugify

from coproduce.errors import BadFile, InvalidInput
from coproduce.events import Event, Role, kinds
from coproduce.network.commons import files, index
from coproduce.network.commons.columns import Defaults, Described, described
from coproduce.network.commons.models import Condition, Credit, Import, Resource, Version
from coproduce.network.log import append, previous
from coproduce.network.log.ids import next_ids
from coproduce.network.people.asking import Asking
from coproduce.network.people.policy import action, rule

#: Rows that are committed together with how far the import came.
BATCH = 1_000
#: Above this many changed resources the index is built anew rather than amended.
REBUILD_ABOVE = 2_000
#: Rejected rows that a receipt lists one by one; all are counted.
LISTED = 1_000


@rule("commons.import")
def _importer(asking: Asking, **_arguments: object) -> bool:
    return asking.system in {"import", "example", "operator"} or asking.holds(Role.STEWARD)


@dataclass
class Receipt:
    """What an import did. `rejected` has row, field and reason; never what the row said."""

    origin: str
    accepted: int = 0
    changed: int = 0
    unchanged: int = 0
    n_rejected: int = 0
    resumed_at: int = 0
    cut: str = ""
    rejected: list[dict[str, Any]] = field(default_factory=list)

    def reject(self, row: int, name: str, reason: str) -> None:
        """Notes a row that was not taken."""
        self.n_rejected += 1
        if len(self.rejected) < LISTED:
            self.rejected.append({"row": row, "field": name, "reason": reason})

    @property
    def n_rows(self) -> int:
        """Rows looked at, in this run and before it was interrupted."""
        return self.accepted + self.changed + self.unchanged + self.n_rejected


def import_file(
    asking: Asking,
    path: Path,
    *,
    origin: str,
    defaults: Defaults | None = None,
    progress: Callable[[int], None] = lambda _rows: None,
) -> Receipt:
    """Imports a JSON Lines or CSV file, in batches that each commit; an interrupted import goes on where it stopped.

    Raises BadFile when the file is of another kind; a file cut in the middle keeps the rows before the cut and says so
    in the receipt. Writes ResourceCreated, ResourceShared or ResourceRevised a row, and ResourcesImported.
    """
    run = begin_import(asking, origin=origin, file_digest=files.digest(path))
    receipt = Receipt(
        origin, run.accepted, run.changed, run.unchanged, len(run.rejected), run.rows_done, rejected=list(run.rejected)
    )
    touched: list[int] = []
    batches = _batches(path, run.rows_done, receipt)
    for batch in batches:
        touched += import_batch(asking, run=run, batch=batch, defaults=defaults or Defaults({}), receipt=receipt)
        progress(receipt.n_rows)
    finish_import(asking, run=run, receipt=receipt)
    if len(touched) > REBUILD_ABOVE:
        index.rebuild()
    else:
        index.refresh(touched)
    return receipt


def _batches(path: Path, done: int, receipt: Receipt) -> Iterator[list[files.Row]]:
    """Batches of rows after those already done. A cut file ends the last one early, and the receipt says so."""

    def until_cut() -> Iterator[files.Row]:
        try:
            yield from files.rows(path)
        except BadFile as problem:
            if not seen:
                raise
            receipt.cut = str(problem)

    seen = False
    rows = until_cut()
    for row in rows:
        seen = True
        if row.number > done:
            first = [row]
            break
    else:
        return
    while batch := first + list(islice(rows, BATCH - len(first))):
        first = []
        yield batch


@action("commons.import")
def begin_import(asking: Asking, *, origin: str, file_digest: str) -> Import:
    """The run to go on with: an unfinished one of the same file, or a new one. Raises InvalidInput for no origin."""
    if not 1 <= len(origin) <= 60 or not origin.isprintable():
        raise InvalidInput(given="an origin that cannot be used", expected="a short name, such as medquad")
    unfinished = Import.objects.filter(origin=origin, file_digest=file_digest, finished_at__isnull=True).first()
    return unfinished or Import.objects.create(origin=origin, file_digest=file_digest, started_at=asking.at)


@action("commons.import")
def finish_import(asking: Asking, *, run: Import, receipt: Receipt) -> None:
    """Closes a run; writes ResourcesImported. A cut file leaves it open, so that the whole file goes on from there."""
    if not receipt.cut:
        run.finished_at = asking.at
        run.save(update_fields=["finished_at"])
    append(
        [
            kinds.ResourcesImported(
                time=asking.us, actor=asking.actor, role=asking.role, value=float(receipt.accepted + receipt.changed)
            )
        ]
    )


@action("commons.import")
def import_batch(
    asking: Asking, *, run: Import, batch: Sequence[files.Row], defaults: Defaults, receipt: Receipt
) -> list[int]:
    """Takes one batch in one transaction, together with how far the import came; gives the ids of what changed."""
    taken = _described(batch, defaults, receipt)
    topics = _condition_ids(taken.values())
    known = {
        resource.origin_key: resource
        for resource in Resource.objects.select_for_update(of=("self",))
        .select_related("latest")
        .filter(origin=run.origin, origin_key__in=list(taken))
    }
    new = [row for key, row in taken.items() if key not in known]
    touched = _create(asking, run.origin, new, topics)
    receipt.accepted += len(new)
    for key, resource in known.items():
        if _update(asking, resource, taken[key], topics):
            touched.append(resource.pk)
            receipt.changed += 1
        else:
            receipt.unchanged += 1
    run.rows_done = batch[-1].number
    run.accepted, run.changed, run.unchanged = receipt.accepted, receipt.changed, receipt.unchanged
    run.rejected = receipt.rejected
    run.save()
    return touched


def _described(batch: Sequence[files.Row], defaults: Defaults, receipt: Receipt) -> dict[str, Described]:
    taken: dict[str, Described] = {}
    for row in batch:
        if row.fault:
            receipt.reject(row.number, "", row.fault)
            continue
        try:
            said = described(row.values, defaults)
        except InvalidInput as problem:
            receipt.reject(row.number, problem.field, f"expected {problem.expected}")
            continue
        if said.key in taken:
            receipt.reject(row.number, "id", "the same id stands in an earlier row")
            continue
        taken[said.key] = said
    return taken


def _condition_ids(rows: object) -> Mapping[str, int]:
    """Ids of the conditions that these rows name, made where they are new; aliases are gathered."""
    names: dict[str, tuple[str, set[str]]] = {}
    for row in rows:  # type: ignore[attr-defined]
        for name in row.conditions:
            names.setdefault(slug_of(name), (name, set()))[1].update(row.aliases)
    Condition.objects.bulk_create(
        [Condition(slug=slug, name=name, aliases=sorted(aliases)) for slug, (name, aliases) in sorted(names.items())],
        ignore_conflicts=True,
    )
    kept = {condition.slug: condition for condition in Condition.objects.filter(slug__in=list(names))}
    grown = []
    for slug, condition in kept.items():
        if not names[slug][1] <= set(condition.aliases):
            condition.aliases = sorted({*condition.aliases, *names[slug][1]})
            grown.append(condition)
    Condition.objects.bulk_update(grown, ["aliases"])
    return {slug: condition.pk for slug, condition in kept.items()}


def slug_of(name: str) -> str:
    """The name of a condition as it stands in an address; a hash where no letter can stand there.

    >>> slug_of("Crohn's disease")
    'crohns-disease'
    """
    return slugify(name)[:200] or hashlib.blake2b(name.encode(), digest_size=8).hexdigest()


def _create(asking: Asking, origin: str, rows: Sequence[Described], topics: Mapping[str, int]) -> list[int]:
    ids = next_ids(2 * len(rows))
    pairs = list(zip(rows, ids[::2], ids[1::2], strict=True))
    Resource.objects.bulk_create(
        Resource(
            id=resource_id, state=Resource.State.SHARED, kind=row.words.kind, line_of_work=row.words.line_of_work,
            risk_class=row.words.risk_class, language=row.words.language, latest_id=version_id, origin=origin,
            origin_key=row.key, created_at=asking.at, shared_at=asking.at,
        )
        for row, resource_id, version_id in pairs
    )  # fmt: skip
    Version.objects.bulk_create(
        _version(asking, row, version_id, resource_id, number=1) for row, resource_id, version_id in pairs
    )
    Credit.objects.bulk_create(
        Credit(version_id=version_id, name=row.publisher, contribution="published")
        for row, _resource_id, version_id in pairs
        if row.publisher
    )
    through = Resource.conditions.through
    through.objects.bulk_create(
        through(resource_id=resource_id, condition_id=topic)
        for row, resource_id, _version_id in pairs
        for topic in sorted({topics[slug_of(name)] for name in row.conditions})
    )
    append(_created(asking, pairs))
    return ids[::2]


def _version(asking: Asking, row: Described, version_id: int, resource_id: int, *, number: int) -> Version:
    words = row.words
    return Version(
        id=version_id, resource_id=resource_id, number=number, title=words.title, summary=words.summary,
        body=words.body, link=words.link, audience=list(words.audience), stages=list(words.stages),
        help_kind=words.help_kind, license=words.license, created_at=asking.at, fingerprint=words.fingerprint,
    )  # fmt: skip


def _created(asking: Asking, pairs: Sequence[tuple[Described, int, int]]) -> list[Event]:
    events: list[Event] = []
    for row, resource_id, version_id in pairs:
        same = {
            "time": asking.us, "actor": asking.actor, "role": asking.role, "subject": resource_id,
            "object": version_id, "topic": row.words.line_of_work,
        }  # fmt: skip
        events.append(kinds.ResourceCreated(**same, value=float(row.words.risk_class)))
        events.append(kinds.ResourceShared(**same, cause=previous(len(events) - 1)))
    return events


def _update(asking: Asking, resource: Resource, row: Described, topics: Mapping[str, int]) -> bool:
    """Adds a version when the row says something else than the latest one; True when it does."""
    latest = resource.latest
    assert latest is not None  # an imported resource has a version from the start
    if bytes(latest.fingerprint) == row.words.fingerprint:
        return False
    (version_id,) = next_ids(1)
    _version(asking, row, version_id, resource.pk, number=latest.number + 1).save(force_insert=True)
    Credit.objects.create(version_id=version_id, name=row.publisher, contribution="published")
    resource.conditions.set(topics[slug_of(name)] for name in row.conditions)
    resource.latest_id = version_id
    for name in ("kind", "line_of_work", "risk_class", "language"):
        setattr(resource, name, getattr(row.words, name))
    resource.save()
    append(
        [
            kinds.ResourceRevised(
                time=asking.us, actor=asking.actor, role=asking.role, subject=resource.pk, object=version_id,
                topic=row.words.line_of_work, value=float(row.words.risk_class),
            )
        ]
    )  # fmt: skip
    return True
