"""Stage 3, used: visits are held with the information brought to them; matched resources are put to use."""

from __future__ import annotations

import numpy as np

from coproduce.events import Role, kinds
from coproduce.simulator import forms
from coproduce.simulator.commons import NeedState
from coproduce.simulator.state import World
from coproduce.simulator.streams import IntArray

#: Ticks after which a matched resource that was not put to use is given up.
GIVE_UP = 4


def visits_held(w: World) -> None:
    """Patients and clinicians meet; information is rho_d f(a, b) + rho_s S / (S + S_h)."""
    people, p = w.people, w.p
    n = people.n_patients
    everybody = np.arange(n)
    if p.visit_form == "periodic":
        due = (w.tick + people.phase) % max(1, round(p.visit_period)) == 0
    else:
        due = w.uniform("visit", n) < forms.visit_chance(p.visit_form, p.visit_period, people.outcome)
    if p.equity:
        due &= w.uniform("access", n) >= w.barrier(p.access_gate, everybody)
    w.visited = people.member[:n] & due
    doctor = n + people.clinician
    _bring(w, everybody, doctor)
    at = np.flatnonzero(w.visited)
    w.encounter = np.full(n, -1, dtype=np.int64)
    w.encounter[at] = w.writer.write(
        kinds.EncounterHeld, at.size, actor=people.person[doctor[at]], subject=people.patient[at],
        role=Role.CLINICIAN, site=people.site[at], topic=people.condition[at], value=w.brought[at],
    )  # fmt: skip


def _bring(w: World, slots: IntArray, doctor: IntArray) -> None:
    """The information that a visit would have: the pair's own data, and the shared information that is trusted."""
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
        kinds.ResourceUsed, rows.size, actor=needs.person[rows], subject=needs.id[rows],
        object=resources.version[needs.resource[rows]], role=people.role[needs.slot[rows]],
        site=people.site[needs.slot[rows]], topic=needs.line[rows], cause=needs.seq_matched[rows],
    )  # fmt: skip
    needs.state[rows] = NeedState.USED
    needs.moved[rows] = w.tick
