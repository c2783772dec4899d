"""Reads about needs, scoped by who is asking. They give data, not lazy queries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, Case, Exists, ExpressionWrapper, OuterRef, Prefetch, Q, QuerySet, When

from coproduce.errors import Absent
from coproduce.events import kinds
from coproduce.matching import ParsedNeed, suggest
from coproduce.network.commons import access as commons
from coproduce.network.commons.access import reviewed
from coproduce.network.commons.index import index
from coproduce.network.commons.models import Resource, Version
from coproduce.network.log import Row, around
from coproduce.network.needs import access, reading, urgent
from coproduce.network.needs.access import HIDDEN
from coproduce.network.needs.models import Need, Offer, Reply
from coproduce.network.needs.states import OPEN
from coproduce.network.needs.urgent import UrgentSign
from coproduce.network.people.asking import Asking
from coproduce.network.people.models import Person
from coproduce.network.people.policy import query

LONGEST_LOOK = 5_000
#: Needs on one page of one's own.
PAGE_SIZE = 20


@dataclass(frozen=True)
class Look:
    """What the commons has for some words; nothing of it is kept."""

    parsed: ParsedNeed
    resources: Sequence[tuple[Resource, Sequence[dict[str, object]]]]


@query("needs.look")
def urgent_signs_in(_asking: Asking, *, words: str) -> list[UrgentSign]:
    """The urgent signs in some words, for anybody; asked before anything is looked for."""
    return urgent.noticed(words[:LONGEST_LOOK])


@query("needs.look")
def look(asking: Asking, *, words: str, language: str = "en") -> Look:
    """Public resources for some words, for anybody; leaves nothing behind."""
    parsed = reading.read(words[:LONGEST_LOOK])
    own = frozenset() if asking.person is None else reading.languages_read_by([asking.person])
    ranking = reading.find(parsed, reading.constraints(languages=own | {language}, role=asking.role))
    rows = Resource.objects.filter(
        pk__in=[int(offer.resource_id) for offer in ranking.offers], state=Resource.State.SHARED
    )
    by_id = {str(resource.pk): resource for resource in rows.annotate(is_checked=reviewed()).select_related("stable")}
    found = [
        (by_id[offer.resource_id], reading.reasons_of(offer)) for offer in ranking.offers if offer.resource_id in by_id
    ]
    return Look(parsed, found)


@query("needs.look")
def suggestions(_asking: Asking, *, words: str) -> list[str]:
    """Titles of the commons that hold what was typed so far; the last line of it."""
    lines = [line for line in words[:LONGEST_LOOK].splitlines() if line.strip()]
    return suggest(index(), lines[-1] if lines else "", n_titles=5)


@query("needs.signed_in")
def my_needs(asking: Asking, *, page: int | str = 1) -> Page[Need]:
    """One's own needs, the open ones first, newest first: a page of them, the nearest where there is no such one."""
    found = Paginator(_mine(asking), PAGE_SIZE).get_page(page)
    found.object_list = list(found.object_list)
    return found


@query("needs.signed_in")
def my_first_needs(asking: Asking, *, most: int) -> list[Need]:
    """The first of the same."""
    return list(_mine(asking)[:most])


def _mine(asking: Asking) -> QuerySet[Need]:
    """The needs that one stated, that are for oneself, or for somebody one acts for; open ones first, newest first."""
    helped = Offer.objects.filter(need_id=OuterRef("pk"), helper__isnull=False).exclude(state__in=HIDDEN)
    offered = Offer.objects.filter(need_id=OuterRef("pk"), version__isnull=False, offered_by__isnull=False)
    return (
        Need.objects.filter(access.own(asking))
        .annotate(someone_is_on_it=Exists(helped), is_offered=Exists(offered))
        .annotate(is_closed=Case(When(state__in=OPEN, then=False), default=True))
        .order_by("is_closed", "-stated_at", "-pk")
        .select_related("for_person", "stated_by")
    )


@query("needs.signed_in")
def asked_of_me(asking: Asking) -> list[Offer]:
    """Open needs for which one was asked, or came forward, newest first."""
    offers = Offer.objects.filter(helper_id=asking.person, need__state__in=OPEN).exclude(state__in=HIDDEN)
    return list(offers.select_related("need").order_by("-at")[:50])


@query("needs.signed_in")
def could_help_with(asking: Asking, *, limit: int = 20) -> list[Need]:
    """Open needs of other people, open to the whole network, about the topics one helps with; newest first."""
    topics = Person.objects.filter(pk=asking.actor).values_list("helps_with", flat=True).first() or []
    if not topics:
        return []
    spoken = [topic.replace("-", " ") for topic in topics]
    about = Q(conditions__slug__in=topics) | Q(conditions__aliases__overlap=spoken)
    for topic, said in zip(topics[:20], spoken, strict=False):
        about |= Q(parsed__kinds__contains=[{"kind": topic}]) | Q(parsed__words__contains=[{"said": said}])
    mine = Offer.objects.filter(need_id=OuterRef("pk"), helper_id=asking.person).exclude(state=Offer.State.SHOWN)
    needs = Need.objects.filter(about, access.seen_by(asking), ~access.own(asking), ~Exists(mine), state__in=OPEN)
    return list(needs.distinct().order_by("-stated_at")[:limit])


@query("needs.signed_in")
def thanks_to_me(asking: Asking, *, limit: int = 20) -> list[Reply]:
    """Words of thanks to the asker, newest first."""
    thanks = Reply.objects.filter(to_id=asking.person).select_related("author", "offer__version")
    return list(thanks.order_by("-at")[:limit])


@query("needs.signed_in")
def people_with_room(asking: Asking, *, limit: int = 100) -> list[Person]:
    """People who offer help and have room this month, most room first."""
    return list(reading.with_room(asking.at).exclude(pk=asking.actor).select_related("site")[:limit])


@dataclass(frozen=True, kw_only=True)
class NeedPage:
    """Everything that the page of a need shows to this asker."""

    need: Need
    is_own: bool
    may_confirm: bool
    parsed: ParsedNeed
    resources: Sequence[Offer]
    #: People who were suggested only; for its owner.
    suggested: Sequence[Offer]
    #: People who were asked, came forward, or help.
    helpers: Sequence[Offer]
    replies: Sequence[Reply]
    my_offer: Offer | None
    signs: Sequence[UrgentSign] = field(default=())

    @property
    def is_open(self) -> bool:
        """True while the need waits for something."""
        return self.need.state in OPEN

    @property
    def has_little_hope(self) -> bool:
        """True when nothing good is in the commons yet, and nobody offered or used anything: then people are asked."""
        if any(offer.offered_by_id is not None or offer.used_seq is not None for offer in self.resources):
            return False
        return not self.resources or reading.has_little_hope(self.need.answerable)


#: What the cards of a need show; the other columns of what was offered are not fetched.
_ON_CARDS = (
    *(field.attname for field in Offer._meta.concrete_fields),
    *(f"version__{name}" for name in ("title", "summary", "body")),
    *(f"version__resource__{name}" for name in ("kind", "line_of_work", "risk_class", "language")),
    *(f"helper__{name}" for name in ("pseudonym", "about", "helps_with")),
    "offered_by__pseudonym",
)


@query("needs.see")
def need_page(asking: Asking, *, need_id: int) -> NeedPage:
    """A need with what was found for it, who helps, and what was said."""
    need = (
        Need.objects.filter(pk=need_id)
        .annotate(is_own=ExpressionWrapper(access.own(asking), output_field=BooleanField()))
        .select_related("stated_by", "for_person")
        .prefetch_related("conditions", _offers(), _replies())
        .first()
    )
    if need is None:
        raise Absent("need")
    offers = list(need.offers.all())
    people = [offer for offer in offers if offer.helper_id is not None]
    is_own = bool(need.is_own)
    return NeedPage(
        need=need,
        is_own=is_own,
        may_confirm=asking.person in {need.stated_by_id, need.for_person_id},
        parsed=reading.parsed_of(need),
        resources=_in_order(offers),
        suggested=[offer for offer in people if offer.state == Offer.State.SHOWN] if is_own else [],
        helpers=[offer for offer in people if offer.state not in HIDDEN],
        replies=[said for said in need.replies.all() if said.to_id is None or asking.person == said.author_id],
        my_offer=next((offer for offer in people if offer.helper_id == asking.person), None),
        signs=urgent.noticed(need.words) if is_own and need.urgent_sign else (),
    )


@query("needs.see")
def resource_offer(asking: Asking, *, need_id: int, offer_id: int) -> Offer:
    """A resource that was offered for a need, with its version. Raises Absent where there is none."""
    offers = Offer.objects.filter(need_id=need_id, version__isnull=False).select_related("version")
    offer = offers.filter(pk=offer_id).first()
    if offer is None:
        raise Absent("offer")
    return offer


def _offers() -> Prefetch[Any]:
    offers = Offer.objects.annotate(is_checked=reviewed("version", "version__resource__"))
    return Prefetch("offers", offers.select_related("version__resource", "helper", "offered_by").only(*_ON_CARDS))


def _replies() -> Prefetch[Any]:
    return Prefetch("replies", Reply.objects.select_related("author"))


def _in_order(offers: Sequence[Offer]) -> list[Offer]:
    """Resources: what people offered first, then by place; what is found no more and was never touched is left out."""
    resources = [
        offer
        for offer in offers
        if offer.version_id is not None and not (offer.rank is None and offer.state == Offer.State.SHOWN)
    ]
    return sorted(resources, key=lambda offer: (offer.offered_by_id is None, offer.place or offer.rank or 0, offer.pk))


#: How far back the way that led to a need is followed, and how many events a story holds at most.
LONGEST_WAY_BACK = 30
LONGEST_STORY = 400


@dataclass(frozen=True, kw_only=True)
class Story:
    """What led to a need and what came of it, as far as this asker may see it."""

    need: Need
    rows: Sequence[Row]
    names: Mapping[int, str]
    #: Titles by version and by resource, of what is public.
    titles: Mapping[int, tuple[int, str]]
    words: Mapping[int, Reply]
    #: Needs that the story touches and that this asker may see, by id.
    needs: Mapping[int, Need]


@query("needs.see")
def story(asking: Asking, *, need_id: int) -> Story:
    """The events of a need and of what followed from it, with the way that led to it.

    Another need on the way is named where the asker may see it; what happened inside it is not told here.
    """
    need = Need.objects.select_related("stated_by", "for_person").get(pk=need_id)
    stated = need.stated_seq
    rows = (
        [] if stated is None else _told_here(around(stated, most_before=LONGEST_WAY_BACK, most=LONGEST_STORY), stated)
    )
    ids = {number for row in rows for number in (row.actor, row.subject, row.object) if number >= 0}
    needs = {other.pk: other for other in Need.objects.filter(access.seen_by(asking), pk__in=ids)}
    rows = [row for row in rows if not _is_about_a_need(row) or row.subject in needs]
    words = Reply.objects.filter(seq__in=[row.seq for row in rows]).select_related("author")
    return Story(
        need=need,
        rows=rows,
        names=dict(Person.objects.filter(pk__in=ids).values_list("pk", "pseudonym")),
        titles=_titles(asking, ids),
        words={said.seq: said for said in words if said.seq is not None},
        needs=needs,
    )


def _told_here(rows: Sequence[Row], stated: int) -> list[Row]:
    """The same rows without what happened inside other needs that came of this one: those have their own story."""
    kept: list[Row] = []
    outside: set[int] = set()
    for row in rows:
        if row.cause in outside:
            outside.add(row.seq)
            continue
        if row.what is kinds.NeedStated and row.seq > stated:
            outside.add(row.seq)
        kept.append(row)
    return kept


def _is_about_a_need(row: Row) -> bool:
    return row.what.meaning.block == "needs" and row.what is not kinds.ResourceOpened


def _titles(asking: Asking, ids: Collection[int]) -> dict[int, tuple[int, str]]:
    seen = Resource.objects.filter(commons.seen_by(asking))
    versions = Version.objects.filter(Q(pk__in=ids) | Q(resource__in=ids), resource__in=seen).order_by("number")
    titles: dict[int, tuple[int, str]] = {}
    for version_id, resource_id, title in versions.values_list("pk", "resource_id", "title"):
        titles[version_id] = titles[resource_id] = (resource_id, title)
    return titles
