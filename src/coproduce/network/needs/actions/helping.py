"""What helpers do for somebody else's need: answer in words, come forward, offer a resource or make one."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from coproduce.errors import Absent, Conflict, InvalidInput
from coproduce.events import ABSENT, Event, kinds
from coproduce.network.commons.access import offered as is_offered
from coproduce.network.commons.actions import create_resource
from coproduce.network.commons.models import Resource
from coproduce.network.commons.words import Words
from coproduce.network.log import append, events_about, previous
from coproduce.network.log.ids import next_ids
from coproduce.network.needs import access
from coproduce.network.needs.models import Need, Offer, Reply
from coproduce.network.needs.rows import heard_from, locked_offer, open_need, say, write
from coproduce.network.needs.states import moved
from coproduce.network.people.asking import Asking
from coproduce.network.people.models import Notice
from coproduce.network.people.notices import tell
from coproduce.network.people.policy import action


@action("needs.see")
def reply(asking: Asking, *, need_id: int, words: str, token: UUID | None = None) -> Reply:
    """Answers in words; writes Replied when it is somebody else's need. The same token replies once."""
    if before := _said_before(asking, token):
        return before
    need = open_need(need_id)
    is_own = _is_own(asking, need)
    seq = None if is_own else append([_replied(asking, need, _mine(asking, need))])[0]
    said = say(asking, need, words, seq=seq, token=token)
    if said is None:
        raise InvalidInput(given=_("no words"), expected=_("an answer"), field="words")
    if is_own:
        for helper in need.offers.filter(state=Offer.State.ACCEPTED, helper__isnull=False):
            _tell(helper.helper_id, need, Notice.Kind.REPLIED, said.pk, asking)
    else:
        _tell(need.stated_by_id, need, Notice.Kind.REPLIED, said.pk, asking)
    return said


@action("needs.help")
def offer_self(asking: Asking, *, need_id: int, words: str = "", token: UUID | None = None) -> Offer:
    """Comes forward to help; writes PersonMatched where the two were not matched before, and Replied.

    Raises Conflict for one's own need.
    """
    need = _somebody_elses(asking, need_id)
    offer = _mine(asking, need)
    if offer is not None and (offer.state in {Offer.State.OFFERED, Offer.State.ACCEPTED} or offer.used_seq is not None):
        return offer
    if offer is None:
        matched = kinds.PersonMatched(
            time=asking.us, actor=asking.actor, role=asking.role, subject=need.pk, object=asking.actor,
            topic=need.line_of_work, cause=need.stated_seq or ABSENT,
        )  # fmt: skip
        seqs = append([matched, _replied(asking, need, None, cause=previous(0))])
        # The id is drawn first: asking for the new row back is more than row-level security need allow.
        (number,) = next_ids(1)
        offer = Offer(
            id=number, need=need, helper_id=asking.person, offered_by_id=asking.person, matched_seq=seqs[0],
            state=Offer.State.OFFERED, at=asking.at,
        )  # fmt: skip
        offer.save(force_insert=True)
    else:
        seqs = append([_replied(asking, need, offer)])
        offer.state, offer.at = Offer.State.OFFERED, asking.at
        offer.save(update_fields=["state", "at"])
    say(asking, need, words, seq=seqs[-1], offer=offer, token=token)
    _tell(need.stated_by_id, need, Notice.Kind.PERSON_OFFERED, offer.pk, asking)
    return offer


@action("needs.help")
def offer_resource(
    asking: Asking, *, need_id: int, version_id: int, words: str = "", token: UUID | None = None
) -> Offer:
    """Offers something of the commons; writes ResourceMatched and Replied. Offering it twice is once.

    Raises Absent for a resource that may not be suggested, Conflict for one's own need.
    """
    need = _somebody_elses(asking, need_id)
    if not Resource.objects.filter(is_offered(), stable=version_id).exists():
        raise Absent(_("resource"))
    return _offer(asking, need, version_id, words, cause=need.stated_seq or ABSENT, token=token)


@action("needs.help")
def offer_new_resource(
    asking: Asking, *, need_id: int, words: Words, note: str = "", token: UUID | None = None
) -> Resource:
    """Makes a resource for this need, shares it, and offers it where its risk class lets it be suggested at once.

    Writes ResourceCreated (its cause the need), ResourceShared, ResourceMatched and Replied. Otherwise it is matched
    when it has been reviewed.
    """
    need = _somebody_elses(asking, need_id)
    before = _said_before(asking, token)
    if before is not None and before.offer is not None and before.offer.version is not None:
        return before.offer.version.resource
    resource = create_resource(asking, words=words, cause=need.stated_seq or ABSENT, share=True)
    if Resource.objects.filter(is_offered(), pk=resource.pk).exists():
        shared = [row for row in events_about([resource.pk]) if row.what is kinds.ResourceShared]
        _offer(
            asking, need, resource.stable_id or ABSENT, note or words.title, cause=shared[-1].seq, token=token
        )  # fmt: skip
    return resource


@action("needs.own_or_asked")
def accept(asking: Asking, *, need_id: int, offer_id: int) -> Offer:
    """Takes up an offer, or says yes to being asked; the same yes twice is one.

    A person: writes Connected. A resource that somebody offered: writes ResourceShown.
    """
    offer = locked_offer(need_id, offer_id)
    if offer.state not in {Offer.State.SHOWN, Offer.State.ASKED, Offer.State.OFFERED}:
        return offer
    need = open_need(need_id)
    is_own = _is_own(asking, need)
    if not is_own and (offer.helper_id != asking.person or offer.state != Offer.State.ASKED):
        raise Absent(_("offer"))
    if is_own and offer.helper_id is not None and offer.state == Offer.State.ASKED:
        raise Conflict(_("They have not answered yet."))
    event = _accepted(asking, need, offer)
    (seq,) = write(asking, need, [event]) if is_own else append([event])
    offer.state = Offer.State.ACCEPTED
    offer.save(update_fields=["state"])
    if is_own:
        heard_from(asking, need, moved(need.state, "ask" if offer.helper_id else "match"), seq)
        if offer.helper_id is not None:
            _tell(offer.helper_id, need, Notice.Kind.REPLIED, offer.pk, asking)
    else:
        _tell(need.stated_by_id, need, Notice.Kind.PERSON_OFFERED, offer.pk, asking)
    return offer


def _accepted(asking: Asking, need: Need, offer: Offer) -> Event:
    same = {"time": asking.us, "actor": asking.actor, "role": asking.role, "cause": offer.matched_seq}
    if offer.version_id is not None:
        return kinds.ResourceShown(**same, subject=need.pk, object=offer.version_id)
    other = need.stated_by_id if offer.helper_id == asking.person else offer.helper_id
    return kinds.Connected(**same, subject=other or ABSENT)


def _offer(asking: Asking, need: Need, version_id: int, words: str, *, cause: int, token: UUID | None) -> Offer:
    before = need.offers.filter(version_id=version_id).first()
    if before is not None and (before.offered_by_id is not None or before.state != Offer.State.SHOWN):
        return before
    events: list[Event] = []
    if before is None:
        events.append(
            kinds.ResourceMatched(
                time=asking.us, actor=asking.actor, role=asking.role, subject=need.pk, object=version_id,
                topic=need.line_of_work, cause=cause,
            )
        )  # fmt: skip
    seqs = append([*events, _replied(asking, need, _mine(asking, need), version_id=version_id)])
    offer = before
    if offer is None:
        (number,) = next_ids(1)
        offer = Offer(
            id=number, need=need, version_id=version_id, offered_by_id=asking.person, matched_seq=seqs[0],
            state=Offer.State.OFFERED, at=asking.at,
        )  # fmt: skip
        offer.save(force_insert=True)
    say(asking, need, words, seq=seqs[-1], offer=offer, token=token)
    _tell(need.stated_by_id, need, Notice.Kind.RESOURCE_FOUND, offer.pk, asking)
    return offer


def _replied(
    asking: Asking, need: Need, mine: Offer | None, *, version_id: int = ABSENT, cause: int | None = None
) -> Event:
    if cause is None:
        cause = (need.stated_seq if mine is None else mine.matched_seq) or ABSENT
    return kinds.Replied(
        time=asking.us, actor=asking.actor, role=asking.role, subject=need.pk, object=version_id, cause=cause
    )


def _mine(asking: Asking, need: Need) -> Offer | None:
    """The offer in which the asker was matched to this need as a helper, if any."""
    return need.offers.filter(helper_id=asking.person).first()


def _somebody_elses(asking: Asking, need_id: int) -> Need:
    need = open_need(need_id)
    if _is_own(asking, need):
        raise Conflict(_("This is your own need."), next_step=_("You can add to its words instead."))
    return need


def _is_own(asking: Asking, need: Need) -> bool:
    return Need.objects.filter(access.own(asking), pk=need.pk).exists()


def _said_before(asking: Asking, token: UUID | None) -> Reply | None:
    if token is None:
        return None
    return Reply.objects.select_related("offer__version__resource").filter(author_id=asking.person, token=token).first()


def _tell(person_id: int | None, need: Need, kind: Notice.Kind, about: int, asking: Asking) -> None:
    if person_id is not None and person_id != asking.person:
        tell(person_id=person_id, kind=kind, about=about, path=f"/needs/{need.pk}/", at=asking.at)
