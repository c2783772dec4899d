"""`python -m benchmarks.matching.fit_weights` fits the weights and writes them to `weights.toml`."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from benchmarks.matching.data import reference
from benchmarks.matching.fitting import answer_signs, fit_answerable, fit_ranking, pools
from coproduce import matching
from coproduce.matching import shipped_weights
from coproduce.matching.weights import FEATURES, SIGNS

FILE = Path(matching.__file__).with_name("weights.toml")


def main() -> None:
    """Fits to all needs that have an answer, in all wordings, and rewrites the numbers of the weights file."""
    data, weights = reference(), shipped_weights()
    found = pools(data)
    ids = {need.id for need in data.answerable}
    weights = replace(weights, features=tuple(fit_ranking(found, data, [case for case in found if case[1] in ids])))
    intercept, *curve = fit_answerable(answer_signs(data, found, weights))
    text = FILE.read_text(encoding="utf-8")
    text = _with(text, "features", dict(zip(FEATURES, weights.features, strict=True)))
    text = _with(text, "answerable", {"intercept": intercept, **dict(zip(SIGNS, curve, strict=True))})
    FILE.write_text(text, encoding="utf-8")
    print(text)


def _with(text: str, section: str, values: dict[str, float]) -> str:
    """The file with the numbers of one section replaced; comments stay."""
    lines = "\n".join(f"{name} = {value:.2f}" for name, value in values.items())
    return re.sub(rf"(\[{section}\]\n)(?:\w+ = .*\n)+", rf"\g<1>{lines}\n", text)


if __name__ == "__main__":
    main()
