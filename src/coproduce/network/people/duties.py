"""What the worker does about people."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.sessions.models import Session

from coproduce.network.people.actions import hand_over
from coproduce.network.people.ages import born_by
from coproduce.network.people.asking import Asking
from coproduce.network.people.models import Identity, Notice, Proxy
from coproduce.network.people.notices import tell
from coproduce.network.people.policy import told


def hand_over_those_of_age(at: datetime) -> int:
    """Ends the proxies of everybody who has come of age, and tells them; gives how many."""
    worker = Asking(system="worker", at=at)
    with told(worker):
        waiting = Proxy.objects.open_at(at).values("person_id")
        of_age = born_by(at.date(), settings.COPRODUCE.handover_age)
        grown = list(Identity.objects.filter(birth_date__lte=of_age, person__in=waiting).values_list("pk", flat=True))
    for person_id in grown:
        with told(worker):
            hand_over(worker, person_id=person_id)
            tell(person_id=person_id, kind=Notice.Kind.HAND_OVER, about=person_id, path="/me/", at=at)
    return len(grown)


def clear_ended_sessions(at: datetime) -> int:
    """Deletes sessions that have ended, and with them what somebody asked us to keep until they signed in."""
    return Session.objects.filter(expire_date__lt=at).delete()[0]
