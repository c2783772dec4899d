"""Stage 1, needs stated: from the stage of the illness, the line of work, and open questions after a visit."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from coproduce.events import LineOfWork, Role, kinds
from coproduce.simulator.commons import MAX_OPEN, UNKNOWN, NeedsLayer, NeedState
from coproduce.simulator.recorder import COMPUTER_ID
from coproduce.simulator.state import World
from coproduce.simulator.streams import FloatArray, IntArray

#: Stages of the illness: just told, starting treatment, flare, surgery, steady, moving to adult care.
JUST_TOLD, STARTING, FLARE, SURGERY, STEADY, MOVING = range(6)
#: Factor on the need rate by stage. Proposed.
STAGE_FACTOR = np.array([4.0, 2.5, 3.0, 4.0, 1.0, 2.5])
#: Share of the lines of work (illness, everyday life, biographical) among needs, by stage. Proposed.
LINE_SHARE = np.array([
    [0.50, 0.30, 0.20], [0.60, 0.30, 0.10], [0.60, 0.30, 0.10],
    [0.60, 0.25, 0.15], [0.30, 0.45, 0.25], [0.20, 0.30, 0.50],
])  # fmt: skip
#: The same for clinicians and researchers. Proposed.
LINE_SHARE_STAFF = np.array([0.75, 0.20, 0.05])
#: The uniforms at which one line of work gives way to the next.
LINE_LIMITS, LINE_LIMITS_STAFF = LINE_SHARE.cumsum(axis=1)[:, :-1], LINE_SHARE_STAFF.cumsum()[:-1]
#: Weekly hazards of leaving a stage, apart from the flare. Proposed.
LEAVE = np.array([1 / 4, 1 / 10, 0.18, 0.15, 0.0008, 0.05])
#: Of those who leave a flare, the share that goes to surgery. Proposed.
FLARE_TO_SURGERY = 0.15
#: People whose know-how is drawn at once: the numbers of all would take more memory than a run does.
AT_ONCE = 1_024
#: How far the popular topics of one stage are from those of the next.
TOPIC_SHIFT = 3


def illness_moves(w: World) -> None:
    """The stage of the illness moves; a flare is likelier the worse the outcome."""
    layer, people = w.needs_layer(), w.people
    slots = _who_could_move(w)
    stage, u = layer.stage[slots], w.uniform("illness", slots)
    steady = stage == STEADY
    flare = w.p.flare_rate * (1.0 - people.outcome[slots])
    fresh = stage.copy()
    leaves = ~steady & (u < LEAVE[stage])
    fresh[leaves] = STEADY
    fresh[leaves & (stage == JUST_TOLD)] = STARTING
    fresh[leaves & (stage == FLARE) & (u < LEAVE[FLARE] * FLARE_TO_SURGERY)] = SURGERY
    fresh[steady & (u < flare)] = FLARE
    fresh[steady & (u > 1.0 - LEAVE[STEADY])] = MOVING
    layer.stage[slots] = fresh


def _who_could_move(w: World) -> IntArray:
    """Patients whose uniform the hazard of their stage could reach: this leaves out nobody who moves."""
    low, high = LEAVE.copy(), np.ones(LEAVE.size)
    low[STEADY], high[STEADY] = w.p.flare_rate, 1.0 - LEAVE[STEADY]
    slots = w.reached("illness", w.needs_layer().stage, (low, high))
    return slots[w.people.member[slots]]


def needs_arise(w: World) -> None:
    """People state what they need, and by when."""
    layer, people, p = w.needs_layer(), w.people, w.p
    layer.n_stated = layer.n_matched = layer.n_confirmed = 0
    highest = max(p.need_rate_staff, p.need_rate * STAGE_FACTOR.max() * max(1.0, p.visit_raises_need))
    slots = w.below("need", people.n, highest)
    sick = slots[slots < people.n_patients]
    rate = np.full(slots.size, p.need_rate_staff)
    rate[: sick.size] = p.need_rate * STAGE_FACTOR[layer.stage[sick]]
    rate[: sick.size] *= np.where(w.visited[sick], p.visit_raises_need, 1.0)
    able = people.member[slots] & (layer.n_open[slots] < MAX_OPEN) & (people.joined[slots] < w.tick)
    state_needs(w, slots[able & (w.uniform("need", slots) < rate)])


def state_needs(w: World, slots: IntArray) -> IntArray:
    """These people state one need each; gives its row. Its line of work, topic and deadline are drawn."""
    layer, people, p = w.needs_layer(), w.people, w.p
    sick = slots < people.n_patients
    inside = np.where(sick, slots, 0)
    stage, line, topic = draw_topics(w, "need", slots)
    u = w.uniform("need.deadline", slots)
    timed = u < p.deadline_share
    left = -np.log1p(-np.minimum(u / max(p.deadline_share, 1e-12), 1 - 1e-12))
    deadline = np.where(timed, np.ceil(p.deadline_mean * left), np.nan)
    patient = np.where(sick, people.patient[inside], people.person[slots])
    seq = w.writer.write(
        kinds.NeedStated, slots.size, actor=(people.person, slots), subject=(ids := w.ids(slots.size)), object=patient,
        role=(people.role, slots), site=(people.site, slots), topic=line, value=deadline,
        cause=np.where(sick & w.visited[inside], w.encounter[inside], -1),
    )  # fmt: skip
    place = np.where(layer.taken[slots, 0], 1, 0)
    layer.taken[slots, place] = True
    layer.n_open[slots] += 1
    layer.n_stated += slots.size
    layer.asked += np.bincount(topic, minlength=layer.asked.size)
    rows = layer.needs.add(
        slots.size, id=ids, slot=slots, place=place, person=people.person[slots], patient=patient, line=line,
        topic=topic, condition=np.where(sick, people.condition[inside], -1), stage=stage, stated=w.tick,
        deadline=deadline, state=NeedState.OPEN, closed=-1, resource=-1, helper=-1, helper_person=-1, moved=w.tick,
        followed=-1, seq_stated=seq, seq_matched=-1, seq_used=-1, seq_followed=-1,
        said=-1.0, seq_said=-1,
    )  # fmt: skip
    _clarify(w, rows)
    return rows


def _clarify(w: World, rows: IntArray) -> None:
    """The computer reads the condition tag in a patient's need."""
    needs = w.needs_layer().needs
    rows = rows[needs.condition[rows] >= 0]
    w.writer.write(
        kinds.NeedClarified, rows.size, actor=COMPUTER_ID, subject=(needs.id, rows), role=Role.COMPUTER,
        site=(w.people.site, (needs.slot, rows)), topic=(needs.condition, rows), value=1.0,
        cause=(needs.seq_stated, rows),
    )  # fmt: skip


def draw_topics(w: World, name: str, slots: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Stage of these people's illness (steady for staff), and line of work and topic of what they come upon by it."""
    layer, sick = w.needs_layer(), slots < w.people.n_patients
    stage = np.where(sick, layer.stage[np.where(sick, slots, 0)], STEADY)
    limits = np.where(sick[:, None], LINE_LIMITS[stage], LINE_LIMITS_STAFF)
    line = (w.uniform(name + ".line", slots)[:, None] > limits).sum(axis=1)
    topic = line * w.p.topics_per_line + draw_topic(layer, w.uniform(name + ".topic", slots), stage)
    return stage, line, topic


def draw_topic(layer: NeedsLayer, u: FloatArray, stage: IntArray) -> IntArray:
    """Topic within a line of work: Zipf's law, whose head is another for each stage of the illness."""
    rank = np.searchsorted(layer.topic_share.cumsum(), u, side="right")
    n_topics = layer.topic_share.size
    topic: IntArray = (np.minimum(rank, n_topics - 1) + TOPIC_SHIFT * stage) % n_topics
    return topic


def zipf(n: int, exponent: float) -> FloatArray:
    """Shares of n topics, proportional to 1 / rank ** exponent (Zipf 1949)."""
    weight = np.arange(1, n + 1, dtype=np.float64) ** -exponent
    shares: FloatArray = weight / weight.sum()
    return shares


def starting_knowledge(w: World, slots: IntArray, name: str) -> npt.NDArray[np.int32]:
    """Know-how of who joins: now where they can do a topic, UNKNOWN elsewhere, int32 (n, all topics).

    Shares by role, proposed.
    """
    share = np.zeros((256, len(LineOfWork)))
    share[Role.PATIENT] = share[Role.FAMILY] = (0.03, 0.08, 0.05)
    share[Role.CLINICIAN] = (0.50, 0.10, 0.02)
    share[Role.RESEARCHER] = (0.20, 0.02, 0.02)
    n_topics = len(LineOfWork) * w.p.topics_per_line
    known = np.empty((slots.size, n_topics), dtype=np.int32)
    for first in range(0, slots.size, AT_ONCE):
        some = slots[first : first + AT_ONCE]
        u = w.uniform_each(name, some, n_topics).reshape(some.size, len(LineOfWork), -1)
        knows = u < share[w.people.role[some]][:, :, None]
        known[first : first + AT_ONCE] = np.where(knows, np.int32(w.tick), np.int32(UNKNOWN)).reshape(some.size, -1)
    return known
