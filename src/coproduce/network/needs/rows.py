"""The rows of a need that an action works on, locked; and what every action of its owner notes."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from coproduce.errors import Absent, Conflict
from coproduce.events import Event, kinds
from coproduce.network.commons.words import clean
from coproduce.network.log import append, previous
from coproduce.network.needs.models import Need, Offer, Reply
from coproduce.network.needs.states import OPEN
from coproduce.network.people.asking import Asking

LONGEST_WORDS = 5_000


def locked(need_id: int) -> Need:
    """The need, for its owner or the worker, who alone may change it. Raises Absent."""
    need = Need.objects.select_for_update(of=("self",)).filter(pk=need_id).first()
    if need is None:
        raise Absent(_("need"))
    return need


def open_need(need_id: int) -> Need:
    """The need as somebody else sees it who wants to help: read, not locked. Raises Absent, Conflict when closed."""
    need = Need.objects.filter(pk=need_id).first()
    if need is None:
        raise Absent(_("need"))
    if need.state not in OPEN:
        raise Conflict(_("This need is closed."))
    return need


def locked_offer(need_id: int, offer_id: int) -> Offer:
    """One offer of this need, locked. Raises Absent."""
    offer = Offer.objects.select_for_update(of=("self",)).filter(pk=offer_id, need_id=need_id).first()
    if offer is None:
        raise Absent(_("offer"))
    return offer


def write(asking: Asking, need: Need, events: list[Event]) -> list[int]:
    """Appends what an owner did, and that they acted for somebody where they did; gives the seqs of the events."""
    if asking.person is None or asking.person == need.for_person_id:
        return append(events)
    own = max(place for place, event in enumerate(events) if event.actor == asking.person)
    acted = kinds.ActedFor(
        time=asking.us, actor=asking.actor, role=asking.role, subject=need.for_person_id, cause=previous(own)
    )
    return append([*events, acted])[:-1]


def heard_from(asking: Asking, need: Need, state: Need.State, seq: int) -> None:
    """Notes the need's new state, and that its owner was heard from."""
    need.state = state
    if not asking.system:
        need.last_answer_at = asking.at
    need.closed_at, need.closed_seq = (None, None) if state in OPEN else (asking.at, seq)
    need.save(update_fields=["state", "last_answer_at", "closed_at", "closed_seq"])


def say(
    asking: Asking,
    need: Need,
    words: str,
    *,
    seq: int | None = None,
    to: int | None = None,
    offer: Offer | None = None,
    token: UUID | None = None,
) -> Reply | None:
    """Keeps what the asker said; nothing when they said nothing. Raises InvalidInput for what cannot be kept."""
    words = clean(words, "words", LONGEST_WORDS)
    if not words or asking.person is None:
        return None
    return Reply.objects.create(
        need=need, author_id=asking.person, words=words, seq=seq, to_id=to, offer=offer, token=token, at=asking.at
    )
