"""Reading a need: from words to chips, from chips to ranked resources and people, each with its true reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q

from coproduce.events import Role
from coproduce.matching import Constraints, Offer, ParsedNeed, Ranking, parse_need, rank
from coproduce.network.commons.importing import slug_of
from coproduce.network.commons.index import index
from coproduce.network.commons.models import Condition
from coproduce.network.people.models import Person

#: Resources and people shown for a need.
N_RESOURCES = 10
N_PEOPLE = 5
#: Below this probability of a good answer the page says so, and asks people.
LITTLE_HOPE = 0.5

AUDIENCE_OF_ROLE = {
    Role.PATIENT: ("patient", "family"),
    Role.FAMILY: ("patient", "family"),
}


@dataclass(frozen=True)
class Read:
    """What was understood and found for some words."""

    parsed: ParsedNeed
    ranking: Ranking


def read(words: str) -> ParsedNeed:
    """The chips of some words."""
    return parse_need(words, index().lexicon)


def corrected(
    parsed: ParsedNeed, *, conditions: Sequence[str] | None, kinds: Sequence[str] | None, words: Sequence[str] | None
) -> ParsedNeed:
    """The chips as the person corrected them."""
    return parsed.correct(index().lexicon, conditions=conditions, kinds=kinds, words=words)


def constraints(*, language: str, role: Role) -> Constraints:
    """What a resource must satisfy to be shown: the person's language, and for patients and families their audience.

    English is always let through: there is more of it, and no resource at all helps nobody.
    """
    return Constraints(
        languages=frozenset({language, language.split("-", maxsplit=1)[0], "en"}),
        audiences=frozenset(AUDIENCE_OF_ROLE.get(role, ())),
        max_risk_class=3,
    )


def find(parsed: ParsedNeed, limits: Constraints, k: int = N_RESOURCES) -> Ranking:
    """The ranked resources for a parsed need."""
    return rank(parsed, index(), limits, k)


def topics(parsed: ParsedNeed) -> list[Condition]:
    """The conditions of this network that a parsed need names, by name or by another name they go by."""
    said = [thing.said for thing in parsed.conditions]
    if not said:
        return []
    named = Q(slug__in=[slug_of(name) for name in said]) | Q(aliases__overlap=said)
    return list(Condition.objects.filter(named).order_by("pk")[:10])


@dataclass(frozen=True)
class Helper:
    """Somebody who may help, with what they help with that this need is about."""

    person: Person
    because: tuple[str, ...]


def helpers(parsed: ParsedNeed, conditions: Sequence[Condition], *, at: datetime, but: Sequence[int]) -> list[Helper]:
    """People who offer help with what the need is about and still have room this month, best fit first.

    Fit is the number of topics in common; among equals, who has most room left. Nobody is asked beyond the number they
    set themselves.
    """
    wanted = {condition.slug for condition in conditions} | {kind.kind for kind in parsed.kinds}
    wanted |= {slug_of(word.said) for word in parsed.words}
    if not wanted:
        return []
    month_ago = at - timedelta(days=30)
    willing = (
        Person.objects.filter(help_capacity__gt=0, left_at__isnull=True, erased_at__isnull=True)
        .exclude(pk__in=but)
        .annotate(n_asked=Count("offers_of_help", filter=Q(offers_of_help__at__gt=month_ago)))
        .filter(n_asked__lt=F("help_capacity"))
    )
    fitting = [
        Helper(person, tuple(topic for topic in person.helps_with if topic in wanted))
        for person in willing.order_by("pk")
    ]
    fitting = [helper for helper in fitting if helper.because]
    fitting.sort(key=lambda h: (-len(h.because), h.person.n_asked - h.person.help_capacity, h.person.pk))
    return fitting[:N_PEOPLE]


def reasons_of(offer: Offer) -> list[dict[str, object]]:
    """The reasons of an offer, as they are kept: the sentence is made, and translated, when it is shown."""
    return [{"ground": reason.ground, "message": reason.message, "what": list(reason.what)} for reason in offer.reasons]
