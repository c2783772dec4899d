"""What a measure answers: a value with its interval, or the reason why there is none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from coproduce.statistics.intervals import Estimate

Cell = str | int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """One number as a measure finds it, before it is labelled with unit, group and window."""

    id: str
    value: float | None
    n: int
    low: float | None = None
    high: float | None = None
    missing: int = 0
    note: str | None = None

    @classmethod
    def of(cls, id: str, estimate: Estimate, n: int, *, missing: int = 0, note: str | None = None) -> Answer:  # noqa: A002
        """An answer from an estimate; a value that is not finite becomes none, with the reason."""
        if not math.isfinite(estimate.value):
            return cls(id, None, n, missing=missing, note=note or "not a finite number")
        return cls(id, estimate.value, n, _finite(estimate.low), _finite(estimate.high), missing, note)

    @classmethod
    def none(cls, id: str, reason: str, n: int = 0, missing: int = 0) -> Answer:  # noqa: A002
        """No number, and why."""
        return cls(id, None, n, missing=missing, note=reason)


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measured number, the same from the live network, a simulated run, `coproduce measure` and the Network page.

    `value` is None when the log cannot carry it; `note` then says why. `n` is what was counted (needs, people), None
    where a small group is hidden; `missing` is what should have been counted and could not. `low` and `high` bound a
    95 % interval. `by` names the group, None for everybody; `window` is the first and last day, UTC.
    """

    id: str
    value: float | None
    unit: str
    n: int | None
    low: float | None = None
    high: float | None = None
    missing: int | None = 0
    by: Mapping[str, Cell] | None = None
    window: tuple[str, str] | None = None
    note: str | None = None

    def as_json(self) -> dict[str, object]:
        """The form of `coproduce measure --json`."""
        return {
            "id": self.id,
            "value": self.value,
            "unit": self.unit,
            "n": self.n,
            "low": self.low,
            "high": self.high,
            "missing": self.missing,
            "by": None if self.by is None else dict(self.by),
            "window": None if self.window is None else list(self.window),
            "note": self.note,
        }


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None
