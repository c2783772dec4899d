"""Who sees and edits which resource; one condition, used by every query and rule."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from coproduce.errors import Absent
from coproduce.events import Role
from coproduce.network.commons.models import Credit, Resource, Review, Version
from coproduce.network.people.asking import Asking, computer
from coproduce.network.people.policy import told

LIVED = (Role.PATIENT, Role.FAMILY)
#: What class 2 asks of the reviews of a version, and what class 3 asks.
_CHECKED = Q(n_clinicians__gte=1, n_lived__gte=1)
_ENOUGH = Q(n__gte=2, n_clinicians__gte=1)
#: Computers of ours that see everything, to index, import and tell stories.
_OWN_COMPUTERS = frozenset({"worker", "example", "import", "operator"})


def seen_by(asking: Asking) -> Q:
    """The resources that this asker may see: what is public, and what they wrote.

    A draft is its authors' and the stewards'. Class 3 stays hidden until reviewed, but for its authors, and for
    clinicians and stewards, who review it. Row-level security says the same once more.
    """
    if _sees_all(asking):
        return Q()
    is_open = ~Q(state=Resource.State.DRAFT)
    public = is_open if asking.holds(Role.CLINICIAN) else is_open & Q(stable__isnull=False)
    if asking.person is None:
        return public
    return public | Q(owner_id=asking.person) | Q(Exists(_credited(asking.person, OuterRef("pk"))))


def seen(asking: Asking, **which: int) -> Resource:
    """One resource that this asker may see. Raises Absent when it is hidden or there is none."""
    resource = Resource.objects.filter(seen_by(asking), **which).first()
    if resource is None:
        raise Absent(_("resource"))
    return resource


def versions_seen_by(asking: Asking) -> Q:
    """The versions that this asker may see.

    What changes a treatment is shown in reviewed versions only, or an earlier one would be a way around the review.
    """
    if _sees_all(asking):
        return Q()
    public = ~Q(resource__state=Resource.State.DRAFT)
    if not asking.holds(Role.CLINICIAN):
        public &= Q(resource__risk_class__lt=3) | Q(Exists(_reviewed_enough("pk")))
    if asking.person is None:
        return public
    own = Q(resource__owner_id=asking.person) | Q(Exists(_credited(asking.person, OuterRef("resource"))))
    return public | own


def _sees_all(asking: Asking) -> bool:
    return asking.system in _OWN_COMPUTERS or asking.holds(Role.STEWARD)


def offered() -> Q:
    """The resources that may be suggested to anybody: shared, and reviewed where their class asks for it."""
    return Q(state=Resource.State.SHARED, stable__isnull=False)


def settle(resource_ids: Collection[int]) -> None:
    """Sets what readers get of these resources, from their latest versions and the reviews of all.

    The network itself reckons it: it follows from the reviews, whoever wrote the last one.
    """
    versions = Version.objects.filter(resource=OuterRef("pk")).order_by("-number")
    clinical = versions.filter(checked("pk")).values("pk")[:1]
    treating = versions.filter(Exists(_reviewed_enough("pk"))).values("pk")[:1]
    with told(computer("operator")):
        Resource.objects.filter(pk__in=resource_ids).update(
            stable=Case(
                When(risk_class__lt=2, then=F("latest")),
                When(risk_class=2, then=Coalesce(Subquery(clinical), F("latest"))),
                default=Subquery(treating),
            )
        )


def may_edit(asking: Asking, resource: Resource, *, is_credited: bool | None = None) -> bool:
    """True for an author, a steward, and for class 0 and 1 anybody of the network: the commons is tended together.

    `is_credited`: whether the asker is credited for a version, where it is known already.
    """
    if may_tend(asking, resource):
        return True
    if asking.person is None:
        return False
    if resource.state == Resource.State.SHARED and resource.risk_class <= 1:
        return True
    return is_author(asking, resource) if is_credited is None else is_credited


def may_tend(asking: Asking, resource: Resource) -> bool:
    """True for who shares and retires a resource: its owner, and the stewards."""
    if asking.system in {"example", "import"} or asking.holds(Role.STEWARD):
        return True
    return asking.person is not None and resource.owner_id == asking.person


def may_reclass(asking: Asking, resource: Resource, risk_class: int) -> bool:
    """True for who may say that a resource is of another risk class.

    Lower, and so less reviewed, only by a clinician or a steward once it is shared; higher by its owner too.
    """
    if risk_class == resource.risk_class or asking.system or asking.holds(Role.STEWARD, Role.CLINICIAN):
        return True
    is_own = asking.person is not None and resource.owner_id == asking.person
    return is_own and (resource.state == Resource.State.DRAFT or risk_class > resource.risk_class)


def is_author(asking: Asking, resource: Resource) -> bool:
    """True for its owner and for whoever is credited for one of its versions."""
    if asking.person is None:
        return False
    return resource.owner_id == asking.person or (
        Credit.objects.filter(version__resource=resource, person_id=asking.person).exists()
    )


def _credited(person_id: int, resource: OuterRef) -> QuerySet[Credit]:
    return Credit.objects.filter(version__resource=resource, person_id=person_id)


def checked(version: str) -> Q:
    """Whether a clinician and somebody with lived experience accepted the version that this field names (class 2)."""
    return Q(Exists(_accepted(version).filter(_CHECKED)))


def reviewed(version: str = "stable", of: str = "") -> Q:
    """Whether the version that this field names has the reviews that its class asks for; `of` leads to its resource.

    One look at the reviews, not one for each rule: row-level security is planned anew for every subquery.
    """
    risk_class = ExpressionWrapper(OuterRef(f"{of}risk_class"), output_field=IntegerField())
    accepted = _accepted(version).annotate(risk_class=risk_class)
    return Q(Exists(accepted.filter(_CHECKED | Q(risk_class=3) & _ENOUGH)))


def _reviewed_enough(version: str) -> QuerySet[Review, Any]:
    """Two independent people accepted this version, one of them a clinician (class 3)."""
    return _accepted(version).filter(_ENOUGH)


def _accepted(version: str) -> QuerySet[Review, Any]:
    """One row for a version that somebody accepted, with how many people did, by what they know it from.

    What was accepted too long ago counts no more (`reviewing.end_reviews`).
    """
    return (
        Review.objects.filter(version=OuterRef(version), accepted=True, holds=True)
        .values("version")
        .annotate(
            n=Count("reviewer", distinct=True),
            n_clinicians=Count("pk", filter=Q(role=Role.CLINICIAN)),
            n_lived=Count("pk", filter=Q(role__in=LIVED)),
        )
    )
