"""The way of a need, as one table: which deed is possible in which state, and where it leads."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import gettext as _

from coproduce.errors import Conflict
from coproduce.network.needs.models import Need

S = Need.State

#: What the person, or the follow-up, can do with every open need.
_WHILE_OPEN = {
    "use": S.USED,
    "answer": S.ANSWERED,
    "confirm": S.CONFIRMED,
    "give-up": S.UNREACHABLE,
    "withdraw": S.WITHDRAWN,
    "redirect": S.REDIRECTED,
    "expire": S.EXPIRED,
}
_ONCE_CLOSED = {"reopen": S.HEARD}

#: State: the deeds that are possible in it, each with the state it leads to.
WAYS: Mapping[S, Mapping[str, S]] = MappingProxyType(
    {
        S.HEARD: {**_WHILE_OPEN, "match": S.MATCHED, "ask": S.ASKED},
        S.MATCHED: {**_WHILE_OPEN, "match": S.MATCHED, "ask": S.ASKED},
        S.ASKED: {**_WHILE_OPEN, "match": S.ASKED, "ask": S.ASKED},
        S.USED: {**_WHILE_OPEN, "match": S.USED, "ask": S.USED},
        S.ANSWERED: {**_WHILE_OPEN, "match": S.ANSWERED, "ask": S.ANSWERED},
        # Its clock stands still from here on. Only CONFIRMED is a need that was met.
        S.CONFIRMED: _ONCE_CLOSED,
        S.WITHDRAWN: _ONCE_CLOSED,
        # Whoever went to get urgent care may say how it went.
        S.REDIRECTED: {**_ONCE_CLOSED, "answer": S.REDIRECTED},
        S.UNREACHABLE: _ONCE_CLOSED,
        S.EXPIRED: _ONCE_CLOSED,
    }
)

#: States in which a need waits for something; its clock runs.
OPEN = frozenset(state for state, ways in WAYS.items() if "reopen" not in ways)
CLOSED = frozenset(S) - OPEN


def moved(state: str, deed: str) -> S:
    """The state after a deed. Raises Conflict when it is not possible in this state."""
    after = WAYS[S(state)].get(deed)
    if after is None:
        if deed == "reopen":
            raise Conflict(_("This need is open."))
        raise Conflict(_("This need is closed."), next_step=_("Open it again first."))
    return after
