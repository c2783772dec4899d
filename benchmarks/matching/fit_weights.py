"""`python -m benchmarks.matching.fit_weights` fits the weights and writes them to `weights.toml`.

With `dense` behind it, those of dense mode, to `weights_dense.toml`.
"""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path

from benchmarks.matching.data import reference, small_shelf
from benchmarks.matching.fitting import answer_signs, fit_answerable, fit_ranking, little_hope, pools
from coproduce import matching
from coproduce.matching import shipped_weights
from coproduce.matching.weights import FEATURES, SIGNS

FOLDER = Path(matching.__file__).parent


def main(*, dense: bool) -> None:
    """Fits to all needs that have an answer, in all wordings, and rewrites the numbers of the weights file.

    Whether there is an answer is learned from a large shelf and a small one.
    """
    data, small, weights = reference(dense=dense), small_shelf(unseen=False, dense=dense), shipped_weights(dense=dense)
    file = FOLDER / ("weights_dense.toml" if dense else "weights.toml")
    found = pools(data)
    ids = {need.id for need in data.answerable}
    weights = replace(weights, features=tuple(fit_ranking(found, data, [case for case in found if case[1] in ids])))
    examples = answer_signs(data, found, weights) + answer_signs(small, pools(small), weights)
    intercept, *curve = fit_answerable(examples)
    text = file.read_text(encoding="utf-8")
    text = _with(text, "features", dict(zip(FEATURES, weights.features, strict=True)))
    text = _with(text, "answerable", {"intercept": intercept, **dict(zip(SIGNS, curve, strict=True))})
    text = re.sub(r"(?m)^little_hope = .*$", f"little_hope = {little_hope(examples):.2f}", text)
    file.write_text(text, encoding="utf-8")
    print(text)


def _with(text: str, section: str, values: dict[str, float]) -> str:
    """The file with the numbers of one section replaced; comments stay."""
    lines = "\n".join(f"{name} = {value:.2f}" for name, value in values.items())
    return re.sub(rf"(\[{section}\]\n)(?:\w+ = .*\n)+", rf"\g<1>{lines}\n", text)


if __name__ == "__main__":
    main(dense=sys.argv[1:] == ["dense"])
