"""The CENT 2015 checklist of a report, filled from the design and the data as far as they say it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

from coproduce.evidence.personal.design import Design
from coproduce.evidence.personal.stopping import LEAST_CYCLES, SURE, n_cycles
from coproduce.evidence.personal.trial import Trial


def checklist(
    design: Design, said: Mapping[str, Any], trial: Trial | None = None, answer: Mapping[str, Any] | None = None
) -> list[dict[str, str | None]]:
    """Every item with what fills it, or None where somebody still has to say it.

    `said` holds the document's outcome, mcid, safety and `report` (words of people, by item); trial and answer are of
    the data when there are any. Source of the items: Vohra et al. 2015, 10.1136/bmj.h1738.
    """
    filled: dict[str, str] = {f"report.{k}": str(v) for k, v in said.get("report", {}).items() if str(v).strip()}
    filled |= _of_design(design, said)
    if trial is not None and answer is not None:
        filled |= _of_data(trial, answer)
    text = (resources.files("coproduce.evidence.personal") / "cent.toml").read_text(encoding="utf-8")
    return [
        {"id": item["id"], "says": item["says"], "filled": filled.get(item["from"])}
        for item in tomllib.loads(text)["items"]
    ]


def _of_design(design: Design, said: Mapping[str, Any]) -> dict[str, str]:
    n_blocks = design.cycles * len(design.arms)
    filled = {
        "periods": f"{n_blocks} periods of {design.block_days} days in {design.cycles} cycles; {design.baseline_days} "
        f"days before; {design.washout_days} days of washout after a switch.",
        "stopping": f"Suggested from a probability of {SURE:g} after {LEAST_CYCLES} cycles."
        + (" A safety rule is set." if said.get("safety") else " No safety rule is set."),
        "randomisation": f"{design.kind}, from a stored seed."
        if design.kind != "abab"
        else "Not drawn: a fixed order.",
        "sequence": ", ".join(design.arms[i] for i in design.blocks()),
        "hash": f"SHA-256 {design.hash()}, stored before the first day.",
        "blinding": design.blinding,
        "power": "By simulation with the engine that analyses.",
        "analysis": "Exact Bayesian regression; zones by what matters to the person.",
        "dependence": "AR(1) errors on days with gaps; linear trend; carry-over, or days after a switch left out.",
    }
    outcome = said.get("outcome")
    if outcome and said.get("mcid") is not None:
        filled["outcome"] = f"{outcome.get('name', 'the outcome')}, every day; what matters is {said['mcid']:g}."
    return {f"design.{name}": text for name, text in filled.items()}


def _of_data(trial: Trial, answer: Mapping[str, Any]) -> dict[str, str]:
    by_arm = ", ".join(f"{name} {trial.n_values(i)}" for i, name in enumerate(trial.arms))
    return {
        "data.periods": f"{n_cycles(trial)} cycles completed; {answer['n_missing']} days missing.",
        "data.baseline": f"First value {trial.value[trial.seen][0]:g}.",
        "data.values": by_arm + ".",
        "data.result": answer["sentences"]["clinician"],
        "data.sensitivity": ", ".join(answer["sensitivity"]) + ".",
    }
