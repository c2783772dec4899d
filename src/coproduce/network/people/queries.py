"""Reads about people, scoped by who is asking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from coproduce.errors import Absent
from coproduce.network.people.ages import age, birthday
from coproduce.network.people.asking import Asking, computer
from coproduce.network.people.models import Account, Identity, Notice, Person, Proxy, Site
from coproduce.network.people.policy import query, rule, told

#: Addresses of the example's accounts end so; the top-level domain is reserved and can never get mail (RFC 2606).
EXAMPLE_ADDRESS = "@example.invalid"


@dataclass(frozen=True, kw_only=True)
class Childhood:
    """Whether a child is old enough to be asked, what they said, and the day on which their things become theirs.

    `agrees` is None while nobody has asked; `noted_by` is None too where who wrote it down is not there any more.
    """

    person: Person
    may_be_asked: bool
    agrees: bool | None
    answered_at: datetime | None
    noted_by: Person | None
    of_age_on: date


@rule("people.see_person")
def _anybody_in_the_network(asking: Asking, **_arguments: object) -> bool:
    return not asking.is_guest


@rule("people.see_example")
def _in_the_example(_asking: Asking, **_arguments: object) -> bool:
    if not settings.COPRODUCE.demo:
        raise Absent
    return True


@query("people.see_person")
def person(asking: Asking, *, person_id: int) -> Person:
    """A person as others see them: pseudonym, what they say of themselves, what they help with."""
    found = Person.objects.select_related("site").filter(pk=person_id, erased_at__isnull=True).first()
    if found is None:
        raise Absent(_("person"))
    return found


@query("people.self_or_proxy")
def identity(asking: Asking, *, person_id: int) -> Identity:
    """Who a person is in the world; for themselves and their proxies (stewards: governance.guarded_identity)."""
    found = Identity.objects.filter(person_id=person_id).first()
    if found is None:
        raise Absent(_("person"))
    return found


@query("people.steward")
def person_by_address(_asking: Asking, *, address: str) -> Person:
    """The person with this e-mail address. Raises Absent, without the address, where no account has it."""
    with told(computer("accounts")):
        account = Account.objects.select_related("person").filter(email__iexact=address.replace("\0", "").strip())
        found = account.first()
    if found is None or found.person is None:
        raise Absent(_("account with this address"))
    return found.person


@query("people.self")
def people_i_act_for(asking: Asking) -> list[Person]:
    """The people for whom the asker may act now, oldest right first."""
    open_now = Proxy.objects.open_at(asking.at).filter(proxy_id=asking.person).select_related("person")
    return [right.person for right in open_now.order_by("since")]


@query("people.self")
def rights_to_act(asking: Asking) -> list[Proxy]:
    """The rights that join the asker to somebody: who may act for them, and for whom they may act; oldest first."""
    mine = Q(person_id=asking.person) | Q(proxy_id=asking.person)
    return list(Proxy.objects.open_at(asking.at).filter(mine).select_related("person", "proxy").order_by("since"))


@query("people.self_or_proxy")
def childhood(asking: Asking, *, person_id: int) -> Childhood:
    """What a child and who looks after them can know of it. Raises Absent for whoever is of age, or never was a child.

    Only people whose date of birth was given are children here.
    """
    who = Identity.objects.select_related("person", "assent_noted_by").filter(person_id=person_id).first()
    of_age = settings.COPRODUCE.handover_age
    if who is None or who.birth_date is None or age(who.birth_date, asking.at) >= of_age:
        raise Absent(_("page"))
    return Childhood(
        person=who.person,
        may_be_asked=age(who.birth_date, asking.at) >= settings.COPRODUCE.assent_age,
        agrees=True if who.assented_at else False if who.declined_at else None,
        answered_at=who.assented_at or who.declined_at,
        noted_by=who.assent_noted_by,
        of_age_on=birthday(who.birth_date, of_age),
    )


@query("people.self")
def is_child(asking: Asking) -> bool:
    """Whether the asker is a child, who is asked for assent."""
    mine = Identity.objects.filter(person_id=asking.actor, birth_date__isnull=False).first()
    of_age = settings.COPRODUCE.handover_age
    return mine is not None and mine.birth_date is not None and age(mine.birth_date, asking.at) < of_age


@query("people.steward")
def people_called(_asking: Asking, *, words: str, limit: int = 30) -> list[Person]:
    """The people whose pseudonym has these words in it, or whose number it is."""
    said = " ".join(words.replace("\0", "").split())
    number = int(said) if said.isascii() and said.isdecimal() and len(said) < 19 else None
    called = Person.objects.filter(Q(pseudonym__icontains=said) | Q(pk=number), erased_at__isnull=True)
    return list(called.select_related("site").order_by("pseudonym", "pk")[:limit]) if said else []


@query("people.steward")
def rights_of(asking: Asking, *, person_id: int) -> list[Proxy]:
    """Who may act for a person now, oldest right first."""
    open_now = Proxy.objects.open_at(asking.at).filter(person_id=person_id)
    return list(open_now.select_related("proxy").order_by("since"))


@query("people.steward")
def sites_to_keep(_asking: Asking) -> list[Site]:
    """Every place of care, each after the place that it lies in; `within` names those that it lies in."""
    below: dict[int | None, list[Site]] = {}
    for site in Site.objects.order_by("name", "pk"):
        below.setdefault(site.parent_id, []).append(site)
    found: list[Site] = []

    def walk(parent: int | None, within: tuple[str, ...]) -> None:
        for site in below.get(parent, ()):
            site.within = " · ".join(within)
            found.append(site)
            walk(site.pk, (*within, site.name))

    walk(None, ())
    return found


@query("people.see_person")
def helpers(asking: Asking, *, limit: int = 200) -> list[Person]:
    """People who offer to help others, those with room first."""
    willing = Person.objects.filter(help_capacity__gt=0, erased_at__isnull=True, left_at__isnull=True)
    return list(willing.select_related("site").order_by("-help_capacity", "pk")[:limit])


@query("people.self")
def news(asking: Asking, *, limit: int = 20) -> list[Notice]:
    """What the asker was told lately, newest first."""
    return list(Notice.objects.filter(person_id=asking.actor).order_by("-created_at")[:limit])


@query("people.see_example")
def example_people(_asking: Asking) -> list[Person]:
    """The people of the example that one can sign in as."""
    with told(computer("accounts"), changing=False):
        return list(Person.objects.filter(account__email__endswith=EXAMPLE_ADDRESS).order_by("pk"))


@query("people.see_example")
def example_account(_asking: Asking, *, person_id: str) -> Account:
    """The log-in of one of them."""
    with told(computer("accounts"), changing=False):
        listed = Account.objects.filter(email__endswith=EXAMPLE_ADDRESS)
        found = listed.filter(person_id=person_id).first() if person_id.isascii() and person_id.isdecimal() else None
    if found is None:
        raise Absent(_("person"))
    return found
