"""Who sees and edits which resource; one condition, used by every query and rule."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from coproduce.events import Role
from coproduce.network.commons.models import Resource, Review
from coproduce.network.people.asking import Asking

LIVED = (Role.PATIENT, Role.FAMILY)


def seen_by(asking: Asking) -> Q:
    """The resources that this asker may see: what is public, and one's own drafts.

    Drafts are their owner's. Class 3 stays hidden until reviewed, but for its owner, reviewers and stewards.
    """
    public = ~Q(state=Resource.State.DRAFT) & (Q(risk_class__lt=3) | Q(Exists(_reviewed_enough())))
    if asking.system in {"worker", "example", "import", "operator"}:
        return Q()
    if asking.person is None:
        return public
    own = Q(owner_id=asking.person)
    if asking.holds(Role.STEWARD, Role.CLINICIAN):
        return public | own | ~Q(state=Resource.State.DRAFT)
    return public | own


def offered() -> Q:
    """The resources that may be suggested to anybody: shared, and reviewed where their class asks for it."""
    return Q(state=Resource.State.SHARED) & (Q(risk_class__lt=3) | Q(Exists(_reviewed_enough())))


def may_edit(asking: Asking, resource: Resource) -> bool:
    """True for the owner, a steward, and for class 0 and 1 anybody of the network: the commons is tended together."""
    if asking.system in {"example", "import"} or asking.holds(Role.STEWARD):
        return True
    if asking.person is None:
        return False
    if resource.owner_id == asking.person:
        return True
    return resource.state == Resource.State.SHARED and resource.risk_class <= 1


def _reviewed_enough() -> QuerySet[Review, Any]:
    """Two independent people accepted the latest version, one of them a clinician (COMMONS.md, class 3)."""
    accepted = (
        Review.objects.filter(version=OuterRef("latest"), accepted=True)
        .values("version")
        .annotate(n=Count("reviewer", distinct=True), n_clinicians=Count("pk", filter=Q(role=Role.CLINICIAN)))
        .filter(n__gte=2, n_clinicians__gte=1)
    )
    return accepted.values("version")
