"""One scripted story, written by the recorder and as events one by one, is the same log with the same measures."""

from __future__ import annotations

from coproduce.clock import HOUR_US, WEEK_US
from coproduce.events import Event, EventFrame, Role, kinds
from coproduce.measures import measure_all
from coproduce.simulator.recorder import Recorder

PARENT, NURSE, NEED, RESOURCE, VERSION = 1, 2, 10, 20, 21
AT = {"parent": {"actor": PARENT, "role": Role.FAMILY, "site": 0}, "nurse": {"actor": NURSE, "role": 3, "site": 0}}
STORY: tuple[Event, ...] = (
    kinds.Joined(time=0, **AT["parent"], value=2),
    kinds.Joined(time=0, **AT["nurse"], value=3),
    kinds.ResourceCreated(time=HOUR_US, **AT["nurse"], subject=RESOURCE, object=VERSION, topic=1, value=0),
    kinds.ResourceShared(time=HOUR_US, **AT["nurse"], subject=RESOURCE, object=VERSION, topic=1, cause=2),
    kinds.NeedStated(time=WEEK_US, **AT["parent"], subject=NEED, object=PARENT, topic=1, value=14),
    kinds.ResourceMatched(time=WEEK_US, actor=0, role=100, subject=NEED, object=VERSION, topic=1, value=1, cause=4),
    kinds.ResourceUsed(time=2 * WEEK_US, **AT["parent"], subject=NEED, object=VERSION, topic=1, cause=5),
    kinds.OutcomeReported(
        time=2 * WEEK_US, **AT["parent"], subject=NEED, object=VERSION, topic=1, value=1, cause=6
    ),
    kinds.NeedConfirmed(time=2 * WEEK_US, **AT["parent"], subject=NEED, object=VERSION, cause=7),
    kinds.Thanked(time=2 * WEEK_US, **AT["parent"], subject=VERSION, object=NURSE, cause=7),
)  # fmt: skip
CARRIED = ("actor", "subject", "object", "role", "site", "topic", "value", "cause")


def recorded() -> EventFrame:
    recorder = Recorder(run=0)
    for event in STORY:
        recorder.at(event.time)
        recorder.write(type(event), 1, **{name: getattr(event, name) for name in CARRIED})
    return recorder.frame(resolution=1)


def test_the_recorder_writes_the_same_rows() -> None:
    assert recorded().rows.equals(EventFrame.from_events(STORY).rows)


def test_the_measures_are_the_same() -> None:
    ours, theirs = (measure_all(frame) for frame in (recorded(), EventFrame.from_events(STORY)))
    assert [m.as_json() for m in ours] == [m.as_json() for m in theirs]
    confirmed = next(m for m in ours if m.id == "N1.confirmed")
    assert confirmed.value in (1.0, None)
