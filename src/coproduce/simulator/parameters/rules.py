"""Governance, misinformation, equity: layers over the network, each off in the reference."""

from __future__ import annotations

from dataclasses import dataclass

from coproduce.simulator.parameters.declare import form, number, switch, whole
from coproduce.simulator.parameters.units import MOTIVE, RATE, SHARE


@dataclass(frozen=True, kw_only=True)
class RulesParameters:
    """What the network does about what people do, what can be wrong, and who is left out."""

    # -- governance ---------------------------------------------------------------------------------------------
    governance: bool = switch("Layer: contributions are watched, sanctioned, rewarded; rules are voted on.")
    monitoring: float = number("Withheld or given contributions that are seen.", SHARE, 0, 1)
    sanction_form: str = form("What follows when withholding is seen.", "none", "flat", "graduated")
    sanction_weight: float = number("Motive to give under the hardest sanction.", MOTIVE, 0, 10)
    reward: float = number("Motive to give where every contribution is seen.", MOTIVE, 0, 10)
    review_form: str = form("Curation: none, before a resource is shared, or after.", "none", "before", "after")
    review_rate: float = number("Resources reviewed after sharing.", RATE, 0, 1)
    review_skill: float = number("Wrong things that a review finds.", SHARE, 0, 1)
    review_strictness: float = number("Sound things that a review turns away.", SHARE, 0, 1)
    review_friction: float = number("Friction that a review before sharing adds.", MOTIVE, 0, 10)
    vote_every: int = whole("Time between votes on whether sanctions are in force (0: they are).", "ticks", 0, 10_000)

    # -- misinformation -----------------------------------------------------------------------------------------
    misinformation: bool = switch("Layer: what is shared can be wrong or one-sided; people learn whom to trust.")
    error_rate: float = number("Honest error: rows and resources that are wrong.", SHARE, 0, 1)
    selective_sharing: float = number("Unfavourable rows and lessons that are withheld.", SHARE, 0, 1)
    intransigent: float = number("People who share one false claim whatever they see.", SHARE, 0, 1)
    claim_rows: float = number("Rows for the false claim that one of them adds.", "rows/tick", 0, 100)
    retraction: float = number("Wrong rows, knowledge and resources that are found and retracted.", RATE, 0, 1)
    trust_form: str = form("Trust in the commons: fixed, learned by outcome, or by distance of belief.",
                           "fixed", "outcome", "belief")  # fmt: skip
    trust_start: float = number("Trust in the commons at the start.", SHARE, 0, 1)
    trust_pace: float = number("Pace at which trust is learned.", "1/experience", 0, 1)
    mistrust: float = number("Fall of trust per distance of belief (form belief).", "1/outcome", 0, 10)

    # -- equity -------------------------------------------------------------------------------------------------
    equity: bool = switch("Layer: some patients meet barriers: access, listening, data, phenotype.")
    disadvantaged: float = number("Patients of the disadvantaged stratum.", SHARE, 0, 1)
    access_gate: float = number("Visits and searches that they miss.", SHARE, 0, 1)
    unequal_listening: float = number("Information of a visit that is lost for them.", SHARE, 0, 1)
    unequal_data: float = number("Their information that is not shared.", SHARE, 0, 1)
    phenotype_tilt: float = number("Of them, those who have a phenotype of the second half.", SHARE, 0, 1)
