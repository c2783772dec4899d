"""What the worker does about people."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings

from coproduce.network.people.actions import hand_over
from coproduce.network.people.asking import Asking
from coproduce.network.people.models import Identity, Notice, Proxy
from coproduce.network.people.notices import tell
from coproduce.network.people.policy import told


def hand_over_those_of_age(at: datetime) -> int:
    """Ends the proxies of everybody who has come of age, and tells them; gives how many."""
    worker = Asking(system="worker", at=at)
    with told(worker):
        born_by = _years_before(at.date(), settings.COPRODUCE.handover_age)
        waiting = Proxy.objects.open_at(at).values("person_id")
        grown = list(Identity.objects.filter(birth_date__lte=born_by, person__in=waiting).values_list("pk", flat=True))
    for person_id in grown:
        with told(worker):
            hand_over(worker, person_id=person_id)
            tell(person_id=person_id, kind=Notice.Kind.HAND_OVER, about=person_id, path="/me/", at=at)
    return len(grown)


def _years_before(day: date, years: int) -> date:
    """The last birthday that makes somebody this old today; 29 February counts on 1 March."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
