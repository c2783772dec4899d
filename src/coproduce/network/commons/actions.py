"""Everything that changes the commons: create, revise, share, retire, keep, open, thank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from coproduce.errors import Absent, Conflict, InvalidInput
from coproduce.events import ABSENT, Event, Role, kinds
from coproduce.network.commons.access import may_edit, may_reclass, may_tend, seen, settle, versions_seen_by
from coproduce.network.commons.index import changed
from coproduce.network.commons.models import Credit, Kept, Resource, Version
from coproduce.network.commons.reading import grades_measured, reading_grade, reading_grades
from coproduce.network.commons.reviewing import CLINICAL, look_again
from coproduce.network.commons.words import Words, clean
from coproduce.network.log import append, append_once
from coproduce.network.people.asking import Asking
from coproduce.network.people.policy import action, rule

#: A person's openings of one version within this time are one opening.
OPENED_AGAIN = timedelta(hours=1)


@rule("commons.contribute")
def _signed_in(asking: Asking, **_arguments: object) -> bool:
    return asking.person is not None or asking.system in {"example", "import"}


@rule("commons.edit")
def _editor(asking: Asking, *, resource_id: int, **_arguments: object) -> bool:
    return may_edit(asking, seen(asking, pk=resource_id))


@rule("commons.tend")
def _tender(asking: Asking, *, resource_id: int, **_arguments: object) -> bool:
    return may_tend(asking, seen(asking, pk=resource_id))


@rule("commons.use")
def _sees(asking: Asking, *, version_id: int, **_arguments: object) -> bool:
    if not Version.objects.filter(versions_seen_by(asking), pk=version_id).exists():
        raise Absent(_("resource"))
    return True


@rule("commons.use_signed_in")
def _sees_signed_in(asking: Asking, *, version_id: int, **_arguments: object) -> bool:
    return _sees(asking, version_id=version_id) and asking.person is not None


@dataclass(frozen=True, kw_only=True)
class Authorship:
    """Who gets credit for a version, and what it was made from."""

    credits: Sequence[tuple[int, Role, str]] = ()
    derived_from: int | None = None
    note: str = ""


@action("commons.contribute")
def create_resource(
    asking: Asking,
    *,
    words: Words,
    authorship: Authorship | None = None,
    cause: int = ABSENT,
    share: bool = False,
    token: UUID | None = None,
) -> Resource:
    """Makes a resource with its first version; writes ResourceCreated (and ResourceShared).

    `cause` is the seq of what it was made for. The same token from the same person makes one resource. Raises
    InvalidInput for words that cannot be kept, Absent when what it was made from is hidden or there is none.
    """
    words = words.checked()
    source = None if authorship is None else authorship.derived_from
    if source is not None and not Version.objects.filter(versions_seen_by(asking), pk=source).exists():
        raise Absent(_("resource"))
    resource = Resource(
        kind=words.kind, line_of_work=words.line_of_work, risk_class=words.risk_class, language=words.language,
        owner_id=asking.person, created_at=asking.at, token=token,
    )  # fmt: skip
    try:
        with transaction.atomic():
            resource.save(force_insert=True)
    except IntegrityError:
        # The form was sent twice: what it made the first time is the answer.
        return Resource.objects.get(owner_id=asking.person, token=token)
    version = _write_version(asking, resource, words, authorship or Authorship(), number=1)
    events: list[Event] = [
        kinds.ResourceCreated(
            time=asking.us, actor=asking.actor, role=asking.role, subject=resource.pk, object=version.pk,
            topic=words.line_of_work, value=float(words.risk_class), cause=cause,
        ),
        *grades_measured(asking.us, version.pk, reading_grades(words.body, words.language)),
    ]  # fmt: skip
    seq = append(events)[0]
    if share:
        _share(asking, resource, cause=seq)
    return resource


@action("commons.edit")
def revise_resource(
    asking: Asking,
    *,
    resource_id: int,
    based_on: int,
    words: Words,
    authorship: Authorship | None = None,
    cause: int = ABSENT,
) -> Version:
    """Adds a version; writes ResourceRevised, its cause the seq of what it was revised for.

    Who tends a resource that needs no review has looked at it by revising it: ReviewDateSet.

    `based_on` is the version that the editor started from. Saving what is there already makes no version: it says that
    it is still right. Raises Conflict when another one came first: nothing is lost, the caller shows both;
    InvalidInput for another risk class than the editor may give.
    """
    words = words.checked()
    resource = Resource.objects.select_for_update(of=("self",)).select_related("latest").get(pk=resource_id)
    latest = resource.latest
    assert latest is not None  # a resource has a version from the start
    is_tended = (
        resource.state == Resource.State.SHARED
        and max(resource.risk_class, words.risk_class) < CLINICAL
        and may_tend(asking, resource)
    )
    if bytes(latest.fingerprint) == words.fingerprint:
        append([look_again(asking, resource, since=asking.at)] if is_tended else [])
        return latest
    if latest.pk != based_on:
        raise Conflict(
            _("Somebody else revised this while you were writing."),
            next_step=_("Look at the difference, bring the two together, and save again."),
        )
    if not may_reclass(asking, resource, words.risk_class):
        raise InvalidInput(
            given=_("another risk class"),
            expected=_("the one it has"),
            next_step=_("A clinician or a steward can change it."),
            field="risk_class",
        )
    authorship = authorship or Authorship()
    if authorship.derived_from is None:
        authorship = replace(authorship, derived_from=latest.derived_from_id)
    version = _write_version(asking, resource, words, authorship, number=latest.number + 1)
    events: list[Event] = [
        kinds.ResourceRevised(
            time=asking.us, actor=asking.actor, role=asking.role, subject=resource.pk, object=version.pk,
            topic=words.line_of_work, value=float(words.risk_class), cause=cause,
        ),
        *grades_measured(asking.us, version.pk, reading_grades(words.body, words.language)),
    ]  # fmt: skip
    append([*events, look_again(asking, resource, since=asking.at)] if is_tended else events)
    changed([resource.pk])
    return version


@action("commons.tend")
def share_resource(asking: Asking, *, resource_id: int, cause: int = ABSENT) -> Resource:
    """Opens a draft, or a retired resource again, to everybody. Raises Conflict when it is shared already.

    Writes ResourceShared, OwnerAssigned, ReviewDateSet.
    """
    resource = Resource.objects.select_for_update().get(pk=resource_id)
    if resource.state == Resource.State.SHARED:
        raise Conflict(_("It is shared already."))
    _share(asking, resource, cause=cause)
    return resource


@action("commons.tend")
def retire_resource(asking: Asking, *, resource_id: int) -> None:
    """Takes a resource out of what is offered; its link still answers. Writes ResourceRetired."""
    resource = Resource.objects.select_for_update().get(pk=resource_id)
    if resource.state == Resource.State.RETIRED:
        return
    if resource.state != Resource.State.SHARED:
        raise Conflict(_("Only a shared resource can be retired."))
    resource.state = Resource.State.RETIRED
    resource.save(update_fields=["state"])
    append(
        [
            kinds.ResourceRetired(
                time=asking.us, actor=asking.actor, role=asking.role, subject=resource.pk,
                object=resource.latest_id or ABSENT,
            )
        ]
    )  # fmt: skip
    changed([resource.pk])


@action("commons.use_signed_in")
def keep(asking: Asking, *, version_id: int) -> None:
    """Keeps a resource for later; keeping it twice changes nothing."""
    resource_id = Version.objects.values_list("resource_id", flat=True).get(pk=version_id)
    Kept.objects.get_or_create(person_id=asking.actor, resource_id=resource_id, defaults={"at": asking.at})


@action("commons.use_signed_in")
def let_go(asking: Asking, *, version_id: int) -> None:
    """No longer keeps a resource."""
    Kept.objects.filter(person_id=asking.actor, resource__versions=version_id).delete()


@action("commons.use", savepoint=False)
def open_resource(asking: Asking, *, version_id: int, need_id: int = ABSENT, cause: int = ABSENT) -> None:
    """Notes that somebody opened a version; once an hour a person. Writes ResourceOpened; a guest leaves no trace."""
    if asking.person is None:
        return
    opened = kinds.ResourceOpened(
        time=asking.us, actor=asking.actor, role=asking.role, subject=need_id, object=version_id, cause=cause
    )
    append_once(opened, since=asking.at - OPENED_AGAIN)


@action("commons.use_signed_in")
def thank_authors(asking: Asking, *, version_id: int, cause: int = ABSENT) -> list[int]:
    """Thanks everybody of the network who is credited for a version; writes Thanked. Gives the ids of those thanked."""
    thanked = list(
        Credit.objects.filter(version_id=version_id, person__isnull=False, person__erased_at__isnull=True)
        .exclude(person_id=asking.actor)
        .order_by("person_id")
        .values_list("person_id", flat=True)
        .distinct()
    )
    if thanked:
        append(
            [
                kinds.Thanked(
                    time=asking.us, actor=asking.actor, role=asking.role, subject=version_id, object=author, cause=cause
                )
                for author in thanked
            ]
        )
    return thanked


def _write_version(asking: Asking, resource: Resource, words: Words, authorship: Authorship, *, number: int) -> Version:
    version = Version.objects.create(
        resource=resource, number=number, title=words.title, summary=words.summary, body=words.body, link=words.link,
        audience=list(words.audience), stages=list(words.stages), help_kind=words.help_kind, license=words.license,
        sources=list(words.sources), reading_grade=reading_grade(words.body, words.language),
        note=clean(authorship.note, "note", 300), derived_from_id=authorship.derived_from,
        written_by_id=asking.person, created_at=asking.at,
        fingerprint=words.fingerprint,
    )  # fmt: skip
    credited = list(authorship.credits)
    if not credited and asking.person is not None:
        credited = [(asking.person, asking.role, "wrote")]
    Credit.objects.bulk_create(
        Credit(version=version, person_id=person, role=role, contribution=part) for person, role, part in credited
    )
    resource.conditions.set(words.conditions)
    resource.latest = version
    for name in ("kind", "line_of_work", "risk_class", "language"):
        setattr(resource, name, getattr(words, name))
    resource.save()
    settle([resource.pk])
    resource.refresh_from_db(fields=["stable"])
    return version


def _share(asking: Asking, resource: Resource, *, cause: int) -> None:
    resource.state = Resource.State.SHARED
    resource.shared_at = asking.at
    resource.save(update_fields=["state", "shared_at"])
    same = {"time": asking.us, "actor": asking.actor, "role": asking.role, "subject": resource.pk, "cause": cause}
    events: list[Event] = [
        kinds.ResourceShared(**same, object=resource.latest_id or ABSENT, topic=resource.line_of_work),
        look_again(asking, resource, since=asking.at, cause=cause),
    ]
    if resource.owner_id is not None:
        events.append(kinds.OwnerAssigned(**same, object=resource.owner_id))
    append(events)
    changed([resource.pk])
