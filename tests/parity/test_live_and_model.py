"""One scripted story, lived through the network's actions and written by the model's recorder, measures the same.

The live side says what people do and lets the network write the log. The model's side writes what the stages of the
simulator write for the same deeds. Ids differ; what happened, what led to what, and every number do not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl
import pytest

from coproduce import clock
from coproduce.clock import DAY_US, to_us
from coproduce.events import KINDS, SCHEMA, EventFrame, Role, kinds
from coproduce.measures import Measurement, Request, measure_all
from coproduce.network.commons.models import Resource
from coproduce.network.log import read_frame
from coproduce.network.needs import actions
from coproduce.network.needs.actions import Outcome, Wish
from coproduce.network.needs.models import Need
from coproduce.network.people.asking import Asking, computer
from coproduce.network.people.policy import told
from coproduce.simulator.recorder import COMPUTER_ID, Recorder
from tests.network.needs.conftest import SCHOOL, START, Town

END = START + timedelta(days=60)
FAMILIES = ("N1", "N2", "N3", "N4", "N6", "E1", "E7")
#: The live network's own: proxies, the condition that was read as a chip of the need, and dates to review.
LIVE_ONLY = frozenset({kinds.ActedFor, kinds.NeedClarified, kinds.ReviewDateSet})


@dataclass(frozen=True)
class Deed:
    """What somebody does about one of the story's needs, so many days after its start."""

    day: float
    who: str
    what: str
    need: str


STORY = (
    Deed(0, "josephine", "state", "letter"),
    Deed(1, "bianca", "reply", "letter"),
    Deed(2, "josephine", "use", "letter"),
    Deed(3, "josephine", "confirm", "letter"),
    Deed(4, "daniel", "state", "sleep"),
    Deed(6, "daniel", "withdraw", "sleep"),
    Deed(7, "josephine", "state", "again"),
    Deed(15, "worker", "follow up", "again"),
    Deed(37, "worker", "expire", "again"),
    Deed(40, "stranger", "state", "open"),
)
#: By when the first need is needed; the others have no deadline.
DAYS_GIVEN = 5.0


class Live:
    """Does the story's deeds through the actions of the network."""

    def __init__(self, town: Town) -> None:
        self.town, self.needs = town, dict[str, Need]()

    def perform(self, deed: Deed) -> None:
        at = START + timedelta(days=deed.day)
        asking = computer("worker").when(at) if deed.who == "worker" else self.town.at(deed.who, deed.day)
        with clock.frozen(at):
            self._deeds()[deed.what](asking, deed.need)

    def _deeds(self) -> dict[str, Callable[[Asking, str], object]]:
        return {
            "state": self.state,
            "reply": lambda who, need: actions.offer_self(who, need_id=self.needs[need].pk, words="I can help."),
            "use": lambda who, need: actions.use_offer(who, need_id=self.needs[need].pk, offer_id=self._letter(who)),
            "confirm": self.confirm,
            "withdraw": lambda who, need: actions.withdraw_need(who, need_id=self.needs[need].pk),
            "follow up": lambda who, need: actions.follow_up_need(who, need_id=self.needs[need].pk),
            "expire": lambda who, need: actions.count_silent(who, need_id=self.needs[need].pk),
        }

    def state(self, who: Asking, need: str) -> None:
        by = who.at + timedelta(days=DAYS_GIVEN) if need == "letter" else None
        wish = Wish(words=SCHOOL, line_of_work=1, needed_by=by, audience="network")
        self.needs[need] = actions.state_need(who, wish=wish, for_person=who.whom)

    def confirm(self, who: Asking, need: str) -> None:
        outcome = Outcome(answer="yes", met=True)
        actions.report_outcome(who, need_id=self.needs[need].pk, offer_id=self._letter(who), outcome=outcome)

    def _letter(self, who: Asking) -> int:
        with told(who):
            return self.needs["letter"].offers.get(version__title="A letter for school").pk


class Model:
    """Writes the same deeds as the stages of the simulator write them."""

    PEOPLE = ("josephine", "orleans", "bianca", "daniel", "stranger")
    ROLES = (Role.FAMILY, Role.PATIENT, Role.PATIENT, Role.FAMILY, Role.PATIENT)

    def __init__(self, began: datetime) -> None:
        self.recorder, self.seq = Recorder(run=1), dict[tuple[str, str], int]()
        self.person = {name: 101 + place for place, name in enumerate(self.PEOPLE)}
        self.role = dict(zip(self.PEOPLE, self.ROLES, strict=True))
        self.need = {name: 301 + place for place, name in enumerate(("letter", "sleep", "again", "open"))}
        self.resource, self.version = 201, 202
        self.recorder.at(to_us(began))
        for name in self.PEOPLE:
            self._write(kinds.Joined, name, value=float(self.role[name]))
        same = {"subject": self.resource, "object": self.version}
        created = self._write(kinds.ResourceCreated, "daniel", **same, topic=1)
        self._write(kinds.OwnerAssigned, "daniel", subject=self.resource, object=self.person["daniel"], cause=created)
        self._write(kinds.ResourceShared, "daniel", **same, topic=1, cause=created)

    def perform(self, deed: Deed) -> None:
        self.recorder.at(to_us(START) + round(deed.day * DAY_US))
        getattr(self, f"_{deed.what.replace(' ', '_')}")(deed.who, deed.need)

    def _state(self, who: str, need: str) -> None:
        patient = self.person["orleans" if who == "josephine" else who]
        days = DAYS_GIVEN if need == "letter" else float("nan")
        about = {"subject": self.need[need], "topic": 1}
        stated = self._write(kinds.NeedStated, who, **about, object=patient, value=days)
        found = {**about, "object": self.version, "value": 1.0}
        matched = self._write(kinds.ResourceMatched, None, **found, cause=stated)
        self._write(kinds.ResourceShown, who, **found, cause=matched)
        helper = self.person["bianca"]
        asked = self._write(kinds.PersonMatched, None, **about, object=helper, value=1.0, cause=stated)
        self.seq |= {("stated", need): stated, ("matched", need): matched, ("asked", need): asked}

    def _reply(self, who: str, need: str) -> None:
        self._write(kinds.Replied, who, subject=self.need[need], cause=self.seq["asked", need])

    def _use(self, who: str, need: str) -> None:
        self.seq["used", need] = self._write(
            kinds.ResourceUsed, who, **self._with(need), cause=self.seq["matched", need]
        )

    def _confirm(self, who: str, need: str) -> None:
        said = self._write(kinds.OutcomeReported, who, **self._with(need), value=1.0, cause=self.seq["used", need])
        self._write(kinds.LessonDrawn, None, **self._with(need), value=1.0, cause=said)
        self._write(kinds.NeedConfirmed, who, **self._with(need), cause=said)

    def _withdraw(self, who: str, need: str) -> None:
        self._write(kinds.NeedWithdrawn, who, subject=self.need[need], cause=self.seq["stated", need])

    def _follow_up(self, _who: str, need: str) -> None:
        asked = self._write(kinds.NeedFollowedUp, None, subject=self.need[need], cause=self.seq["stated", need])
        self.seq["followed", need] = asked

    def _expire(self, _who: str, need: str) -> None:
        self._write(kinds.NeedExpired, None, subject=self.need[need], cause=self.seq["followed", need])

    def _with(self, need: str) -> dict[str, int]:
        return {"subject": self.need[need], "object": self.version}

    def _write(self, kind: type, who: str | None, **columns: float) -> int:
        actor, role = (COMPUTER_ID, Role.COMPUTER) if who is None else (self.person[who], self.role[who])
        return int(self.recorder.write(kind, 1, actor=actor, role=role, **columns)[0])


@dataclass(frozen=True)
class Both:
    """The two logs of the one story."""

    live: EventFrame
    model: EventFrame


@pytest.fixture
def both(town: Town, shelf: dict[str, Resource]) -> Both:
    live, model = Live(town), Model(START)
    for deed in STORY:
        live.perform(deed)
        model.perform(deed)
    return Both(read_frame(), model.recorder.frame(resolution=1))


def led_to(frame: EventFrame) -> set[tuple[str, str]]:
    """What led to what: the name of each kind with that of its cause."""
    rows = frame.rows
    cause = rows.select("run", pl.col("seq").alias("cause"), pl.col("kind").alias("cause_kind"))
    joined = rows.join(cause, on=["run", "cause"], how="left")
    pairs = joined.select("kind", "cause_kind").unique().iter_rows()
    return {
        (KINDS[kind].__name__, "" if before is None else KINDS[before].__name__)
        for kind, before in pairs
        if KINDS[kind] not in LIVE_ONLY
    }


def measured(frame: EventFrame) -> dict[str, Measurement]:
    return {m.id: m for m in measure_all(frame, Request(only=FAMILIES), at=END)}


def test_both_logs_have_the_same_columns(both: Both) -> None:
    assert dict(both.live.rows.schema) == dict(both.model.rows.schema) == dict(SCHEMA)
    assert both.live.resolution == both.model.resolution


def test_the_same_things_happened_and_led_to_one_another(both: Both) -> None:
    assert led_to(both.live) == led_to(both.model)


def test_each_kind_names_its_subject_and_object_on_both_sides(both: Both) -> None:
    filled = pl.col("subject", "object").ge(0).all()
    named = [
        {
            kind: tuple(row)
            for kind, *row in frame.rows.group_by("kind").agg(filled).iter_rows()
            if KINDS[kind] not in LIVE_ONLY
        }
        for frame in (both.live, both.model)
    ]
    assert named[0] == named[1]


def test_every_measure_is_the_same(both: Both) -> None:
    live, model = measured(both.live), measured(both.model)
    assert {name: (m.value, m.n, m.note) for name, m in live.items()} == {
        name: (m.value, m.n, m.note) for name, m in model.items()
    }
    assert [(m.id, m.low, m.high, m.missing) for m in live.values()] == [
        (m.id, m.low, m.high, m.missing) for m in model.values()
    ]


def test_the_numbers_are_those_of_the_story(both: Both) -> None:
    found = {name: m.value for name, m in measured(both.live).items()}
    assert (found["N1.needs"], found["N1.confirmed"], found["N1.expired"], found["N1.open"]) == (4, 0.25, 0.25, 0.25)
    assert (found["N3"], found["N4"]) == (1.0, 1.0)
    assert found["N2.F7d"] == pytest.approx(0.25)
    assert found["E7.F24h"] == pytest.approx(1 / 3)
