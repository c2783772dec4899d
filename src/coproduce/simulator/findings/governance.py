"""Which governance protects a commons from selective sharing, and what it costs in contribution."""

from __future__ import annotations

from coproduce.figures import Effect, Figure, ForestWords, forest_figure
from coproduce.simulator.findings.catalogue import Effort
from coproduce.simulator.findings.estimates import mean, said
from coproduce.simulator.scenario import load
from coproduce.simulator.studies.runs import outcomes

#: Selective sharing and nothing else that is wrong: no honest error, no false claim, nothing retracted.
SELECTIVE: dict[str, object] = {
    "misinformation": True, "selective_sharing": 0.8, "error_rate": 0.0, "intransigent": 0.0, "retraction": 0.0,
    "trust_form": "fixed",
}  # fmt: skip
#: A layer of governance that does nothing; each form below switches one thing on.
IDLE: dict[str, object] = {"governance": True, "sanction_form": "none", "reward": 0.0, "review_form": "none"}
FORMS: dict[str, dict[str, object]] = {
    "no governance": {},
    "graduated sanctions": {**IDLE, "sanction_form": "graduated"},
    "flat sanctions": {**IDLE, "sanction_form": "flat"},
    "rewards": {**IDLE, "reward": 2.0},
    "review before sharing": {**IDLE, "review_form": "before"},
    "review after sharing": {**IDLE, "review_form": "after"},
    "trust learned by outcome": {"trust_form": "outcome"},
    "trust learned by belief": {"trust_form": "belief"},
}


def selective(effort: Effort) -> Figure:
    """Finding 6: what each form of governance does to the harm of selective sharing, and to contribution."""
    clean = load("seid2021").having(n_patients=300, needs=True, engagement=True, choice_form="thompson").lasting(104)
    harmed = clean.having(**SELECTIVE)
    n = effort.runs(16)
    found = outcomes(
        [clean, *(harmed.having(**form) for form in FORMS.values())], columns=("mean_outcome", "contribution"),
        seed=effort.seed, replicates=n, window=26, workers=effort.workers,
    )  # fmt: skip
    harm = {name: mean(found[i, :, 0] - found[0, :, 0]) for i, name in enumerate(FORMS, start=1)}
    gives = {name: mean(found[i, :, 1] - found[1, :, 1]) for i, name in enumerate(FORMS, start=1)}
    told = "; ".join(f"{name} {said(harm[name], 3)}, contribution {said(gives[name], 3)}" for name in FORMS)
    return forest_figure([Effect(name, e.value, e.low, e.high) for name, e in harm.items()], ForestWords(
        title="Governance of what is shared does not mend what is withheld",
        summary=f"Mean outcome less that of the same network without selective sharing, and contribution less that "
        f"without governance; 300 patients, the last 26 of 104 weeks, {n} paired runs. {told[0].upper()}{told[1:]}.",
        x="Change of the mean outcome by selective sharing", reference=0.0,
    ))  # fmt: skip
