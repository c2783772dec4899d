"""The end of a tick: activation and engagement move, people come and go."""

from __future__ import annotations

import numpy as np

from coproduce.events import FIRST_CONDITION
from coproduce.simulator import forms
from coproduce.simulator.population import CONDITION_SHARES, log_odds, logistic
from coproduce.simulator.stages.outcome import abandon
from coproduce.simulator.stages.stated import JUST_TOLD, starting_knowledge
from coproduce.simulator.state import World
from coproduce.simulator.streams import FloatArray


def activation_moves(w: World) -> None:
    """Pairs and peers move activation; it drifts back to the person's own; met and unmet needs leave a mark.

    Everybody reads activation as it stood at the start: a += mu_p (b - a) after a visit, + mu_s times the mean upward
    gap to peers, + drift (a0 - a); a clinician with k visits: b += (1 - (1 - mu_d)^k)(mean a - b).
    """
    people, p = w.people, w.p
    n, a = people.n_patients, people.activation
    move = p.activation_drift * (people.start_activation - a)
    at = np.flatnonzero(w.visited)
    doctor = n + people.clinician[at]
    move[at] += p.pull_on_patient * forms.pair_pull(p.pair_form, a[doctor] - a[at])
    n_visits = np.bincount(doctor, minlength=people.n)
    total = np.bincount(doctor, weights=a[at], minlength=people.n)
    gap = np.where(n_visits > 0, total / np.maximum(n_visits, 1) - a, 0.0)
    move += (1.0 - (1.0 - p.pull_on_clinician) ** n_visits) * forms.pair_pull(p.pair_form, gap)
    ties = people.ties
    here = people.member[ties.owner] & people.member[ties.neighbour] & (ties.owner < n)
    pull = forms.peer_pull(p.peer_form, a[ties.neighbour] - a[ties.owner])
    move += p.patient_influence * ties.mean(pull, here)
    move += (1.0 - a) * (1.0 - (1.0 - p.met_need_activates) ** w.met)
    move -= a * (1.0 - (1.0 - p.unmet_need_deactivates) ** w.unmet)
    first_researcher = n + people.n_clinicians
    moves = people.member.copy()
    moves[first_researcher:] = False
    people.activation = np.where(moves, np.clip(a + move, 0.0, 1.0), a)


def engagement_moves(w: World) -> None:
    """Markov hazards: base x activation x peers x met need x thanks up; base x (1 - activation) x burden down.

    One uniform a person: up when it is below the hazard of climbing, down when above 1 minus that of slipping.
    """
    people, p = w.people, w.p
    level = people.engagement
    ties = people.ties
    counts = people.member[ties.owner] & people.member[ties.neighbour]
    ahead: FloatArray = ties.mean((level[ties.neighbour] > level[ties.owner]).astype(np.float64), counts)
    base_up = np.array([p.climb_0, p.climb_1, p.climb_2, 0.0])[level]
    base_down = np.array([0.0, p.slip, p.slip, p.slip])[level]
    met, unmet, thanked = np.minimum(w.met, 1), np.minimum(w.unmet, 1), np.minimum(w.thanked, 1)
    up = base_up * people.activation * (1 + p.peers_engage * ahead) * (1 + p.met_need_engages * met)
    up *= 1 + p.thanks_engage * thanked
    down = (
        base_down
        * (1.0 - people.activation)
        * (1 + p.unmet_need_disengages * unmet)
        * (1 + p.burden_disengages * w.load)
    )
    u = w.uniform("engagement", people.n)
    step = (u < up).astype(np.int64) - ((u >= up) & (u > 1.0 - down))
    people.engagement = np.where(people.member, level + step, level)


def people_come_and_go(w: World) -> None:
    """Patients and families leave, and newcomers take free places."""
    people, p = w.people, w.p
    n = people.n_patients
    member = people.member[:n].copy()
    leaving = np.flatnonzero(member & (w.uniform("leave", n) < p.leaving))
    if w.layer is not None:
        abandon(w, leaving)
    w.dismiss(leaving)
    slots = np.flatnonzero(~member & (w.uniform("enter", n) < p.entry))
    spread = np.hypot(p.activation_spread, p.site_spread)
    fresh = logistic(log_odds(p.patient_activation) + spread * w.normal("enter.activation", slots))
    people.start_activation[slots] = people.activation[slots] = fresh
    people.engagement[slots] = 0
    people.phenotype[slots] = (w.uniform("enter.phenotype", slots) * p.n_phenotypes).astype(np.int64)
    people.treatment[slots] = (w.uniform("enter.treatment", slots) * p.n_treatments).astype(np.int64)
    people.outcome[slots] = people.response[people.phenotype[slots], people.treatment[slots]]
    limits = np.cumsum(CONDITION_SHARES)[:-1]
    people.condition[slots] = FIRST_CONDITION + np.searchsorted(limits, w.uniform("enter.condition", slots))
    w.load[slots] = 0.0
    if w.layer is not None:
        w.layer.stage[slots] = JUST_TOLD
        w.layer.knows[slots] = starting_knowledge(w, slots, "enter.knows")
    w.admit(slots)
