"""Asking people for help, and being asked: nobody sees a need before they are asked, and a no costs nothing."""

from __future__ import annotations

from django.utils.translation import gettext as _

from coproduce.errors import Absent, Conflict
from coproduce.events import ABSENT, kinds
from coproduce.network.log import append
from coproduce.network.needs import access, reading  # noqa: F401 the rules are declared there
from coproduce.network.needs.models import Audience, Need, Offer
from coproduce.network.needs.rows import heard_from, locked, write
from coproduce.network.needs.states import moved
from coproduce.network.people.asking import Asking
from coproduce.network.people.models import Notice, Person
from coproduce.network.people.notices import tell
from coproduce.network.people.policy import action

#: People asked at once for one need: more would be many people's time for one answer.
BATCH = 3


@action("needs.own")
def ask_person(asking: Asking, *, need_id: int, person_id: int) -> Offer:
    """Asks somebody for help, who may see the need from now on; writes Invited and tells them. Asking twice is once.

    Raises Absent when nobody of this id offers help, Conflict when they have no room this month, or when only the
    person themselves may see the need.
    """
    need = locked(need_id)
    offer = need.offers.select_related("helper").filter(helper_id=person_id).first()
    if offer is not None and offer.state != Offer.State.SHOWN:
        return offer
    helper = reading.with_room(asking.at).filter(pk=person_id).exclude(pk=need.for_person_id).first()
    if helper is None:
        if Person.objects.filter(pk=person_id, help_capacity__gt=0, left_at__isnull=True).exists():
            raise Conflict(_("This person has no room for more this month."), next_step=_("Ask somebody else."))
        raise Absent(_("person who offers help"))
    return _ask(asking, need, [(helper, offer)])[0]


@action("needs.own")
def ask_people(asking: Asking, *, need_id: int) -> list[Offer]:
    """Asks the best of the people suggested, a few at once; writes Invited for each. None left: nothing happens."""
    need = locked(need_id)
    suggested = list(
        need.offers.filter(helper__in=reading.with_room(asking.at), state=Offer.State.SHOWN)
        .select_related("helper")
        .order_by("rank", "pk")[:BATCH]
    )
    return _ask(asking, need, [(offer.helper, offer) for offer in suggested if offer.helper is not None])


def _ask(asking: Asking, need: Need, helpers: list[tuple[Person, Offer | None]]) -> list[Offer]:
    if need.audience == Audience.ONLY_ME:
        raise Conflict(
            _("You chose that only you may see this need."),
            next_step=_("State it again for you and the people you ask."),
        )
    after = moved(need.state, "ask")
    if not helpers:
        return []
    seqs = write(
        asking,
        need,
        [
            kinds.Invited(
                time=asking.us, actor=asking.actor, role=asking.role, subject=need.pk, object=helper.pk,
                cause=(need.stated_seq if offer is None else offer.matched_seq) or ABSENT,
            )
            for helper, offer in helpers
        ],
    )  # fmt: skip
    asked = [_asked(asking, need, helper, offer, seq) for (helper, offer), seq in zip(helpers, seqs, strict=True)]
    heard_from(asking, need, after, seqs[-1])
    return asked


def _asked(asking: Asking, need: Need, helper: Person, offer: Offer | None, seq: int) -> Offer:
    if offer is None:
        offer = Offer(need=need, helper=helper, offered_by_id=asking.person, matched_seq=seq)
    offer.state, offer.at = Offer.State.ASKED, asking.at
    offer.save()
    tell(person_id=helper.pk, kind=Notice.Kind.ASKED_TO_HELP, about=need.pk, path=f"/needs/{need.pk}/", at=asking.at)
    return offer


@action("needs.help")
def decline_help(asking: Asking, *, need_id: int) -> None:
    """Says no to being asked, without penalty: the need is out of sight again. Writes HelpDeclined."""
    offer = Offer.objects.select_for_update(of=("self",)).filter(need_id=need_id, helper_id=asking.person).first()
    if offer is None or offer.state in {Offer.State.SHOWN, Offer.State.DECLINED}:
        raise Absent(_("question to you"))
    if offer.state not in {Offer.State.ASKED, Offer.State.OFFERED, Offer.State.ACCEPTED}:
        raise Conflict(_("You have helped already."))
    append(
        [
            kinds.HelpDeclined(
                time=asking.us, actor=asking.actor, role=asking.role, subject=need_id, cause=offer.matched_seq
            )
        ]
    )
    # Last: from here on the database shows the need to them no more.
    Offer.objects.filter(pk=offer.pk).update(state=Offer.State.DECLINED)
