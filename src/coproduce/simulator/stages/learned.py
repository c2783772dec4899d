"""Stage 5, learned, of needs: people draw lessons, and know how from now on."""

from __future__ import annotations

import numpy as np

from coproduce.events import kinds
from coproduce.simulator.commons import Lessons
from coproduce.simulator.state import World
from coproduce.simulator.streams import IntArray

#: Chance that an answer becomes a lesson that could be told, by engagement. Proposed.
DRAWS_LESSON = np.array([0.15, 0.40, 0.70, 0.90])


def lessons_drawn(w: World) -> None:
    """Who was helped knows the topic from now on; some draw a lesson that can be shared."""
    layer, people = w.needs_layer(), w.people
    needs, resources = layer.needs, layer.resources
    rows, helped = layer.answered, layer.helped
    good = rows[helped > 0]
    _practise(w, good)
    slot = needs.slot[rows]
    draws = w.uniform("lesson", needs.key(rows)) < DRAWS_LESSON[people.engagement[slot]]
    rows, slot = rows[draws], slot[draws]
    which = needs.resource[rows]
    about = np.where(which >= 0, resources.id[np.maximum(which, 0)], -1) if resources.n else which
    seq = w.writer.write(
        kinds.LessonDrawn, rows.size, actor=(needs.person, rows), subject=(needs.id, rows), object=about,
        role=(people.role, slot), site=(people.site, slot), topic=(needs.line, rows), value=helped[draws],
        cause=layer.seq_answer[draws],
    )  # fmt: skip
    layer.lessons = Lessons(slot, rows, which, helped[draws], seq)


def _practise(w: World, rows: IntArray) -> None:
    """Who was helped knows how from now on: by whatever helped, or only where a person did it with them.

    Who helped, and knew how, has practised too. Source of the second form: know-how is passed on by doing
    (Kogut and Zander 1992, 10.1287/orsc.3.3.383).
    """
    layer = w.needs_layer()
    needs = layer.needs
    by_person = needs.helper[rows] >= 0
    together = rows[by_person]
    helper, topic = needs.helper[together], needs.topic[together]
    able = layer.knows(helper, topic, w.tick)
    layer.practised[helper[able], topic[able]] = w.tick
    taught = together if w.p.know_how_form == "together" else rows
    layer.practised[needs.slot[taught], needs.topic[taught]] = w.tick
