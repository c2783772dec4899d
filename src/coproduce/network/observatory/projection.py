"""Counting once for a state of the log, and keeping what was counted until the log has grown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db import connection

from coproduce import clock
from coproduce.measures import Log, Measurement, Request, chosen, measure_all, timelines
from coproduce.network.log import head, read_frame
from coproduce.network.observatory.drawing import keep_pictures
from coproduce.network.observatory.hiding import groups_shown, shown
from coproduce.network.observatory.models import Drawing, Number, Snapshot
from coproduce.network.observatory.snapshots import last, rules
from coproduce.network.people.asking import computer
from coproduce.network.people.policy import told

#: The families of measures that are also counted by group and by month: those of the Network page. Every other
#: measure is counted for everybody; by group or over time it is a question for `coproduce measure`.
_DETAILED = ("N1.*", "N2.*", "N3", "N4", "N6.*", "E1.*", "E2.*", "E7.*", "S0.*", "S1.*", "L1")
#: Counting again waits this long, and 20 times as long as it took: at most a twentieth of one processor's time.
LEAST_SECONDS, TIMES_AS_LONG = 30.0, 20.0
#: A page that is being read may still use the snapshot before the last.
_KEPT = 2
#: One process counts at a time; any number that no other lock of ours uses.
_LOCK = 7_311_804


def first() -> Snapshot:
    """The first snapshot by the rules of this version, or the one that somebody else has made meanwhile."""
    return _make(only_missing=True)


def refresh(at: datetime) -> int:
    """Counts again when the log has grown and the last counting is long enough ago; gives 1 when it did."""
    with told(computer("worker")):
        before = last()
        if before is not None and (before.head_seq == head()[0] or at < _not_before(before)):
            return 0
        made = _make()
        return int(before is None or made.pk != before.pk)


def _not_before(there: Snapshot) -> datetime:
    return there.made_at + timedelta(seconds=max(LEAST_SECONDS, TIMES_AS_LONG * there.took_ms / 1000))


def _make(*, only_missing: bool = False) -> Snapshot:
    """Counts and keeps a snapshot; whoever comes meanwhile waits for it and takes it."""
    with told(computer("worker")):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        seq = head()[0]
        there = last()
        if there is not None and (only_missing or there.head_seq == seq):
            return there
        return _count(seq)


def _count(seq: int) -> Snapshot:
    began = clock.monotonic()
    log = Log.of(read_frame(until=seq))
    whole = shown(measure_all(log))
    sites, roles = (
        groups_shown(whole, [m for m in measure_all(log, Request(only=_DETAILED, by=by)) if m.by is not None])
        for by in ("site", "role")
    )
    months = _months(log)
    window = whole[0].window
    snapshot = Snapshot.objects.create(
        head_seq=seq, rules=rules(), made_at=clock.now(), took_ms=0,
        first_day=window and date.fromisoformat(window[0]), last_day=window and date.fromisoformat(window[1]),
    )  # fmt: skip
    by_site, by_role = _by_id(sites), _by_id(roles)
    Number.objects.bulk_create(
        Number(
            snapshot=snapshot,
            measure_id=m.id,
            whole=m.as_json(),
            months=[point.as_json() for point in months.get(m.id, ())],
            sites=[part.as_json() for part in by_site.get(m.id, ())],
            roles=[part.as_json() for part in by_role.get(m.id, ())],
        )
        for m in whole
    )
    keep_pictures(snapshot, log, {m.id: m for m in whole}, months)
    snapshot.took_ms = round(1000 * (clock.monotonic() - began))
    snapshot.save(update_fields=["took_ms"])
    _forget_old()
    return snapshot


def _months(log: Log) -> Mapping[str, list[Measurement]]:
    """The Network page's families of measures by month, with months hidden in which too few are behind a number."""
    found = timelines(log, [one.id for one in chosen(_DETAILED)])
    n_months = len(next(iter(found.values()), []))
    windows = [shown([points[place] for points in found.values()]) for place in range(n_months)]
    return {name: [window[row] for window in windows] for row, name in enumerate(found)}


def _by_id(measured: Sequence[Measurement]) -> dict[str, list[Measurement]]:
    found: dict[str, list[Measurement]] = {}
    for m in measured:
        found.setdefault(m.id, []).append(m)
    return found


def _forget_old() -> None:
    kept = Snapshot.objects.order_by("-pk").values_list("pk", flat=True)[:_KEPT]
    Snapshot.objects.exclude(pk__in=list(kept)).delete()
    Drawing.objects.filter(picture__isnull=True).delete()
