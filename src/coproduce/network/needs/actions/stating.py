"""Stating a need, and correcting how it was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from coproduce.errors import Conflict, InvalidInput
from coproduce.events import ABSENT, Event, LineOfWork, kinds
from coproduce.network.commons.words import clean
from coproduce.network.log import previous
from coproduce.network.needs import access, matching, reading, urgent  # noqa: F401 the rules are declared there
from coproduce.network.needs.models import Audience, Need, Stage
from coproduce.network.needs.rows import locked
from coproduce.network.needs.states import OPEN
from coproduce.network.people.asking import Asking
from coproduce.network.people.policy import action

LONGEST_NEED = 5_000
LONGEST_GOAL = 600
LONGEST_CHIP = 120
MOST_CHIPS = 20


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody says they need. `cause` is the seq of what led to it, if anything did."""

    words: str
    line_of_work: int = LineOfWork.ILLNESS
    stage: str = ""
    goal: str = ""
    needed_by: datetime | None = None
    audience: str = Audience.HELPERS
    language: str = "en"
    cause: int = ABSENT

    def checked(self, at: datetime) -> Wish:
        """The same wish, cleaned. Raises InvalidInput, naming the field."""
        words = clean(self.words, "words", LONGEST_NEED)
        if not words or not any(character.isprintable() and not character.isspace() for character in words):
            raise InvalidInput(given=_("no words"), expected=_("what you need, in your own words"), field="words")
        if self.stage and self.stage not in Stage.values:
            raise InvalidInput(given=_("an unknown stage"), expected=", ".join(Stage.values), field="stage")
        if self.audience not in Audience.values:
            raise InvalidInput(given=_("an unknown choice"), expected=", ".join(Audience.values), field="audience")
        if self.line_of_work not in set(LineOfWork):
            raise InvalidInput(given=_("an unknown line of work"), expected="0, 1, 2", field="line_of_work")
        if self.needed_by is not None and self.needed_by <= at:
            raise InvalidInput(given=_("a time that has passed"), expected=_("a time to come"), field="needed_by")
        return replace(self, words=words, goal=clean(self.goal, "goal", LONGEST_GOAL))


@action("needs.state")
def state_need(asking: Asking, *, wish: Wish, for_person: int | None = None, token: UUID | None = None) -> Need:
    """States a need, reads it, and finds resources and people for it, all at once.

    With an urgent sign nothing is looked for yet: what to do now comes first (`go_on_with_need`). Writes NeedStated,
    ActedFor when by a proxy, NeedClarified, and ResourceMatched, ResourceShown and PersonMatched for what was found.
    The same token from the same person states one need. Raises InvalidInput for words that cannot be kept.
    """
    assert asking.person is not None  # the rule has seen to it
    wish = wish.checked(asking.at)
    if token is not None and (before := Need.objects.filter(stated_by_id=asking.person, token=token).first()):
        return before
    signs = urgent.noticed(wish.words)
    parsed = reading.read(wish.words)
    need = Need(
        stated_by_id=asking.person, for_person_id=for_person or asking.person, words=wish.words, goal=wish.goal,
        line_of_work=wish.line_of_work, stage=wish.stage, language=wish.language, needed_by=wish.needed_by,
        audience=wish.audience, site_id=asking.site, parsed=parsed.to_dict(), token=token, stated_at=asking.at,
        last_answer_at=asking.at, urgent_sign=signs[0].id if signs else "", is_held=bool(signs),
    )  # fmt: skip
    try:
        with transaction.atomic():
            need.save(force_insert=True)
    except IntegrityError:
        # The form was sent twice at the same moment: the other one was first.
        return Need.objects.get(stated_by_id=asking.person, token=token)
    conditions = reading.topics(parsed)
    if conditions:
        need.conditions.add(*conditions)
    begin = matching.write_down if need.is_held else matching.match
    begin(asking, need, matching.Read(parsed, conditions, beginning=_beginning(asking, need, wish.cause)))
    return need


@action("needs.own")
def go_on_with_need(asking: Asking, *, need_id: int) -> Need:
    """Looks for a need that was held for its urgent signs, now that the person has seen what to do; once.

    Writes what `state_need` writes of what is found. Raises Conflict for a closed need.
    """
    need = locked(need_id)
    if not need.is_held:
        return need
    if need.state not in OPEN:
        raise Conflict(_("This need is closed."), next_step=_("Open it again first."))
    matching.match_as_read(asking, need)
    if not asking.system:
        need.last_answer_at = asking.at
        need.save(update_fields=["last_answer_at"])
    return need


def _beginning(asking: Asking, need: Need, cause: int) -> list[Event]:
    """NeedStated, and for whom when a proxy states it."""
    days = float("nan") if need.needed_by is None else (need.needed_by - asking.at).total_seconds() / 86_400
    events: list[Event] = [
        kinds.NeedStated(
            time=asking.us, actor=asking.actor, role=asking.role, subject=need.pk, object=need.for_person_id,
            site=ABSENT if need.site_id is None else need.site_id, topic=need.line_of_work, value=days, cause=cause,
        )
    ]  # fmt: skip
    if need.for_person_id != asking.person:
        events.append(
            kinds.ActedFor(
                time=asking.us, actor=asking.actor, role=asking.role, subject=need.for_person_id, cause=previous(0)
            )
        )
    return events


@dataclass(frozen=True, kw_only=True)
class Chips:
    """The chips as the person wants them; a part that is None stays as it was, an empty one is cleared."""

    conditions: Sequence[str] | None = None
    kinds: Sequence[str] | None = None
    words: Sequence[str] | None = None

    def checked(self) -> Chips:
        """The same chips, cleaned. Raises InvalidInput, naming the part."""
        return Chips(**{name: _clean_chips(name, getattr(self, name)) for name in ("conditions", "kinds", "words")})


def _clean_chips(name: str, chips: Sequence[str] | None) -> list[str] | None:
    return None if chips is None else [clean(text, name, LONGEST_CHIP) for text in chips[:MOST_CHIPS] if text.strip()]


@action("needs.own")
def correct_need(asking: Asking, *, need_id: int, chips: Chips) -> Need:
    """Takes the person's correction of the chips and looks again; writes NeedClarified and what was newly found.

    Raises Conflict for a closed need.
    """
    chips = chips.checked()
    need = locked(need_id)
    if need.state not in OPEN:
        raise Conflict(_("This need is closed."), next_step=_("Open it again first."))
    parsed = reading.corrected(
        reading.parsed_of(need), conditions=chips.conditions, kinds=chips.kinds, words=chips.words
    )
    need.parsed = parsed.to_dict()
    if not asking.system:
        need.last_answer_at = asking.at
    need.save(update_fields=["parsed", "last_answer_at"])
    before = frozenset(need.conditions.values_list("pk", flat=True))
    found = reading.topics(parsed)
    need.conditions.set(found)
    matching.match(asking, need, matching.Read(parsed, found, known=before))
    return need
