"""What makes people contribute: motives against friction, and how far they give because others do."""

from __future__ import annotations

import numpy as np

from coproduce.events import Role
from coproduce.simulator.commons import Giver, Giving
from coproduce.simulator.parameters import NetworkParameters
from coproduce.simulator.stages.stocks import policy
from coproduce.simulator.state import World
from coproduce.simulator.streams import BoolArray, FloatArray, IntArray

#: Sanctions by their step: nudge, rate limit, loss of a capability, suspension, removal.
HARDEST, FLAT = 5, 3
#: What a lesson must have said to be favourable: it helped fully.
FAVOURABLE = 1.0


def gives(w: World, key: IntArray, topic: IntArray) -> BoolArray:
    """Which of this tick's lessons are contributed; only who is engaged can give.

    Friction x u < motives + what governance adds; where people are reciprocal, motives count up to the friction and
    times what others give.
    """
    layer, people, p = w.needs_layer(), w.people, w.p
    slot, helped = layer.lessons.slot, layer.lessons.helped
    could = people.engagement[slot] > 0
    drive, friction = _motives(w, slot, topic, helped), _friction(w, slot)
    if p.contribution_form == "conditional":
        drive = np.minimum(drive, friction) * _reciprocity(w, slot)
    willing = w.uniform("give", key) * friction < (drive + _pressure(w, slot)) * could
    if p.misinformation:
        withheld = p.selective_sharing * (1.0 - w.deterrence)
        willing &= (helped >= FAVOURABLE) | (w.uniform("withhold", key) >= withheld)
    _see(p, layer.giving, slot, could, willing)
    if layer.helped.size:
        layer.giving.helped += p.belief_pace * (float(layer.helped.mean()) - layer.giving.helped)
    return willing


def _motives(w: World, slot: IntArray, topic: IntArray, helped: FloatArray) -> FloatArray:
    """Inner motives (engagement, affiliation, autonomy, mastery, warm glow), expected use, reciprocity, payment.

    Sources: Deci and Ryan 2000, 10.1207/S15327965PLI1104_01 (the three motives, affiliation for relatedness);
    Andreoni 1990, 10.2307/2234133 (warm glow); Frey and Jegen 2001, 10.1111/1467-6419.00150 (payment crowds out).
    """
    layer, people, p = w.needs_layer(), w.people, w.p
    inner = p.motive_per_level * people.engagement[slot]
    if p.motive_affiliation > 0.0:
        near = people.ties.share_above(people.engagement, 0, people.member, slot)
        inner = inner + p.motive_affiliation * near
    inner = inner + p.motive_autonomy * people.activation[slot]
    inner = inner + p.motive_mastery * layer.knows(slot, topic, w.tick)
    inner = inner + p.warm_glow
    paid, _ = policy(w, slot)
    asked = layer.asked / max(layer.needs.n, 1)
    motives: FloatArray = (
        inner * np.maximum(0.0, 1.0 - p.crowding_out * paid)
        + p.motive_use * asked[topic]
        + p.motive_thanks * np.minimum(1, w.thanked[slot] + (helped > 0))
        + paid
    )
    return motives


def _friction(w: World, slot: IntArray) -> FloatArray:
    """What giving takes: effort, steps, minutes by role, cost and risk by policy, and a review before sharing."""
    p = w.p
    staff = slot >= w.people.n_patients
    minutes = np.where(staff, p.give_minutes_staff, p.give_minutes)
    _, lost = policy(w, slot)
    friction = p.friction + p.step_cost * p.give_steps + p.minute_cost * minutes + lost
    if p.governance and p.review_form == "before":
        friction = friction + p.review_friction
    return friction


def giver_kind(p: NetworkParameters, u: FloatArray) -> IntArray:
    """What kind of giver people with these uniforms are: conditional cooperator, free rider, hump-shaped, or other."""
    limits = np.cumsum([p.cooperators, p.free_riders, p.hump_shaped])
    kinds = np.array([Giver.COOPERATOR, Giver.FREE_RIDER, Giver.HUMP, Giver.OTHER])
    kind: IntArray = kinds[np.searchsorted(limits, u, side="right")]
    return kind


def _reciprocity(w: World, slot: IntArray) -> FloatArray:
    """How far motives become giving, given what people see others give; 1 for who goes by motives.

    Conditional cooperators give a part of what they see, free riders nothing, hump-shaped givers most when others
    give half. Sources: Fischbacher, Gachter and Fehr 2001, 10.1016/S0165-1765(01)00394-9; Fischbacher and Gachter
    2010, 10.1257/aer.100.1.541.
    """
    p, giving = w.p, w.needs_layer().giving
    seen = (1.0 - p.visible_use) * giving.belief + p.visible_use * giving.helped
    part = np.zeros(len(Giver))
    part[[Giver.OTHER, Giver.COOPERATOR]] = 1.0, min(1.0, p.cooperation_slope * seen)
    part[Giver.HUMP] = 1.0 - abs(2.0 * seen - 1.0)
    parts: FloatArray = part[giving.kind[slot]]
    return parts


def _pressure(w: World, slot: IntArray) -> FloatArray | float:
    """Motive from governance: fear of the next sanction by what was seen of a person, and hope of the reward."""
    p = w.p
    if w.conduct is None:
        return 0.0
    hope = p.reward * p.monitoring
    return hope + p.sanction_weight * severity(p, w.conduct.offences[slot]) / HARDEST * w.conduct.in_force


def severity(p: NetworkParameters, offences: IntArray) -> IntArray:
    """Step of the sanction after so many offences were seen: none, always the same, or graduated (Ostrom 1990)."""
    match p.sanction_form:
        case "flat":
            return np.where(offences > 0, FLAT, 0)
        case "graduated":
            return np.minimum(offences, HARDEST)
        case _:
            return np.zeros_like(offences)


def _see(p: NetworkParameters, giving: Giving, slot: IntArray, could: BoolArray, given: BoolArray) -> None:
    """People see what share of those who could give did, and what they believe follows."""
    giving.gave, giving.withheld = slot[could & given], slot[could & ~given]
    n = int(could.sum())
    giving.rate = giving.gave.size / n if n else float("nan")
    if n:
        giving.belief += p.belief_pace * (giving.rate - giving.belief)


def starting_minutes(p: NetworkParameters, role: np.ndarray, z: FloatArray) -> FloatArray:
    """Minutes a week that people of these roles can give: log-normal around the median of their role."""
    staff = (role == Role.CLINICIAN) | (role == Role.RESEARCHER)
    median = np.where(staff, p.minutes_to_give_staff, p.minutes_to_give)
    minutes: FloatArray = median * np.exp(p.minutes_spread * z)
    return minutes
