"""Telling people things, once, when they want to be told."""

from __future__ import annotations

import logging
import smtplib
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from coproduce.network.people.asking import computer
from coproduce.network.people.models import Account, Notice, Person
from coproduce.network.people.policy import told

_log = logging.getLogger(__name__)

#: Waits after a failed attempt; after the last one the notice stays on the page only.
WAITS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))


def tell(*, person_id: int, kind: Notice.Kind, about: int, path: str, at: datetime) -> bool:
    """Notes that a person is to be told; True when it is new, False when they were told already.

    Runs inside the action's transaction, so that nobody is told of something that did not happen.
    """
    with connection.cursor() as cursor:
        # Not through the ORM: it would ask for the new row back, which the one who tells may not see; for the same
        # reason the conflict names no columns (there is one unique constraint beside the key).
        cursor.execute(
            "INSERT INTO people_notice (person_id, kind, about, path, created_at, next_attempt_at, attempts)"
            " VALUES (%s, %s, %s, %s, %s, %s, 0) ON CONFLICT DO NOTHING",
            [person_id, kind.value, about, path, at, at],
        )
        return bool(cursor.rowcount == 1)


def deliver(at: datetime, *, limit: int = 100) -> int:
    """Mails the notices that are due; gives how many left. A failed one waits and is tried again.

    Each is locked, sent and marked in a transaction of its own: two workers never send the same one, and a mail
    server that fails leaves it to be sent later.
    """
    sent = 0
    for _turn in range(limit):
        with told(computer("worker")):
            notice = (
                Notice.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("person")
                .filter(mailed_at__isnull=True, next_attempt_at__lte=at, attempts__lte=len(WAITS))
                .order_by("next_attempt_at", "pk")
                .first()
            )
            if notice is None:
                return sent
            sent += _attempt(notice, at)
    return sent


def _attempt(notice: Notice, at: datetime) -> int:
    quiet_until = end_of_quiet(notice.person, at)
    if quiet_until is not None:
        Notice.objects.filter(pk=notice.pk).update(next_attempt_at=quiet_until)
        return 0
    address = Account.objects.filter(person_id=notice.person_id, is_active=True).values_list("email", flat=True).first()
    if address is None:
        # Without a log-in there is nowhere to write to: the notice waits on the page.
        Notice.objects.filter(pk=notice.pk).update(mailed_at=at)
        return 0
    try:
        with transaction.atomic():
            message_of(notice, address).send()
    except (smtplib.SMTPException, OSError) as problem:
        _log.warning("A mail could not be sent (%s); it is tried again.", type(problem).__name__)
        wait = WAITS[min(notice.attempts, len(WAITS) - 1)]
        Notice.objects.filter(pk=notice.pk).update(attempts=notice.attempts + 1, next_attempt_at=at + wait)
        return 0
    Notice.objects.filter(pk=notice.pk).update(mailed_at=at, attempts=notice.attempts + 1)
    return 1


def message_of(notice: Notice, address: str) -> EmailMessage:
    """The mail of a notice: what kind of thing happened and a link, never anybody's words.

    Its Message-ID is made from the notice, so that a mail sent twice by a crash is seen as one.
    """
    url = settings.COPRODUCE.public_url.rstrip("/") + notice.path
    body = render_to_string(
        "people/mail/notice.txt",
        {"saying": notice.get_kind_display(), "url": url, "network": settings.COPRODUCE.network_name},
    )
    domain = settings.COPRODUCE.email_from.rsplit("@", 1)[-1].strip(">")
    return EmailMessage(
        subject=_("%(network)s: %(saying)s")
        % {"network": settings.COPRODUCE.network_name, "saying": notice.get_kind_display()},
        body=body,
        to=[address],
        headers={"Message-ID": f"<notice-{notice.pk}@{domain}>"},
    )


def end_of_quiet(person: Person, at: datetime) -> datetime | None:
    """When the person's quiet hours end, if it is quiet for them at this moment; otherwise None."""
    if person.quiet_from is None or person.quiet_to is None or person.quiet_from == person.quiet_to:
        return None
    zone = ZoneInfo(person.time_zone or settings.COPRODUCE.time_zone)
    local = at.astimezone(zone)
    start = local.replace(hour=person.quiet_from.hour, minute=person.quiet_from.minute, second=0, microsecond=0)
    if start > local:
        start -= timedelta(days=1)
    end = start.replace(hour=person.quiet_to.hour, minute=person.quiet_to.minute)
    if end <= start:
        end += timedelta(days=1)
    return end.astimezone(at.tzinfo) if start <= local < end else None
