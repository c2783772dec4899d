"""Parameters of the spread of an innovation."""

from __future__ import annotations

from dataclasses import dataclass

from coproduce.simulator.parameters.declare import form, number, text, whole

CHANCE = "chance/tick"


@dataclass(frozen=True, kw_only=True)
class DiffusionParameters:
    """Who is tied to whom, and how an innovation passes."""

    n_agents: int = whole("Number of people; not used with a file of ties.", "people", 1, 1_000_000)
    graph: str = form("A ring of neighbours, or newcomers tied to hubs; not used with a file of ties.", "ring", "hubs")
    ties_each: int = whole("Ties that each person brings; the mean degree is twice that.", "ties", 0, 100)
    rewired: float = number("Share of the ring's ties that are switched at random.", "share", 0, 1)
    graph_file: str = text("A file of ties, source and target on each line; empty for none.", "path")
    contagion_form: str = form("How neighbours count: each alone, two or more reinforcing, or a threshold.",
                               "simple", "reinforced", "threshold")  # fmt: skip
    chance: float = number("Chance to adopt from one neighbour, or at the threshold.", CHANCE, 0, 1)
    reinforcement: float = number("How many times that chance from two neighbours on (reinforced).", "factor", 0, 1_000)
    threshold: int = whole("Adopting neighbours that it takes (threshold).", "people", 1, 1_000)
    media: float = number("Chance to adopt from what comes from outside.", CHANCE, 0, 1)
    seeds: int = whole("People who have it from the start.", "people", 0, 1_000_000)
    seed_form: str = form("Where they are: anywhere, or one and those nearest.", "scattered", "neighbourhood")
