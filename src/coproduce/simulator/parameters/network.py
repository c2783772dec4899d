"""Parameters of the model of a learning network: what each means, its unit and its range."""

from __future__ import annotations

from dataclasses import dataclass

from coproduce.simulator.parameters.declare import form, number, switch, whole

RATE = "1/tick"
SHARE = "share"
FACTOR = "factor"


@dataclass(frozen=True, kw_only=True)
class NetworkParameters:
    """Every lever of the network model; values come from a preset."""

    # -- size ---------------------------------------------------------------------------------------------------
    n_patients: int = whole("Places for patients; a place is taken by a patient or family.", "people", 1, 10_000_000)
    patients_per_clinician: float = number("Panel size.", "patients a clinician", 1, 10_000)
    n_researchers: int = whole("Researchers.", "people", 0, 100_000)
    n_sites: int = whole("Care centres (fewer when there are fewer clinicians).", "sites", 1, 10_000)
    clinics_per_site: int = whole("Clinics nested in each site.", "clinics", 1, 100)
    family_share: float = number("Places where a family member acts for a child.", SHARE, 0, 1)

    # -- layers and switches ------------------------------------------------------------------------------------
    needs: bool = switch("Layer: needs are stated, matched, used, answered, learned from; resources are made.")
    engagement: bool = switch("Layer: people move between none, participant, contributor and owner.")
    turnover: bool = switch("Layer: people come and go.")
    commons_in_choice: bool = switch("Off bars the commons from influencing the choice of treatment (knock-out K1).")

    # -- forms --------------------------------------------------------------------------------------------------
    visit_form: str = form("When visits happen.", "periodic", "bernoulli", "unwell")
    information_form: str = form(
        "How a pair's activations make information, f(a, b).", "sqrt", "mean", "min", "product"
    )
    combine_form: str = form("How information and shared knowledge combine.", "additive", "product", "substitutes")
    pair_form: str = form("How patient and clinician move each other.", "both", "down", "up", "none")
    peer_form: str = form("How peers move a patient.", "upward", "symmetric", "none")

    # -- activation ---------------------------------------------------------------------------------------------
    patient_activation: float = number("Median activation of patients at the start.", "activation", 0.001, 0.999)
    clinician_activation: float = number("Median activation of clinicians at the start.", "activation", 0.001, 0.999)
    researcher_activation: float = number("Median activation of researchers, constant.", "activation", 0.001, 0.999)
    activation_spread: float = number("Standard deviation of activation at the start.", "logit", 0, 5)
    site_spread: float = number("Standard deviation between sites of activation at the start.", "logit", 0, 5)
    pull_on_patient: float = number("mu_p: pull of the clinician on the patient.", "1/visit", 0, 1)
    pull_on_clinician: float = number("mu_d: pull of the patient on the clinician.", "1/visit", 0, 1)
    patient_influence: float = number("mu_s: pull of peers on a patient.", RATE, 0, 1)
    activation_drift: float = number("Return to the person's own starting activation.", RATE, 0, 1)
    met_need_activates: float = number("Rise of activation, of what is left, when a need is met.", "1/need", 0, 1)
    unmet_need_deactivates: float = number("Fall of activation when help did not help.", "1/need", 0, 1)

    # -- ties ---------------------------------------------------------------------------------------------------
    patient_ties: float = number("Mean number of ties of a patient to patients.", "ties", 0, 200)
    clinician_ties: float = number("Mean number of ties of a clinician to clinicians.", "ties", 0, 200)
    ties_within_site: float = number("Ties that stay inside a site.", SHARE, 0, 1)

    # -- visits, choice, outcome --------------------------------------------------------------------------------
    visit_period: float = number("tau: ticks between visits.", "ticks", 1, 520)
    data_to_visit: float = number("rho_d: weight of the pair's own data brought to a visit.", "weight", 0, 1)
    shared_to_visit: float = number("rho_s: weight of shared information brought to a visit.", "weight", 0, 1)
    information_weight: float = number("Weight of information in the choice.", "weight", 0, 1)
    knowledge_weight: float = number("Weight of shared knowledge in the choice.", "weight", 0, 1)
    n_treatments: int = whole("K: treatments to choose from.", "treatments", 1, 100)
    n_phenotypes: int = whole("Kinds of patient with their own best treatment.", "phenotypes", 1, 100)
    response_best: float = number("q of the best treatment of a phenotype.", "outcome", 0, 1)
    response_low: float = number("Lowest q of the other treatments.", "outcome", 0, 1)
    response_high: float = number("Highest q of the other treatments.", "outcome", 0, 1)
    uptake: float = number("A chosen treatment is taken up.", SHARE, 0, 1)
    outcome_pace: float = number("eta: pace at which the outcome follows the treatment.", RATE, 0, 1)
    outcome_noise: float = number("Standard deviation of the outcome's noise.", "outcome/tick", 0, 1)

    # -- the two stocks of the commons that drive care ----------------------------------------------------------
    information_made: float = number("gamma: information made in a visit by a fully active pair.", "rows/visit", 0, 100)
    shareable: float = number("sigma: information that can be shared (a registry raises it).", SHARE, 0, 1)
    sharing: float = number("omega: shareable information that is shared.", SHARE, 0, 1)
    sharing_by_engagement: float = number("How much omega rises per level of engagement.", "share/level", 0, 1)
    information_decay: float = number("Shared information that goes out of date.", RATE, 0, 1)
    information_half: float = number("S_h: shared information a patient at half effect.", "rows/patient", 0.001, 1_000)
    codified: float = number("Knowledge codified by an active researcher from full information.", "units/tick", 0, 100)
    knowledge_decay: float = number("Knowledge that goes out of date.", RATE, 0, 1)
    knowledge_half: float = number("Knowledge units at half effect.", "units", 0.001, 100_000)

    # -- needs --------------------------------------------------------------------------------------------------
    need_rate: float = number("Needs of a patient or family at a steady time.", RATE, 0, 1)
    need_rate_staff: float = number("Needs of a clinician or researcher.", RATE, 0, 1)
    visit_raises_need: float = number("Factor on the need rate in the tick after a visit.", FACTOR, 0, 20)
    deadline_mean: float = number("Mean time until a need must be met.", "days", 1, 365)
    deadline_share: float = number("Needs with a deadline.", SHARE, 0, 1)
    topics_per_line: int = whole("Different topics in each line of work.", "topics", 1, 1_000)
    topic_skew: float = number("Exponent of Zipf's law of topics.", "exponent", 0, 3)
    flare_rate: float = number("Steady patients with the worst outcome who flare.", RATE, 0, 1)
    search_effort: float = number("Least chance that somebody looks in the commons.", RATE, 0, 1)
    findability: float = number("A fitting resource is found by who looks.", SHARE, 0, 1)
    asking: float = number("People are asked when the commons has nothing.", RATE, 0, 1)
    willing_per_level: float = number("Willingness to help per level of engagement (none: half).", "share/level", 0, 1)
    reply_minutes: float = number("Time that a reply takes.", "minutes", 0, 600)
    home_use: float = number("A matched resource is put to use at home by a fully active person.", RATE, 0, 1)
    barrier: float = number("What was matched cannot be got (cost, insurance, distance, language, time).", SHARE, 0, 1)
    reports: float = number("Those who used something say how it went.", SHARE, 0, 1)
    confirms: float = number("Those who were fully helped confirm at once.", SHARE, 0, 1)
    answers_follow_up: float = number("A silent person answers the one follow-up.", SHARE, 0, 1)
    follow_up_after: int = whole("Silence until the follow-up, and from it until the need expires.", "ticks", 1, 52)
    withdraws: float = number("A need that was not helped is withdrawn.", SHARE, 0, 1)
    thanks: float = number("Those who were helped say thanks.", SHARE, 0, 1)

    # -- resources ----------------------------------------------------------------------------------------------
    initial_resources: int = whole("Resources in the commons at the start.", "resources", 0, 1_000_000)
    makes_for_need: float = number("A contributor who sees an open need makes something for it.", SHARE, 0, 1)
    makes_unasked: float = number("A contributor makes something unasked; an owner, twice as often.", RATE, 0, 1)
    motive_per_level: float = number("Motive to contribute per level of engagement.", "motive/level", 0, 1)
    motive_use: float = number("Motive from expected use (share of needs with this topic).", "motive", 0, 10)
    motive_thanks: float = number("Motive from having been helped or thanked.", "motive", 0, 10)
    friction: float = number("Effort that a contribution must be worth.", "motive", 0.01, 100)
    revision_share: float = number("Lessons about a resource that revise it and do not make a new one.", SHARE, 0, 1)
    improvement: float = number("Rise of quality, of what is left, by a revision.", "1/revision", 0, 1)
    first_quality: float = number("Quality of a newcomer's resource (chance that it helps fully).", SHARE, 0, 1)
    ageing: float = number("Quality lost as a resource ages.", RATE, 0, 1)

    # -- engagement ---------------------------------------------------------------------------------------------
    climb_0: float = number("Hazard from none to participant.", RATE, 0, 1)
    climb_1: float = number("Hazard from participant to contributor.", RATE, 0, 1)
    climb_2: float = number("Hazard from contributor to owner.", RATE, 0, 1)
    slip: float = number("Hazard of going down one level.", RATE, 0, 1)
    peers_engage: float = number("Rise of the climb when all peers are more engaged.", FACTOR, 0, 20)
    met_need_engages: float = number("Rise of the climb when a need was met.", FACTOR, 0, 20)
    unmet_need_disengages: float = number("Rise of the slip when help did not help.", FACTOR, 0, 20)
    thanks_engage: float = number("Rise of the climb when thanked.", FACTOR, 0, 20)
    burden: float = number("Fall of willingness per recent help given.", FACTOR, 0, 20)
    burden_disengages: float = number("Rise of the slip per recent help given.", FACTOR, 0, 20)

    # -- coming and going ---------------------------------------------------------------------------------------
    start_share: float = number("Places taken at the start.", SHARE, 0, 1)
    entry: float = number("A free place is taken.", RATE, 0, 1)
    leaving: float = number("A patient or family leaves.", RATE, 0, 1)

    # -- watching -----------------------------------------------------------------------------------------------
    activation_survey: float = number("Visits at which activation is measured.", SHARE, 0, 1)
