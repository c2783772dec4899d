"""Reads of the commons, scoped by who is asking: what is hidden is absent, and totals are counted after that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.utils.translation import gettext as _

from coproduce.errors import Absent, NotAllowed
from coproduce.events import Role
from coproduce.matching import Constraints, parse_need, rank
from coproduce.network.commons.access import (
    LIVED,
    may_edit,
    may_tend,
    offered,
    reviewed,
    seen_by,
    versions_seen_by,
)
from coproduce.network.commons.index import index
from coproduce.network.commons.models import Condition, Credit, Kept, Resource, Review, Version
from coproduce.network.commons.reviewing import SOON, reviews_of
from coproduce.network.commons.words import UNKNOWN_LICENSE
from coproduce.network.people.asking import Asking
from coproduce.network.people.policy import query, rule

PAGE_SIZE = 9
NEWEST_FIRST = ("-shared_at", "-pk")
LONGEST_SEARCH = 500
#: Versions that a history lists, and conditions that a list is narrowed by: the newest, and the most used.
MOST_VERSIONS = 200
MOST_CONDITIONS = 60
MOST_DERIVED = 6


@rule("commons.look")
def _anybody(_asking: Asking, **_arguments: object) -> bool:
    """What the commons shares is open to everybody, guests included."""
    return True


@rule("commons.see")
def _sees(asking: Asking, *, resource_id: int, **_arguments: object) -> bool:
    if not Resource.objects.filter(seen_by(asking), pk=resource_id).exists():
        raise Absent(_("resource"))
    return True


@rule("commons.own_things")
def _signed_in(asking: Asking, **_arguments: object) -> bool:
    return asking.person is not None


@dataclass(frozen=True, kw_only=True)
class Facets:
    """What a list of the commons is narrowed to; empty: everything."""

    kind: str = ""
    line_of_work: int | None = None
    condition: str = ""
    audience: str = ""


@query("commons.look")
def browse(_asking: Asking, *, facets: Facets, page: int | str = 1) -> Page[Resource]:
    """The shared resources that fit, newest first, a page of them; the nearest page where there is no such one."""
    chosen = Resource.objects.filter(offered())
    if facets.kind:
        chosen = chosen.filter(kind=facets.kind)
    if facets.line_of_work is not None:
        chosen = chosen.filter(line_of_work=facets.line_of_work)
    if facets.condition:
        chosen = chosen.filter(conditions__slug=facets.condition)
    if facets.audience:
        chosen = chosen.filter(stable__audience__contains=[facets.audience])
    # What is on the page is chosen by its id alone; words and reviews are fetched for no more than that.
    found = Paginator(chosen.order_by(*NEWEST_FIRST), PAGE_SIZE).get_page(page)
    on_page = cast("QuerySet[Resource]", found.object_list).values("pk")
    found.object_list = list(_listed(Resource.objects.filter(pk__in=on_page)).order_by(*NEWEST_FIRST))
    return found


@query("commons.look")
def search(_asking: Asking, *, words: str, limit: int = PAGE_SIZE) -> list[Resource]:
    """The shared resources that answer these words best, best first."""
    found = rank(parse_need(words[:LONGEST_SEARCH], index().lexicon), index(), Constraints(), limit)
    ids = [int(offer.resource_id) for offer in found.offers]
    rows = {resource.pk: resource for resource in _listed(Resource.objects.filter(offered(), pk__in=ids))}
    return [rows[number] for number in ids if number in rows]


@query("commons.look")
def conditions_in_use(_asking: Asking) -> list[Condition]:
    """The conditions that most shared resources are about, by name; of those with as many, the older ones."""
    about = Resource.conditions.through.objects.filter(resource__in=Resource.objects.filter(offered()))
    # By number, not by name: the names of all conditions are not fetched to count.
    counted = about.order_by().values("condition").annotate(n=Count("pk")).order_by("-n", "condition_id")
    most = Condition.objects.filter(pk__in=counted.values("condition")[:MOST_CONDITIONS])
    return sorted(most, key=lambda condition: condition.name.casefold())


@dataclass(frozen=True)
class Shown:
    """Everything a resource's page shows."""

    resource: Resource
    version: Version
    credits: Sequence[Credit]
    reviews: Sequence[Review]
    may_edit: bool
    may_tend: bool
    may_review: bool
    is_kept: bool
    #: What it was made from, unless that is hidden.
    builds_on: Version | None
    #: Key and title of what was made from it, newest first.
    built_upon: Sequence[Mapping[str, Any]]
    #: The number of the latest version, unless that is hidden.
    latest_number: int | None

    @property
    def license_link(self) -> str:
        """Where the licence can be read; empty for one that is not a single licence of the SPDX list."""
        said = self.version.license
        return "" if " " in said or said.startswith("LicenseRef") else f"https://spdx.org/licenses/{said}.html"

    @property
    def is_license_unknown(self) -> bool:
        """True for what came without saying how it may be used."""
        return self.version.license == UNKNOWN_LICENSE

    @property
    def is_reviewed(self) -> bool:
        """Whether it has the reviews that its class asks for, as `access.reviewed` says it to the database."""
        roles = [Role(review.role) for review in self.reviews if review.accepted and review.holds]
        if self.resource.risk_class == 3 and len(roles) >= 2 and Role.CLINICIAN in roles:
            return True
        return Role.CLINICIAN in roles and not set(roles).isdisjoint(LIVED)

    @property
    def is_stable(self) -> bool:
        """True for the version that readers get."""
        return bool(self.version.pk == self.resource.stable_id)

    @property
    def is_latest(self) -> bool:
        """True when no version came after this one."""
        return bool(self.version.pk == self.resource.latest_id)

    @property
    def needs_review(self) -> bool:
        """True for clinical information that is not reviewed yet, and must be labelled so."""
        return self.resource.risk_class >= 2 and not self.is_reviewed


@query("commons.look")
def resource_page(asking: Asking, *, resource_id: int, number: int | None = None) -> Shown:
    """A resource in the version that readers get, or in another one. Raises Absent when hidden or there is none."""
    which = Q(pk=Coalesce("resource__stable", "resource__latest")) if number is None else Q(number=number)
    return _shown(asking, resource_id, which)


@query("commons.look")
def latest_page(asking: Asking, *, resource_id: int) -> Shown:
    """A resource in its latest version, for whoever reviews it. Raises Absent when that is hidden from them."""
    return _shown(asking, resource_id, Q(pk=F("resource__latest")))


@query("commons.look")
def page_to_edit(asking: Asking, *, resource_id: int) -> Shown:
    """A resource for somebody who may revise it. Raises NotAllowed for others, Absent when it is hidden from them."""
    shown = _shown(asking, resource_id, Q(pk=F("resource__latest")))
    if not shown.may_edit:
        raise NotAllowed(_("Clinical words are revised by who wrote them, and by stewards."))
    return shown


def _shown(asking: Asking, resource_id: int, which: Q) -> Shown:
    """Everything of the page in few queries: what is one's own comes with the version."""
    credited = Credit.objects.filter(version__resource=OuterRef("resource"), person_id=asking.actor)
    kept = Kept.objects.filter(resource=OuterRef("resource"), person_id=asking.actor)
    source = Resource.objects.filter(seen_by(asking), pk=OuterRef("derived_from__resource"))
    newest = Version.objects.filter(versions_seen_by(asking), pk=OuterRef("resource__latest"))
    version = (
        Version.objects.filter(which, versions_seen_by(asking), resource_id=resource_id)
        .annotate(is_mine=Exists(credited), is_kept=Exists(kept), is_source_seen=Exists(source))
        .annotate(latest_number=Subquery(newest.values("number")), made_from=_made_from(asking))
        .select_related("resource", "derived_from")
        .prefetch_related(
            "resource__conditions",
            Prefetch("credits", Credit.objects.select_related("person").order_by("pk")),
            Prefetch("reviews", Review.objects.select_related("reviewer").order_by("at")),
        )
        .first()
    )
    if version is None:
        raise Absent(_("resource"))
    resource = version.resource
    is_reviewable = resource.state == Resource.State.SHARED and version.latest_number is not None
    return Shown(
        resource=resource,
        version=version,
        credits=list(version.credits.all()),
        reviews=list(version.reviews.all()),
        may_edit=may_edit(asking, resource, is_credited=version.is_mine),
        may_tend=may_tend(asking, resource),
        may_review=asking.person is not None and bool(asking.roles) and is_reviewable and not version.is_mine,
        is_kept=version.is_kept,
        builds_on=version.derived_from if version.is_source_seen else None,
        built_upon=version.made_from,
        latest_number=version.latest_number,
    )


def _made_from(asking: Asking) -> ArraySubquery:
    """Key and title of a few resources whose version in use was made from this one, as far as this asker sees them."""
    derived = Resource.objects.filter(seen_by(asking), offered(), stable__derived_from__resource=OuterRef("resource"))
    titled = derived.order_by("-pk").values(found=JSONObject(pk="pk", title="stable__title"))
    return ArraySubquery(titled[:MOST_DERIVED])


@query("commons.see")
def history(asking: Asking, *, resource_id: int) -> list[Version]:
    """The versions of a resource, newest first, with who wrote each; not their texts."""
    versions = _versions(asking, resource_id)
    return list(versions.defer("body", "sources").order_by("-number")[:MOST_VERSIONS])


@query("commons.see")
def two_versions(asking: Asking, *, resource_id: int, number: int) -> tuple[Version, Version | None]:
    """A version and the one before it, None for the first. Raises Absent where there is none."""
    versions = _versions(asking, resource_id)
    found = list(versions.filter(number__lte=number).order_by("-number")[:2])
    if not found or found[0].number != number:
        raise Absent(_("resource"))
    return found[0], found[1] if len(found) == 2 else None


def _versions(asking: Asking, resource_id: int) -> QuerySet[Version]:
    seen = Version.objects.filter(versions_seen_by(asking), resource_id=resource_id)
    return seen.select_related("resource", "written_by")


@query("commons.own_things")
def mine(asking: Asking) -> list[Resource]:
    """The resources that the asker owns, drafts included, newest first."""
    return list(_listed(Resource.objects.filter(owner_id=asking.person)).order_by("-created_at", "-pk")[:200])


@query("commons.own_things")
def kept(asking: Asking) -> list[Resource]:
    """The resources that the asker keeps for later, newest first; those hidden since are left out."""
    ids = Kept.objects.filter(person_id=asking.actor).values("resource_id")
    return list(_listed(Resource.objects.filter(seen_by(asking), pk__in=ids)).order_by("-pk")[:200])


@query("commons.own_things")
def due(asking: Asking) -> list[Resource]:
    """What the asker owns or has reviewed and that is to be looked at again soon, or was to be; the earliest first."""
    theirs = Q(owner_id=asking.person) | Q(Exists(reviews_of(asking.actor, OuterRef("latest"))))
    shared = Resource.objects.filter(seen_by(asking), theirs, state=Resource.State.SHARED)
    return list(_listed(shared.filter(review_by__lte=asking.at.date() + SOON)).order_by("review_by", "pk")[:200])


def _listed(resources: QuerySet[Resource]) -> QuerySet[Resource]:
    """What a card of a list needs, in a fixed number of queries; `is_checked` as in `Shown.is_reviewed`."""
    loaded = resources.select_related("latest", "stable")
    return loaded.annotate(is_checked=reviewed()).prefetch_related("conditions")
