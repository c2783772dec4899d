"""Erasing a person: apps above `people` delete the words they keep, when they hear this signal."""

from __future__ import annotations

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.dispatch import Signal

#: Sent inside the erasing transaction with `person_id`; receivers delete that person's words.
person_erased = Signal()


def end_sessions(account_ids: frozenset[str]) -> None:
    """Ends every session of these accounts, wherever they are signed in.

    A session is stored without a column for its account, so each is opened; it may hold an address or a draft.
    """
    theirs = [
        session.pk for session in Session.objects.iterator() if session.get_decoded().get(SESSION_KEY) in account_ids
    ]
    Session.objects.filter(pk__in=theirs).delete()
