"""`coproduce compare`: a comparison of two treatments from a table of people, stated as a target trial."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from coproduce.evidence.across.comparison import Comparison
    from coproduce.evidence.across.estimators import Effect
    from coproduce.evidence.across.specification import Specification


def compare(
    spec: Annotated[Path, typer.Argument(metavar="SPEC.toml", help="data, treatment, outcome, confounders, method.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Compare who was treated with who was not; refused where the groups cannot be compared.

    Example: coproduce compare spec.toml --json
    """
    from coproduce.evidence.across.comparison import compare as compared
    from coproduce.evidence.across.specification import read_specification

    specification, people, names = read_specification(spec)
    found = compared(specification, people, names)
    if found.overridden:
        sys.stderr.write(f"Refused, and overridden by the specification: {found.refused}\n")
    if as_json:
        sys.stdout.write(json.dumps(_document(specification, found), allow_nan=False) + "\n")
    else:
        sys.stdout.write(_told(found) + "\n")


def _document(specification: Specification, found: Comparison) -> dict[str, Any]:
    effect = found.effect
    return {
        "method": found.method,
        "estimate": effect and effect.value,
        "se": effect and effect.se,
        "low": effect and effect.low,
        "high": effect and effect.high,
        "n": {"treated": found.n[0], "untreated": found.n[1]},
        "balance": [{"name": b.name, "before": b.before, "after": b.after} for b in found.balance],
        "most_imbalance": found.most_imbalance,
        "effective_sample_size": {"treated": found.effective_n[0], "untreated": found.effective_n[1]},
        "e_value": found.e_value and {"estimate": found.e_value[0], "interval": found.e_value[1]},
        "refused": found.refused,
        "override": specification.override if found.overridden else None,
        "negative_control": _effect(found.negative_control),
        "equal_variances": _effect(found.equal_variances),
        "folds": specification.folds,
        "seed": specification.seed,
        "target_trial": specification.target_trial,
        "target_trial_unstated": specification.unstated,
    }


def _effect(effect: Effect | None) -> dict[str, float] | None:
    if effect is None:
        return None
    return {"estimate": effect.value, "se": effect.se, "low": effect.low, "high": effect.high}


def _told(found: Comparison) -> str:
    if found.effect is None:
        return f"Refused. {found.refused}"
    e = found.effect
    adjusted = "not adjusted for anything" if found.method == "crude" else found.method
    return (
        f"Difference {e.value:.3g} (95 % interval {e.low:.3g} to {e.high:.3g}), {adjusted}; {found.n[0]} treated, "
        f"{found.n[1]} not; largest imbalance {found.most_imbalance:.2f}."
    )
