"""Visits, choice of treatment, outcome, and the two stocks of the commons that drive care."""

from __future__ import annotations

from dataclasses import dataclass

from coproduce.simulator.parameters.declare import form, number, switch, whole
from coproduce.simulator.parameters.units import RATE, SHARE


@dataclass(frozen=True, kw_only=True)
class CareParameters:
    """From the visit to what the network knows about treatments."""

    # -- paths that can be barred (knock-outs) -------------------------------------------------------------------
    commons_in_choice: bool = switch("Off bars the commons from influencing the choice of treatment (knock-out K1).")
    commons_in_needs: bool = switch("Off bars the commons from meeting needs: nobody looks there.")
    peers_in_activation: bool = switch("Off bars peers from moving activation and engagement.")
    clinicians_in_activation: bool = switch("Off holds clinicians as they began, and bars them from moving patients.")
    know_how_in_help: bool = switch("Off bars know-how from help: who knows a topic helps no better.")

    # -- visits -------------------------------------------------------------------------------------------------
    visit_form: str = form("When visits happen.", "periodic", "bernoulli", "unwell")
    information_form: str = form(
        "How a pair's activations make information, f(a, b).", "sqrt", "mean", "min", "product"
    )
    combine_form: str = form("How information and shared knowledge combine.", "additive", "product", "substitutes")
    visit_period: float = number("tau: ticks between visits.", "ticks", 1, 520)
    data_to_visit: float = number("rho_d: weight of the pair's own data brought to a visit.", "weight", 0, 1)
    shared_to_visit: float = number("rho_s: weight of shared information brought to a visit.", "weight", 0, 1)
    information_weight: float = number("Weight of information in the choice.", "weight", 0, 1)
    knowledge_weight: float = number("Weight of shared knowledge in the choice.", "weight", 0, 1)

    # -- choice from evidence -----------------------------------------------------------------------------------
    choice_form: str = form(
        "How the pair chooses: P(best) by the gain G, or from what is known of each treatment.",
        "gain", "greedy", "epsilon", "thompson", "ucb",
    )  # fmt: skip
    evidence_form: str = form("What is known of a treatment: a normal mean or Beta counts.", "normal", "beta")
    pooling_form: str = form(
        "Commons evidence: by phenotype alone, or shrunk to the mean over phenotypes.", "phenotype", "hierarchical"
    )
    exploration: float = number("Chance that a pair tries any treatment (form epsilon).", SHARE, 0, 1)
    optimism: float = number("Weight of uncertainty in the choice (form ucb).", "weight", 0, 10)
    evidence_noise: float = number("Standard deviation of an observed outcome, and as assumed.", "outcome", 0, 1)
    clinician_memory: float = number("Most that a clinician's own cases of a treatment count.", "rows", 0, 1_000)
    commons_cap: float = number("Most that shared rows of a treatment count, as do codified ones.", "rows", 0, 1_000)
    pooling_strength: float = number("Rows that the mean over phenotypes counts (form hierarchical).", "rows", 0, 1_000)

    # -- treatments and outcome ---------------------------------------------------------------------------------
    n_treatments: int = whole("K: treatments to choose from.", "treatments", 1, 100)
    n_phenotypes: int = whole("Kinds of patient with their own best treatment.", "phenotypes", 1, 100)
    response_best: float = number("q of the best treatment of a phenotype.", "outcome", 0, 1)
    response_low: float = number("Lowest q of the other treatments.", "outcome", 0, 1)
    response_high: float = number("Highest q of the other treatments.", "outcome", 0, 1)
    response_spread: float = number("Standard deviation of a patient's own responses around q.", "outcome", 0, 1)
    response_drift: float = number("Standard deviation of the change of each q, within [0, 1].", "outcome/tick", 0, 1)
    uptake: float = number("A chosen treatment is taken up.", SHARE, 0, 1)
    outcome_form: str = form("The outcome follows gradually, or is drawn anew at a visit.", "gradual", "one-shot")
    outcome_pace: float = number("eta: pace at which the outcome follows the treatment.", RATE, 0, 1)
    outcome_noise: float = number("Standard deviation of the outcome's noise.", "outcome/tick", 0, 1)

    # -- the two stocks of the commons that drive care ----------------------------------------------------------
    made_form: str = form("Information is made by every visit, or only above a threshold.", "proportional", "threshold")
    kept_form: str = form(
        "What is kept of shared rows: all; less as they repeat others; up to a ceiling.",
        "decay", "duplicates", "ceiling",
    )  # fmt: skip
    information_made: float = number("gamma: information made in a visit by a fully active pair.", "rows/visit", 0, 100)
    information_threshold: float = number("Least f(a, b) that makes information (form threshold).", SHARE, 0, 1)
    registry_ceiling: float = number("D: most that the registry holds (form ceiling).", "rows/patient", 0.001, 1000)
    shareable: float = number("sigma: information that can be shared (a registry raises it).", SHARE, 0, 1)
    sharing: float = number("omega: shareable information that is shared.", SHARE, 0, 1)
    sharing_by_engagement: float = number("How much omega rises per level of engagement.", "share/level", 0, 1)
    information_decay: float = number("Shared information that goes out of date.", RATE, 0, 1)
    information_half: float = number("S_h: shared information a patient at half effect.", "rows/patient", 0.001, 1_000)
    codified: float = number("Knowledge codified by an active researcher from full information.", "units/tick", 0, 100)
    knowledge_decay: float = number("Knowledge that goes out of date.", RATE, 0, 1)
    knowledge_half: float = number("Knowledge units at half effect.", "units", 0.001, 100_000)

    # -- watching -----------------------------------------------------------------------------------------------
    activation_survey: float = number("Visits at which activation is measured.", SHARE, 0, 1)
