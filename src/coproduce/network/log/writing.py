"""Appending: the one way into the log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, connection
from django.utils.translation import gettext as _

from coproduce import clock
from coproduce.errors import CoproduceError, InvalidInput
from coproduce.events import Event
from coproduce.network.log.limits import columns_of

_APPEND = (
    "SELECT log_append(%s, %s::smallint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::smallint[],"
    " %s::integer[], %s::integer[], %s::double precision[], %s::bigint[])"
)
_UNLESS_DONE = " WHERE NOT EXISTS (SELECT FROM log_event WHERE kind = %s AND actor = %s AND object = %s AND time > %s)"


class OutsideTransaction(CoproduceError):
    """Something was to be appended outside the transaction of an action: a fault of ours, nothing was written."""


def append(events: Sequence[Event]) -> list[int]:
    """Writes events down, in order, inside the transaction of the action that they belong to; gives their seqs.

    `recorded` is now. A `cause` is the seq of an earlier event, or `previous(i)` for the i-th event of this call, so
    that a whole chain goes in one call and one round trip. The log's head is locked from here to the commit, which
    makes sequence numbers commit in order and leaves no hole after a rollback: so an action appends last.

    Raises OutsideTransaction outside a transaction, InvalidInput for what no event may hold (nothing is written).
    """
    first = _written(_APPEND, events)
    return [] if first is None else list(range(first, first + len(events)))


def append_once(event: Event, *, since: datetime) -> int | None:
    """Writes an event down unless its actor did the same to the same object after `since`; gives its seq, or None.

    In one round trip, and without the log's head when nothing is to be written. Raises as `append` does.
    """
    same = [int(event.meaning.code), event.actor, event.object, clock.to_us(since)]
    return _written(_APPEND + _UNLESS_DONE, [event], *same)


def _written(statement: str, events: Sequence[Event], *more: int) -> int | None:
    """The seq of the first event written; None when none was. `more` are the statement's further values."""
    if not connection.in_atomic_block:
        raise OutsideTransaction(_("Events are written only inside an action's transaction."))
    columns = columns_of(events)
    if not events:
        return None
    with connection.cursor() as cursor:
        try:
            cursor.execute(statement, [clock.to_us(clock.now()), *(_array(column) for column in columns), *more])
        except IntegrityError:
            # The one thing that only the database can see. Its own words quote the row, and stay out.
            raise InvalidInput(given="a cause that is not in the log", expected="the seq of an earlier event") from None
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def previous(position: int) -> int:
    """The cause that points to an event of the same `append` call, by its position there (0 is the first).

    >>> previous(0), previous(3)
    (-2, -5)
    """
    if position < 0:
        raise InvalidInput(given="a position below 0", expected="the position of an event in the same call")
    return -2 - position


def _array(column: Sequence[float]) -> str:
    """PostgreSQL's text form of an array of numbers; `repr` of a float is exact."""
    return "{" + ",".join(map(repr, column)) + "}"
