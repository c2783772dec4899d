"""What the worker does about the commons: old reviews end, and people hear of what is to be looked at again."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from coproduce.network.commons.models import Resource, Review
from coproduce.network.commons.reviewing import CLINICAL, SOON, end_reviews, too_old
from coproduce.network.people.asking import Asking
from coproduce.network.people.models import Notice, Person
from coproduce.network.people.notices import tell
from coproduce.network.people.policy import told


def end_old_reviews(at: datetime) -> int:
    """Ends the reviews of class 3 that are older than a year; gives how many. Without enough of them it is hidden."""
    worker = Asking(system="worker", at=at)
    with told(worker):
        version_ids = sorted(set(too_old(at).values_list("version_id", flat=True)))
    return sum(end_reviews(worker, version_id=version_id) for version_id in version_ids)


def remind_of_reviews(at: datetime) -> int:
    """Tells owners and reviewers of what is to be looked at again, once a month in one notice; gives how many heard."""
    with told(Asking(system="worker", at=at)):
        Notice.objects.filter(kind=Notice.Kind.REVIEW_DUE, created_at__lte=at - SOON).delete()
        due = Resource.objects.filter(state=Resource.State.SHARED, review_by__lte=at.date() + SOON)
        owners = set(due.filter(owner__isnull=False).values_list("owner_id", flat=True))
        accepted = Review.objects.filter(
            accepted=True, version__in=due.filter(risk_class__gte=CLINICAL).values("latest")
        )
        people = Person.objects.filter(pk__in=owners | set(accepted.values_list("reviewer_id", flat=True)))
        page = reverse("commons:mine")
        return sum(
            tell(person_id=person_id, kind=Notice.Kind.REVIEW_DUE, about=person_id, path=page, at=at)
            for person_id in sorted(people.filter(left_at__isnull=True).values_list("pk", flat=True))
        )
