"""Reads about people, scoped by who is asking."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from coproduce.errors import Absent
from coproduce.network.people.asking import Asking, computer
from coproduce.network.people.models import Account, Identity, Notice, Person, Proxy
from coproduce.network.people.policy import query, rule, told

#: Addresses of the example's accounts end so; the top-level domain is reserved and can never get mail (RFC 2606).
EXAMPLE_ADDRESS = "@example.invalid"


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
