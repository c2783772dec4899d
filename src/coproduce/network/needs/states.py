"""The way of a need, as one table: which deed is possible in which state, and where it leads."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import gettext as _

from coproduce.errors import Conflict
from coproduce.network.needs.models import Need

S = Need.State

#: States in which a need waits for something; its clock runs.
OPEN = frozenset({S.HEARD, S.MATCHED, S.ASKED, S.USED, S.ANSWERED})
#: States in which its clock stands still. Only CONFIRMED is a need that was met.
CLOSED = frozenset(S) - OPEN

#: Deed: states it is possible in, and the state it leads to.
WAYS: Mapping[str, tuple[frozenset[S], S]] = MappingProxyType(
    {
        "match": (frozenset({S.HEARD, S.MATCHED}), S.MATCHED),
        "ask": (OPEN, S.ASKED),
        "use": (OPEN, S.USED),
        "answer": (OPEN, S.ANSWERED),
        "confirm": (OPEN, S.CONFIRMED),
        "unreachable": (OPEN, S.UNREACHABLE),
        "withdraw": (OPEN, S.WITHDRAWN),
        "redirect": (OPEN, S.REDIRECTED),
        "expire": (OPEN, S.EXPIRED),
        "reopen": (CLOSED, S.HEARD),
    }
)


def moved(state: str, deed: str) -> S:
    """The state after a deed. Raises Conflict when it is not possible in this state."""
    possible, after = WAYS[deed]
    if S(state) not in possible:
        raise Conflict(
            _("This need is closed.") if deed != "reopen" else _("This need is open."),
            next_step=_("Open it again first.") if deed != "reopen" else "",
        )
    return after


def step(state: str) -> int:
    """How far along the four steps people see: 1 heard, 2 someone is on it, 3 here it is, 4 did it help."""
    return {S.HEARD: 1, S.MATCHED: 3, S.ASKED: 2, S.USED: 3, S.ANSWERED: 4, S.CONFIRMED: 4}.get(S(state), 1)
