"""Stating a need and what the person who has it does with it: correct, use, say how it went, confirm, close, reopen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from coproduce.errors import Absent, Conflict, InvalidInput
from coproduce.events import ABSENT, Event, LineOfWork, kinds
from coproduce.matching import ParsedNeed
from coproduce.network.commons.actions import thank_authors
from coproduce.network.commons.words import clean
from coproduce.network.log import append, previous
from coproduce.network.needs import access, matching, reading, urgent  # noqa: F401 the rules are declared there
from coproduce.network.needs.models import Audience, Need, Offer, Reply, Stage
from coproduce.network.needs.states import OPEN, moved
from coproduce.network.people.asking import Asking
from coproduce.network.people.models import Notice
from coproduce.network.people.notices import tell
from coproduce.network.people.policy import action

LONGEST_NEED = 5_000
LONGEST_GOAL = 600
LONGEST_REPLY = 5_000
#: What "could not get it" is for, by the code that the log keeps.
REASONS = {"cost": 1, "insurance": 2, "distance": 3, "language": 4, "time": 5}
#: Answers to "did it help?", by the value that the log keeps.
ANSWERS = {"yes": 1.0, "partly": 0.5, "no": 0.0}
_OFFER_AFTER = {"yes": Offer.State.HELPED, "partly": Offer.State.PARTLY, "no": Offer.State.NOT_HELPED}


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody says they need."""

    words: str
    line_of_work: int = LineOfWork.ILLNESS
    stage: str = ""
    goal: str = ""
    needed_by: datetime | None = None
    audience: str = Audience.HELPERS
    language: str = "en"

    def checked(self, at: datetime) -> Wish:
        """The same wish, cleaned. Raises InvalidInput, naming the field."""
        words = clean(self.words, "words", LONGEST_NEED)
        if not any(character.isalnum() for character in words):
            raise InvalidInput(given=_("no words"), expected=_("what you need, in your own words"), field="words")
        if self.stage and self.stage not in Stage.values:
            raise InvalidInput(given=_("an unknown stage"), expected=", ".join(Stage.values), field="stage")
        if self.audience not in Audience.values:
            raise InvalidInput(given=_("an unknown choice"), expected=", ".join(Audience.values), field="audience")
        if self.line_of_work not in set(LineOfWork):
            raise InvalidInput(given=_("an unknown line of work"), expected="0, 1, 2", field="line_of_work")
        if self.needed_by is not None and self.needed_by <= at:
            raise InvalidInput(given=_("a time that has passed"), expected=_("a time to come"), field="needed_by")
        goal = clean(self.goal, "goal", LONGEST_GOAL)
        return Wish(**{**self.__dict__, "words": words, "goal": goal})


@action("needs.state")
def state_need(asking: Asking, *, wish: Wish, for_person: int | None = None, token: UUID | None = None) -> Need:
    """States a need, reads it, and finds resources and people for it, all at once.

    Writes NeedStated, ActedFor when by a proxy, NeedClarified, and ResourceMatched, ResourceShown and PersonMatched for
    what was found. The same token from the same person states one need. Raises InvalidInput for words that cannot be
    kept.
    """
    assert asking.person is not None  # the rule has seen to it
    wish = wish.checked(asking.at)
    if token is not None and (before := Need.objects.filter(stated_by_id=asking.person, token=token).first()):
        return before
    parsed = reading.read(wish.words)
    signs = urgent.noticed(wish.words)
    need = Need(
        stated_by_id=asking.person, for_person_id=for_person or asking.person, words=wish.words, goal=wish.goal,
        line_of_work=wish.line_of_work, stage=wish.stage, language=wish.language, needed_by=wish.needed_by,
        audience=wish.audience, site_id=asking.site, parsed=parsed.to_dict(), token=token, stated_at=asking.at,
        last_answer_at=asking.at, urgent_sign=signs[0].id if signs else "",
    )  # fmt: skip
    try:
        with transaction.atomic():
            need.save(force_insert=True)
    except IntegrityError:
        # The form was sent twice at the same moment: the other one was first.
        return Need.objects.get(stated_by_id=asking.person, token=token)
    conditions = reading.topics(parsed)
    need.conditions.set(conditions)
    matching.match(asking, need, parsed, conditions, beginning=_beginning(asking, need))
    return need


def _beginning(asking: Asking, need: Need) -> list[Event]:
    """NeedStated, and for whom when a proxy states it."""
    days = float("nan") if need.needed_by is None else (need.needed_by - asking.at).total_seconds() / 86_400
    events: list[Event] = [
        kinds.NeedStated(
            time=asking.us, actor=asking.actor, role=asking.role, subject=need.pk, object=need.for_person_id,
            site=ABSENT if need.site_id is None else need.site_id, topic=need.line_of_work, value=days,
        )
    ]  # fmt: skip
    if need.for_person_id != asking.person:
        events.append(
            kinds.ActedFor(
                time=asking.us, actor=asking.actor, role=asking.role, subject=need.for_person_id, cause=previous(0)
            )
        )
    return events


@action("needs.own")
def correct_need(
    asking: Asking,
    *,
    need_id: int,
    conditions: Sequence[str] | None = None,
    kinds_of_help: Sequence[str] | None = None,
    words: Sequence[str] | None = None,
) -> Need:
    """Takes the person's correction of the chips and looks again; writes NeedClarified and what was newly found.

    A part that is None stays; an empty one is cleared. Raises Conflict for a closed need.
    """
    need = _locked(need_id)
    if need.state not in OPEN:
        raise Conflict(_("This need is closed."), next_step=_("Open it again first."))
    cleaned = [
        None if part is None else [clean(text, "chip", 120) for text in part][:20]
        for part in (conditions, kinds_of_help, words)
    ]
    parsed = reading.corrected(
        ParsedNeed.from_dict(need.parsed), conditions=cleaned[0], kinds=cleaned[1], words=cleaned[2]
    )
    need.parsed = parsed.to_dict()
    need.last_answer_at = asking.at
    need.save(update_fields=["parsed", "last_answer_at"])
    before = set(need.conditions.values_list("pk", flat=True))
    found = reading.topics(parsed)
    need.conditions.set(found)
    matching.match(asking, need, parsed, found, beginning=[], known=before)
    return need


@action("needs.own")
def use_offer(asking: Asking, *, need_id: int, offer_id: int) -> Offer:
    """Puts an offer to use: kept, brought to a visit, a person met. Writes ResourceUsed, once."""
    need, offer = _locked(need_id), _offer(need_id, offer_id)
    if offer.used_seq is not None:
        return offer
    after = moved(need.state, "use")
    (seq,) = append(
        [
            kinds.ResourceUsed(
                time=asking.us, actor=asking.actor, role=asking.role, subject=need.pk,
                object=offer.version_id or offer.helper_id or ABSENT, topic=need.line_of_work, cause=offer.matched_seq,
            )
        ]
    )  # fmt: skip
    offer.used_seq, offer.state = seq, Offer.State.USED
    offer.save(update_fields=["used_seq", "state"])
    _answered(asking, need, after)
    return offer


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How it went: yes, partly, no, or could not get it (with why); with a word of thanks, if any."""

    answer: str
    reason: str = ""
    thanks: bool = False

    def checked(self) -> Outcome:
        """The same, or InvalidInput, naming the field."""
        if self.answer not in {*ANSWERS, "could-not-get-it"}:
            raise InvalidInput(
                given=_("another answer"), expected=", ".join([*ANSWERS, "could-not-get-it"]), field="answer"
            )
        if self.answer == "could-not-get-it" and self.reason not in REASONS:
            raise InvalidInput(given=_("no reason"), expected=", ".join(REASONS), field="reason")
        return self


@action("needs.own")
def report_outcome(asking: Asking, *, need_id: int, offer_id: int, outcome: Outcome) -> Need:
    """Says whether an offer helped. "Yes" from the person who stated the need stops its clock.

    Writes ResourceUsed where it was not written yet, OutcomeReported and LessonDrawn, or NeedUnreachable;
    NeedConfirmed; Thanked. Raises Conflict for a closed need.
    """
    outcome = outcome.checked()
    need, offer = _locked(need_id), _offer(need_id, offer_id)
    moved(need.state, "answer")
    what = offer.version_id or offer.helper_id or ABSENT
    same = {"time": asking.us, "actor": asking.actor, "role": asking.role, "subject": need.pk, "object": what}
    if outcome.answer == "could-not-get-it":
        append([kinds.NeedUnreachable(**same, value=float(REASONS[outcome.reason]), cause=offer.matched_seq)])
        offer.state, offer.unreachable_reason = Offer.State.UNREACHABLE, REASONS[outcome.reason]
        offer.save(update_fields=["state", "unreachable_reason"])
        _answered(asking, need, moved(need.state, "unreachable"))
        return need
    confirms = outcome.answer == "yes" and asking.person in {need.stated_by_id, need.for_person_id}
    events = _outcome_events(same, offer, ANSWERS[outcome.answer], need.line_of_work, confirms=confirms)
    seqs = append(events)
    offer.outcome_seq = seqs[-3 if confirms else -2]
    offer.used_seq = offer.used_seq or seqs[0]
    offer.state = _OFFER_AFTER[outcome.answer]
    offer.save(update_fields=["outcome_seq", "used_seq", "state"])
    _answered(asking, need, moved(need.state, "confirm" if confirms else "answer"))
    if outcome.thanks:
        _thank(asking, need, offer)
    return need


def _outcome_events(same: dict[str, int], offer: Offer, helped: float, line: int, *, confirms: bool) -> list[Event]:
    events: list[Event] = []
    if offer.used_seq is None:
        events.append(kinds.ResourceUsed(**same, topic=line, cause=offer.matched_seq))
    used = previous(0) if offer.used_seq is None else offer.used_seq
    events.append(kinds.OutcomeReported(**same, topic=line, value=helped, cause=used))
    outcome = previous(len(events) - 1)
    events.append(kinds.LessonDrawn(**same, topic=line, value=helped, cause=outcome))
    if confirms:
        events.append(kinds.NeedConfirmed(**same, cause=outcome))
    return events


def _thank(asking: Asking, need: Need, offer: Offer) -> None:
    """Thanks the authors of the resource, or the helper, and tells them so."""
    if offer.version_id is not None:
        thanked = thank_authors(asking, version_id=offer.version_id, cause=offer.outcome_seq or ABSENT)
    else:
        thanked = [offer.helper_id] if offer.helper_id is not None else []
        append(
            [
                kinds.Thanked(
                    time=asking.us, actor=asking.actor, role=asking.role, subject=need.pk, object=person_id,
                    cause=offer.outcome_seq or ABSENT,
                )
                for person_id in thanked
            ]
        )  # fmt: skip
    for person_id in thanked:
        tell(person_id=person_id, kind=Notice.Kind.THANKED, about=offer.pk, path="/me/", at=asking.at)


@action("needs.confirm")
def confirm_met(asking: Asking, *, need_id: int) -> Need:
    """The person who stated the need says it is met; its clock stops. Writes NeedConfirmed."""
    need = _locked(need_id)
    after = moved(need.state, "confirm")
    last = need.offers.filter(outcome_seq__isnull=False).order_by("-outcome_seq").first()
    what = ABSENT if last is None else (last.version_id or last.helper_id or ABSENT)
    cause = need.stated_seq if last is None else last.outcome_seq
    append(
        [
            kinds.NeedConfirmed(
                time=asking.us,
                actor=asking.actor,
                role=asking.role,
                subject=need.pk,
                object=what,
                cause=cause or ABSENT,
            )
        ]
    )
    _answered(asking, need, after)
    return need


@action("needs.own")
def withdraw_need(asking: Asking, *, need_id: int) -> Need:
    """Takes a need back; writes NeedWithdrawn."""
    return _close(asking, need_id, "withdraw", kinds.NeedWithdrawn)


@action("needs.own")
def redirect_need(asking: Asking, *, need_id: int) -> Need:
    """The person turns to urgent care; the need is kept. Writes NeedRedirected."""
    return _close(asking, need_id, "redirect", kinds.NeedRedirected, value=1.0)


@action("needs.own")
def reopen_need(asking: Asking, *, need_id: int) -> Need:
    """Opens a closed need again; writes NeedReopened."""
    need = _locked(need_id)
    after = moved(need.state, "reopen")
    append(
        [
            kinds.NeedReopened(
                time=asking.us, actor=asking.actor, role=asking.role, subject=need.pk, cause=need.stated_seq or ABSENT
            )
        ]
    )
    need.followed_up_at = None
    need.save(update_fields=["followed_up_at"])
    _answered(asking, need, after)
    matching.match(asking, need, ParsedNeed.from_dict(need.parsed), list(need.conditions.all()), beginning=[])
    return need


@action("needs.see")
def reply(asking: Asking, *, need_id: int, words: str, token: UUID | None = None) -> Reply:
    """Answers in words; writes Replied when it is somebody else's need. The same token replies once."""
    need = _locked(need_id)
    words = clean(words, "words", LONGEST_REPLY)
    if not words:
        raise InvalidInput(given=_("no words"), expected=_("an answer"), field="words")
    if token is not None and (before := Reply.objects.filter(author_id=asking.person, token=token).first()):
        return before
    said = Reply.objects.create(need=need, author_id=asking.person, words=words, token=token, at=asking.at)
    if asking.person not in {need.stated_by_id, need.for_person_id}:
        offer = need.offers.filter(helper_id=asking.person).first()
        append(
            [
                kinds.Replied(
                    time=asking.us, actor=asking.actor, role=asking.role, subject=need.pk, topic=need.line_of_work,
                    cause=(need.stated_seq if offer is None else offer.matched_seq) or ABSENT,
                )
            ]
        )  # fmt: skip
        tell(
            person_id=need.stated_by_id,
            kind=Notice.Kind.REPLIED,
            about=said.pk,
            path=f"/needs/{need.pk}/",
            at=asking.at,
        )
    return said


def _close(asking: Asking, need_id: int, deed: str, kind: type[Event], value: float = float("nan")) -> Need:
    need = _locked(need_id)
    after = moved(need.state, deed)
    append(
        [
            kind(
                time=asking.us, actor=asking.actor, role=asking.role, subject=need.pk, value=value,
                cause=need.stated_seq or ABSENT,
            )
        ]
    )  # fmt: skip
    _answered(asking, need, after)
    return need


def _answered(asking: Asking, need: Need, state: Need.State) -> None:
    """Notes the need's new state, and that the person was heard from."""
    need.state = state
    need.last_answer_at = asking.at
    need.closed_at = None if state in OPEN else asking.at
    need.save(update_fields=["state", "last_answer_at", "closed_at"])


def _locked(need_id: int) -> Need:
    need = Need.objects.select_for_update(of=("self",)).filter(pk=need_id).first()
    if need is None:
        raise Absent(_("need"))
    return need


def _offer(need_id: int, offer_id: int) -> Offer:
    offer = Offer.objects.select_for_update(of=("self",)).filter(pk=offer_id, need_id=need_id).first()
    if offer is None:
        raise Absent(_("offer"))
    return offer
