"""Reads about people, scoped by who is asking."""

from __future__ import annotations

from django.utils.translation import gettext as _

from coproduce.errors import Absent
from coproduce.network.people.asking import Asking
from coproduce.network.people.models import Identity, Person, Proxy
from coproduce.network.people.policy import query, rule


@rule("people.see_person")
def _anybody_in_the_network(asking: Asking, **_arguments: object) -> bool:
    return not asking.is_guest


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


@query("people.self")
def people_i_act_for(asking: Asking) -> list[Person]:
    """The people for whom the asker may act now, oldest right first."""
    open_now = Proxy.objects.open_at(asking.at).filter(proxy_id=asking.person).select_related("person")
    return [right.person for right in open_now.order_by("since")]


@query("people.see_person")
def helpers(asking: Asking, *, limit: int = 200) -> list[Person]:
    """People who offer to help others, those with room first."""
    willing = Person.objects.filter(help_capacity__gt=0, erased_at__isnull=True, left_at__isnull=True)
    return list(willing.select_related("site").order_by("-help_capacity", "pk")[:limit])
