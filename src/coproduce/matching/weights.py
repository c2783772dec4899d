"""The weights of the ranking, read from one readable file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coproduce.errors import InvalidInput
from coproduce.matching.wordlists import read_toml

#: The features, in the order of the columns of a feature matrix.
FEATURES = ("name", "words", "focus", "kind", "overview", "text", "likeness")
#: What the answerable estimate looks at.
SIGNS = ("covered", "name", "unnamed")


@dataclass(frozen=True)
class Weights:
    """What each feature, the diversity loss and each sign of an answer count."""

    features: tuple[float, ...]
    diversity_loss: float
    diversity_most: int
    answerable_intercept: float
    answerable: tuple[float, ...]
    #: Below this chance of a good answer people should be asked.
    little_hope: float

    @property
    def vector(self) -> NDArray[np.float64]:
        """The feature weights as an array, in the order of FEATURES."""
        return np.array(self.features, dtype=np.float64)

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Weights:
        """Weights from the content of a weights file; raises InvalidInput, naming what is missing or not a number."""
        features = tuple(_number(data, "features", name) for name in FEATURES)
        return cls(
            features=features,
            diversity_loss=_number(data, "diversity", "loss"),
            diversity_most=int(_number(data, "diversity", "most")),
            answerable_intercept=_number(data, "answerable", "intercept"),
            answerable=tuple(_number(data, "answerable", name) for name in SIGNS),
            little_hope=_number(data, "answerable", "little_hope"),
        )


def _number(data: Mapping[str, Any], section: str, name: str) -> float:
    value = data.get(section, {}).get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise InvalidInput(
            given=f"no usable number for {section}.{name} in the weights",
            expected=f"a finite number for each of {', '.join(FEATURES)} and of the other sections",
            next_step="Restore weights.toml or fit the weights again.",
        )
    return float(value)


@cache
def shipped_weights(*, dense: bool = False) -> Weights:
    """The weights of `weights.toml`, or of `weights_dense.toml` for dense mode."""
    return Weights.from_mapping(read_toml("weights_dense.toml" if dense else "weights.toml"))
