"""Needs, resources, know-how, and what makes people contribute."""

from __future__ import annotations

from dataclasses import dataclass

from coproduce.simulator.parameters.declare import form, number, whole
from coproduce.simulator.parameters.units import FACTOR, MOTIVE, RATE, SHARE


@dataclass(frozen=True, kw_only=True)
class NeedsParameters:
    """From a need stated to a resource shared."""

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
    deadline_effort: float = number("How far effort rises to 1 as a deadline comes near.", SHARE, 0, 1)
    findability: float = number("A fitting resource is found by who looks.", SHARE, 0, 1)
    asking: float = number("People are asked when the commons has nothing.", RATE, 0, 1)
    willing_per_level: float = number("Willingness to help per level of engagement (none: half).", "share/level", 0, 1)
    reply_minutes: float = number("Time that a reply takes.", "minutes", 0, 600)
    minutes_to_give: float = number("Median time that patients and families can give.", "minutes/week", 0, 10_080)
    minutes_to_give_staff: float = number("The same for clinicians and researchers.", "minutes/week", 0, 10_080)
    minutes_spread: float = number("Standard deviation of that time between people.", "log minutes", 0, 3)
    home_use: float = number("A matched resource is put to use at home by a fully active person.", RATE, 0, 1)
    barrier: float = number("What was matched cannot be got (cost, insurance, distance, language, time).", SHARE, 0, 1)
    reports: float = number("Those who used something say how it went.", SHARE, 0, 1)
    confirms: float = number("Those who were fully helped confirm at once.", SHARE, 0, 1)
    answers_follow_up: float = number("A silent person answers the one follow-up.", SHARE, 0, 1)
    follow_up_after: int = whole("Silence until the follow-up, and from it until the need expires.", "ticks", 1, 52)
    withdraws: float = number("A need that was not helped is withdrawn.", SHARE, 0, 1)
    thanks: float = number("Those who were helped say thanks.", SHARE, 0, 1)

    # -- know-how -----------------------------------------------------------------------------------------------
    know_how_form: str = form("Know-how comes by any help, or only by doing things together.", "help", "together")
    know_how_lasts: int = whole("Time without practice after which know-how is lost.", "ticks", 1, 100_000)

    # -- resources ----------------------------------------------------------------------------------------------
    initial_resources: int = whole("Resources in the commons at the start.", "resources", 0, 1_000_000)
    makes_for_need: float = number("A contributor who sees an open need makes something for it.", SHARE, 0, 1)
    makes_unasked: float = number("A contributor makes something unasked; an owner, twice as often.", RATE, 0, 1)
    revision_share: float = number("Lessons about a resource that revise it and do not make a new one.", SHARE, 0, 1)
    improvement: float = number("Rise of quality, of what is left, by a revision.", "1/revision", 0, 1)
    first_quality: float = number("Quality of a newcomer's resource (chance that it helps fully).", SHARE, 0, 1)
    ageing: float = number("Quality lost as a resource ages.", RATE, 0, 1)

    # -- contribution -------------------------------------------------------------------------------------------
    contribution_form: str = form("Who contributes: by motives, or by reciprocal types.", "motives", "conditional")
    motive_per_level: float = number("Motive to contribute per level of engagement.", "motive/level", 0, 1)
    motive_use: float = number("Motive from expected use (share of needs with this topic).", MOTIVE, 0, 10)
    motive_thanks: float = number("Motive from having been helped or thanked (reciprocity).", MOTIVE, 0, 10)
    motive_affiliation: float = number("Motive of affiliation, when all of one's ties are engaged.", MOTIVE, 0, 10)
    motive_autonomy: float = number("Motive of autonomy, of a fully active person.", MOTIVE, 0, 10)
    motive_mastery: float = number("Motive of mastery, of who knows the topic.", MOTIVE, 0, 10)
    warm_glow: float = number("Motive from giving itself.", MOTIVE, 0, 10)
    payment: float = number("Motive from payment for what is shared.", MOTIVE, 0, 10)
    crowding_out: float = number("Share of inner motives that a payment of 1 drives out.", SHARE, 0, 1)
    friction: float = number("Effort that a contribution must be worth.", MOTIVE, 0.01, 100)
    give_steps: int = whole("Steps from a lesson to what is shared.", "steps", 0, 100)
    step_cost: float = number("Friction of a step.", "motive/step", 0, 10)
    give_minutes: float = number("Time to share, of patients and families.", "minutes", 0, 600)
    give_minutes_staff: float = number("Time to share, of clinicians and researchers.", "minutes", 0, 600)
    minute_cost: float = number("Friction of a minute.", "motive/minute", 0, 1)
    sharing_cost: float = number("Policy: cost of sharing; also lowers the rows shared.", MOTIVE, 0, 10)
    sharing_risk: float = number("Policy: risk felt in sharing; also lowers the rows shared.", MOTIVE, 0, 10)
    cooperators: float = number("Conditional cooperators (form conditional).", SHARE, 0, 1)
    free_riders: float = number("Free riders, cut so that shares sum to 1 (form conditional).", SHARE, 0, 1)
    hump_shaped: float = number("Hump-shaped givers (the same); others go by motives.", SHARE, 0, 1)
    cooperation_slope: float = number("What conditional cooperators give for what they see given.", FACTOR, 0, 2)
    belief_start: float = number("What people believe at the start that others give.", SHARE, 0, 1)
    belief_pace: float = number("Pace at which that belief follows what is seen.", RATE, 0, 1)
    visible_use: float = number("Weight, in what cooperators see, of how well shared things helped.", SHARE, 0, 1)
