"""Matching a need: ranked resources and people become offers, once each, with events that name their cause."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from coproduce.events import ABSENT, Event, Role, kinds
from coproduce.matching import Offer as Ranked
from coproduce.matching import ParsedNeed
from coproduce.network.commons.models import Condition, Resource
from coproduce.network.log import append, previous
from coproduce.network.log.ids import next_ids
from coproduce.network.needs import reading
from coproduce.network.needs.models import Need, Offer
from coproduce.network.needs.states import WAYS, moved
from coproduce.network.people.asking import Asking


@dataclass(frozen=True)
class _Found:
    """What is new for a need: ranked resources with the version each stands for, and people."""

    resources: Sequence[tuple[Ranked, int]]
    people: Sequence[reading.Helper]

    @property
    def is_empty(self) -> bool:
        return not self.resources and not self.people


def match(
    asking: Asking,
    need: Need,
    parsed: ParsedNeed,
    conditions: Sequence[Condition],
    *,
    beginning: list[Event],
    known: Collection[int] = (),
) -> None:
    """Finds resources and people for a need and keeps what is new as offers, in one append.

    `beginning` holds the events that come first (NeedStated ...) when the need is being stated now; `known` are the
    conditions that were set before. Ranks of resources that were offered before are brought up to date.
    """
    ranking = reading.find(parsed, reading.constraints(language=need.language, role=asking.role))
    versions = _versions(ranking.offers)
    earlier = {offer.version_id: offer for offer in need.offers.filter(version__isnull=False)}
    found = _Found(
        [(offer, versions[offer.resource_id]) for offer in ranking.offers
         if offer.resource_id in versions and versions[offer.resource_id] not in earlier],
        _new_people(asking, need, parsed, conditions),
    )  # fmt: skip
    stated = previous(0) if beginning else (need.stated_seq or ABSENT)
    clarified = _clarified(asking, need, conditions, known, stated)
    events = [*beginning, *clarified, *_matched(asking, need, found, stated, len(beginning) + len(clarified))]
    seqs = append(events) if events else []
    first = len(beginning) + len(clarified)
    _keep_offers(
        asking, need, found, seqs[first::2] if found.resources else [], seqs[first + 2 * len(found.resources) :]
    )
    _rerank(ranking.offers, versions, earlier)
    need.answerable = ranking.answerable
    if beginning:
        need.stated_seq = seqs[0]
    if ranking.offers and need.state in WAYS["match"][0]:
        need.state = moved(need.state, "match")
    need.save(update_fields=["answerable", "stated_seq", "state"])


def _versions(offers: Sequence[Ranked]) -> dict[str, int]:
    """The latest version of each ranked resource; one that has gone since the index was written is left out."""
    ids = [int(offer.resource_id) for offer in offers]
    rows = Resource.objects.filter(pk__in=ids, state=Resource.State.SHARED).values_list("pk", "latest_id")
    return {str(resource_id): version_id for resource_id, version_id in rows if version_id is not None}


def _new_people(
    asking: Asking, need: Need, parsed: ParsedNeed, conditions: Sequence[Condition]
) -> Sequence[reading.Helper]:
    offered = list(need.offers.filter(helper__isnull=False).values_list("helper_id", flat=True))
    not_asked = [need.stated_by_id, need.for_person_id, *(person for person in offered if person is not None)]
    return reading.helpers(parsed, conditions, at=asking.at, but=not_asked)


def _clarified(
    asking: Asking, need: Need, conditions: Sequence[Condition], known: Collection[int], stated: int
) -> list[Event]:
    """A NeedClarified for each condition that was set or removed since."""
    now = {condition.pk for condition in conditions}
    return [
        kinds.NeedClarified(
            time=asking.us,
            actor=asking.actor,
            role=asking.role,
            subject=need.pk,
            topic=topic,
            value=value,
            cause=stated,
        )
        for topics, value in ((sorted(now - set(known)), 1.0), (sorted(set(known) - now), 0.0))
        for topic in topics
    ]


def _matched(asking: Asking, need: Need, found: _Found, stated: int, position: int) -> list[Event]:
    """ResourceMatched and ResourceShown in turn for each resource, then PersonMatched for each person."""
    events: list[Event] = []
    for offer, version_id in found.resources:
        same = {"time": asking.us, "subject": need.pk, "object": version_id, "value": float(offer.rank)}
        events.append(
            kinds.ResourceMatched(**same, role=Role.COMPUTER, topic=need.line_of_work, cause=stated)  # type: ignore[arg-type]
        )
        cause = previous(position + len(events) - 1)
        events.append(kinds.ResourceShown(**same, actor=asking.actor, role=asking.role, cause=cause))  # type: ignore[arg-type]
    for place, helper in enumerate(found.people, 1):
        events.append(
            kinds.PersonMatched(
                time=asking.us, role=Role.COMPUTER, subject=need.pk, object=helper.person.pk, topic=need.line_of_work,
                value=float(place), cause=stated,
            )
        )  # fmt: skip
    return events


def _keep_offers(
    asking: Asking, need: Need, found: _Found, resource_seqs: Sequence[int], people_seqs: Sequence[int]
) -> None:
    if found.is_empty:
        return
    ids = next_ids(len(found.resources) + len(found.people))
    offers = [
        Offer(
            id=number, need=need, version_id=version_id, rank=ranked.rank, score=ranked.score,
            reasons=reading.reasons_of(ranked), matched_seq=seq, at=asking.at,
        )
        for number, (ranked, version_id), seq in zip(ids, found.resources, resource_seqs, strict=False)
    ]  # fmt: skip
    suggested = [
        Offer(
            id=number, need=need, helper=helper.person, rank=place, matched_seq=seq, at=asking.at,
            reasons=[{"ground": "topics", "what": list(helper.because)}],
        )
        for number, place, helper, seq in zip(
            ids[len(found.resources) :], range(1, len(found.people) + 1), found.people, people_seqs, strict=False
        )
    ]  # fmt: skip
    Offer.objects.bulk_create([*offers, *suggested], ignore_conflicts=True)


def _rerank(offers: Sequence[Ranked], versions: dict[str, int], earlier: dict[int | None, Offer]) -> None:
    """Brings rank and reasons of resources offered before up to date with what is known now."""
    moved_ones = []
    for ranked in offers:
        offer = earlier.get(versions.get(ranked.resource_id))
        if offer is not None:
            offer.rank, offer.score, offer.reasons = ranked.rank, ranked.score, reading.reasons_of(ranked)
            moved_ones.append(offer)
    Offer.objects.bulk_update(moved_ones, ["rank", "score", "reasons"])
