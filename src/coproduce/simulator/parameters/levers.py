"""Interventions: how far each is done where it is done, and what it moves."""

from __future__ import annotations

from dataclasses import dataclass

from coproduce.simulator.parameters.declare import number, whole
from coproduce.simulator.parameters.units import FACTOR, MOTIVE, RATE, SHARE

INTENSITY = "intensity"


@dataclass(frozen=True, kw_only=True)
class LeverParameters:
    """Levers (0 is not there, 1 fully done) and the size of their effects."""

    previsit_planning: float = number("Lever: pre-visit planning.", INTENSITY, 0, 1)
    registry: float = number("Lever: a registry.", INTENSITY, 0, 1)
    leadership: float = number("Lever: leadership.", INTENSITY, 0, 1)
    quality_improvement: float = number("Lever: quality improvement.", INTENSITY, 0, 1)
    peer_programme: float = number("Lever: a peer-to-peer programme.", INTENSITY, 0, 1)
    resource_review: float = number("Lever: review of resources.", INTENSITY, 0, 1)
    onboarding: float = number("Lever: onboarding.", INTENSITY, 0, 1)
    incentives: float = number("Lever: incentives and policy.", INTENSITY, 0, 1)
    equity_measures: float = number("Lever: equity measures.", INTENSITY, 0, 1)

    previsit_data: float = number("Pre-visit planning: rise of rho_d.", "weight", 0, 1)
    previsit_shared: float = number("Pre-visit planning: rise of rho_s.", "weight", 0, 1)
    registry_shareable: float = number("Registry: rise of sigma.", SHARE, 0, 1)
    leadership_activation: float = number("Leadership: rise of clinicians' activation, of what is left.", RATE, 0, 1)
    leadership_sharing: float = number("Leadership: rise of omega.", SHARE, 0, 1)
    improvement_uptake: float = number("Quality improvement: rise of uptake.", SHARE, 0, 1)
    improvement_pace: float = number("Quality improvement: rise of eta.", RATE, 0, 1)
    programme_introductions: float = number("Peer programme: patients introduced to an active peer.", RATE, 0, 1)
    onboarding_climb: float = number("Onboarding: rise of a newcomer's climb from none.", FACTOR, 0, 20)
    onboarding_lasts: int = whole("Onboarding: time that somebody is new.", "ticks", 0, 520)
    incentive_payment: float = number("Incentives: rise of the payment for what is shared.", MOTIVE, 0, 10)
    incentive_relief: float = number("Incentives: cost and risk of sharing taken away.", SHARE, 0, 1)
    equity_relief: float = number("Equity measures: each barrier taken away.", SHARE, 0, 1)
