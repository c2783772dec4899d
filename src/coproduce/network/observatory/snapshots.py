"""The snapshots that are there, for whoever shows numbers; counting them anew is `projection`."""

from __future__ import annotations

import hashlib

from django.utils.translation import get_language

import coproduce
from coproduce.measures import CATALOGUE
from coproduce.network.observatory.models import Snapshot

#: Raised whenever what a snapshot holds, or how it is hidden or drawn, changes.
FORM = 3


def rules() -> str:
    """The hash of everything that decides a number besides the log: version, catalogue, form, language."""
    said = repr((coproduce.__version__, FORM, get_language(), [repr(one) for one in CATALOGUE.values()]))
    return hashlib.sha256(said.encode()).hexdigest()


def last() -> Snapshot | None:
    """The last snapshot by the rules of this version; None where there is none."""
    return Snapshot.objects.filter(rules=rules()).order_by("-head_seq", "-pk").first()


def current() -> Snapshot:
    """The same, made now where there is none."""
    there = last()
    if there is None:
        # What counts is loaded only where something has to be counted.
        from coproduce.network.observatory.projection import first

        return first()
    return there
