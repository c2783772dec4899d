"""The end of a tick: activation and engagement move, people come and go."""

from __future__ import annotations

import numpy as np

from coproduce.events import FIRST_CONDITION
from coproduce.simulator import forms
from coproduce.simulator.population import CONDITION_SHARES, log_odds, logistic, strata, tilted
from coproduce.simulator.stages.contribution import giver_kind, starting_minutes
from coproduce.simulator.stages.outcome import abandon
from coproduce.simulator.stages.stated import JUST_TOLD, starting_knowledge
from coproduce.simulator.state import World
from coproduce.simulator.streams import BoolArray, FloatArray, IntArray
from coproduce.simulator.ties import PeerRule


def activation_moves(w: World) -> None:
    """Pairs and peers move activation; it drifts back to the person's own; met and unmet needs leave a mark.

    Everybody reads activation as it stood at the start: a += mu_p (b - a) after a visit, + mu_s times the mean upward
    gap to peers, + drift (a0 - a); a clinician with k visits: b += (1 - (1 - mu_d)^k)(mean a - b).
    """
    people, p = w.people, w.p
    n, a = people.n_patients, people.activation
    move = np.zeros(people.n)
    if p.clinicians_in_activation:
        _pairs_move(w, move)
    met, unmet = np.flatnonzero(w.met > 0), np.flatnonzero(w.unmet > 0)
    move[met] += (1.0 - a[met]) * (1.0 - (1.0 - p.met_need_activates) ** w.met[met])
    move[unmet] -= a[unmet] * (1.0 - (1.0 - p.unmet_need_deactivates) ** w.unmet[unmet])
    doctors = np.arange(n, n + people.n_clinicians)
    move[doctors] += (1.0 - a[doctors]) * (w.lever("leadership", doctors) * p.leadership_activation)
    moves = people.member.copy()
    moves[n + people.n_clinicians :] = False
    if not p.clinicians_in_activation:
        moves[doctors] = False
    if p.peers_in_activation:
        rule = PeerRule(p.peer_form, p.peer_threshold, p.peer_reinforcement)
        move += p.patient_influence * people.ties.pull(a, people.member, n, rule)
    people.activation = people.activation_after(move, moves, p.activation_drift)


def _pairs_move(w: World, move: FloatArray) -> None:
    """Adds to each person's move what visits do to it."""
    people, p = w.people, w.p
    a, doctors = people.activation, slice(people.n_patients, people.n_patients + people.n_clinicians)
    at, doctor = w.visits, people.clinician[w.visits]
    move[at] += p.pull_on_patient * forms.pair_pull(p.pair_form, a[doctors][doctor] - a[at])
    n_visits = np.bincount(doctor, minlength=people.n_clinicians)
    total = np.bincount(doctor, weights=a[at], minlength=people.n_clinicians)
    gap = np.where(n_visits > 0, total / np.maximum(n_visits, 1) - a[doctors], 0.0)
    move[doctors] += (1.0 - (1.0 - p.pull_on_clinician) ** n_visits) * forms.pair_pull(p.pair_form, gap)


def engagement_moves(w: World) -> None:
    """Markov hazards: base x activation x peers x met need x thanks up; base x (1 - activation) x burden down.

    One uniform a person: up when it is below the hazard of climbing, down when above 1 minus that of slipping. Some
    drop out altogether.
    """
    people, p = w.people, w.p
    worst = _most_wearied(w)
    slots = _who_could_move(w, p.slip * worst)
    level, u = people.engagement[slots], w.uniform("engagement", slots)
    climbs = _climbs(w, slots, u)
    people.engagement[slots] = level + climbs - (~climbs & (level > 0) & (u > 1.0 - _wearied(w, slots, p.slip)))
    if p.drop_out > 0.0:
        slots = w.below("drop-out", people.n, p.drop_out * worst)
        drops = w.uniform("drop-out", slots) < _wearied(w, slots, p.drop_out)
        people.engagement[slots[drops & people.member[slots]]] = 0


def _who_could_move(w: World, most: float) -> IntArray:
    """Members whose uniform a hazard could reach: any uniform after help or thanks, a low or high one without.

    It leaves out nobody who moves, so it changes no number, and most people's hazards need not be known. Some come
    twice, and move to the same level twice.
    """
    people, p = w.people, w.p
    up = np.array([p.climb_0, p.climb_1, p.climb_2, 0.0]) * (1 + p.peers_engage)
    up[0] *= 1 + p.onboarding_climb * p.onboarding
    slots = w.reached("engagement", people.engagement, (up, 1.0 - np.array([0.0, most, most, most])))
    slots = np.concatenate([slots, np.flatnonzero((w.met > 0) | (w.thanked > 0))])
    return slots[people.member[slots]]


def _climbs(w: World, slots: IntArray, u: FloatArray) -> BoolArray:
    """Who of these people climbs: by activation, needs met, thanks, onboarding, and peers ahead.

    Peers raise a hazard; they are looked at only where that decides.
    """
    people, p = w.people, w.p
    level = people.engagement[slots]
    up: FloatArray = np.array([p.climb_0, p.climb_1, p.climb_2, 0.0])[level] * people.activation[slots]
    up *= 1 + p.met_need_engages * np.minimum(w.met[slots], 1)
    up *= 1 + p.thanks_engage * np.minimum(w.thanked[slots], 1)
    if p.onboarding > 0.0:
        new = (w.tick - people.joined[slots] <= p.onboarding_lasts) & (level == 0)
        up *= 1 + p.onboarding_climb * (new * w.lever("onboarding", slots))
    climbs: BoolArray = u < up
    if p.peers_in_activation:
        near = np.flatnonzero(~climbs & (u < up * (1 + p.peers_engage)))
        ahead = people.ties.share_above(people.engagement, level[near], people.member, slots[near])
        climbs[near] = u[near] < up[near] * (1 + p.peers_engage * ahead)
    return climbs


def _wearied(w: World, slots: IntArray, base: float) -> FloatArray:
    """A hazard of losing heart: by what activation lacks, help that failed, and the burden of giving."""
    p, unmet = w.p, np.minimum(w.unmet[slots], 1)
    hazard: FloatArray = base * (1.0 - w.people.activation[slots]) * (1 + p.unmet_need_disengages * unmet)
    hazard *= 1 + p.burden_disengages * w.load[slots]
    return hazard


def _most_wearied(w: World) -> float:
    """How many times its base a hazard of losing heart comes to at most in this tick."""
    return (1 + w.p.unmet_need_disengages) * (1 + w.p.burden_disengages * float(w.load.max(initial=0.0)))


def people_come_and_go(w: World) -> None:
    """Patients and families leave, sooner when help did not help, and newcomers take free places; staff change."""
    people, p = w.people, w.p
    n = people.n_patients
    free = np.flatnonzero(~people.member[:n])
    could = w.below("leave", n, p.leaving * (1 + p.unmet_need_leaves))
    could = could[people.member[could]]
    leaving = p.leaving * (1 + p.unmet_need_leaves * np.minimum(w.unmet[could], 1))
    gone = could[w.uniform("leave", could) < leaving]
    if gone.size:
        _go(w, gone)
    slots = free[w.uniform("enter", free) < p.entry]
    spread = np.hypot(np.hypot(p.activation_spread, p.site_spread), p.clinic_spread)
    if slots.size:
        _begin_anew(w, slots, p.patient_activation, spread)
        _fall_ill(w, slots)
        w.admit(slots)
    if p.staff_turnover > 0.0:
        _staff_change(w, spread)


def _go(w: World, slots: IntArray) -> None:
    """These people leave, and with them what they asked for and what they help with."""
    if w.layer is not None:
        abandon(w, slots)
    w.dismiss(slots)


def _begin_anew(w: World, slots: IntArray, activation: float, spread: float) -> None:
    """What anybody new in these places begins with."""
    people, layer = w.people, w.layer
    fresh = logistic(log_odds(activation) + spread * w.normal("enter.activation", slots))
    people.start_activation[slots] = people.activation[slots] = fresh
    people.engagement[slots] = 0
    w.load[slots] = 0.0
    if layer is not None:
        layer.practised[slots] = starting_knowledge(w, slots, "enter.knows")
        layer.giving.kind[slots] = giver_kind(w.p, w.uniform("enter.giver", slots))
        layer.minutes[slots] = starting_minutes(w.p, people.role[slots], w.normal("enter.minutes", slots))
    if w.conduct is not None:
        w.conduct.offences[slots] = 0
    if w.doubt is not None:
        w.doubt.trust[slots] = w.p.trust_start
        w.doubt.intransigent[slots] = w.uniform("enter.intransigent", slots) < w.p.intransigent


def _fall_ill(w: World, slots: IntArray) -> None:
    """What a new patient begins with: stratum, phenotype, condition, treatment, and where that leads."""
    people, p = w.people, w.p
    people.stratum[slots] = strata(p, w.uniform("enter.stratum", slots))
    drawn = (w.uniform("enter.phenotype", slots) * p.n_phenotypes).astype(np.int64)
    people.phenotype[slots] = tilted(p, drawn, people.stratum[slots], w.uniform("enter.tilt", slots))
    people.treatment[slots] = (w.uniform("enter.treatment", slots) * p.n_treatments).astype(np.int64)
    if people.own is not None:
        u = w.uniform_each("enter.response", slots, p.n_treatments)
        people.own[slots] = p.response_spread * w.streams.quantile(u)
    people.outcome[slots] = people.responses_to(slots, people.treatment[slots])
    limits = np.cumsum(CONDITION_SHARES)[:-1]
    people.condition[slots] = FIRST_CONDITION + np.searchsorted(limits, w.uniform("enter.condition", slots))
    if w.layer is not None:
        w.layer.stage[slots] = JUST_TOLD
    if w.doubt is not None:
        w.doubt.before[slots] = np.nan
    if w.evidence is not None:
        w.evidence.own.forget(slots)


def _staff_change(w: World, spread: float) -> None:
    """Clinicians leave and are replaced at once: the place stays, what the person knew goes."""
    people = w.people
    doctors = people.n_patients + np.arange(people.n_clinicians)
    slots = doctors[w.uniform("leave.staff", doctors) < w.p.staff_turnover]
    if not slots.size:
        return
    _go(w, slots)
    _begin_anew(w, slots, w.p.clinician_activation, spread)
    if w.evidence is not None:
        w.evidence.clinician.forget(slots - people.n_patients)
    w.admit(slots)
