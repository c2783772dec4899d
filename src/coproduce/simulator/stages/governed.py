"""Governance: contributions are watched, sanctions follow, and members vote on whether they are in force."""

from __future__ import annotations

import numpy as np

from coproduce.events import Role, kinds
from coproduce.simulator.commons import Giver
from coproduce.simulator.recorder import COMPUTER_ID
from coproduce.simulator.stages.contribution import severity
from coproduce.simulator.state import Conduct, World
from coproduce.simulator.streams import IntArray

#: From this step on a sanction takes a capability: the person goes down one level of engagement.
TAKES_CAPABILITY = 3


def _conduct(w: World) -> Conduct:
    assert w.conduct is not None, "governance is off"
    return w.conduct


def contributions_watched(w: World) -> None:
    """Some of those who withheld are seen and sanctioned, step by step; who gave and was seen is forgiven a step.

    Graduated sanctions and monitoring: Ostrom 1990, *Governing the Commons*, design principles 4 and 5.
    """
    p, people, conduct, giving = w.p, w.people, _conduct(w), w.needs_layer().giving
    withheld, gave = np.unique(giving.withheld), np.unique(giving.gave)
    caught = withheld[w.uniform("watch", withheld) < p.monitoring]
    seen = gave[w.uniform("watch.gave", gave) < p.monitoring]
    conduct.offences[seen] = np.maximum(conduct.offences[seen] - 1, 0)
    if not conduct.in_force or p.sanction_form == "none":
        return
    conduct.offences[caught] += 1
    step = severity(p, conduct.offences[caught])
    hit = caught[step >= TAKES_CAPABILITY]
    people.engagement[hit] = np.maximum(people.engagement[hit] - 1, 0)
    w.writer.write(
        kinds.Sanctioned, caught.size, actor=COMPUTER_ID, subject=(people.person, caught), object=conduct.rule,
        role=Role.COMPUTER, site=(people.site, caught), value=step.astype(np.float64),
    )  # fmt: skip


def rules_voted(w: World) -> None:
    """Every so often the engaged vote whether sanctions are in force; a majority decides."""
    p, people, conduct = w.p, w.people, _conduct(w)
    if not p.vote_every or w.tick % p.vote_every:
        return
    voters = np.flatnonzero(people.member & (people.engagement > 0))
    if not voters.size:
        return
    proposal = w.ids(1)[0]
    proposed = w.writer.write(kinds.ProposalMade, 1, actor=COMPUTER_ID, subject=proposal, role=Role.COMPUTER)
    yes = w.uniform("vote", voters) < _wants(w, voters)
    w.writer.write(
        kinds.VoteCast, voters.size, actor=(people.person, voters), subject=proposal, role=(people.role, voters),
        site=(people.site, voters), value=yes.astype(np.float64),
    )  # fmt: skip
    conduct.in_force = bool(2 * yes.sum() > yes.size)
    if conduct.in_force:
        w.writer.write(
            kinds.RuleEnacted, 1, actor=COMPUTER_ID, subject=conduct.rule, object=proposal, role=Role.COMPUTER,
            cause=proposed,
        )  # fmt: skip


def _wants(w: World, voters: IntArray) -> np.ndarray:
    """Chance of a yes: the less others are believed to give, the likelier; free riders do not want to be watched."""
    giving = w.needs_layer().giving
    return np.where(giving.kind[voters] == Giver.FREE_RIDER, 0.0, 1.0 - giving.belief)
