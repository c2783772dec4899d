"""What becomes of needs when a person is erased: their words go, the counts stay."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from coproduce.events import ABSENT, kinds
from coproduce.network.log import append
from coproduce.network.needs.models import Audience, Need, Offer, Reply
from coproduce.network.needs.states import OPEN
from coproduce.network.people.asking import Asking
from coproduce.network.people.erasure import person_erased
from coproduce.network.people.policy import told


@receiver(person_erased)
def forget_words(*, person_id: int, asking: Asking, **_arguments: Any) -> None:
    """Deletes what the person said, what was said to them, and the words of needs that were theirs or about them.

    Open ones are withdrawn; nobody else sees them any more. Writes NeedWithdrawn for each.
    """
    with told(Asking(system="operator", at=asking.at)):
        theirs = Need.objects.filter(Q(stated_by_id=person_id) | Q(for_person_id=person_id))
        open_ones = list(theirs.filter(state__in=OPEN).order_by("pk"))
        Reply.objects.filter(Q(author_id=person_id) | Q(to_id=person_id) | Q(need__in=theirs)).delete()
        Offer.objects.filter(Q(need__in=theirs) | Q(helper_id=person_id)).update(
            reasons=[], features=None, propensity=None
        )
        seqs = append(
            [
                kinds.NeedWithdrawn(
                    time=asking.us, actor=asking.actor, role=asking.role, subject=need.pk,
                    cause=need.stated_seq or ABSENT,
                )
                for need in open_ones
            ]
        )  # fmt: skip
        for need, seq in zip(open_ones, seqs, strict=True):
            need.state, need.closed_at, need.closed_seq = Need.State.WITHDRAWN, asking.at, seq
        Need.objects.bulk_update(open_ones, ["state", "closed_at", "closed_seq"])
        theirs.update(words="", goal="", parsed={}, stage="", urgent_sign="", audience=Audience.ONLY_ME, token=None)
