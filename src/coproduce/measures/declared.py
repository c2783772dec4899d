"""What a measure declares about itself, so that a number never stands without its meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Direction = Literal["up", "down", "zero", "none"]


@dataclass(frozen=True, slots=True)
class Declared:
    """One declared number.

    `direction`: which way is better ("up", "down", "zero": close to 0, "none": neither by itself). `resolution`: the
    coarsest log that still answers, microseconds, 0 for any. `reads`: what it needs beside the event log.
    """

    id: str
    name: str
    formula: str
    unit: str
    direction: Direction
    source: str
    limits: str = ""
    resolution: int = 0
    reads: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        """The measure it belongs to, for example N2 for N2.F24h."""
        return self.id.partition(".")[0]
