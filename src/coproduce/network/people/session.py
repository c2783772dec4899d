"""From a request to who is asking."""

from __future__ import annotations

from django.http import HttpRequest

from coproduce import clock
from coproduce.events import Role
from coproduce.network.people.asking import Asking, guest
from coproduce.network.people.models import Account

ACTING_FOR = "acting_for"


def asking_of(request: HttpRequest) -> Asking:
    """Who is asking in this request, with the roles held now and the person acted for, if still allowed."""
    account = request.user
    if not isinstance(account, Account) or account.person_id is None:
        return guest()
    chosen: int | None = request.session.get(ACTING_FOR)
    if chosen not in account.open_proxies:
        chosen = None
    name = "" if chosen is None else account.open_proxies[chosen]
    request.acting_for_name = name  # type: ignore[attr-defined]  # read by design.context, on a lower floor
    return Asking(
        at=clock.now(),
        person=account.person_id,
        acting_for=chosen,
        roles=frozenset(Role(code) for code in account.open_roles),
        site=account.person.site_id if account.person else None,
    )
