"""Curation: review before or after sharing, and the retraction of what turns out wrong."""

from __future__ import annotations

import numpy as np

from coproduce.events import Role, kinds
from coproduce.simulator.parameters import NetworkParameters
from coproduce.simulator.population import CONTRIBUTOR
from coproduce.simulator.recorder import COMPUTER_ID
from coproduce.simulator.state import World
from coproduce.simulator.streams import BoolArray, FloatArray, IntArray

#: Reason code of a concern: wrong.
WRONG = 1.0


def caught(p: NetworkParameters) -> float:
    """Share of what is wrong that a review before sharing finds; 0 when there is none."""
    return p.review_skill if p.governance and p.review_form == "before" else 0.0


def turned_away(p: NetworkParameters) -> float:
    """Share of what is sound that a review before sharing turns away; 0 when there is none."""
    return p.review_strictness if p.governance and p.review_form == "before" else 0.0


def found(p: NetworkParameters) -> float:
    """Share of wrong rows and knowledge that a review after sharing finds in a tick; 0 when there is none."""
    return p.review_rate * p.review_skill if p.governance and p.review_form == "after" else 0.0


def before(w: World, name: str, key: IntArray, versions: IntArray, wrong: BoolArray) -> BoolArray:
    """Which of these new versions a review before sharing accepts; all, when there is none."""
    p = w.p
    if not p.governance or p.review_form != "before":
        return np.ones(versions.size, dtype=np.bool_)
    accepted = _passes(w, w.uniform(name + ".review", key), wrong)
    _record(w, w.uniform(name + ".reviewer", key), versions, accepted)
    return accepted


def _passes(w: World, u: FloatArray, wrong: BoolArray) -> BoolArray:
    """A review finds part of what is wrong, and turns away a little of what is sound."""
    passes: BoolArray = u >= np.where(wrong, w.p.review_skill, w.p.review_strictness)
    return passes


def _record(w: World, u: FloatArray, versions: IntArray, accepted: BoolArray) -> None:
    """Who is engaged enough reviews, or else a clinician."""
    people = w.people
    able = np.flatnonzero(people.member & (people.engagement >= CONTRIBUTOR))
    if not able.size:
        able = people.n_patients + np.arange(people.n_clinicians)
    reviewer = able[(u * able.size).astype(np.int64)]
    w.writer.write(
        kinds.Reviewed, versions.size, actor=(people.person, reviewer), subject=versions, role=(people.role, reviewer),
        site=(people.site, reviewer), value=accepted.astype(np.float64),
    )  # fmt: skip


def resources_reviewed(w: World) -> None:
    """Shared resources are reviewed: the wrong is retired, the sound is made better where review is a programme."""
    p, resources = w.p, w.needs_layer().resources
    live = np.flatnonzero(~resources.retired)
    programme = np.broadcast_to(w.lever("resource_review", resources.slot[live]), live.shape)
    standing = 1.0 if p.governance and p.review_form == "after" else 0.0
    picked = w.uniform("review", live) < p.review_rate * np.maximum(standing, programme)
    rows, better = live[picked], programme[picked]
    accepted = _passes(w, w.uniform("review.find", rows), resources.wrong[rows])
    _record(w, w.uniform("reviewer", rows), resources.version[rows], accepted)
    sound = rows[accepted & ~resources.wrong[rows]]
    gap = 1.0 - resources.quality[sound]
    resources.quality[sound] = 1.0 - gap * (1.0 - p.improvement * better[accepted & ~resources.wrong[rows]])
    _retire(w, rows[~accepted])


def resources_retracted(w: World) -> None:
    """Wrong resources are found out by those who use them, and retracted."""
    resources = w.needs_layer().resources
    rows = np.flatnonzero(resources.wrong & ~resources.retired & (resources.n_answers > 0))
    _retire(w, rows[w.uniform("retract", rows) < w.p.retraction])


def _retire(w: World, rows: IntArray) -> None:
    """A concern is raised about these resources, and they are no longer offered."""
    resources, people = w.needs_layer().resources, w.people
    site = people.site[resources.slot[rows]]
    concern = w.writer.write(
        kinds.ConcernRaised, rows.size, actor=COMPUTER_ID, subject=(resources.version, rows), role=Role.COMPUTER,
        site=site, value=WRONG,
    )  # fmt: skip
    resources.retired[rows] = True
    w.writer.write(
        kinds.ResourceRetired, rows.size, actor=COMPUTER_ID, subject=(resources.id, rows),
        object=(resources.version, rows), role=Role.COMPUTER, site=site, cause=concern,
    )  # fmt: skip
