"""The design of a personal trial: which arm on which day, from a stored seed, with a hash that shows it was kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from coproduce import rng
from coproduce.errors import InvalidInput
from coproduce.evidence.arrays import Ints
from coproduce.evidence.personal.trial import MOST_ARMS, MOST_DAYS
from coproduce.evidence.reading import whole

KINDS = ("pairs", "abab", "alternating", "randomised")
_KEYS = frozenset({"arms", "kind", "block_days", "cycles", "baseline_days", "washout_days", "seed", "blinding", "mcid",
                   "outcome", "expect", "safety", "report"})  # fmt: skip
BLINDING = ("none", "patient", "patient and clinician")


@dataclass(frozen=True, slots=True)
class Design:
    """A trial before it starts.

    kind: "pairs" draws the order of the arms anew in every cycle, the first too; "abab" repeats the order of `arms`;
    "alternating" changes arm every block without cycles' order being drawn, from a drawn first arm; "randomised" draws
    each block on its own. Every block lasts `block_days`; the first `washout_days` after a switch are kept and marked.
    """

    arms: tuple[str, ...]
    kind: str
    block_days: int
    cycles: int
    baseline_days: int
    washout_days: int
    seed: int
    blinding: str

    def blocks(self) -> Ints:
        """The arm of each block after the baseline, as an index: (cycles x arms,)."""
        k, draws = len(self.arms), rng.stream(self.seed, "trial design")
        if self.kind == "abab":
            return np.tile(np.arange(k), self.cycles)
        if self.kind == "alternating":
            return (np.arange(self.cycles * k) + int(draws.integers(k))) % k
        if self.kind == "randomised":
            return np.asarray(draws.integers(k, size=self.cycles * k), dtype=np.int64)
        return np.concatenate([draws.permutation(k) for _ in range(self.cycles)])

    def schedule(self) -> Ints:
        """The arm on each day from 0, baseline first, which is in the first arm: (days,)."""
        return np.concatenate([np.zeros(self.baseline_days, dtype=np.int64), np.repeat(self.blocks(), self.block_days)])

    def in_washout(self) -> np.ndarray:
        """Whether each day is one of the first days after a switch: (days,), bool."""
        arm = self.schedule()
        switched = np.flatnonzero(np.diff(arm)) + 1
        found = np.zeros(arm.size, dtype=bool)
        for day in switched:
            found[day : day + self.washout_days] = True
        return found

    def hash(self) -> str:
        """SHA-256 of the design and its schedule: to be stored before the first day, and shown after the last."""
        text = json.dumps({**asdict(self), "schedule": self.schedule().tolist()}, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


#: Whole numbers of a design: by default, and at least.
_WHOLE = {"block_days": (7, 1), "cycles": (3, 1), "baseline_days": (0, 0), "washout_days": (0, 0), "seed": (1, 0)}


def read_design(document: Mapping[str, Any]) -> Design:
    """The design of a specification; raises InvalidInput, naming the field."""
    unknown = sorted(set(document) - _KEYS)
    if unknown:
        raise InvalidInput(
            given="a key that a design does not have", expected="only " + ", ".join(sorted(_KEYS)), field=unknown[0]
        )
    arms = tuple(str(name) for name in document.get("arms", ()))
    if not 2 <= len(arms) <= MOST_ARMS or len(set(arms)) < len(arms):
        raise InvalidInput(given=f"{len(arms)} arms", expected=f"2 to {MOST_ARMS} different names", field="arms")
    kind, blinding = document.get("kind", "pairs"), document.get("blinding", "none")
    for field, found, known in (("kind", kind, KINDS), ("blinding", blinding, BLINDING)):
        if found not in known:
            raise InvalidInput(given=f"an unknown {field}", expected="one of " + ", ".join(known), field=field)
    design = Design(
        arms=arms, kind=kind, **{name: whole(document.get(name, default), name, low=low)
                                 for name, (default, low) in _WHOLE.items()}, blinding=blinding,
    )  # fmt: skip
    days = design.baseline_days + design.block_days * design.cycles * len(arms)
    if days > MOST_DAYS:
        raise InvalidInput(given=f"{days} days", expected=f"at most {MOST_DAYS}", field="cycles")
    if design.washout_days >= design.block_days:
        raise InvalidInput(
            given=f"{design.washout_days} days of washout in blocks of {design.block_days}",
            expected="fewer days of washout than a block has", field="washout_days",
        )  # fmt: skip
    return design
