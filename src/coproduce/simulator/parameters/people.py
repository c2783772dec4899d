"""Who is there, how activation moves, who is tied to whom, who comes and goes."""

from __future__ import annotations

from dataclasses import dataclass

from coproduce.simulator.parameters.declare import form, number, switch, whole
from coproduce.simulator.parameters.units import FACTOR, RATE, SHARE


@dataclass(frozen=True, kw_only=True)
class PeopleParameters:
    """Size, activation, ties, engagement, coming and going."""

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

    # -- activation ---------------------------------------------------------------------------------------------
    patient_activation: float = number("Median activation of patients at the start.", "activation", 0.001, 0.999)
    clinician_activation: float = number("Median activation of clinicians at the start.", "activation", 0.001, 0.999)
    researcher_activation: float = number("Median activation of researchers, constant.", "activation", 0.001, 0.999)
    activation_spread: float = number("Standard deviation of activation at the start.", "logit", 0, 5)
    site_spread: float = number("Standard deviation between sites of activation at the start.", "logit", 0, 5)
    clinic_spread: float = number("Standard deviation between clinics of a site of the same.", "logit", 0, 5)
    pair_form: str = form("How patient and clinician move each other.", "both", "down", "up", "none")
    peer_form: str = form("How peers move a patient.", "upward", "symmetric", "threshold", "complex", "none")
    pull_on_patient: float = number("mu_p: pull of the clinician on the patient.", "1/visit", 0, 1)
    pull_on_clinician: float = number("mu_d: pull of the patient on the clinician.", "1/visit", 0, 1)
    patient_influence: float = number("mu_s: pull of peers on a patient.", RATE, 0, 1)
    peer_threshold: float = number("Share of peers who must be ahead before they pull (form threshold).", SHARE, 0, 1)
    peer_reinforcement: int = whole("Peers who must be ahead before they pull (form complex).", "people", 1, 100)
    activation_drift: float = number("Return to the person's own starting activation.", RATE, 0, 1)
    met_need_activates: float = number("Rise of activation, of what is left, when a need is met.", "1/need", 0, 1)
    unmet_need_deactivates: float = number("Fall of activation when help did not help.", "1/need", 0, 1)

    # -- ties ---------------------------------------------------------------------------------------------------
    patient_ties: float = number("Mean number of ties of a patient to patients.", "ties", 0, 200)
    clinician_ties: float = number("Mean number of ties of a clinician to clinicians.", "ties", 0, 200)
    ties_within_site: float = number("Ties that stay inside a site.", SHARE, 0, 1)
    tie_form: str = form(
        "How ties change: not; by help met or not; to the like; to friends' friends; by the centre; by projects.",
        "fixed", "rewired", "homophily", "closure", "introduced", "projects", "all",
    )  # fmt: skip
    rewire_met: float = number("A helper who helped becomes a tie (form rewired).", SHARE, 0, 1)
    rewire_unmet: float = number("A tie who did not help is given up (form rewired).", SHARE, 0, 1)
    tie_pace: float = number("A person changes a tie (other forms).", RATE, 0, 1)

    # -- engagement ---------------------------------------------------------------------------------------------
    climb_0: float = number("Hazard from none to participant.", RATE, 0, 1)
    climb_1: float = number("Hazard from participant to contributor.", RATE, 0, 1)
    climb_2: float = number("Hazard from contributor to owner.", RATE, 0, 1)
    slip: float = number("Hazard of going down one level.", RATE, 0, 1)
    drop_out: float = number("Hazard of falling from any level to none.", RATE, 0, 1)
    peers_engage: float = number("Rise of the climb when all peers are more engaged.", FACTOR, 0, 20)
    met_need_engages: float = number("Rise of the climb when a need was met.", FACTOR, 0, 20)
    unmet_need_disengages: float = number("Rise of the slip when help did not help.", FACTOR, 0, 20)
    thanks_engage: float = number("Rise of the climb when thanked.", FACTOR, 0, 20)
    burden: float = number("Fall of willingness per recent help given.", FACTOR, 0, 20)
    burden_disengages: float = number("Rise of slip and drop-out per recent help given.", FACTOR, 0, 20)

    # -- coming and going ---------------------------------------------------------------------------------------
    start_share: float = number("Places taken at the start.", SHARE, 0, 1)
    entry: float = number("A free place is taken.", RATE, 0, 1)
    leaving: float = number("A patient or family leaves.", RATE, 0, 1)
    unmet_need_leaves: float = number("Rise of leaving when help did not help.", FACTOR, 0, 20)
    staff_turnover: float = number("A clinician is replaced; memory and know-how go with them.", RATE, 0, 1)
