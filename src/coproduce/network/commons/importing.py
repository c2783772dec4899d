"""Importing files of resources: repeated without harm, resumed after a crash, with a receipt."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils.text import slugify

from coproduce.errors import BadFile, Conflict, InvalidInput
from coproduce.events import Event, Role, kinds
from coproduce.network.commons import files, index
from coproduce.network.commons.access import settle
from coproduce.network.commons.columns import Defaults, Described, described
from coproduce.network.commons.models import Condition, Credit, Import, Resource, Version
from coproduce.network.commons.reading import Grades, grades_measured, reading_grades
from coproduce.network.log import append, previous
from coproduce.network.log.ids import next_ids
from coproduce.network.people.asking import Asking
from coproduce.network.people.policy import action, rule

#: Rows that are committed together with how far the import came.
BATCH = 1_000
#: Rejected rows that a receipt lists one by one; all are counted.
LISTED = 1_000


@rule("commons.import")
def _importer(asking: Asking, **_arguments: object) -> bool:
    return asking.system in {"import", "example", "operator"} or asking.holds(Role.STEWARD)


@dataclass
class Receipt:
    """What an import did. `rejected` has row, field and reason of the first ones; never what the row said."""

    origin: str
    accepted: int = 0
    changed: int = 0
    unchanged: int = 0
    n_rejected: int = 0
    resumed_at: int = 0
    cut: str = ""
    rejected: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, run: Import) -> Receipt:
        """What a run has done so far."""
        counts = (run.accepted, run.changed, run.unchanged, run.n_rejected)
        return cls(run.origin, *counts, resumed_at=run.rows_done, rejected=list(run.rejected))

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
    progress: Callable[[float], None] = lambda _share: None,
) -> Receipt:
    """Imports a JSON Lines or CSV file, or a folder of Markdown, in batches that each commit.

    An interrupted import goes on where it stopped. `progress` hears how much of the file is done, 0 to 1. Raises
    BadFile when the file is of another kind, Conflict while the same origin is being imported; a file cut in the
    middle keeps the rows before the cut and says so in the receipt. Writes ResourceCreated and ResourceShared, or
    ResourceRevised, a row, ReadabilityMeasured and SmogMeasured where there is a text, and ResourcesImported.
    """
    defaults = defaults or Defaults()
    with _alone(origin):
        run = begin_import(asking, origin=origin, file_digest=files.digest(path))
        receipt = Receipt.of(run)
        for batch in _batches(path, run.rows_done, defaults, receipt):
            import_batch(asking, run=run, batch=batch, defaults=defaults, receipt=receipt)
            progress(batch[-1].share)
        finish_import(asking, run=run, receipt=receipt)
    # Follows the log, so that what an interrupted run left unindexed is found as well.
    index.catch_up()
    return receipt


@contextlib.contextmanager
def _alone(origin: str) -> Iterator[None]:
    """One import of an origin at a time; the lock goes with the connection, however the process ends."""
    key = lock_of(origin)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        if not cursor.fetchone()[0]:
            raise Conflict("Files of this origin are being imported already.", next_step="Wait until that has ended.")
    try:
        yield
    finally:
        with contextlib.suppress(Exception), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def lock_of(origin: str) -> int:
    """The number of the database's lock for imports of this origin."""
    return int.from_bytes(hashlib.blake2b(f"import {origin}".encode(), digest_size=8).digest(), signed=True)


def _batches(path: Path, done: int, defaults: Defaults, receipt: Receipt) -> Iterator[list[files.Row]]:
    """Batches of rows after those already done. A cut file ends the last one early, and the receipt says so."""
    seen: set[str] = set()

    def until_cut() -> Iterator[files.Row]:
        started = False
        try:
            for row in files.rows(path):
                if not started and not row.fault:
                    defaults.check_header(row.values)
                started = True
                yield _once(row, defaults, seen)
        except BadFile as problem:
            if not started:
                raise
            receipt.cut = str(problem)

    rows = (row for row in until_cut() if row.number > done)
    while batch := list(islice(rows, BATCH)):
        yield batch


def _once(row: files.Row, defaults: Defaults, seen: set[str]) -> files.Row:
    """The row; with a fault when an earlier row of the file has the same id, so that a second import says the same."""
    key = defaults.key(row.values)
    if key and key in seen:
        return replace(row, fault="the same id stands in an earlier row", field="id")
    seen.add(key)
    return row


@action("commons.import")
def begin_import(asking: Asking, *, origin: str, file_digest: str) -> Import:
    """The run to go on with: an unfinished one of the same file, or a new one. Raises InvalidInput for no origin."""
    if not 1 <= len(origin) <= 60 or not origin.isprintable():
        raise InvalidInput(given="an origin that cannot be used", expected="a short name, such as medquad")
    unfinished = Import.objects.filter(origin=origin, file_digest=file_digest, finished_at__isnull=True).first()
    return unfinished or Import.objects.create(origin=origin, file_digest=file_digest, started_at=asking.at)


@action("commons.import")
def finish_import(asking: Asking, *, run: Import, receipt: Receipt) -> None:
    """Closes a run; writes ResourcesImported. A cut file leaves nothing to resume: the whole one is another file."""
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
) -> None:
    """Takes one batch in one transaction, together with how far the import came."""
    taken = _described(batch, defaults, receipt)
    topics = _condition_ids(taken.values())
    known = {
        resource.origin_key: resource
        for resource in Resource.objects.select_for_update(of=("self",))
        .select_related("latest")
        .filter(origin=run.origin, origin_key__in=list(taken))
    }
    new = [row for key, row in taken.items() if key not in known]
    changed = [(known[key], row) for key, row in taken.items() if key in known and _is_news(known[key], row)]
    revised_here = [(resource, row) for resource, row in changed if _latest(resource).written_by_id is not None]
    for _resource, row in revised_here:
        receipt.reject(row.number, "", "it was revised here since; the source's new words were left out")
    changed = [pair for pair in changed if pair not in revised_here]
    events = [*_create(asking, run.origin, new, topics), *_revise(asking, changed, topics)]
    receipt.accepted += len(new)
    receipt.changed += len(changed)
    receipt.unchanged += len(known) - len(changed) - len(revised_here)
    run.rows_done = batch[-1].number
    for name in ("accepted", "changed", "unchanged", "n_rejected", "rejected"):
        setattr(run, name, getattr(receipt, name))
    run.save()
    append(events)


@dataclass(frozen=True)
class _Taken(Described):
    """A row that can be taken, with its number in the file."""

    number: int = 0


def _described(batch: Sequence[files.Row], defaults: Defaults, receipt: Receipt) -> dict[str, _Taken]:
    taken: dict[str, _Taken] = {}
    for row in batch:
        if row.fault:
            receipt.reject(row.number, row.field, row.fault)
            continue
        try:
            said = described(row.values, defaults)
        except InvalidInput as problem:
            receipt.reject(row.number, problem.field, f"expected {problem.expected}")
        else:
            taken[said.key] = _Taken(**vars(said), number=row.number)
    return taken


def _is_news(resource: Resource, row: Described) -> bool:
    return bytes(resource.origin_fingerprint) != row.fingerprint


def _latest(resource: Resource) -> Version:
    assert resource.latest is not None  # an imported resource has a version from the start
    return resource.latest


def _condition_ids(rows: Collection[Described]) -> Mapping[str, int]:
    """Ids of the conditions that these rows name, made where they are new.

    Other names are gathered from rows about one condition only: of several, nobody knows whose they are.
    """
    names: dict[str, tuple[str, set[str]]] = {}
    for row in rows:
        for name in row.conditions:
            other = row.aliases if len(row.conditions) == 1 else ()
            names.setdefault(slug_of(name), (name, set()))[1].update(other)
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


@dataclass(frozen=True)
class _New:
    """A version to be written: what its row says, and of which resource it is which version."""

    row: Described
    conditions: tuple[int, ...]
    resource_id: int
    id: int
    number: int

    @cached_property
    def grades(self) -> Grades | None:
        """How hard the text is to read, measured once for the version and for the log."""
        return reading_grades(self.row.words.body, self.row.words.language)

    def version(self, asking: Asking) -> Version:
        words = self.row.words
        return Version(
            id=self.id, resource_id=self.resource_id, number=self.number, title=words.title, summary=words.summary,
            body=words.body, link=words.link, audience=list(words.audience), stages=list(words.stages),
            help_kind=words.help_kind, license=words.license, sources=list(words.sources),
            reading_grade=self.grades and self.grades.flesch_kincaid, created_at=asking.at,
            fingerprint=replace(words, conditions=self.conditions).fingerprint,
        )  # fmt: skip

    def same(self, asking: Asking) -> dict[str, Any]:
        """What every event about it says."""
        return {
            "time": asking.us, "actor": asking.actor, "role": asking.role, "subject": self.resource_id,
            "object": self.id, "topic": self.row.words.line_of_work,
        }  # fmt: skip


def _topics_of(row: Described, topics: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(sorted({topics[slug_of(name)] for name in row.conditions}))


def _create(asking: Asking, origin: str, rows: Sequence[Described], topics: Mapping[str, int]) -> list[Event]:
    ids = iter(next_ids(2 * len(rows)))
    news = [_New(row, _topics_of(row, topics), next(ids), next(ids), 1) for row in rows]
    Resource.objects.bulk_create(
        Resource(
            id=new.resource_id, state=Resource.State.SHARED, kind=new.row.words.kind, latest_id=new.id, origin=origin,
            stable_id=new.id if new.row.words.risk_class < 3 else None, line_of_work=new.row.words.line_of_work,
            risk_class=new.row.words.risk_class, language=new.row.words.language, origin_key=new.row.key,
            origin_fingerprint=new.row.fingerprint, created_at=asking.at, shared_at=asking.at,
        )
        for new in news
    )  # fmt: skip
    measured = _write(asking, news)
    events: list[Event] = []
    for new in news:
        events.append(kinds.ResourceCreated(**new.same(asking), value=float(new.row.words.risk_class)))
        events.append(kinds.ResourceShared(**new.same(asking), cause=previous(len(events) - 1)))
    return events + measured


def _revise(asking: Asking, changed: Sequence[tuple[Resource, Described]], topics: Mapping[str, int]) -> list[Event]:
    """Adds a version to each resource whose row says something else than when it was last imported."""
    ids = next_ids(len(changed))
    news = []
    for (resource, row), version_id in zip(changed, ids, strict=True):
        news.append(_New(row, _topics_of(row, topics), resource.pk, version_id, _latest(resource).number + 1))
        resource.latest_id, resource.origin_fingerprint = version_id, row.fingerprint
        for name in ("kind", "line_of_work", "risk_class", "language"):
            setattr(resource, name, getattr(row.words, name))
    Resource.conditions.through.objects.filter(resource__in=[new.resource_id for new in news]).delete()
    measured = _write(asking, news)
    Resource.objects.bulk_update(
        [resource for resource, _row in changed],
        ["latest_id", "origin_fingerprint", "kind", "line_of_work", "risk_class", "language"],
        batch_size=200,
    )
    settle([new.resource_id for new in news])
    return [
        *(kinds.ResourceRevised(**new.same(asking), value=float(new.row.words.risk_class)) for new in news),
        *measured,
    ]


def _write(asking: Asking, news: Sequence[_New]) -> list[Event]:
    """Writes versions, credits and conditions; gives the events that say how hard each text is to read."""
    versions = Version.objects.bulk_create(new.version(asking) for new in news)
    Credit.objects.bulk_create(
        Credit(version_id=new.id, name=name, contribution=part) for new in news for name, part in new.row.credits
    )
    through = Resource.conditions.through
    through.objects.bulk_create(
        through(resource_id=new.resource_id, condition_id=topic) for new in news for topic in new.conditions
    )
    return [
        event
        for version, new in zip(versions, news, strict=True)
        for event in grades_measured(asking.us, version.pk, new.grades)
    ]
