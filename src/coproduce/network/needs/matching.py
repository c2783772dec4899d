"""Matching a need: ranked resources and people become offers, once each, with events that name their cause."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coproduce import rng
from coproduce.events import ABSENT, Event, Role, kinds
from coproduce.matching import Offer as Ranked
from coproduce.matching import ParsedNeed
from coproduce.matching.showing import order_to_show
from coproduce.matching.weights import FEATURES
from coproduce.network.commons.models import Condition, Resource
from coproduce.network.log import append, previous
from coproduce.network.log.ids import next_ids
from coproduce.network.needs import reading
from coproduce.network.needs.models import Need, Offer
from coproduce.network.needs.states import moved
from coproduce.network.people.asking import Asking

#: An offer in one of these states is tried again when its resource was revised; in others people had their answer.
_WORTH_ANOTHER_TRY = frozenset({Offer.State.PARTLY, Offer.State.NOT_HELPED})


@dataclass(frozen=True)
class Shown:
    """A ranked resource, the version of it that readers get, where it is shown, and how likely it stands there.

    `propensity` is None where the list can teach nothing: it was not shown whole, or not before somebody chose from it.
    """

    ranked: Ranked
    version_id: int
    place: int
    propensity: float | None = None


@dataclass(frozen=True)
class Read:
    """How a need was read: its chips, the conditions of this network that they name, and those known before.

    `beginning` holds the events that come first, NeedStated among them, when the need is being stated now.
    """

    parsed: ParsedNeed
    conditions: Sequence[Condition]
    known: Collection[int] = ()
    beginning: Sequence[Event] = field(default=())


def match(asking: Asking, need: Need, read: Read) -> None:
    """Finds resources and people for a need and keeps what is new as offers; all its events go in one append.

    Ranks and reasons of resources that were offered before are brought up to date.
    """
    languages = reading.languages_of(need)
    ranking = reading.find(read.parsed, reading.constraints(languages=languages, role=asking.role))
    earlier = [] if read.beginning else list(need.offers.all())
    by_version = {offer.version_id: offer for offer in earlier if offer.version_id is not None}
    shown = _to_show(need, ranking.offers, is_first=all(offer.used_seq is None for offer in earlier))
    resources = [one for one in shown if one.version_id not in by_version]
    not_again = {need.stated_by_id, need.for_person_id, *(o.helper_id for o in earlier if o.helper_id is not None)}
    people = reading.helpers(read.parsed, read.conditions, languages=languages, at=asking.at, but=not_again)
    stated = previous(0) if read.beginning else (need.stated_seq or ABSENT)
    events = [*read.beginning, *_clarified(asking, need, read, stated)]
    first = len(events)
    events += _resources_matched(asking, need, resources, stated, first)
    events += _people_matched(asking, need, people, stated)
    seqs = append(events) if events else []
    _keep(asking, need, resources, seqs[first : first + 2 * len(resources) : 2])
    _keep_people(asking, need, people, seqs[first + 2 * len(resources) :])
    _rerank(shown, by_version)
    need.answerable = ranking.answerable
    if read.beginning:
        need.stated_seq = seqs[0]
    if ranking.offers:
        need.state = moved(need.state, "match")
    need.is_held = False
    need.save(update_fields=["answerable", "stated_seq", "state", "is_held"])


def match_as_read(asking: Asking, need: Need) -> None:
    """Looks again for a need as it was read before."""
    conditions = list(need.conditions.all())
    known = frozenset(condition.pk for condition in conditions)
    match(asking, need, Read(reading.parsed_of(need), conditions, known=known))


def write_down(asking: Asking, need: Need, read: Read) -> None:
    """Writes in the log that a need was stated, and what it is about; looks for nothing."""
    events = [*read.beginning, *_clarified(asking, need, read, previous(0))]
    need.stated_seq = append(events)[0]
    need.save(update_fields=["stated_seq"])


def match_news(asking: Asking, need: Need, parsed: ParsedNeed, news: Mapping[int, int]) -> list[Offer]:
    """Offers for resources that are new or were revised and now stand among the first for this need.

    A resource that was offered before in another version is offered again only where that one did not help enough.
    """
    limits = reading.constraints(languages=reading.languages_of(need), role=Role.UNKNOWN)
    ranking = reading.find(parsed, limits)
    new = [offer for offer in ranking.offers if int(offer.resource_id) in news]
    versions = _versions([offer.resource_id for offer in new])
    done = {
        resource_id
        for resource_id, version_id, stable_id, state in need.offers.filter(
            version__resource_id__in=[int(offer.resource_id) for offer in new]
        ).values_list("version__resource_id", "version_id", "version__resource__stable_id", "state")
        if version_id == stable_id or state not in _WORTH_ANOTHER_TRY
    }
    fresh = [
        Shown(offer, versions[offer.resource_id], place=offer.rank)
        for offer in new
        if offer.resource_id in versions and int(offer.resource_id) not in done
    ]
    if not fresh:
        return []
    seqs = append([_resource_matched(asking, need, one, news[int(one.ranked.resource_id)]) for one in fresh])
    kept = _keep(asking, need, fresh, seqs)
    need.answerable, need.state = ranking.answerable, moved(need.state, "match")
    need.save(update_fields=["answerable", "state"])
    return kept


def _to_show(need: Need, offers: Sequence[Ranked], *, is_first: bool) -> list[Shown]:
    """The ranked resources that are there, in the order to show: near neighbours change places now and then.

    The list can teach where it `is_first`: nobody has chosen from an earlier order of it.
    """
    versions = _versions([offer.resource_id for offer in offers])
    there = [offer for offer in offers if offer.resource_id in versions]
    draws = rng.stream(need.pk, "needs.order_to_show")
    order, propensities = order_to_show(len(there), draws, is_urgent=bool(need.urgent_sign))
    return [
        Shown(there[at], versions[there[at].resource_id], place, propensity if is_first else None)
        for place, (at, propensity) in enumerate(zip(order, propensities, strict=True), 1)
    ]


def _versions(resource_ids: Sequence[str]) -> dict[str, int]:
    """What readers get of each ranked resource; one that has gone since the index was written is left out."""
    rows = Resource.objects.filter(pk__in=[int(number) for number in resource_ids], state=Resource.State.SHARED)
    return {str(pk): version for pk, version in rows.values_list("pk", "stable_id") if version is not None}


def _clarified(asking: Asking, need: Need, read: Read, stated: int) -> list[Event]:
    """A NeedClarified for each condition that was set or removed since."""
    now, before = {condition.pk for condition in read.conditions}, set(read.known)
    return [
        kinds.NeedClarified(
            time=asking.us, actor=asking.actor, role=asking.role, subject=need.pk, topic=topic, value=value,
            cause=stated,
        )
        for topics, value in ((sorted(now - before), 1.0), (sorted(before - now), 0.0))
        for topic in topics
    ]  # fmt: skip


def _resources_matched(
    asking: Asking, need: Need, resources: Sequence[Shown], stated: int, position: int
) -> list[Event]:
    """ResourceMatched and ResourceShown in turn for each resource; `position` is that of the first in its append."""
    events: list[Event] = []
    for one in resources:
        cause = previous(position + len(events))
        events.append(_resource_matched(asking, need, one, stated))
        events.append(
            kinds.ResourceShown(
                time=asking.us, actor=asking.actor, role=asking.role, subject=need.pk, object=one.version_id,
                value=float(one.place), cause=cause,
            )
        )  # fmt: skip
    return events


def _resource_matched(asking: Asking, need: Need, one: Shown, cause: int) -> Event:
    return kinds.ResourceMatched(
        time=asking.us, role=Role.COMPUTER, subject=need.pk, object=one.version_id, topic=need.line_of_work,
        value=float(one.ranked.rank), cause=cause,
    )  # fmt: skip


def _people_matched(asking: Asking, need: Need, people: Sequence[reading.Helper], stated: int) -> list[Event]:
    return [
        kinds.PersonMatched(
            time=asking.us, role=Role.COMPUTER, subject=need.pk, object=helper.person.pk, topic=need.line_of_work,
            value=float(place), cause=stated,
        )
        for place, helper in enumerate(people, 1)
    ]  # fmt: skip


def _keep(asking: Asking, need: Need, resources: Sequence[Shown], seqs: Sequence[int]) -> list[Offer]:
    if not resources:
        return []
    return Offer.objects.bulk_create(
        Offer(
            id=number, need=need, version_id=one.version_id, matched_seq=seq, at=asking.at, **_standing(one)
        )
        for number, one, seq in zip(next_ids(len(resources)), resources, seqs, strict=True)
    )  # fmt: skip


def _keep_people(asking: Asking, need: Need, people: Sequence[reading.Helper], seqs: Sequence[int]) -> None:
    if not people:
        return
    Offer.objects.bulk_create(
        Offer(
            id=number, need=need, helper=helper.person, rank=place, matched_seq=seq, at=asking.at,
            reasons=[{"ground": "topics", "what": list(helper.because)}],
        )
        for number, place, helper, seq in zip(
            next_ids(len(people)), range(1, len(people) + 1), people, seqs, strict=True
        )
    )  # fmt: skip


def _standing(one: Shown) -> dict[str, Any]:
    """The columns of an offer that say where and why it stands."""
    ranked = one.ranked
    return {
        "rank": ranked.rank, "score": ranked.score, "reasons": reading.reasons_of(ranked), "place": one.place,
        "propensity": one.propensity, "features": [ranked.features[name] for name in FEATURES],
    }  # fmt: skip


_NOWHERE = {"rank": None, "score": None, "place": None, "propensity": None, "features": None}


def _rerank(shown: Sequence[Shown], earlier: Mapping[int, Offer]) -> None:
    """Brings up to date where resources offered before stand; one that is found no more loses its rank."""
    now = {one.version_id: one for one in shown}
    for version_id, offer in earlier.items():
        for name, value in (_standing(now[version_id]) if version_id in now else _NOWHERE).items():
            setattr(offer, name, value)
    if earlier:
        Offer.objects.bulk_update(earlier.values(), [*_NOWHERE, "reasons"])
