"""What the person who has a need does with what was found: use it, say how it went, close it, open it again."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from coproduce.errors import InvalidInput
from coproduce.events import ABSENT, Event, Role, kinds
from coproduce.network.commons.models import Credit
from coproduce.network.commons.words import clean
from coproduce.network.log import previous
from coproduce.network.needs import access, matching, reading  # noqa: F401 the rules are declared there
from coproduce.network.needs.models import Need, Offer
from coproduce.network.needs.rows import LONGEST_WORDS, heard_from, locked, locked_offer, say, write
from coproduce.network.needs.states import moved
from coproduce.network.people.asking import Asking
from coproduce.network.people.models import Notice, Person
from coproduce.network.people.notices import tell
from coproduce.network.people.policy import action

#: What "could not get it" is for, by the code that the log keeps.
REASONS = {"cost": 1, "insurance": 2, "distance": 3, "language": 4, "time": 5}
COULD_NOT_GET_IT = "could-not-get-it"
#: Answers to "did it help?", by the value that the log keeps: what could not be got helped nobody.
ANSWERS = {"yes": 1.0, "partly": 0.5, "no": 0.0, COULD_NOT_GET_IT: 0.0}
_OFFER_AFTER = {
    "yes": Offer.State.HELPED,
    "partly": Offer.State.PARTLY,
    "no": Offer.State.NOT_HELPED,
    COULD_NOT_GET_IT: Offer.State.UNREACHABLE,
}


@action("needs.own")
def use_offer(asking: Asking, *, need_id: int, offer_id: int, words: str = "") -> Offer:
    """Puts an offer to use: kept, brought to a visit, a person met. Writes ResourceUsed, once."""
    need, offer = locked(need_id), locked_offer(need_id, offer_id)
    if offer.used_seq is not None:
        return offer
    after = moved(need.state, "use")
    (seq,) = write(asking, need, [_used(asking, need, offer)])
    offer.used_seq, offer.state = seq, Offer.State.USED
    offer.save(update_fields=["used_seq", "state"])
    say(asking, need, words, seq=seq, offer=offer)
    heard_from(asking, need, after, seq)
    return offer


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How it went: yes, partly, no, or could-not-get-it (with why), in the person's words if they like.

    `met` says that the need itself is met; `thanks` is a word to those who made it.
    """

    answer: str
    reason: str = ""
    words: str = ""
    thanks: str = ""
    met: bool = False

    def checked(self) -> Outcome:
        """The same, or InvalidInput, naming the field."""
        if self.answer not in ANSWERS:
            raise InvalidInput(given=_("another answer"), expected=", ".join(ANSWERS), field="answer")
        if self.answer == COULD_NOT_GET_IT and self.reason not in REASONS:
            raise InvalidInput(given=_("no reason"), expected=", ".join(REASONS), field="reason")
        return replace(
            self,
            words=clean(self.words, "words", LONGEST_WORDS),
            thanks=clean(self.thanks, "thanks", LONGEST_WORDS),
        )


@action("needs.own")
def report_outcome(asking: Asking, *, need_id: int, outcome: Outcome, offer_id: int | None = None) -> Need:
    """Says whether an offer helped, or how it went with no offer at all; the same answer twice is one answer.

    Writes ResourceUsed where it was not written yet, OutcomeReported, the LessonDrawn that the network draws from it,
    and Thanked; with `met`, from who stated the need or the person it is for, NeedConfirmed. Raises Conflict for a
    closed need.
    """
    outcome = outcome.checked()
    need = locked(need_id)
    offer = None if offer_id is None else locked_offer(need_id, offer_id)
    if offer is not None and offer.state == _OFFER_AFTER[outcome.answer]:
        return need
    after = moved(need.state, "answer")
    events = _outcome_events(asking, need, offer, outcome)
    seqs = write(asking, need, events)
    seq = next(seq for seq, event in zip(seqs, events, strict=True) if isinstance(event, kinds.OutcomeReported))
    if offer is not None:
        offer.outcome_seq, offer.state = seq, _OFFER_AFTER[outcome.answer]
        offer.unreachable_reason = REASONS.get(outcome.reason)
        if isinstance(events[0], kinds.ResourceUsed):
            offer.used_seq = seqs[0]
        offer.save(update_fields=["outcome_seq", "used_seq", "state", "unreachable_reason"])
    say(asking, need, outcome.words, seq=seq, offer=offer)
    heard_from(asking, need, after, seq)
    if outcome.thanks and offer is not None:
        _thank(asking, need, offer, outcome.thanks)
    if outcome.met and asking.person in {need.stated_by_id, need.for_person_id}:
        _confirm(asking, need)
    return need


def _outcome_events(asking: Asking, need: Need, offer: Offer | None, outcome: Outcome) -> list[Event]:
    same = {"time": asking.us, "subject": need.pk, "object": ABSENT if offer is None else _what(offer)}
    events: list[Event] = []
    cause = need.stated_seq or ABSENT
    if offer is not None and outcome.answer == COULD_NOT_GET_IT:
        cause = offer.used_seq or offer.matched_seq
    elif offer is not None:
        cause = offer.used_seq or previous(0)
        if offer.used_seq is None:
            events.append(_used(asking, need, offer))
    value, line = ANSWERS[outcome.answer], need.line_of_work
    events.append(
        kinds.OutcomeReported(**same, actor=asking.actor, role=asking.role, topic=line, value=value, cause=cause)
    )
    if offer is not None and outcome.answer != COULD_NOT_GET_IT:
        # The network learns by itself, whoever reported: no person drew this lesson.
        learned = previous(len(events) - 1)
        events.append(kinds.LessonDrawn(**same, role=Role.COMPUTER, topic=line, value=value, cause=learned))
    return events


@action("needs.own")
def thank(asking: Asking, *, need_id: int, offer_id: int, words: str = "") -> list[int]:
    """Thanks the authors of a resource, or the helper, with a word if one likes; writes Thanked; gives their ids."""
    need, offer = locked(need_id), locked_offer(need_id, offer_id)
    return _thank(asking, need, offer, words)


def _thank(asking: Asking, need: Need, offer: Offer, words: str) -> list[int]:
    thanked = _to_thank(asking, offer)
    if not thanked:
        return []
    seqs = write(
        asking,
        need,
        [
            kinds.Thanked(
                time=asking.us, actor=asking.actor, role=asking.role, subject=offer.version_id or need.pk,
                object=person, cause=offer.outcome_seq or offer.matched_seq,
            )
            for person in thanked
        ],
    )  # fmt: skip
    for person_id, seq in zip(thanked, seqs, strict=True):
        said = say(asking, need, words, seq=seq, to=person_id, offer=offer)
        about = offer.pk if said is None else said.pk
        tell(person_id=person_id, kind=Notice.Kind.THANKED, about=about, path="/needs/", at=asking.at)
    return thanked


def _to_thank(asking: Asking, offer: Offer) -> list[int]:
    """Who is credited for the version, or the helper, and who offered it; oneself never."""
    people = {offer.helper_id, offer.offered_by_id} - {None}
    if offer.version_id is not None:
        people |= set(Credit.objects.filter(version_id=offer.version_id).values_list("person_id", flat=True)) - {None}
    still_here = Person.objects.filter(pk__in=people, erased_at__isnull=True).exclude(pk=asking.actor)
    return list(still_here.order_by("pk").values_list("pk", flat=True))


@action("needs.confirm")
def confirm_met(asking: Asking, *, need_id: int) -> Need:
    """The person who stated the need, or the one it is for, says it is met; its clock stops. Writes NeedConfirmed."""
    need = locked(need_id)
    return need if need.state == Need.State.CONFIRMED else _confirm(asking, need)


def _confirm(asking: Asking, need: Need) -> Need:
    after = moved(need.state, "confirm")
    last = need.offers.filter(outcome_seq__isnull=False).order_by("-outcome_seq").first()
    confirmed = kinds.NeedConfirmed(
        time=asking.us, actor=asking.actor, role=asking.role, subject=need.pk,
        object=ABSENT if last is None else _what(last),
        cause=(need.stated_seq if last is None else last.outcome_seq) or ABSENT,
    )  # fmt: skip
    (seq,) = write(asking, need, [confirmed])
    heard_from(asking, need, after, seq)
    return need


@action("needs.own")
def give_up_need(asking: Asking, *, need_id: int, reason: str, words: str = "") -> Need:
    """Ends a need as one that could not be got; writes NeedUnreachable with the reason."""
    if reason not in REASONS:
        raise InvalidInput(given=_("no reason"), expected=", ".join(REASONS), field="reason")
    need = locked(need_id)
    last = need.offers.filter(state=Offer.State.UNREACHABLE).order_by("-outcome_seq").first()
    ended = kinds.NeedUnreachable(
        time=asking.us, actor=asking.actor, role=asking.role, subject=need.pk,
        object=ABSENT if last is None else _what(last), value=float(REASONS[reason]),
        cause=(need.stated_seq if last is None else last.outcome_seq) or ABSENT,
    )  # fmt: skip
    return _close(asking, need, "give-up", ended, words)


@action("needs.own")
def withdraw_need(asking: Asking, *, need_id: int, words: str = "") -> Need:
    """Takes a need back; writes NeedWithdrawn."""
    need = locked(need_id)
    return _close(asking, need, "withdraw", _plain(asking, need, kinds.NeedWithdrawn), words)


@action("needs.own")
def redirect_need(asking: Asking, *, need_id: int) -> Need:
    """The person turns to urgent care; the need is kept. Writes NeedRedirected."""
    need = locked(need_id)
    return _close(asking, need, "redirect", _plain(asking, need, kinds.NeedRedirected, value=1.0))


@action("needs.own")
def reopen_need(asking: Asking, *, need_id: int, words: str = "") -> Need:
    """Opens a closed need again and looks again; writes NeedReopened."""
    need = locked(need_id)
    if need.state == Need.State.HEARD:
        return need
    after = moved(need.state, "reopen")
    cause = need.closed_seq or need.stated_seq or ABSENT
    reopened = kinds.NeedReopened(time=asking.us, actor=asking.actor, role=asking.role, subject=need.pk, cause=cause)
    (seq,) = write(asking, need, [reopened])
    say(asking, need, words, seq=seq)
    need.followed_up_at = need.followed_up_seq = None
    need.save(update_fields=["followed_up_at", "followed_up_seq"])
    heard_from(asking, need, after, seq)
    matching.match_as_read(asking, need)
    return need


def _plain(asking: Asking, need: Need, kind: type[Event], value: float = math.nan) -> Event:
    return kind(
        time=asking.us, actor=asking.actor, role=asking.role, subject=need.pk, value=value,
        cause=need.stated_seq or ABSENT,
    )  # fmt: skip


def _close(asking: Asking, need: Need, deed: str, event: Event, words: str = "") -> Need:
    """Closes a need; closing it the same way twice changes nothing."""
    if _led_to(need.state, deed):
        return need
    after = moved(need.state, deed)
    (seq,) = write(asking, need, [event])
    say(asking, need, words, seq=seq)
    heard_from(asking, need, after, seq)
    return need


def _led_to(state: str, deed: str) -> bool:
    return moved(Need.State.HEARD, deed) == state


def _used(asking: Asking, need: Need, offer: Offer) -> Event:
    return kinds.ResourceUsed(
        time=asking.us, actor=asking.actor, role=asking.role, subject=need.pk, object=_what(offer),
        cause=offer.matched_seq,
    )  # fmt: skip


def _what(offer: Offer) -> int:
    """The version or the person that an offer is."""
    return offer.version_id or offer.helper_id or ABSENT
