"""What the worker does about needs: one kind question after silence, counting silence, matching what is new."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings

from coproduce.events import kinds
from coproduce.matching.text import plain_words, stem
from coproduce.network.commons import index
from coproduce.network.commons.models import Resource, Version
from coproduce.network.log import follow, head
from coproduce.network.needs.actions import count_silent, follow_up_need, match_again
from coproduce.network.needs.models import Cursor, Need
from coproduce.network.needs.states import OPEN
from coproduce.network.people.asking import Asking
from coproduce.network.people.policy import told

CURSOR = "needs"
#: Needs looked at in one round; the rest follows in the next.
_BATCH = 500
#: Above this many changed resources at once (an import) every open need is ranked again, without looking first.
_FEW = 500
_NEWS = (kinds.ResourceShared, kinds.ResourceRevised, kinds.Reviewed)


def follow_up(at: datetime) -> int:
    """Asks about needs that were silent for a while, once each; gives how many."""
    since = at - timedelta(days=settings.COPRODUCE.follow_up_days)
    worker = Asking(system="worker", at=at)
    with told(worker):
        due = Need.objects.filter(state__in=OPEN, followed_up_at__isnull=True, last_answer_at__lte=since)
        need_ids = list(due.order_by("last_answer_at").values_list("pk", flat=True)[:_BATCH])
    return sum(follow_up_need(worker, need_id=need_id) for need_id in need_ids)


def expire_silent(at: datetime) -> int:
    """Counts needs as silent that stayed silent after their follow-up; gives how many."""
    since = at - timedelta(days=settings.COPRODUCE.silent_days)
    worker = Asking(system="worker", at=at)
    with told(worker):
        due = Need.objects.filter(state__in=OPEN, followed_up_at__lte=since)
        need_ids = list(due.order_by("followed_up_at").values_list("pk", flat=True)[:_BATCH])
    return sum(count_silent(worker, need_id=need_id) for need_id in need_ids)


def match_new_resources(at: datetime) -> int:
    """Matches open needs against resources shared, revised or reviewed since the last time; gives how many were found.

    Where it stands in the log is kept, and moved only after every need was looked at: a crash repeats, and repeating
    finds nothing twice.
    """
    worker = Asking(system="worker", at=at)
    with told(worker):
        news, last, before = _news()
    if last == before:
        return 0
    index.catch_up()
    found = 0
    if news:
        with told(worker):
            need_ids = _perhaps_helped(news)
        found = sum(match_again(worker, need_id=need_id, news=news) for need_id in need_ids)
    with told(worker):
        Cursor.objects.update_or_create(name=CURSOR, defaults={"seq": last})
    return found


def _news() -> tuple[dict[int, int], int, int]:
    """Resources that changed, each with the seq of its last event; the log's end; and where we stood before."""
    before = Cursor.objects.filter(name=CURSOR).values_list("seq", flat=True).first()
    before = -1 if before is None else before
    last = max(before, head()[0])
    news: dict[int, int] = {}
    reviewed: dict[int, int] = {}
    for row in follow(before, _NEWS):
        last = max(last, row.seq)
        (reviewed if row.what is kinds.Reviewed else news)[row.subject] = row.seq
    for version_id, resource_id in Version.objects.filter(pk__in=reviewed).values_list("pk", "resource_id"):
        news.setdefault(resource_id, reviewed[version_id])
    return news, last, before


def _perhaps_helped(news: Collection[int]) -> list[int]:
    """The open needs that share a word with what is new; ranking the others could find nothing of it."""
    needs = Need.objects.filter(state__in=OPEN, is_held=False).order_by("pk")
    if len(news) > _FEW:
        return list(needs.values_list("pk", flat=True))
    told_of = {root for text in _texts(news) for root in map(stem, plain_words(text))}
    return [
        need_id
        for need_id, parsed in needs.values_list("pk", "parsed")
        if parsed
        and not told_of.isdisjoint(
            [word["stem"] for word in parsed["words"]]
            + [root for thing in parsed["conditions"] for root in thing["key"].split()]
        )
    ]


def _texts(resource_ids: Collection[int]) -> list[str]:
    resources = Resource.objects.filter(pk__in=resource_ids).select_related("stable").prefetch_related("conditions")
    return [
        " ".join(
            [resource.stable.title, resource.stable.summary, resource.stable.body]
            + [name for condition in resource.conditions.all() for name in (condition.name, *condition.aliases)]
        )
        for resource in resources
        if resource.stable is not None
    ]
