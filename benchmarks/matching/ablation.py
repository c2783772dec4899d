"""`python -m benchmarks.matching.ablation`: what each part of the ranking gives, on needs it was not fitted to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from benchmarks.matching.data import WORDINGS, reference
from benchmarks.matching.fitting import Case, held_out, pools
from coproduce.matching import shipped_weights
from coproduce.matching.evaluation import paired_difference
from coproduce.matching.features import Candidates
from coproduce.matching.weights import FEATURES


def without(found: Mapping[Case, Candidates], feature: str) -> dict[Case, Candidates]:
    """The candidates with one feature at 0 everywhere."""
    kept = np.array([name != feature for name in FEATURES])
    return {case: Candidates(pool.cards, pool.features * kept) for case, pool in found.items()}


def main() -> None:
    """Takes each feature, and the variety of the first places, away in turn and fits again, each need left out."""
    data, base = reference(), shipped_weights()
    found = pools(data)
    plain = replace(base, diversity_loss=0.0)
    cases = {name: (without(found, name), base) for name in FEATURES if name != "likeness"} | {
        "variety": (found, plain)
    }
    result: dict[str, dict[str, dict[str, float]]] = {}
    whole = held_out(found, data, base)
    for name, (pool, weights) in cases.items():
        result[name] = {}
        changed = held_out(pool, data, weights)
        for wording in WORDINGS:
            change = paired_difference(changed[wording], whole[wording])
            result[name][wording] = {part: round(getattr(change, part), 4) for part in ("value", "low", "high")}
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
