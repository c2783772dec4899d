"""Parameters of the model of an organisation and its members."""

from __future__ import annotations

from dataclasses import dataclass

from coproduce.simulator.parameters.declare import number, whole

CHANCE = "chance/tick"


@dataclass(frozen=True, kw_only=True)
class MarchParameters:
    """Mutual learning in an open or closed system."""

    n_agents: int = whole("Number of members.", "people", 1, 100_000)
    dimensions: int = whole("Dimensions of reality.", "dimensions", 1, 1_000)
    socialisation: float = number("A member takes over a belief of the code (p1).", CHANCE, 0, 1)
    second_socialisation: float = number("The same for a second kind of members.", CHANCE, 0, 1)
    second_share: float = number("Share of members of the second kind.", "share", 0, 1)
    code_learning: float = number("How readily the code takes over what better informed members believe (p2).",
                                  "chance/member", 0, 1)  # fmt: skip
    turnover: float = number("A member is replaced by a newcomer (p3).", CHANCE, 0, 1)
    turbulence: float = number("A dimension of reality turns over (p4).", CHANCE, 0, 1)
