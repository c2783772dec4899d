"""The whole answer of a trial as plain data: what `coproduce trial analyse` prints and a page shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from coproduce.evidence.personal.analysis import FEW, Analysed, Comparison, Zones, analyse, fitted
from coproduce.evidence.personal.assumptions import Assumed, read_assumed
from coproduce.evidence.personal.missing import bounds, missing
from coproduce.evidence.personal.planning import expected_loss, more_days
from coproduce.evidence.personal.regressors import Terms
from coproduce.evidence.personal.trial import Trial, read_trial
from coproduce.evidence.personal.washout import without_first_days
from coproduce.evidence.personal.words import VOICES, natural, percent, sentence
from coproduce.evidence.reading import yes_or_no

_QUANTILES = {"q025": 0.025, "q05": 0.05, "median": 0.5, "q95": 0.95, "q975": 0.975}
#: Days dropped after each switch in the analysis that stands beside the main one.
DROPPED_DAYS = 7


def read_terms(document: Mapping[str, Any]) -> Terms:
    """What the document asks to be in the regression; trend is in unless it says otherwise."""
    return Terms(
        trend=yes_or_no(document.get("trend", True), "trend"),
        weekday=yes_or_no(document.get("weekday", False), "weekday"),
        carry_over=yes_or_no(document.get("carry_over", False), "carry_over"),
    )  # fmt: skip


def report(document: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of a document with a trial; raises InvalidInput as `analysed` does."""
    return told(analysed(document))


def analysed(document: Mapping[str, Any]) -> Analysed:
    """The trial of a document with its main analysis. Raises InvalidInput as read_trial and read_assumed do."""
    trial, terms = read_trial(document), read_terms(document)
    assumed = read_assumed(document.get("prior"), trial)
    return Analysed(trial, assumed, terms, analyse(trial, assumed, terms))


def told(found: Analysed) -> dict[str, Any]:
    """The answer for each arm against the first, under "comparisons"; the first comparison's keys stand at the top too.

    Raises NotComputable when a sampler does not settle on one of the analyses that stand beside the main one.
    """
    trial, assumed, terms, main = found.trial, found.assumed, found.terms, found.comparisons
    dropped = _without_first_days(found)
    shared = {
        "phi_mean": main[0].phi_mean,
        "n_days": int(trial.seen.size),
        "n_missing": trial.n_calendar_days - int(trial.seen.size),
        "prior": assumed.stated(),
        "missing": asdict(missing(trial)),
    }
    answers = [_answer(trial, comparison) | shared for comparison in main]
    for i, (answer, comparison) in enumerate(zip(answers, main, strict=True)):
        answer["days_after_switch_dropped"] = None if dropped is None else _beside(comparison, dropped[i])
    if trial.outcome.family == "normal":
        _look_ahead(trial, assumed, terms, answers)
    return answers[0] | {"comparisons": answers}


def _without_first_days(found: Analysed) -> list[Comparison] | None:
    """The comparisons without the first days after each switch; None when an arm is left without a value."""
    beside = without_first_days(found.trial, DROPPED_DAYS)
    if beside is None:
        return None
    if beside.seen.size == found.trial.seen.size:
        return found.comparisons
    return analyse(beside, found.assumed, found.terms)


def _look_ahead(trial: Trial, assumed: Assumed, terms: Terms, answers: list[dict[str, Any]]) -> None:
    """Adds what more days would do, and how far missing days could carry the answer; of a normal outcome only."""
    found = fitted(trial, assumed, terms)
    worst, best = (analyse(other, assumed, terms) for other in bounds(trial))
    for i, answer in enumerate(answers):
        answer["more_days"] = asdict(more_days(trial, assumed, terms, found, i + 1))
        answer["if_missing_days_were"] = {"worst": _zones(worst[i].zones), "best": _zones(best[i].zones)}


def _answer(trial: Trial, found: Comparison) -> dict[str, Any]:
    effect = found.effect
    losses = expected_loss(effect, trial.outcome.sign)
    return {
        "arm": found.arm,
        "reference": found.reference,
        "mean": effect.mean,
        "sd": effect.sd,
        **{name: effect.quantile(q) for name, q in _QUANTILES.items()},
        **_zones(found.zones),
        "in_words": {name: natural(p) for name, p in asdict(found.zones).items()},
        "percent": {name: percent(p) for name, p in asdict(found.zones).items()},
        "expected_loss": dict(zip((found.reference, found.arm), losses, strict=True)),
        "carries_over": found.carries_over,
        "prior_decides": found.prior_decides,
        "fewest_days_an_arm": FEW,
        "robust": found.robust,
        "sensitivity": {name: _zones(zones) for name, zones in found.sensitivity.items()},
        "sentence": sentence(trial, found),
        "sentences": {voice: sentence(trial, found, voice) for voice in VOICES},
    }


def _zones(zones: Zones) -> dict[str, float]:
    return {"p_better": zones.better, "p_same": zones.same, "p_worse": zones.worse}


def _beside(main: Comparison, other: Comparison) -> dict[str, Any]:
    return {
        "days_dropped": DROPPED_DAYS, "mean": other.effect.mean, "sd": other.effect.sd, **_zones(other.zones),
        "disagrees": main.zones.decision != other.zones.decision,
    }  # fmt: skip
