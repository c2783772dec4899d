"""Stage 4, outcome, of care: treatments are chosen, and work or not."""

from __future__ import annotations

import numpy as np

from coproduce.events import Role, kinds
from coproduce.simulator import forms
from coproduce.simulator.evidence import PRIOR_MEAN, PRIOR_ROWS
from coproduce.simulator.state import World
from coproduce.simulator.streams import FloatArray, IntArray

#: Code, in the topic column, of the declared health outcome of the model.
HEALTH_OUTCOME = 1_000
#: Breaks ties between treatments of which the same is known, and nothing else.
TIE = 1e-9


def responses_drift(w: World) -> None:
    """What treatments do changes: each q moves by noise, within [0, 1]; what was learned of them ages."""
    people = w.people
    z = w.normal("drift", people.response.size).reshape(people.response.shape)
    people.response = np.clip(people.response + w.p.response_drift * z, 0.0, 1.0)
    people.best = people.response.argmax(axis=1)


def treatment_chosen(w: World) -> None:
    """The pair chooses: P(best) = 1/K + (1 - 1/K) G(I, kappa), or by evidence; the choice is taken up or not."""
    people, p = w.people, w.p
    at = w.visits
    w.seen_treatment, w.seen_outcome = people.treatment[at], people.outcome[at]
    chosen = _by_gain(w, at) if p.choice_form == "gain" else _by_evidence(w, at)
    uptake = p.uptake + w.lever("quality_improvement", at) * p.improvement_uptake
    taken = w.uniform("uptake", at) < uptake
    changed = taken & (chosen != people.treatment[at])
    people.treatment[at[changed]] = chosen[changed]
    who = at[changed]
    w.writer.write(
        kinds.TreatmentStarted, who.size, actor=(people.person[people.n_patients :], (people.clinician, who)),
        subject=(people.patient, who), object=(w.treatments, chosen[changed]), role=Role.CLINICIAN,
        site=(people.site, who), topic=(people.condition, who), cause=(w.encounter, who),
    )  # fmt: skip


def _by_gain(w: World, at: IntArray) -> IntArray:
    """The best with P(best); the falsely claimed one as far as the gain rests on what is wrong; else any other."""
    p = w.p
    kappa = w.trust(at) * (w.knowledge_share() if p.commons_in_choice else 0.0)
    wrong_rows, wrong_units = w.wrong_share()
    gain = forms.combined(p.combine_form, p.information_weight * w.brought, p.knowledge_weight * kappa)
    sound = gain
    if wrong_rows or wrong_units:
        right = p.knowledge_weight * kappa * (1.0 - wrong_units)
        sound = forms.combined(p.combine_form, p.information_weight * w.sound, right)
    p_best = 1.0 / p.n_treatments + (1.0 - 1.0 / p.n_treatments) * sound
    best = w.people.best_for(at)
    u = w.uniform("choice", at)
    chosen = np.where(u < p_best, best, _another(u, p_best, best, p.n_treatments))
    if w.doubt is not None:
        misled = (1.0 - 1.0 / p.n_treatments) * (gain - sound)
        chosen = np.where((u >= p_best) & (u < p_best + misled), w.doubt.claim, chosen)
    return chosen


def _another(u: FloatArray, p_best: FloatArray, best: IntArray, n_treatments: int) -> IntArray:
    """One of the other treatments, evenly, from what is left of the same uniform; the best when there is no other."""
    if n_treatments == 1:
        return best
    rest = np.clip((u - p_best) / np.maximum(1.0 - p_best, 1e-12), 0.0, 1.0 - 1e-12)
    step = 1 + (rest * (n_treatments - 1)).astype(np.int64)
    other: IntArray = (best + step) % n_treatments
    return other


def _by_evidence(w: World, at: IntArray) -> IntArray:
    """The treatment that looks best by own, the clinician's, shared and codified evidence.

    Sources: Thompson 1933, 10.1093/biomet/25.3-4.285 (a draw from what is known; a Beta by a normal of its mean and
    variance); Auer, Cesa-Bianchi and Fischer 2002, 10.1023/A:1013689704352 (UCB1: sd sqrt(2 ln n / n_k) on top).
    """
    p = w.p
    rows, mean = _known(w, at)
    u = w.uniform_each("choice.arm", at, p.n_treatments)
    spread = np.full_like(mean, p.evidence_noise)
    if p.evidence_form == "beta":
        spread = np.sqrt(np.clip(mean * (1.0 - mean), 0.0, 1.0) * rows / (rows + 1.0))
    score = mean + spread / np.sqrt(rows) * _bonus(w, rows, u) + TIE * u
    chosen: IntArray = score.argmax(axis=1)
    if p.choice_form == "epsilon":
        u = w.uniform("choice", at)
        tries = np.minimum(u / max(p.exploration, 1e-12), 1.0 - 1e-12)
        chosen = np.where(u < p.exploration, (tries * p.n_treatments).astype(np.int64), chosen)
    return chosen


def _bonus(w: World, rows: FloatArray, u: FloatArray) -> FloatArray | float:
    """Standard errors that a pair adds to what it knows of a treatment: a draw, an upper bound, or none."""
    z = w.streams.quantile(u) if w.p.choice_form == "thompson" else u
    return forms.bonus(w.p.choice_form, rows, z, w.p.optimism)


def _known(w: World, at: IntArray) -> tuple[FloatArray, FloatArray]:
    """Rows and mean of what these pairs know of each treatment, float (visits, treatments).

    Own and shared rows count as far as information is brought to the visit; codified knowledge by its weight; what
    comes from the commons also by trust. The clinician remembers a number of own cases.
    """
    people, p, e = w.people, w.p, w.care_evidence()
    rows = np.full((at.size, p.n_treatments), PRIOR_ROWS)
    total = np.full(rows.shape, PRIOR_ROWS * PRIOR_MEAN)
    e.own.lend(rows, total, at, w.brought, cap=np.inf)
    if p.clinicians_in_activation:
        e.clinician.lend(rows, total, people.clinician[at], np.ones(at.size), cap=p.clinician_memory)
    if p.commons_in_choice:
        shared, phenotype = e.rows + e.wrong, people.phenotype[at]
        if p.pooling_form == "hierarchical":
            shared = shared.pooled(p.pooling_strength)
        trust = np.broadcast_to(w.trust(at), at.shape)
        shared.lend(rows, total, phenotype, w.brought * trust, cap=p.commons_cap)
        e.codified.lend(rows, total, phenotype, p.knowledge_weight * trust, cap=p.commons_cap)
    return rows, total / rows


def response_observed(w: World) -> None:
    """Outcomes follow the treatment: y += eta (q - y) + noise, or y = q + noise at a visit; visits measure them."""
    people, p = w.people, w.p
    at = w.visits
    slots = w.patients if p.outcome_form == "gradual" else at
    noise = p.outcome_noise * w.normal("response", slots)
    pace: FloatArray | float = 1.0
    if p.outcome_form == "gradual":
        pace = np.minimum(1.0, p.outcome_pace + w.lever("quality_improvement", slots) * p.improvement_pace)
    people.outcome[slots] = people.outcomes_after(slots, pace, noise)
    if p.outcome_form == "one-shot":
        w.seen_treatment, w.seen_outcome = people.treatment[at], people.outcome[at]
    w.writer.write(
        kinds.MeasureObserved, at.size, actor=(people.person[people.n_patients :], (people.clinician, at)),
        subject=(people.patient, at), role=Role.CLINICIAN, site=(people.site, at), topic=HEALTH_OUTCOME,
        value=(people.outcome, at), cause=(w.encounter, at),
    )  # fmt: skip
    surveyed = at[w.uniform("survey", at) < p.activation_survey]
    w.writer.write(
        kinds.ActivationMeasured, surveyed.size, actor=(people.person, surveyed), subject=(people.patient, surveyed),
        role=(people.role, surveyed), site=(people.site, surveyed), value=(people.activation, surveyed),
        cause=(w.encounter, surveyed),
    )  # fmt: skip
