"""The worker: duties that come round again and again. Each is safe to repeat, so a crash costs nothing.

What may take long, counting the measures above all, has a thread of its own: nobody waits for mail or for an answer
because something is being counted.

There is no queue of tasks: what is to be done is read from the log and the tables, where it was committed together
with its cause (docs/explanation/decisions/worker-follows-the-log.md).
"""

from __future__ import annotations

import logging
import os
import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, close_old_connections

from coproduce import clock
from coproduce.errors import CoproduceError
from coproduce.settings import Settings

_log = logging.getLogger(__name__)


@dataclass
class Duty:
    """Something to do every so many seconds; `do` takes the time and gives how much was done.

    `is_long` when it may take seconds: then no other duty waits for it but those that may, too.
    """

    name: str
    every: float
    do: Callable[[datetime], int]
    is_long: bool = False
    due: float = field(default=0.0, init=False)


def duties() -> Sequence[Duty]:
    """Everything the worker sees to."""
    from coproduce.network.commons import index
    from coproduce.network.commons.duties import end_old_reviews, remind_of_reviews
    from coproduce.network.governance.duties import sign_head
    from coproduce.network.needs.duties import expire_silent, follow_up, match_new_resources
    from coproduce.network.observatory.projection import refresh
    from coproduce.network.people.duties import clear_ended_sessions, hand_over_those_of_age
    from coproduce.network.people.notices import deliver

    return (
        Duty("sign of life", 15.0, beat),
        Duty("search index", 1.0, lambda _at: index.catch_up()),
        Duty("new resources for open needs", 2.0, match_new_resources),
        Duty("mail", 5.0, deliver),
        Duty("follow-ups", 60.0, follow_up),
        Duty("silent needs", 60.0, expire_silent),
        Duty("reviews that are too old", 600.0, end_old_reviews),
        Duty("what is to be looked at again", 3600.0, remind_of_reviews),
        Duty("measures", 10.0, refresh, is_long=True),
        Duty("signed head of the log", 60.0, sign_head),
        Duty("sessions that ended", 600.0, clear_ended_sessions),
        Duty("hand-over at majority", 3600.0, hand_over_those_of_age),
    )


def beat(at: datetime) -> int:
    """Leaves a sign in the data folder that the worker was alive at this time; the health page looks at it."""
    sign = _sign(settings.COPRODUCE)
    sign.parent.mkdir(parents=True, exist_ok=True)
    sign.touch()
    os.utime(sign, (at.timestamp(), at.timestamp()))
    return 1


def last_beat(ours: Settings) -> datetime | None:
    """When the worker last left its sign; None when it never ran here."""
    try:
        return datetime.fromtimestamp(_sign(ours).stat().st_mtime, UTC)
    except FileNotFoundError:
        return None


def _sign(ours: Settings) -> Path:
    return ours.data / "worker-alive"


def run_once(listed: Sequence[Duty], at: datetime) -> dict[str, int]:
    """Does every duty once, whatever is due; gives how much each did. A duty that fails leaves the others alone."""
    return {duty.name: _do(duty, at) for duty in listed}


def run(stop: threading.Event, listed: Sequence[Duty]) -> None:
    """Does the duties as they come due until told to stop; the long ones beside the others."""
    beside = threading.Thread(
        target=_rounds, args=(stop, [duty for duty in listed if duty.is_long]), name="long duties"
    )
    beside.start()
    _rounds(stop, [duty for duty in listed if not duty.is_long])
    beside.join()


def _rounds(stop: threading.Event, listed: Sequence[Duty]) -> None:
    while listed and not stop.is_set():
        for duty in listed:
            if clock.monotonic() >= duty.due:
                _do(duty, clock.now())
                duty.due = clock.monotonic() + duty.every
        close_old_connections()
        stop.wait(max(0.05, min(duty.due for duty in listed) - clock.monotonic()))


def _do(duty: Duty, at: datetime) -> int:
    try:
        return duty.do(at)
    except (CoproduceError, DatabaseError) as problem:
        _log.warning("The duty '%s' failed (%s) and is tried again.", duty.name, type(problem).__name__)
    except Exception as problem:
        # A fault of ours in one duty must not keep the others from people. Its message may hold their words: only its
        # kind and its place are written down.
        _log.error("The duty '%s' failed (%s, %s).", duty.name, type(problem).__name__, _place_of(problem))
    return 0


def _place_of(problem: Exception) -> str:
    last = traceback.extract_tb(problem.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"
