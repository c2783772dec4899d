"""Stage 5, learned, of care: visits make information, which is pooled; researchers codify knowledge.

Information is rows: pooled, one like the other, out of date after a while. Knowledge is codified: an estimate that no
new row moves until somebody codifies again, so that it ages and can be wrong. (Know-how is held by people: see needs.)
"""

from __future__ import annotations

import numpy as np

from coproduce.events import Role, kinds
from coproduce.simulator import forms
from coproduce.simulator.recorder import COMPUTER_ID
from coproduce.simulator.stages import review
from coproduce.simulator.state import World
from coproduce.simulator.streams import FloatArray, IntArray

#: Codes of the stocks in the topic column of StockMeasured.
INFORMATION, KNOWLEDGE = 0, 1
#: An outcome below this is unfavourable, and withheld by those who share selectively.
UNFAVOURABLE = 0.5


def outcomes_noted(w: World) -> None:
    """Patient and clinician note what the treatment did; what they see of the outcome has noise."""
    people, p, e = w.people, w.p, w.care_evidence()
    at = w.visits
    w.seen_outcome = np.clip(w.seen_outcome + p.evidence_noise * w.normal("noted", at), 0.0, 1.0)
    e.own.add(at, w.seen_treatment, w.seen_outcome)
    e.clinician.add(people.clinician[at], w.seen_treatment, w.seen_outcome)


def information_made(w: World) -> None:
    """Each visit makes gamma f(a, b) rows, of which sigma omega are shared; shared rows go out of date."""
    people, p = w.people, w.p
    at = w.visits
    heard = forms.information(
        p.information_form, people.activation[at], people.activation[people.n_patients + people.clinician[at]]
    )
    full = forms.made(p.made_form, heard * (1.0 - w.barrier(p.unequal_listening, at)), p.information_threshold)
    given = p.information_made * full * _sigma(w, at) * _omega(w, at) * (1.0 - w.barrier(p.unequal_data, at))
    if p.misinformation:
        withheld = p.selective_sharing * (1.0 - w.deterrence)
        given = given * (1.0 - withheld * (w.seen_outcome < UNFAVOURABLE))
    fresh = 1.0 - p.information_decay
    w.information, w.wrong_information = fresh * w.information, fresh * w.wrong_information
    n = people.n_patients
    held = w.information + w.wrong_information
    given = forms.kept(p.kept_form, given, held, p.information_half * n, p.registry_ceiling * n)
    wrong = given * p.error_rate if p.misinformation else np.zeros_like(given)
    right = (given - wrong) * (1.0 - review.turned_away(p))
    wrong = wrong * (1.0 - review.caught(p))
    w.information += float(right.sum())
    w.wrong_information += float(wrong.sum())
    if w.evidence is not None:
        _pool(w, at, right, wrong)


def _sigma(w: World, at: IntArray) -> FloatArray:
    """sigma: what of a visit's information can be shared; a registry raises it."""
    sigma: FloatArray = np.minimum(1.0, w.p.shareable + w.lever("registry", at) * w.p.registry_shareable)
    return sigma


def _omega(w: World, at: IntArray) -> FloatArray:
    """omega: what of it is shared; engagement, leadership and pay raise it, cost and risk lower it."""
    p = w.p
    omega = p.sharing + p.sharing_by_engagement * w.people.engagement[at]
    omega = omega + w.lever("leadership", at) * p.leadership_sharing
    paid, lost = policy(w, at)
    shared: FloatArray = np.minimum(1.0, omega * ((1.0 + paid) / (1.0 + lost)))
    return shared


def policy(w: World, slots: IntArray) -> tuple[FloatArray | float, FloatArray | float]:
    """What these people are paid for sharing, and what sharing costs and risks them, as motives."""
    p, incentives = w.p, w.lever("incentives", slots)
    paid = p.payment + incentives * p.incentive_payment
    return paid, (p.sharing_cost + p.sharing_risk) * (1.0 - incentives * p.incentive_relief)


def _pool(w: World, at: IntArray, right: FloatArray, wrong: FloatArray) -> None:
    """Adds this tick's rows to the evidence of the commons; an honest error names another treatment."""
    p, e, phenotype = w.p, w.care_evidence(), w.people.phenotype[at]
    fresh = 1.0 - p.information_decay
    e.rows.keep(fresh)
    e.wrong.keep(fresh)
    e.rows.add(phenotype, w.seen_treatment, w.seen_outcome, right)
    if p.misinformation and p.n_treatments > 1:
        step = 1 + (w.uniform("error", at) * (p.n_treatments - 1)).astype(np.int64)
        e.wrong.add(phenotype, (w.seen_treatment + step) % p.n_treatments, w.seen_outcome, wrong)


def knowledge_codified(w: World) -> None:
    """Researchers codify what the shared information allows, right or wrong; knowledge goes out of date."""
    people, p = w.people, w.p
    work = float(people.activation[people.n_patients + people.n_clinicians :].sum())
    units = p.codified * work * w.information_share()
    wrong, _ = w.wrong_share()
    fresh = 1.0 - p.knowledge_decay
    w.knowledge = fresh * w.knowledge + units * (1.0 - wrong)
    w.wrong_knowledge = fresh * w.wrong_knowledge + units * wrong
    if w.evidence is not None:
        e, share = w.evidence, min(1.0, units / p.knowledge_half)
        rows = e.rows + e.wrong
        e.codified.keep(fresh * (1.0 - share))
        rows.keep(share)
        e.codified = e.codified + rows
    w.writer.write(
        kinds.StockMeasured, 2, actor=COMPUTER_ID, role=Role.COMPUTER, topic=np.array([INFORMATION, KNOWLEDGE]),
        value=np.array([w.information + w.wrong_information, w.knowledge + w.wrong_knowledge]),
    )  # fmt: skip


def wrong_spreads(w: World) -> None:
    """Who never gives up a false claim adds rows for it; wrong rows and knowledge are found and retracted."""
    p, doubt, people = w.p, w.doubt, w.people
    assert doubt is not None
    n_sources = int((doubt.intransigent & people.member).sum())
    rows = p.claim_rows * n_sources * (1.0 - review.caught(p))
    left = (1.0 - p.retraction) * (1.0 - review.found(p))
    w.wrong_information = left * (w.wrong_information + rows)
    w.wrong_knowledge *= left
    if w.evidence is not None:
        e, each = w.evidence, np.arange(p.n_phenotypes)
        claim = np.full(p.n_phenotypes, doubt.claim)
        e.wrong.add(each, claim, np.ones(p.n_phenotypes), np.full(p.n_phenotypes, rows / p.n_phenotypes))
        e.wrong.keep(left)


def trust_learned(w: World) -> None:
    """Trust in the commons follows whether outcomes rose, or falls with the distance of belief.

    Distance is between a patient's own outcome and what the commons reports of patients on that treatment, or, where
    choice does not go by evidence, of all (O'Connor and Weatherall 2018, 10.1007/s13194-018-0213-9).
    """
    p, doubt = w.p, w.doubt
    assert doubt is not None
    at = w.visits
    y, before = w.seen_outcome, doubt.before[at]
    if p.trust_form == "outcome":
        known = ~np.isnan(before)
        target = (y >= before).astype(np.float64)
    elif p.trust_form == "belief":
        said = _reported(w, at)
        known = ~np.isnan(said)
        target = np.clip(1.0 - p.mistrust * np.abs(y - said), 0.0, 1.0)
    else:
        known, target = np.zeros(at.size, dtype=np.bool_), y
    who = at[known]
    doubt.trust[who] += p.trust_pace * (target[known] - doubt.trust[who])
    doubt.before[at] = y


def _reported(w: World, at: IntArray) -> FloatArray:
    """The outcome that the commons reports to each of these patients, NaN where it reports none."""
    if w.evidence is None:
        return np.full(at.size, w.seen_outcome.mean() if at.size else np.nan)
    shared = w.evidence.rows + w.evidence.wrong
    place = (w.people.phenotype[at], w.seen_treatment)
    count = shared.count[place]
    return np.where(count > 0.0, shared.total[place] / np.where(count > 0.0, count, 1.0), np.nan)
