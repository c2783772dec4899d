"""Parameters of the repeated public good."""

from __future__ import annotations

from dataclasses import dataclass

from coproduce.simulator.parameters.declare import number, switch, whole

SHARE = "share"


@dataclass(frozen=True, kw_only=True)
class PublicGoodParameters:
    """Types, expectations and sanctions."""

    n_agents: int = whole("Number of people.", "people", 1, 1_000_000)
    group_size: int = whole("People in a group; the last group may be smaller.", "people", 1, 1_000_000)
    rematched: bool = switch("New groups in each tick (strangers); off, groups stay together (partners).")
    conditional: float = number("Share of conditional cooperators.", SHARE, 0, 1)
    free_riders: float = number("Share of free riders.", SHARE, 0, 1)
    hump_shaped: float = number("Share of the hump-shaped; who is of none of these kinds gives a half.", SHARE, 0, 1)
    matching: float = number("What a conditional cooperator gives per unit expected of others.", "factor", 0, 2)
    first_belief: float = number("Gift expected of others at the start.", SHARE, 0, 1)
    belief_pace: float = number("Move of expectations towards what was seen.", "1/tick", 0, 1)
    noise: float = number("Standard deviation of gifts around what is wished, and of first expectations.", SHARE, 0, 1)
    return_rate: float = number("What a unit given pays to each member of the group.", "factor", 0, 10)
    recognition: float = number("Part of one's last gift that is given again on seeing that it was used.",
                                "factor", 0, 1)  # fmt: skip
    sanctions: bool = switch("People may punish who gave less than the mean of the group.")
    punishers: float = number("Chance that somebody who gave enough punishes.", "chance/tick", 0, 1)
    severity: float = number("Punishment by one punisher, per unit of shortfall.", "factor", 0, 10)
    sanction_cost: float = number("Cost to the punisher of a unit of punishment.", "factor", 0, 10)
    deterrence: float = number("Rise of what somebody wishes to give, per unit of punishment.", "factor", 0, 10)
    forgetting: float = number("Share of that rise which is forgotten.", "1/tick", 0, 1)
