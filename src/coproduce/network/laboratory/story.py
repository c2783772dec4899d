"""Replaying the worked example through the network's own actions, each at its own moment.

Nothing is written past the actions that people use, but for the personal trial, whose app does not stand yet: its
events are appended here. What a step causes later ones is known by its name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from coproduce import clock
from coproduce.errors import Conflict, CoproduceError
from coproduce.events import ABSENT, Event, kinds
from coproduce.network.commons import actions as commons
from coproduce.network.laboratory import example
from coproduce.network.laboratory.seeding import Cast, authorship_of, make_resource, review, words_of
from coproduce.network.log import append, follow, head
from coproduce.network.log.ids import next_ids
from coproduce.network.needs import actions as needs
from coproduce.network.needs.duties import match_new_resources
from coproduce.network.needs.models import Need, Offer
from coproduce.network.people.asking import Asking
from coproduce.network.people.policy import told

Step = Mapping[str, Any]

#: Which event a step is known by, when a later one names it as its cause.
_KNOWN_BY: Mapping[str, type[Event]] = {
    "state_need": kinds.NeedStated,
    "clarify_need": kinds.NeedClarified,
    "offer_resource": kinds.ResourceMatched,
    "offer_self": kinds.Replied,
    "accept_offer": kinds.Connected,
    "open_resource": kinds.ResourceOpened,
    "use_resource": kinds.ResourceUsed,
    "talk": kinds.ResourceUsed,
    "report_outcome": kinds.OutcomeReported,
    "confirm_need": kinds.NeedConfirmed,
    "follow_up": kinds.NeedFollowedUp,
    "thank": kinds.Thanked,
    "start_trial": kinds.TrialStarted,
    "conclude_trial": kinds.TrialConcluded,
    "draw_lesson": kinds.LessonDrawn,
    "create_resource": kinds.ResourceCreated,
    "share_resource": kinds.ResourceShared,
    "revise_resource": kinds.ResourceRevised,
}


class StoryFault(CoproduceError):
    """A step of the story cannot be replayed: the network would not do what the story tells."""


def first_texts() -> Mapping[str, str]:
    """The text of the first version of each resource that the story revises: the last one without what is added."""
    texts = {entry.key: entry.body for entry in example.resources()}
    for step in example.table("story")["step"]:
        if step["action"] == "revise_resource":
            texts[step["resource"]] = _without(texts[step["resource"]], step["added"])
    return {step["resource"]: texts[step["resource"]] for step in _revisions()}


def _revisions() -> list[Step]:
    return [step for step in example.table("story")["step"] if step["action"] == "revise_resource"]


def _without(text: str, added: str) -> str:
    # The text's last line end is stripped when it is read, so an addition at the very end may lack its own.
    part = added if added in text else added.strip()
    if text.count(part) != 1:
        raise StoryFault("What a revision adds does not stand in its resource exactly once.")
    return text.replace(part, "").strip()


def replay(cast: Cast, now: datetime, *, progress: Callable[[float], None]) -> None:
    """Tells the whole story so that it ends shortly before `now`. Raises StoryFault where it cannot go on."""
    steps = example.table("story")["step"]
    last = max(step["day"] for step in steps)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    teller = Teller(cast, midnight - timedelta(days=last + 2))
    for done, step in enumerate(steps, 1):
        teller.tell(step)
        progress(done / len(steps))


class Teller:
    """Tells one step after another; remembers needs, resources and what each step wrote."""

    def __init__(self, cast: Cast, start: datetime) -> None:
        self.cast = cast
        self.start = start
        self.needs: dict[str, int] = {}
        self.seqs: dict[str, int] = {}
        self.trials: dict[str, int] = {}
        self.entries = {entry.key: entry for entry in example.resources()}
        self.wishes = {need["id"]: need for need in example.table("story")["need"]}

    def tell(self, step: Step) -> None:
        """Does what one step says, at its moment."""
        hour, minute = step["at"].split(":")
        at = self.start + timedelta(days=step["day"], hours=int(hour), minutes=int(minute))
        before = head()[0]
        try:
            with clock.frozen(at):
                getattr(self, step["action"])(step, self._asking(step, at))
        except StoryFault:
            raise
        except CoproduceError as problem:
            raise StoryFault(f"The step {step['id']} cannot be told: {problem}") from problem
        known_by = _KNOWN_BY.get(step["action"])
        wrote = [] if known_by is None else [row.seq for row in follow(before, [known_by])]
        if wrote:
            self.seqs[step["id"]] = wrote[0]
        elif step["id"] not in self.seqs:
            self.seqs[step["id"]] = self._cause(step)

    def _asking(self, step: Step, at: datetime) -> Asking:
        if step["actor"] == "network":
            return Asking(system="worker", at=at)
        return self.cast.asking(step["actor"], at, acting_for=step.get("on_behalf_of", ""))

    def _owner(self, step: Step, at: datetime) -> Asking:
        """Who stated the need that this step is about."""
        return self.cast.asking(self.wishes[step["need"]]["person"], at)

    def _cause(self, step: Step) -> int:
        return self.seqs.get(step.get("cause", ""), ABSENT)

    def _version(self, step: Step) -> int:
        resource = self.cast.resources[step["resource"]]
        resource.refresh_from_db(fields=["latest"])
        return resource.latest_id or ABSENT

    def _offer(self, step: Step, asking: Asking) -> Offer | None:
        with told(asking):
            offers = Offer.objects.filter(need_id=self.needs[step["need"]])
            if "resource" in step:
                found = offers.filter(version__resource=self.cast.resources[step["resource"]]).order_by("-pk").first()
                if found is not None:
                    return found
            return offers.filter(helper=self.cast.people[step["person"]]).first() if "person" in step else None

    def _existing(self, step: Step, asking: Asking) -> Offer:
        offer = self._offer(step, asking)
        if offer is None:
            raise StoryFault(f"At the step {step['id']} nothing was offered that it could be about.")
        return offer

    # ---- the verbs of story.toml ------------------------------------------------------------------------------

    def state_need(self, step: Step, asking: Asking) -> None:
        """Somebody states a need."""
        told_of = self.wishes[step["need"]]
        wish = needs.Wish(
            words=step["words"],
            line_of_work=example.LINES[told_of["line_of_work"]],
            stage=told_of.get("stage", ""),
            needed_by=asking.at + timedelta(days=told_of["by_days"]) if "by_days" in told_of else None,
            audience=told_of["audience"],
            cause=self._cause(step),
        )
        need = needs.state_need(asking, wish=wish, for_person=self.cast.people[told_of["for"]].pk)
        self.needs[step["need"]] = need.pk
        if "chips" in told_of:
            later = asking.at + timedelta(seconds=40)
            with clock.frozen(later):
                chips = needs.Chips(words=told_of["chips"])
                needs.correct_need(asking.when(later), need_id=need.pk, chips=chips)

    def clarify_need(self, step: Step, asking: Asking) -> None:
        """The person adds to the need in their own words, and sets what it is about."""
        slugs = self.wishes[step["need"]]["conditions"]
        names = [entry["name"] for entry in example.table("conditions")["condition"] if entry["key"] in slugs]
        needs.correct_need(asking, need_id=self.needs[step["need"]], chips=needs.Chips(conditions=names))
        needs.reply(asking, need_id=self.needs[step["need"]], words=step["words"])

    def match_resource(self, step: Step, asking: Asking) -> None:
        """The network has matched a resource: at once, or now that it is new."""
        owner = self._owner(step, asking.at)
        if self._offer(step, owner) is None:
            match_new_resources(asking.at)
        self.seqs[step["id"]] = self._existing(step, owner).matched_seq

    def match_person(self, step: Step, asking: Asking) -> None:
        """The network suggests a person, and who has the need asks them."""
        owner = self._owner(step, asking.at)
        person = self.cast.people[step["person"]]
        offer = needs.ask_person(owner, need_id=self.needs[step["need"]], person_id=person.pk)
        self.seqs[step["id"]] = offer.matched_seq

    def find_nothing(self, step: Step, asking: Asking) -> None:
        """The network says that nothing good is here yet; people are asked in the steps that follow."""
        with told(asking):
            need = Need.objects.get(pk=self.needs[step["need"]])
        self.seqs[step["id"]] = need.stated_seq or ABSENT

    def offer_resource(self, step: Step, asking: Asking) -> None:
        """A member offers something of the commons."""
        needs.offer_resource(
            asking, need_id=self.needs[step["need"]], version_id=self._version(step), words=step["words"]
        )

    def offer_self(self, step: Step, asking: Asking) -> None:
        """A member comes forward."""
        needs.offer_self(asking, need_id=self.needs[step["need"]], words=step["words"])

    def accept_offer(self, step: Step, asking: Asking) -> None:
        """The offer is taken up."""
        needs.accept(asking, need_id=self.needs[step["need"]], offer_id=self._existing(step, asking).pk)

    def open_resource(self, step: Step, asking: Asking) -> None:
        """Somebody opens what was found."""
        offer = self._offer(step, self._owner(step, asking.at))
        commons.open_resource(
            asking,
            version_id=self._version(step),
            need_id=self.needs[step["need"]],
            cause=self._cause(step) if offer is None else offer.matched_seq,
        )

    def use_resource(self, step: Step, asking: Asking) -> None:
        """It is put to use."""
        offer = self._existing(step, asking)
        needs.use_offer(asking, need_id=self.needs[step["need"]], offer_id=offer.pk, words=step.get("words", ""))

    def talk(self, step: Step, asking: Asking) -> None:
        """The two have met: a person's help is used."""
        self.use_resource(step, asking)

    def report_outcome(self, step: Step, asking: Asking) -> None:
        """Did it help?"""
        offer = self._latest_used(step, asking)
        outcome = needs.Outcome(answer=step["answer"], reason=step.get("barrier", ""), words=step.get("words", ""))
        needs.report_outcome(
            asking, need_id=self.needs[step["need"]], outcome=outcome, offer_id=None if offer is None else offer.pk
        )

    def _latest_used(self, step: Step, asking: Asking) -> Offer | None:
        """What the step's cause was about: the offer that was used with that event, or the one used last."""
        with told(asking):
            used = Offer.objects.filter(need_id=self.needs[step["need"]], used_seq__isnull=False)
            return used.filter(used_seq=self._cause(step)).first() or used.order_by("-used_seq").first()

    def confirm_need(self, step: Step, asking: Asking) -> None:
        """Who stated it says that it is met: the clock stops."""
        needs.confirm_met(asking, need_id=self.needs[step["need"]])

    def reopen_need(self, step: Step, asking: Asking) -> None:
        """It is opened again."""
        needs.reopen_need(asking, need_id=self.needs[step["need"]], words=step.get("words", ""))

    def give_up_need(self, step: Step, asking: Asking) -> None:
        """It could not be got."""
        needs.give_up_need(
            asking, need_id=self.needs[step["need"]], reason=step["barrier"], words=step.get("words", "")
        )

    def redirect_need(self, step: Step, asking: Asking) -> None:
        """An urgent sign was shown before anything else, and the person turned to care."""
        owner = self._owner(step, asking.at)
        with told(owner):
            shown = Need.objects.get(pk=self.needs[step["need"]]).urgent_sign
        if shown != step["urgent_sign"]:
            raise StoryFault(f"At the step {step['id']} the network did not notice the urgent sign.")
        needs.redirect_need(owner, need_id=self.needs[step["need"]])

    def follow_up(self, step: Step, asking: Asking) -> None:
        """One kind question after silence."""
        needs.follow_up_need(asking, need_id=self.needs[step["need"]])

    def count_silent(self, step: Step, asking: Asking) -> None:
        """Silence is counted as silence."""
        needs.count_silent(asking, need_id=self.needs[step["need"]])

    def thank(self, step: Step, asking: Asking) -> None:
        """A word of thanks."""
        offer = self._existing(step, asking)
        needs.thank(asking, need_id=self.needs[step["need"]], offer_id=offer.pk, words=step["words"])

    def draw_lesson(self, step: Step, asking: Asking) -> None:
        """Somebody says what was learned."""
        version = self._version(step) if "resource" in step else None
        needs.draw_lesson(
            asking, need_id=self.needs[step["need"]], words=step["words"], version_id=version, cause=self._cause(step)
        )

    def create_resource(self, step: Step, asking: Asking) -> None:
        """A resource is made for the need."""
        entry = self.entries[step["resource"]]
        self.cast.resources[entry.key] = make_resource(
            self.cast, entry, asking, cause=self._cause(step), share=False, body=first_texts().get(entry.key, "")
        )

    def share_resource(self, step: Step, asking: Asking) -> None:
        """It is shared with everybody, and reviewed by those who were asked to."""
        resource = self.cast.resources[step["resource"]]
        commons.share_resource(asking, resource_id=resource.pk, cause=self._cause(step))
        review(self.cast, self.entries[step["resource"]], resource, asking.at)

    def revise_resource(self, step: Step, asking: Asking) -> None:
        """A new version takes up what was learned. Raises StoryFault when somebody else was quicker."""
        entry = self.entries[step["resource"]]
        try:
            commons.revise_resource(
                asking,
                resource_id=self.cast.resources[entry.key].pk,
                based_on=self._version(step),
                words=words_of(self.cast, entry),
                authorship=authorship_of(self.cast, entry, note=step["words"]),
                cause=self._cause(step),
            )
        except Conflict as problem:
            raise StoryFault(f"At the step {step['id']} the resource had been revised meanwhile.") from problem

    # ---- the personal trial: its app does not stand yet -------------------------------------------------------

    def start_trial(self, step: Step, asking: Asking) -> None:
        """A personal trial begins."""
        (trial,) = next_ids(1)
        self.trials[step["trial"]] = trial
        self._append(
            asking,
            kinds.TrialStarted(
                time=asking.us, actor=asking.actor, role=asking.role, subject=trial, object=self._patient(step),
                cause=self._cause(step),
            ),
        )  # fmt: skip

    def record_observations(self, step: Step, asking: Asking) -> None:
        """One observation a day, as in the file; days without one are days without one."""
        days = json.loads(example.folder().joinpath(step["trial"]).read_text("utf-8"))["days"]
        observed = [day for day in days if day["value"] is not None]
        first = asking.at - timedelta(days=max(day["day"] for day in days))
        self._append(
            asking,
            *(
                kinds.ObservationRecorded(
                    time=clock.to_us(first + timedelta(days=day["day"])), actor=asking.actor, role=asking.role,
                    subject=self._patient(step), object=self.trials[step["trial"]], value=float(day["value"]),
                )
                for day in observed
            ),
        )  # fmt: skip

    def conclude_trial(self, step: Step, asking: Asking) -> None:
        """The trial is concluded together."""
        self._append(
            asking,
            kinds.TrialConcluded(
                time=asking.us, actor=asking.actor, role=asking.role, subject=self.trials[step["trial"]],
                object=self._patient(step), cause=self.seqs.get("mi-start", ABSENT),
            ),
        )  # fmt: skip
        needs.reply(asking, need_id=self.needs[step["need"]], words=step["words"])

    def _patient(self, step: Step) -> int:
        patient: int = self.cast.people[self.wishes[step["need"]]["for"]].pk
        return patient

    @staticmethod
    def _append(asking: Asking, *events: Event) -> None:
        with told(asking):
            append(list(events))
