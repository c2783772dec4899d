"""Stage 6, shared: lessons become resources, and the commons ages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from coproduce.events import LineOfWork, Role, kinds
from coproduce.simulator.commons import N_SHOWN
from coproduce.simulator.population import CONTRIBUTOR, OWNER
from coproduce.simulator.stages import contribution, review
from coproduce.simulator.stages.stated import draw_topics
from coproduce.simulator.state import World
from coproduce.simulator.streams import BoolArray, FloatArray, IntArray

#: Rise of a first version's quality when its author knows the topic; and from the least to the most active author.
KNOWING, ACTIVE, QUALITY_NOISE = 0.25, 0.2, 0.1
#: Quality of a resource that is wrong.
WRONG_QUALITY = 0.05
#: Shares of information, knowledge, know-how among what patients and families make, and what staff make. Proposed.
KIND_SHARE, KIND_SHARE_STAFF = (0.4, 0.1, 0.5), (0.45, 0.40, 0.15)
#: A resource is retired when it was answered about this often, and helped less than this share of the time.
RETIRE_AFTER, RETIRE_BELOW = 6, 0.3
#: Share of the load of helping that is still felt a tick later.
LOAD_KEPT = 0.8


@dataclass(frozen=True)
class Making:
    """Resources about to be made: one entry each, and the name of the decision that made them."""

    name: str
    slot: IntArray
    topic: IntArray
    cause: IntArray | int = -1
    for_need: IntArray | int = -1
    derived_from: IntArray | int = -1


def make_resources(w: World, making: Making) -> tuple[IntArray, IntArray, BoolArray]:
    """Makes resources and shares those that a review, if there is one before, accepts.

    Gives their rows, the `seq` of their sharing (-1 where not shared), and which were accepted.
    """
    layer, people, p = w.needs_layer(), w.people, w.p
    slot, topic, n = making.slot, making.topic, making.slot.size
    if not n:
        return topic[:0], topic[:0], np.zeros(0, dtype=np.bool_)
    line = topic // p.topics_per_line
    key = slot * (3 * p.topics_per_line) + topic
    quality, wrong = _quality(w, making, key)
    staff = slot >= people.n_patients
    shares = np.where(staff[:, None], KIND_SHARE_STAFF, KIND_SHARE)
    kind = (w.uniform(making.name + ".kind", key)[:, None] > shares.cumsum(axis=1)[:, :-1]).sum(axis=1)
    ids, versions = w.ids(n), w.ids(n)
    columns: dict[str, np.ndarray] = {
        "actor": people.person[slot], "subject": ids, "role": people.role[slot], "site": people.site[slot],
    }  # fmt: skip
    created = w.writer.write(
        kinds.ResourceCreated, n, **columns, object=versions, topic=line, cause=making.cause,
        value=(line == LineOfWork.ILLNESS).astype(np.float64),
    )  # fmt: skip
    owned = people.engagement[slot] == OWNER
    w.writer.write(
        kinds.OwnerAssigned, int(owned.sum()), **{key: column[owned] for key, column in columns.items()},
        object=(people.person, (slot, owned)), cause=created[owned],
    )  # fmt: skip
    accepted = review.before(w, making.name, key, versions, wrong)
    shared = np.full(n, -1, dtype=np.int64)
    shared[accepted] = w.writer.write(
        kinds.ResourceShared, int(accepted.sum()), **{key: column[accepted] for key, column in columns.items()},
        object=versions[accepted], topic=line[accepted], cause=created[accepted],
    )  # fmt: skip
    rows = layer.resources.add(
        n, id=ids, version=versions, kind=kind, line=line, topic=topic, slot=slot, author=people.person[slot],
        created=w.tick, quality=quality, wrong=wrong, retired=~accepted, for_need=making.for_need,
        derived_from=making.derived_from,
    )  # fmt: skip
    return rows, shared, accepted


def _quality(w: World, making: Making, key: IntArray) -> tuple[FloatArray, BoolArray]:
    """Quality of what is made, and what of it is wrong: by an honest error, or by who never gives up a false claim."""
    p, people, slot = w.p, w.people, making.slot
    knows = w.needs_layer().knows(slot, making.topic, w.tick) & p.know_how_in_help
    quality = p.first_quality + KNOWING * knows + ACTIVE * (people.activation[slot] - 0.5)
    quality = np.clip(quality + QUALITY_NOISE * w.normal(making.name + ".quality", key), 0.02, 0.98)
    if w.doubt is None:
        return quality, np.zeros(slot.size, dtype=np.bool_)
    wrong = w.doubt.intransigent[slot] | (w.uniform(making.name + ".wrong", key) < p.error_rate)
    return np.where(wrong, WRONG_QUALITY, quality), wrong


def _crowding(w: World, topic: IntArray) -> FloatArray:
    """1 for a topic without resources, falling as its shelf fills: what is there already needs no double."""
    shelf = w.needs_layer().shelf[topic]
    fallen: FloatArray = 1.0 / (1.0 + 3.0 * (shelf >= 0).sum(axis=1) / N_SHOWN)
    return fallen


def resources_shared(w: World) -> None:
    """A lesson is contributed when motives, expected use and thanks outweigh friction."""
    layer, p = w.needs_layer(), w.p
    lessons, needs, resources = layer.lessons, layer.needs, layer.resources
    slot, topic, key = lessons.slot, needs.topic[lessons.need], needs.key(lessons.need)
    gives = contribution.gives(w, key, topic)
    revises = (lessons.resource >= 0) & (w.uniform("revise", key) < p.revision_share)
    revises &= ~resources.retired[np.maximum(lessons.resource, 0)] if resources.n else False
    _revise(w, np.flatnonzero(gives & revises))
    makes = gives & ~revises & (w.uniform("write", key) < _crowding(w, topic))
    source = lessons.resource[makes]
    derived = np.where(source >= 0, resources.id[np.maximum(source, 0)], -1) if resources.n else source
    make_resources(w, Making("lesson", slot[makes], topic[makes], lessons.seq[makes], derived_from=derived))


def _revise(w: World, which: IntArray) -> None:
    """These lessons revise the resource they are about; each closes part of the gap to a perfect one."""
    if not which.size:
        return
    layer, people = w.needs_layer(), w.people
    lessons, resources = layer.lessons, layer.resources
    slot, rows = lessons.slot[which], lessons.resource[which]
    gap = 1.0 - resources.quality
    np.multiply.at(gap, rows, 1.0 - w.p.improvement)
    resources.quality[:] = 1.0 - gap
    versions = w.ids(which.size)
    columns: dict[str, np.ndarray] = {
        "actor": people.person[slot], "subject": resources.id[rows], "object": versions, "role": people.role[slot],
        "site": people.site[slot], "topic": resources.line[rows],
    }  # fmt: skip
    revised = w.writer.write(
        kinds.ResourceRevised, which.size, **columns, cause=lessons.seq[which],
        value=(resources.line[rows] == LineOfWork.ILLNESS).astype(np.float64),
    )  # fmt: skip
    w.writer.write(kinds.ResourceShared, which.size, **columns, cause=revised)
    resources.version[rows] = versions


def resources_made(w: World) -> None:
    """Contributors and owners make resources unasked, on topics that are asked for."""
    people, p = w.people, w.p
    makers = w.below("unasked", people.n, p.makes_unasked * (OWNER - 1))  # leaves out nobody who makes any
    makers = makers[people.member[makers] & (people.engagement[makers] >= CONTRIBUTOR)]
    _, _, topic = draw_topics(w, "unasked", makers)
    rate = p.makes_unasked * (people.engagement[makers] - 1) / (1.0 + p.burden * w.load[makers]) * _crowding(w, topic)
    makes = w.uniform("unasked", makers) < rate
    make_resources(w, Making("unasked", makers[makes], topic[makes]))


def commons_ages(w: World) -> None:
    """Resources lose quality, those that did not help are retired, and the load of helping fades."""
    layer, people = w.needs_layer(), w.people
    resources = layer.resources
    resources.quality[:] *= 1.0 - w.p.ageing
    poor = resources.helped < RETIRE_BELOW * resources.n_answers
    rows = np.flatnonzero(poor & (resources.n_answers >= RETIRE_AFTER) & ~resources.retired)
    resources.retired[rows] = True
    w.writer.write(
        kinds.ResourceRetired, rows.size, actor=0, subject=(resources.id, rows), object=(resources.version, rows),
        role=Role.COMPUTER, site=(people.site, (resources.slot, rows)),
    )  # fmt: skip
    w.load *= LOAD_KEPT
