"""Stage 5, learned: visits make information, researchers codify knowledge, people draw lessons."""

from __future__ import annotations

import numpy as np

from coproduce.events import Role, kinds
from coproduce.simulator import forms
from coproduce.simulator.commons import Lessons
from coproduce.simulator.recorder import COMPUTER_ID
from coproduce.simulator.state import World

#: Codes of the stocks in the topic column of StockMeasured.
INFORMATION, KNOWLEDGE = 0, 1

#: Chance that an answer becomes a lesson that could be told, by engagement. Proposed.
DRAWS_LESSON = np.array([0.15, 0.40, 0.70, 0.90])


def information_made(w: World) -> None:
    """Each visit makes gamma f(a, b) rows, of which sigma omega are shared; shared rows go out of date."""
    people, p = w.people, w.p
    n = people.n_patients
    at = np.flatnonzero(w.visited)
    made = p.information_made * forms.information(
        p.information_form, people.activation[at], people.activation[n + people.clinician[at]]
    )
    omega = np.minimum(1.0, p.sharing + p.sharing_by_engagement * people.engagement[at])
    w.information = (1.0 - p.information_decay) * w.information + float((made * p.shareable * omega).sum())


def knowledge_codified(w: World) -> None:
    """Researchers codify what the shared information allows; knowledge goes out of date."""
    people, p = w.people, w.p
    work = float(people.activation[people.n_patients + people.n_clinicians :].sum())
    w.knowledge = (1.0 - p.knowledge_decay) * w.knowledge + p.codified * work * w.information_share()
    w.writer.write(
        kinds.StockMeasured, 2, actor=COMPUTER_ID, role=Role.COMPUTER, topic=np.array([INFORMATION, KNOWLEDGE]),
        value=np.array([w.information, w.knowledge]),
    )  # fmt: skip


def lessons_drawn(w: World) -> None:
    """Who was helped knows the topic from now on; some draw a lesson that can be shared."""
    layer, people = w.needs_layer(), w.people
    needs, resources = layer.needs, layer.resources
    rows, helped = layer.answered, layer.helped
    good = rows[helped > 0]
    layer.knows[needs.slot[good], needs.topic[good]] = True
    slot = needs.slot[rows]
    draws = w.uniform("lesson", needs.key(rows)) < DRAWS_LESSON[people.engagement[slot]]
    rows, slot = rows[draws], slot[draws]
    which = needs.resource[rows]
    about = np.where(which >= 0, resources.id[np.maximum(which, 0)], -1) if resources.n else which
    seq = w.writer.write(
        kinds.LessonDrawn, rows.size, actor=needs.person[rows], subject=needs.id[rows], object=about,
        role=people.role[slot], site=people.site[slot], topic=needs.line[rows], value=helped[draws],
        cause=layer.seq_answer[draws],
    )  # fmt: skip
    layer.lessons = Lessons(slot, rows, which, helped[draws], seq)
