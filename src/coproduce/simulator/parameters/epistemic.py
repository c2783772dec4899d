"""Parameters of the models of researchers who learn which of two treatments is better."""

from __future__ import annotations

from dataclasses import dataclass

from coproduce.simulator.parameters.declare import form, number, whole

GRAPHS = ("complete", "cycle", "star", "path")


@dataclass(frozen=True, kw_only=True)
class ZollmanParameters:
    """Full trust."""

    n_agents: int = whole("Number of researchers.", "people", 1, 100_000)
    graph: str = form("Who hears whom; a star is around the first.", *GRAPHS)
    edge: float = number("How much oftener than in half of all cases B succeeds.", "chance", 0, 0.499)
    pulls: int = whole("Cases in which a researcher tries B in a round.", "cases", 1, 100_000)
    rounds: int = whole("Rounds at most; a run stops when it is settled.", "rounds", 1, 100_000)
    activation: float = number("Mean activation at the start: the chance to make a trial in a round.",
                               "activation", 0.001, 1)  # fmt: skip
    activation_contagion: float = number("Pull towards those neighbours who are more active.", "1/round", 0, 1)
    curiosity: float = number("Chance, times activation, to try B in spite of holding it for worse.",
                              "chance/round", 0, 1)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class PolarisationParameters:
    """Trust that falls with the distance of beliefs."""

    n_agents: int = whole("Number of researchers.", "people", 1, 10_000)
    graph: str = form("Who hears whom; a star is around the first.", *GRAPHS)
    edge: float = number("How much oftener than in half of all cases B succeeds.", "chance", 0, 0.499)
    pulls: int = whole("Cases in which a researcher tries B in a round.", "cases", 1, 10_000)
    mistrust: float = number("Doubt of a result per distance of credences; at 1 all of it is doubted.", "1/credence",
                             0, 100)  # fmt: skip
    doubt_form: str = form("Beyond full doubt: ignore the result, or hold it for evidence of the contrary.",
                           "ignore", "contrary")  # fmt: skip
    rounds: int = whole("Rounds at most; a run stops when it is settled.", "rounds", 1, 100_000)


@dataclass(frozen=True, kw_only=True)
class SelectiveParameters:
    """Researchers in full trust, deciders who only listen, and somebody who shares some of the true results."""

    n_agents: int = whole("Number of researchers.", "people", 1, 10_000)
    graph: str = form("Which researcher hears whom; a star is around the first.", *GRAPHS)
    edge: float = number("How much oftener than in half of all cases B succeeds.", "chance", 0, 0.499)
    pulls: int = whole("Cases in which a researcher tries B in a round.", "cases", 1, 100_000)
    n_deciders: int = whole("Number of people who decide by what they hear.", "people", 1, 10_000)
    heard: int = whole("Researchers whom a decider hears; at most all.", "people", 0, 10_000)
    sharing_form: str = form("Results of researchers that are passed on: those against B, none, or all.",
                             "against", "none", "all")  # fmt: skip
    own_trials: int = whole("Trials a round that the propagandist makes, passing on those against B.", "trials",
                            0, 1_000)  # fmt: skip
    rounds: int = whole("Rounds at most; a run stops when it is settled.", "rounds", 1, 100_000)
