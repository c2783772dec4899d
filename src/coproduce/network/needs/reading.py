"""Reading a need: from words to chips, from chips to ranked resources and people, each with its true reason."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.db.models import Count, F, Func, IntegerField, Max, QuerySet, Value

from coproduce.events import Role
from coproduce.matching import Constraints, Offer, ParsedNeed, Ranking, Weights, parse_need, rank, shipped_weights
from coproduce.matching.text import name_key
from coproduce.matching.weights import FEATURES
from coproduce.network.commons.importing import slug_of
from coproduce.network.commons.index import index
from coproduce.network.commons.models import Condition
from coproduce.network.needs.models import LearnedWeights, Need
from coproduce.network.people.models import Person

#: Resources and people shown for a need.
N_RESOURCES = 10
N_PEOPLE = 5
MOST_TOPICS = 10

AUDIENCE_OF_ROLE = {
    Role.PATIENT: ("patient", "family"),
    Role.FAMILY: ("patient", "family"),
}


def read(words: str) -> ParsedNeed:
    """The chips of some words."""
    return parse_need(words, index().lexicon)


def parsed_of(need: Need) -> ParsedNeed:
    """The chips that are kept with a need; none once its words were erased."""
    return ParsedNeed.from_dict(need.parsed) if need.parsed else ParsedNeed()


def corrected(
    parsed: ParsedNeed, *, conditions: Sequence[str] | None, kinds: Sequence[str] | None, words: Sequence[str] | None
) -> ParsedNeed:
    """The chips as the person corrected them."""
    return parsed.correct(index().lexicon, conditions=conditions, kinds=kinds, words=words)


def languages_of(need: Need) -> frozenset[str]:
    """The languages that a need can be answered in: the one it was stated in, and those its two people read."""
    return frozenset({need.language}) | languages_read_by({need.stated_by_id, need.for_person_id})


def languages_read_by(person_ids: Collection[int]) -> frozenset[str]:
    """The languages that these people said they read."""
    said = Person.objects.filter(pk__in=person_ids).values_list("languages", flat=True)
    return frozenset(tag for tags in said for tag in tags)


def constraints(*, languages: Collection[str], role: Role) -> Constraints:
    """What a resource must satisfy to be shown: the person's languages, and for patients and families their audience.

    English is always let through: there is more of it, and no resource at all helps nobody.
    """
    return Constraints(
        languages=frozenset({"en", *languages, *map(_main, languages)}),
        audiences=frozenset(AUDIENCE_OF_ROLE.get(role, ())),
        max_risk_class=3,
    )


def _main(tag: str) -> str:
    """The language of a tag without its region: who reads pt-BR reads pt."""
    return tag.split("-", maxsplit=1)[0]


def find(parsed: ParsedNeed, limits: Constraints, k: int = N_RESOURCES) -> Ranking:
    """The ranked resources for a parsed need, in the language that it asks for too."""
    if parsed.behind.language:
        limits = replace(limits, languages=limits.languages | {parsed.behind.language})
    return rank(parsed, index(), limits, k, weights=present_weights())


def learned_weights() -> QuerySet[LearnedWeights]:
    """What was learned from thanks in the mode of this network and was not taken back, the newest first."""
    return LearnedWeights.objects.filter(is_dense=settings.COPRODUCE.dense, taken_back_at=None).order_by("-at", "-pk")


def present_weights() -> Weights:
    """The weights that hold: those learned last, otherwise the shipped ones."""
    shipped = shipped_weights(dense=settings.COPRODUCE.dense)
    learned = learned_weights().values_list("weights", flat=True).first()
    # What an older version learned for other features holds no more.
    if learned is None or learned.keys() != set(FEATURES):
        return shipped
    return replace(shipped, features=tuple(float(learned[name]) for name in FEATURES))


def has_little_hope(answerable: float | None) -> bool:
    """Whether a good answer is so unlikely that the page says so, and asks people."""
    return answerable is not None and answerable < shipped_weights(dense=settings.COPRODUCE.dense).little_hope


def topics(parsed: ParsedNeed) -> list[Condition]:
    """The conditions of this network that a parsed need names, by name or by another name they go by."""
    if not parsed.conditions:
        return []
    extent = Condition.objects.aggregate(n=Count("pk"), last=Max("pk"))
    numbers = _numbers_by_name(extent["n"], extent["last"])
    wanted = {number for thing in parsed.conditions for number in numbers.get(thing.key, ())}
    return list(Condition.objects.filter(pk__in=wanted).order_by("pk")[:MOST_TOPICS]) if wanted else []


@lru_cache(maxsize=2)
def _numbers_by_name(_n: int, _last: int) -> Mapping[str, Sequence[int]]:
    """Conditions by the keys of their names; made again when there are more of them than before."""
    numbers: dict[str, list[int]] = {}
    for number, name, aliases in Condition.objects.order_by("pk").values_list("pk", "name", "aliases"):
        for key in {name_key(said) for said in (name, *aliases)}:
            numbers.setdefault(key, []).append(number)
    return numbers


@dataclass(frozen=True)
class Helper:
    """Somebody who may help, with what they help with that this need is about."""

    person: Person
    because: tuple[str, ...]


def with_room(at: datetime) -> QuerySet[Person]:
    """The people who offer help and were asked less often in the last 30 days than they said; most room first.

    The database counts for us: how often others were asked is not for the asker to see.
    """
    asked = Func(F("pk"), Value(at - timedelta(days=30)), function="needs_times_asked", output_field=IntegerField())
    willing = Person.objects.filter(help_capacity__gt=0, left_at__isnull=True, erased_at__isnull=True)
    return (
        willing.annotate(n_asked=asked)
        .filter(n_asked__lt=F("help_capacity"))
        .order_by(F("n_asked") - F("help_capacity"), "pk")
    )


def topics_wanted(parsed: ParsedNeed, conditions: Sequence[Condition]) -> set[str]:
    """What a need is about, as slugs: the same that people use to say what they help with, by any of its names."""
    named = [name for condition in conditions for name in (condition.name, *condition.aliases)]
    wanted = {condition.slug for condition in conditions} | {kind.kind for kind in parsed.kinds}
    return wanted | {slug_of(name) for name in (*named, *(word.said for word in parsed.words))}


def helpers(
    parsed: ParsedNeed,
    conditions: Sequence[Condition],
    *,
    languages: Collection[str],
    at: datetime,
    but: Collection[int],
) -> list[Helper]:
    """People who offer help with what the need is about and still have room this month, best fit first.

    They share a language with who asks; who said none speaks the network's. Fit is the number of topics in common;
    among equals, who has most room left.
    """
    spoken = set(map(_main, languages))
    wanted = topics_wanted(parsed, conditions)
    if not wanted:
        return []
    fitting = [
        Helper(person, tuple(topic for topic in person.helps_with if topic in wanted))
        for person in with_room(at).filter(helps_with__has_any_keys=sorted(wanted)).exclude(pk__in=but)
        if not spoken.isdisjoint(map(_main, person.languages or [settings.LANGUAGE_CODE]))
    ]
    fitting.sort(key=lambda helper: -len(helper.because))
    return fitting[:N_PEOPLE]


def reasons_of(offer: Offer) -> list[dict[str, object]]:
    """The reasons of an offer, as they are kept: the sentence is made, and translated, when it is shown."""
    return [{"ground": reason.ground, "message": reason.message, "what": list(reason.what)} for reason in offer.reasons]
