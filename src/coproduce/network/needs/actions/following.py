"""What follows a need: one kind question after silence, new resources, and lessons that people draw."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from coproduce.errors import Absent, InvalidInput
from coproduce.events import ABSENT, kinds
from coproduce.network.commons.models import Version
from coproduce.network.log import append
from coproduce.network.needs import access, matching, reading  # noqa: F401 the rules are declared there
from coproduce.network.needs.models import Need, Offer, Reply
from coproduce.network.needs.rows import heard_from, locked, say
from coproduce.network.needs.states import OPEN, moved
from coproduce.network.people.asking import Asking
from coproduce.network.people.models import Notice
from coproduce.network.people.notices import tell
from coproduce.network.people.policy import action


@action("needs.follow")
def follow_up_need(asking: Asking, *, need_id: int) -> bool:
    """Asks once, kindly, whether a silent need was met; writes NeedFollowedUp. False when it was asked or is closed."""
    need = locked(need_id)
    if need.state not in OPEN or need.followed_up_at is not None:
        return False
    (seq,) = append(
        [
            kinds.NeedFollowedUp(
                time=asking.us, actor=asking.actor, role=asking.role, subject=need.pk, cause=need.stated_seq or ABSENT
            )
        ]
    )
    need.followed_up_at, need.followed_up_seq = asking.at, seq
    need.save(update_fields=["followed_up_at", "followed_up_seq"])
    # A need that was opened again may be asked about again.
    Notice.objects.filter(person_id=need.stated_by_id, kind=Notice.Kind.FOLLOW_UP, about=need.pk).delete()
    _tell_owner(asking, need, Notice.Kind.FOLLOW_UP, need.pk)
    return True


@action("needs.follow")
def count_silent(asking: Asking, *, need_id: int) -> bool:
    """Counts a need as silent after its follow-up, never as met; writes NeedExpired. False when it is not so."""
    need = locked(need_id)
    if need.state not in OPEN or need.followed_up_at is None or need.last_answer_at > need.followed_up_at:
        return False
    (seq,) = append(
        [
            kinds.NeedExpired(
                time=asking.us, actor=asking.actor, role=asking.role, subject=need.pk,
                cause=need.followed_up_seq or ABSENT,
            )
        ]
    )  # fmt: skip
    heard_from(asking, need, moved(need.state, "expire"), seq)
    return True


@action("needs.follow")
def match_again(asking: Asking, *, need_id: int, news: Mapping[int, int]) -> int:
    """Matches an open need against resources that are new or were revised; gives how many were found.

    `news` maps a resource to the seq of the event that brought it. Writes ResourceMatched with that cause, and tells
    the person, once.
    """
    need = locked(need_id)
    if need.state not in OPEN or need.is_held:
        return 0
    found = matching.match_news(asking, need, reading.parsed_of(need), news)
    if found:
        _tell_owner(asking, need, Notice.Kind.RESOURCE_FOUND, found[0].pk)
    return len(found)


@action("needs.see")
def draw_lesson(
    asking: Asking, *, need_id: int, words: str, version_id: int | None = None, cause: int = ABSENT
) -> Reply:
    """A person says what can be learned from a need, perhaps about a resource; writes LessonDrawn.

    `cause` is the seq of the outcome it was drawn from; by default that of the need's last one. Raises InvalidInput
    without words.
    """
    need = Need.objects.get(pk=need_id)
    if not words.strip():
        raise InvalidInput(given=_("no words"), expected=_("what was learned"), field="words")
    if version_id is not None and not Version.objects.filter(pk=version_id).exists():
        raise Absent(_("resource"))
    if cause == ABSENT:
        last = need.offers.filter(outcome_seq__isnull=False).order_by("-outcome_seq").first()
        cause = (need.closed_seq or need.stated_seq if last is None else last.outcome_seq) or ABSENT
    (seq,) = append(
        [
            kinds.LessonDrawn(
                time=asking.us, actor=asking.actor, role=asking.role, subject=need.pk, topic=need.line_of_work,
                object=ABSENT if version_id is None else version_id, cause=cause,
            )
        ]
    )  # fmt: skip
    offer = Offer.objects.filter(need=need, version_id=version_id).first() if version_id is not None else None
    said = say(asking, need, words, seq=seq, offer=offer)
    assert said is not None  # there are words, and the rule lets no guest in
    return said


def _tell_owner(asking: Asking, need: Need, kind: Notice.Kind, about: int) -> None:
    tell(person_id=need.stated_by_id, kind=kind, about=about, path=f"/needs/{need.pk}/", at=asking.at)
