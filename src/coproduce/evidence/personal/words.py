"""What a trial's numbers mean, in words: for the person, and for the clinician."""

from __future__ import annotations

from coproduce.evidence.personal.analysis import Comparison
from coproduce.evidence.personal.trial import Trial

#: Probabilities are told between these, in percent: no trial makes certain.
LEAST, MOST = 1, 99
#: From this probability on, a zone is told as the answer.
LIKELY = 0.8
VOICES = ("patient", "clinician")


def percent(probability: float) -> int:
    """A probability as a whole percentage from 1 to 99.

    >>> percent(0.99999), percent(0.0), percent(0.344)
    (99, 1, 34)
    """
    return min(MOST, max(LEAST, round(100 * probability)))


def natural(probability: float) -> str:
    """A probability as a natural frequency: "about 8 in 10", or out of 100 near the ends.

    >>> natural(0.81), natural(0.97), natural(0.001)
    ('about 8 in 10', 'about 97 in 100', 'about 1 in 100')
    """
    share = percent(probability)
    if share < 10 or share > 90:
        return f"about {share} in 100"
    return f"about {round(share / 10)} in 10"


def sentence(trial: Trial, found: Comparison, voice: str = "patient") -> str:
    """One plain sentence or two: what the days say, how sure that is, and what it rests on."""
    told = _told_to_patient(trial, found) if voice == "patient" else _told_to_clinician(trial, found)
    if found.prior_decides:
        told += " There are so few days that what was assumed before decides this, not the days."
    elif not found.robust:
        told += " Under other assumptions the answer changes, so take it with care."
    return told


def _told_to_patient(trial: Trial, found: Comparison) -> str:
    zones, name, arm = found.zones, trial.outcome.name, found.arm
    chances = {
        "better": f"{name} better with {arm} than with {found.reference}",
        "same": f"no difference in {name} that matters between {arm} and {found.reference}",
        "worse": f"{name} worse with {arm} than with {found.reference}",
    }
    chance = getattr(zones, zones.decision)
    if chance >= LIKELY:
        return f"Your days point to {chances[zones.decision]}: the chance is {natural(chance)}."
    return (
        f"Your days do not settle it yet. The chance that {arm} makes {name} better by what matters to you is "
        f"{natural(zones.better)}, that it makes it worse {natural(zones.worse)}."
    )


def _told_to_clinician(trial: Trial, found: Comparison) -> str:
    effect, zones = found.effect, found.zones
    return (
        f"{found.arm} against {found.reference}: mean difference in {trial.outcome.name} {effect.mean:.2f} "
        f"(95 % interval {effect.quantile(0.025):.2f} to {effect.quantile(0.975):.2f}); better by {trial.mcid:g} or "
        f"more {percent(zones.better)} %, within {trial.mcid:g} {percent(zones.same)} %, worse "
        f"{percent(zones.worse)} %; autocorrelation {found.phi_mean:.2f}."
    )
