"""Stage 3, used: visits are held with the information brought to them; matched resources are put to use."""

from __future__ import annotations

import numpy as np

from coproduce.events import Role, kinds
from coproduce.simulator import forms
from coproduce.simulator.commons import NeedState
from coproduce.simulator.state import World
from coproduce.simulator.streams import BoolArray, IntArray

#: Ticks after which a matched resource that was not put to use is given up.
GIVE_UP = 4


def visits_held(w: World) -> None:
    """Patients and clinicians meet; information is rho_d f(a, b) + rho_s S / (S + S_h)."""
    people, p = w.people, w.p
    n = people.n_patients
    at = np.flatnonzero(people.member[:n] & _due(w))
    if p.equity:
        at = at[w.uniform("access", at) >= w.barrier(p.access_gate, at)]
    w.visits, w.visited = at, np.zeros(n, dtype=np.bool_)
    w.visited[at] = True
    doctor = n + people.clinician[at]
    _bring(w, at, doctor)
    w.encounter = np.full(n, -1, dtype=np.int64)
    w.encounter[at] = w.writer.write(
        kinds.EncounterHeld, at.size, actor=(people.person, doctor), subject=(people.patient, at), role=Role.CLINICIAN,
        site=(people.site, at), topic=(people.condition, at), value=w.brought,
    )  # fmt: skip


def _due(w: World) -> BoolArray:
    """Which patients, of all places, would come in this tick; `phase` is a tick within the period."""
    people, p = w.people, w.p
    if p.visit_form == "periodic":
        return np.asarray(people.phase == -w.tick % max(1, round(p.visit_period)))
    chance = forms.visit_chance(p.visit_form, p.visit_period, people.outcome)
    return np.asarray(w.uniform("visit", people.n_patients) < chance)


def _bring(w: World, slots: IntArray, doctor: IntArray) -> None:
    """The information that these visits have: the pair's own data, and the shared information that is trusted."""
    people, p = w.people, w.p
    planned = w.lever("previsit_planning", slots)
    heard = forms.information(p.information_form, people.activation[slots], people.activation[doctor])
    heard = heard * (1.0 - w.barrier(p.unequal_listening, slots))
    own = (p.data_to_visit + planned * p.previsit_data) * heard
    shared = (p.shared_to_visit + planned * p.previsit_shared) * (w.information_share() if p.commons_in_choice else 0.0)
    trusted = shared * w.trust(slots)
    w.brought = np.clip(own + trusted, 0.0, 1.0)
    wrong, _ = w.wrong_share()
    w.sound = np.clip(own + trusted * (1.0 - wrong), 0.0, 1.0) if wrong else w.brought


def resources_used(w: World) -> None:
    """What was matched is put to use: brought to this tick's visit, or used at home."""
    layer, people, p = w.needs_layer(), w.people, w.p
    needs, resources = layer.needs, layer.resources
    rows = needs.in_state(NeedState.MATCHED)
    slot = needs.slot[rows]
    sick = slot < people.n_patients
    visits = sick & w.visited[np.where(sick, slot, 0)]
    home = p.home_use * (0.5 + 0.5 * people.activation[slot])
    uses = visits | (w.uniform("use", needs.key(rows)) < home)
    given_up = rows[~uses & (w.tick - needs.moved[rows] >= GIVE_UP)]
    needs.state[given_up] = NeedState.OPEN
    needs.attempts[given_up] += 1
    rows = rows[uses]
    np.add.at(resources.n_uses, needs.resource[rows], 1)
    needs.seq_used[rows] = w.writer.write(
        kinds.ResourceUsed, rows.size, actor=(needs.person, rows), subject=(needs.id, rows),
        object=(resources.version, (needs.resource, rows)), role=(people.role, (needs.slot, rows)),
        site=(people.site, (needs.slot, rows)), topic=(needs.line, rows), cause=(needs.seq_matched, rows),
    )  # fmt: skip
    needs.state[rows] = NeedState.USED
    needs.moved[rows] = w.tick
