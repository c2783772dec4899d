"""Reviews: who accepted a version, how long that holds, and when a resource is to be looked at again."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from coproduce.errors import Absent, Conflict, InvalidInput
from coproduce.events import ABSENT, Event, Role, kinds
from coproduce.network.commons.access import reviewed, seen, settle
from coproduce.network.commons.index import changed
from coproduce.network.commons.models import Credit, Resource, Review, Version
from coproduce.network.commons.words import clean
from coproduce.network.log import append
from coproduce.network.people.asking import Asking
from coproduce.network.people.policy import action, rule

#: From this risk class on a resource needs reviews; below, who tends it looks after it.
CLINICAL = 2
#: What changes a treatment: its reviews end, and it is hidden until it has new ones.
TREATING = 3
#: Months after which each risk class is to be looked at again.
REVIEW_MONTHS = {0: 24, 1: 24, CLINICAL: 12, TREATING: 12}
#: How long the review of a class 3 version counts.
HOLDS = timedelta(days=365)
#: People hear of what is to be looked at within this time.
SOON = timedelta(days=30)


@rule("commons.review")
def _may_review(asking: Asking, *, version_id: int, **_arguments: object) -> bool:
    """Everybody who holds a role, in that role; never the words of one's own hand."""
    resource = seen(asking, versions=version_id)
    if resource.state != Resource.State.SHARED:
        raise Absent(_("resource"))
    mine = Credit.objects.filter(version__resource=resource, person_id=asking.actor).exists()
    return asking.person is not None and bool(asking.roles) and not mine


@rule("commons.end_reviews")
def _worker(asking: Asking, **_arguments: object) -> bool:
    return asking.system == "worker"


@action("commons.review")
def review_version(asking: Asking, *, version_id: int, accepted: bool, note: str = "") -> Review:
    """Says whether a version is fit to be used; writes Reviewed. A second review by the same person replaces the first.

    Where the version has now the reviews that its class asks for, the date of the next look moves: ReviewDateSet.
    Raises InvalidInput when a rejection has no reason, Conflict when a newer version came while the reviewer read.
    """
    note = clean(note, "note", 600)
    if not accepted and not note:
        raise InvalidInput(given=_("a no without a reason"), expected=_("what should change"), field="note")
    resource = Resource.objects.select_for_update().filter(latest=version_id).first()
    if resource is None:
        raise Conflict(
            _("It was revised while you were reading."), next_step=_("Read the new version, then review that one.")
        )
    review, _made = Review.objects.update_or_create(
        version_id=version_id,
        reviewer_id=asking.person,
        defaults={"role": asking.role, "accepted": accepted, "note": note, "at": asking.at, "holds": True},
    )
    settle([resource.pk])
    events: list[Event] = [
        kinds.Reviewed(time=asking.us, actor=asking.actor, role=asking.role, subject=version_id, value=float(accepted))
    ]
    if accepted and (since := _accepted_since(resource, version_id, asking.at)) is not None:
        events.append(look_again(asking, resource, since=since))
    append(events)
    changed([resource.pk])
    return review


@action("commons.end_reviews")
def end_reviews(asking: Asking, *, version_id: int) -> int:
    """Ends reviews of a class 3 version that are too old, which may hide it; gives how many. Writes ReviewsEnded."""
    resource = Resource.objects.select_for_update().get(versions=version_id)
    ended = too_old(asking.at).filter(version=version_id).update(holds=False)
    if ended:
        settle([resource.pk])
        append([kinds.ReviewsEnded(time=asking.us, role=Role.COMPUTER, subject=version_id, value=float(ended))])
        changed([resource.pk])
    return ended


def too_old(at: datetime) -> QuerySet[Review]:
    """The reviews of class 3 that count until now and should no longer."""
    return Review.objects.filter(holds=True, at__lte=at - HOLDS, version__resource__risk_class=TREATING)


def reviews_of(person_id: int, version: OuterRef) -> QuerySet[Review]:
    """The reviews by which a person accepted a version."""
    return Review.objects.filter(version=version, reviewer_id=person_id, accepted=True)


def look_again(asking: Asking, resource: Resource, *, since: datetime, cause: int = ABSENT) -> kinds.ReviewDateSet:
    """Sets the date by which a resource is to be looked at again, by its class; gives the event that says so."""
    resource.review_by = _months_later(since.date(), REVIEW_MONTHS[resource.risk_class])
    resource.save(update_fields=["review_by"])
    days = (resource.review_by - asking.at.date()).days
    return kinds.ReviewDateSet(
        time=asking.us, actor=asking.actor, role=asking.role, subject=resource.pk, value=float(days), cause=cause
    )


def _accepted_since(resource: Resource, version_id: int, at: datetime) -> datetime | None:
    """From when on a version counts as looked at: for class 3 its oldest review decides. None while one is missing."""
    if resource.risk_class < CLINICAL:
        return at
    if not Version.objects.filter(reviewed("pk", of="resource__"), pk=version_id).exists():
        return None
    counting = Q(version=version_id, accepted=True, holds=True)
    oldest: datetime = Review.objects.filter(counting).aggregate(at=Min("at"))["at"]
    return oldest if resource.risk_class == TREATING else at


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    return day.replace(year=day.year + years, month=month + 1, day=min(day.day, 28))
