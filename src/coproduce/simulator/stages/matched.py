"""Stage 2, matched: from the commons and from people, within search effort; or something is made for the need."""

from __future__ import annotations

import numpy as np

from coproduce.events import Role, kinds
from coproduce.simulator.commons import NeedState
from coproduce.simulator.population import CONTRIBUTOR
from coproduce.simulator.recorder import COMPUTER_ID, Column
from coproduce.simulator.stages.shared import Making, make_resources
from coproduce.simulator.state import World
from coproduce.simulator.streams import FloatArray, IntArray

#: Where a helper is sought, cumulative: own clinician (illness work of patients only), ties, all who are engaged.
OWN_CLINICIAN, A_TIE = 0.2, 0.6
#: Chance that a helper's reply helps fully: who knows the topic; a clinician on illness work; anybody else. Proposed.
KNOWS, CLINICIAN, ANYBODY = 0.75, 0.55, 0.2


def look_in_commons(w: World) -> None:
    """People with an open need look in the commons; what has helped others most is shown first."""
    layer, p = w.needs_layer(), w.p
    needs, resources = layer.needs, layer.resources
    layer.shelf = resources.shelf(layer.shelf.shape[0])
    rows = needs.in_state(NeedState.OPEN)
    slot, key = needs.slot[rows], needs.key(rows)
    looks = w.uniform("search", key) < _effort(w, rows)
    if p.equity:
        looks &= w.uniform("access.search", key) >= _gate(w, slot)
    finds = (w.uniform("find", key) < p.findability * w.trust(slot)) & p.commons_in_needs
    shown = layer.shelf[needs.topic[rows]]
    # Each failed attempt moves on to the next resource of the topic.
    pick = shown[np.arange(rows.size), np.minimum(needs.attempts[rows], shown.shape[1] - 1)]
    found = looks & finds & (pick >= 0) & (needs.attempts[rows] < shown.shape[1])
    rows, pick, shown = rows[found], pick[found], shown[found]
    if not rows.size:
        return
    _record_shown(w, rows, pick, shown)
    needs.state[rows] = NeedState.MATCHED
    needs.resource[rows] = pick
    needs.helper[rows] = -1
    needs.promise[rows] = resources.quality[pick]
    needs.moved[rows] = w.tick
    layer.n_matched += rows.size


def _effort(w: World, rows: IntArray) -> FloatArray:
    """Chance that the people of these needs look: by activation, and more as the deadline comes near."""
    needs, p = w.needs_layer().needs, w.p
    effort = p.search_effort + (1.0 - p.search_effort) * w.people.activation[needs.slot[rows]]
    near = np.nan_to_num(np.minimum(1.0, (w.tick - needs.stated[rows]) * w.tick_days / needs.deadline[rows]))
    raised: FloatArray = effort + (1.0 - effort) * p.deadline_effort * near
    return raised


def _gate(w: World, slot: IntArray) -> FloatArray:
    """Chance that a person's search fails by a barrier of their stratum; 0 for staff."""
    sick = slot < w.people.n_patients
    closed: FloatArray = np.where(sick, w.barrier(w.p.access_gate, np.where(sick, slot, 0)), 0.0)
    return closed


def _record_shown(w: World, rows: IntArray, pick: IntArray, shown: IntArray) -> None:
    """Every shown resource is matched and shown in order of rank; the picked one is opened and becomes the match."""
    layer = w.needs_layer()
    needs, resources = layer.needs, layer.resources
    for rank in range(shown.shape[1]):
        here = shown[:, rank] >= 0
        at, which = rows[here], shown[here, rank]
        columns = _about(w, at)
        matched = w.writer.write(
            kinds.ResourceMatched, at.size, **{**columns, "actor": COMPUTER_ID, "role": Role.COMPUTER},
            object=(resources.version, which), value=rank + 1.0, cause=(needs.seq_stated, at),
        )  # fmt: skip
        seen = w.writer.write(
            kinds.ResourceShown, at.size, **columns, object=(resources.version, which), value=rank + 1.0, cause=matched
        )
        picked = which == pick[here]
        needs.seq_matched[at[picked]] = matched[picked]
        w.writer.write(
            kinds.ResourceOpened, int(picked.sum()), **_about(w, at[picked]),
            object=(resources.version, (which, picked)), cause=seen[picked],
        )  # fmt: skip


def _about(w: World, rows: IntArray) -> dict[str, Column]:
    """The columns that events about these needs share when the person who stated them acts."""
    needs, people = w.needs_layer().needs, w.people
    slot = (needs.slot, rows)
    return {"actor": (needs.person, rows), "subject": (needs.id, rows), "role": (people.role, slot),
            "site": (people.site, slot), "topic": (needs.line, rows)}  # fmt: skip


def ask_people(w: World) -> None:
    """Where the commons had nothing, one person is asked: the own clinician, a tie, or somebody engaged."""
    needs, people, p = w.needs_layer().needs, w.people, w.p
    rows = needs.in_state(NeedState.OPEN)
    rows = rows[w.uniform("ask", needs.key(rows)) < p.asking]
    if not rows.size:
        return
    helper = _candidate(w, rows)
    fits = helper >= 0
    rows, helper = rows[fits], helper[fits]
    site = people.site[needs.slot[rows]]
    matched = w.writer.write(
        kinds.PersonMatched, rows.size, actor=COMPUTER_ID, subject=(needs.id, rows), object=(people.person, helper),
        role=Role.COMPUTER, site=site, topic=(needs.line, rows), value=1.0, cause=(needs.seq_stated, rows),
    )  # fmt: skip
    free = 1.0 / (1.0 + p.burden * w.load[helper])
    level = np.where(people.role[helper] == Role.CLINICIAN, np.maximum(people.engagement[helper], 1),
                     people.engagement[helper])  # fmt: skip
    willing = w.uniform("willing", needs.key(rows)) < np.minimum(1.0, p.willing_per_level * (level + 0.5)) * free
    willing &= (w.load[helper] + 1.0) * p.reply_minutes <= w.needs_layer().minutes[helper]
    declines = ~willing
    w.writer.write(
        kinds.HelpDeclined, int(declines.sum()), actor=(people.person, (helper, declines)),
        subject=(needs.id, (rows, declines)), role=(people.role, (helper, declines)),
        site=(people.site, (helper, declines)), cause=matched[declines],
    )  # fmt: skip
    _reply(w, rows[willing], helper[willing], matched[willing])


def _candidate(w: World, rows: IntArray) -> IntArray:
    """The place of the one person who is asked about each need, -1 where there is nobody."""
    needs, people = w.needs_layer().needs, w.people
    slot, line = needs.slot[rows], needs.line[rows]
    route, pick = w.uniform("ask.route", needs.key(rows)), w.uniform("ask.pick", needs.key(rows))
    helper = np.full(rows.size, -1, dtype=np.int64)
    engaged = np.flatnonzero(people.member & (people.engagement >= 1))
    if engaged.size:
        helper = engaged[(pick * engaged.size).astype(np.int64)]
    degree = people.ties.degree[slot]
    by_tie = (route < A_TIE) & (degree > 0)
    at = people.ties.start[slot] + (pick * degree).astype(np.int64)
    if people.ties.neighbour.size:
        helper = np.where(by_tie, people.ties.neighbour[np.minimum(at, people.ties.neighbour.size - 1)], helper)
    sick = slot < people.n_patients
    own = (route < OWN_CLINICIAN) & sick & (line == 0)
    doctor = people.n_patients + people.clinician[np.where(sick, slot, 0)]
    helper = np.where(own, doctor, helper)
    helper[(helper == slot) | ~people.member[helper]] = -1
    return helper


def _reply(w: World, rows: IntArray, helper: IntArray, matched: IntArray) -> None:
    """These helpers reply; who lives with the thing, or knows the topic, helps best."""
    if not rows.size:
        return
    layer, people = w.needs_layer(), w.people
    needs = layer.needs
    knows = layer.knows(helper, needs.topic[rows], w.tick) & w.p.know_how_in_help
    expert = (people.role[helper] == Role.CLINICIAN) & (needs.line[rows] == 0)
    seq = w.writer.write(
        kinds.Replied, rows.size, actor=(people.person, helper), subject=(needs.id, rows), role=(people.role, helper),
        site=(people.site, helper), topic=(needs.line, rows), value=w.p.reply_minutes, cause=matched,
    )  # fmt: skip
    np.add.at(w.load, helper, 1.0)
    needs.state[rows] = NeedState.USED
    needs.resource[rows] = -1
    needs.helper[rows] = helper
    needs.helper_person[rows] = people.person[helper]
    needs.promise[rows] = np.where(knows, KNOWS, np.where(expert, CLINICIAN, ANYBODY))
    needs.moved[rows] = w.tick
    needs.seq_matched[rows] = matched
    needs.seq_used[rows] = seq
    layer.n_matched += rows.size


def make_for_needs(w: World) -> None:
    """Contributors and owners see needs that nothing met, and some make a resource for one."""
    layer, people, p = w.needs_layer(), w.people, w.p
    needs = layer.needs
    makers = np.flatnonzero(people.member & (people.engagement >= CONTRIBUTOR))
    rows = needs.in_state(NeedState.OPEN)
    rows = rows[needs.stated[rows] < w.tick]
    if not makers.size or not rows.size:
        return
    maker = makers[(w.uniform("make.who", needs.key(rows)) * makers.size).astype(np.int64)]
    knows = layer.knows(maker, needs.topic[rows], w.tick)
    able = (maker != needs.slot[rows]) & knows
    makes = able & (w.uniform("make", needs.key(rows)) < p.makes_for_need / (1.0 + p.burden * w.load[maker]))
    rows, maker = rows[makes], maker[makes]
    making = Making("make", maker, needs.topic[rows], needs.seq_stated[rows], for_need=needs.id[rows])
    made, shared, accepted = make_resources(w, making)
    np.add.at(w.load, maker, 2.0)
    rows, maker, made, shared = rows[accepted], maker[accepted], made[accepted], shared[accepted]
    needs.seq_matched[rows] = w.writer.write(
        kinds.ResourceMatched, rows.size, actor=(people.person, maker), subject=(needs.id, rows),
        object=(layer.resources.version, made), role=(people.role, maker), site=(people.site, maker),
        topic=(needs.line, rows), value=1.0, cause=shared,
    )  # fmt: skip
    needs.state[rows] = NeedState.MATCHED
    needs.resource[rows] = made
    needs.helper[rows] = -1
    needs.promise[rows] = layer.resources.quality[made]
    needs.moved[rows] = w.tick
    layer.n_matched += rows.size
