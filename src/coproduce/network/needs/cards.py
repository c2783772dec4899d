"""How needs look: steps, chips and cards, made of what queries give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from coproduce.events import Role
from coproduce.matching import ParsedNeed, kinds_of_help
from coproduce.matching.text import name_key
from coproduce.network.commons.models import Condition, Resource, Version
from coproduce.network.design import parts
from coproduce.network.languages import language_name
from coproduce.network.needs import reading
from coproduce.network.needs.models import Need, Offer
from coproduce.network.needs.queries import NeedPage
from coproduce.network.needs.states import OPEN
from coproduce.network.needs.urgent import UrgentSign, urgent_signs
from coproduce.network.people.models import ROLE_CHOICES, Person

_HERE = frozenset({Need.State.MATCHED, Need.State.USED})
_STOPPED = frozenset({Need.State.WITHDRAWN, Need.State.REDIRECTED, Need.State.UNREACHABLE, Need.State.EXPIRED})
ROLE_NAMES = dict(ROLE_CHOICES)


def stands_at(need: Need, *, someone_is_on_it: bool, has_little_hope: bool = False) -> str:
    """Which of the four steps a need is at: what may be no answer is not called one."""
    if need.state in {Need.State.ANSWERED, Need.State.CONFIRMED}:
        return "helped"
    if need.state in _HERE:
        return "on-it" if has_little_hope else "here"
    return "on-it" if someone_is_on_it else "heard"


def steps(
    need: Need, *, someone_is_on_it: bool, has_little_hope: bool = False, at: Mapping[str, datetime] | None = None
) -> list[parts.Step]:
    """The four steps of a need as its owner sees them."""
    details = {"heard": need.get_state_display() if need.state in _STOPPED else ""}
    if need.state == Need.State.CONFIRMED:
        details["helped"] = _("You said that it is met.")
    now = stands_at(need, someone_is_on_it=someone_is_on_it, has_little_hope=has_little_hope)
    if not someone_is_on_it and now != "heard":
        # No person has answered: the step says who did.
        details["on-it"] = _("The network looked in the commons.")
    return parts.need_steps(
        now,
        at={"heard": need.stated_at, **(at or {})},
        details=details,
        closed=need.state == Need.State.CONFIRMED,
        stopped=need.state in _STOPPED,
    )


def steps_of(page: NeedPage) -> list[parts.Step]:
    """The steps of the need of a page, with when each was reached."""
    answered = [offer.at for offer in page.helpers] + [
        said.at for said in page.replies if said.author_id not in {page.need.stated_by_id, page.need.for_person_id}
    ]
    at = {}
    if answered:
        at["on-it"] = min(answered)
    if page.resources and not page.has_little_hope:
        at["here"] = min(offer.at for offer in page.resources)
    if page.need.state == Need.State.CONFIRMED and page.need.closed_at is not None:
        at["helped"] = page.need.closed_at
    return steps(page.need, someone_is_on_it=bool(answered), has_little_hope=page.has_little_hope, at=at)


def names_of(conditions: Iterable[Condition]) -> dict[str, str]:
    """What a need's conditions are called, by each key that they go by."""
    return {name_key(said): one.name for one in conditions for said in (*one.aliases, one.name)}


#: Whom a need says that it is for (people.toml), as it is shown.
_WHOM = {
    "child": gettext_lazy("for a child"),
    "parent": gettext_lazy("for a parent"),
    "partner": gettext_lazy("for a partner"),
    "sibling": gettext_lazy("for a brother or sister"),
    "grandparent": gettext_lazy("for a grandparent"),
    "grandchild": gettext_lazy("for a grandchild"),
    "relative": gettext_lazy("for a relative"),
    "friend": gettext_lazy("for a friend"),
    "patient": gettext_lazy("for a patient"),
}


def behind(parsed: ParsedNeed) -> list[parts.Chip]:
    """Who the words say the need is for; it is told and not searched for."""
    said = parsed.behind
    found = [str(_WHOM[said.whom])] if said.whom in _WHOM else []
    if said.age is not None:
        years, months = int(said.age), round(said.age * 12)
        found.append(
            ngettext("%(n)s year old", "%(n)s years old", years) % {"n": years}
            if years
            else ngettext("%(n)s month old", "%(n)s months old", months) % {"n": months}
        )
    if said.language:
        found.append(_("in %(language)s") % {"language": language_name(said.language)})
    return [parts.Chip(text) for text in found]


def questions(parsed: ParsedNeed, words: str) -> list[str]:
    """The questions of a need that asks two or more unlike things, in its own words; none of any other."""
    return [words[first:last].strip() for first, last in parsed.questions]


#: Words that count less ("time", "ask") are read too; showing them would hide those that matter.
_WORTH_A_CHIP = 0.25


def chips(parsed: ParsedNeed, names: Mapping[str, str] = MappingProxyType({})) -> dict[str, list[parts.Chip]]:
    """What was understood, each a tick box that can be taken away; `names` are those of known conditions."""
    kinds = kinds_of_help().kinds
    repaired = {read: said for said, read in parsed.repairs}
    in_names = {word for thing in parsed.conditions for word in thing.said.split()}
    return {
        "conditions": [
            parts.Chip(names.get(thing.key, thing.said), "need", name="condition", value=thing.said)
            for thing in parsed.conditions
        ],
        "kinds": [
            parts.Chip(_(kinds[kind.kind].label), name="kind", value=kind.kind)
            for kind in parsed.kinds
            if kind.kind in kinds
        ],
        "words": [
            parts.Chip(
                word.said,
                note=_("from “%(said)s”") % {"said": repaired[word.said]} if word.said in repaired else "",
                name="word",
                value=word.said,
            )
            for word in parsed.words
            if word.said not in in_names and word.weight >= _WORTH_A_CHIP
        ],
    }


def reason(reasons: Sequence[Mapping[str, Any]], names: Mapping[str, str] = MappingProxyType({})) -> str:
    """The true reasons of an offer as sentences; that a search brings it up is only said where nothing tells more."""
    telling = [one for one in reasons if one["ground"] != "text"] or reasons
    return " ".join(_sentence(one, names) for one in telling)


def _sentence(one: Mapping[str, Any], names: Mapping[str, str]) -> str:
    what = [str(part) for part in one.get("what", ())]
    if one["ground"] == "about":
        what = list(dict.fromkeys(names.get(name_key(said), said) for said in what))
    if one["ground"] == "topics":
        return _("Helps with: %(what)s.") % {"what": ", ".join(map(topic_name, what))}
    if one["ground"] == "kind":
        what = [_(label) for label in what]
    return _(str(one["message"])) % {"what": ", ".join(what)}


def topic_name(slug: str) -> str:
    """A topic that somebody helps with, as it is shown."""
    kind = kinds_of_help().kinds.get(slug)
    if kind is not None:
        return _(kind.label)
    return slug if " " in slug else slug.replace("-", " ").replace("_", " ")


def resource_card(
    resource: Resource, version: Version, *, url: str, is_checked: bool, why: str = "", level: int = 3
) -> parts.ResourceCard:
    """A resource in a list, with why it is there; clinical information that is not checked yet says so."""
    marks = [parts.Chip(_("Not yet reviewed"), "warn")] if resource.risk_class >= 2 and not is_checked else []
    return parts.ResourceCard(
        title=version.title,
        url=url,
        summary=version.summary or Truncator(version.body).words(28),
        kind=f"{resource.get_kind_display()} · {resource.get_line_of_work_display()}",
        reason=why,
        chips=marks,
        language=resource.language,
        level=level,
    )


def found_card(resource: Resource, reasons: Sequence[Mapping[str, Any]]) -> parts.ResourceCard:
    """A resource found for somebody who only looks; its heading stands right below that of the page."""
    assert resource.stable is not None  # a shared resource has words
    url = reverse("commons:resource", args=[resource.pk])
    is_checked: bool = resource.is_checked  # type: ignore[attr-defined]
    return resource_card(resource, resource.stable, url=url, is_checked=is_checked, why=reason(reasons), level=2)


def offer_card(offer: Offer, names: Mapping[str, str]) -> parts.ResourceCard:
    """A resource offered for a need."""
    assert offer.version is not None
    why = reason(offer.reasons, names)
    if offer.offered_by is not None:
        why = _("%(who)s sends you this.") % {"who": offer.offered_by.pseudonym}
    url = reverse("needs:open", args=[offer.need_id, offer.pk])
    is_checked: bool = offer.is_checked  # type: ignore[attr-defined]
    return resource_card(offer.version.resource, offer.version, url=url, is_checked=is_checked, why=why)


def person_card(person: Person, *, why: str = "", role: str = "") -> parts.PersonCard:
    """A person who helps."""
    return parts.PersonCard(
        name=person.pseudonym,
        url=f"{reverse('needs:helpers')}#person-{person.pk}",
        about=person.about,
        role=role,
        reason=why,
        chips=[parts.Chip(topic_name(topic), "person") for topic in person.helps_with[:6]],
    )


def need_line(need: Need) -> dict[str, Any]:
    """A need in a list of one's own."""
    return {
        "need": need,
        "url": reverse("needs:need", args=[need.pk]),
        "excerpt": Truncator(need.words).chars(140) or _("Its words were erased."),
        "is_open": need.state in OPEN,
        "steps": steps(
            need,
            someone_is_on_it=getattr(need, "someone_is_on_it", False),
            has_little_hope=need.state == Need.State.MATCHED
            and not getattr(need, "is_offered", False)
            and reading.has_little_hope(need.answerable),
        ),
    }


def urgent_words(signs: Sequence[UrgentSign]) -> dict[str, Any] | None:
    """What to do now, before anything else; None when nothing sounds urgent."""
    if not signs:
        return None
    ours, said = settings.COPRODUCE, urgent_signs().say
    numbers = {
        "emergency_number": ours.emergency_number,
        "crisis_line": ours.crisis_line or ours.emergency_number,
    }
    return {
        "say": {name: _(text) for name, text in said.items()},
        "signs": [
            {"name": _(sign.name), "do_now": [_(line).format(**numbers) for line in sign.do_now]} for sign in signs
        ],
        "is_emergency": any(sign.is_emergency for sign in signs),
        **numbers,
    }


def role_name(role: int) -> str:
    """A role as people say it; the network itself for the computer."""
    return str(ROLE_NAMES.get(role, "")) if role != Role.COMPUTER else _("the network")
