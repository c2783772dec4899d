"""Ties change: each person has places for so many ties, and a new tie takes the place of one."""

from __future__ import annotations

import numpy as np

from coproduce.events import kinds
from coproduce.simulator.population import CONTRIBUTOR
from coproduce.simulator.state import World
from coproduce.simulator.streams import FloatArray, IntArray


def ties_move(w: World) -> None:
    """Ties follow help that was met or not, likeness, friends' friends, introductions by the centre, and projects."""
    p = w.p
    every = p.tie_form == "all"
    if w.layer is not None and (every or p.tie_form == "rewired"):
        _by_help(w)
    if every or p.tie_form == "homophily":
        _to_the_like(w)
    if every or p.tie_form == "closure":
        _to_friends_of_friends(w)
    if every or p.tie_form == "introduced" or p.peer_programme > 0.0:
        _by_the_centre(w, p.tie_pace if every or p.tie_form == "introduced" else 0.0)
    if every or p.tie_form == "projects":
        _by_projects(w)


def _movers(w: World, name: str, chance: FloatArray | float) -> IntArray:
    """Patients with ties who change one in this tick by this way."""
    slots = w.below(name, w.people.n_patients, chance)
    return slots[w.people.member[slots] & (w.people.ties.degree[slots] > 0)]


def _some_tie(w: World, name: str, slots: IntArray) -> IntArray:
    """One of each person's ties, as its place in the list of all ties."""
    ties = w.people.ties
    place: IntArray = ties.start[slots] + (w.uniform(name, slots) * ties.degree[slots]).astype(np.int64)
    return place


def _put(w: World, owner: IntArray, place: IntArray, new: IntArray) -> None:
    """The new tie takes this place, if it is to somebody else who is there, of the same block, and not tied yet."""
    if not owner.size:
        return
    people, ties = w.people, w.people.ties
    block = (owner < people.n_patients) == (new < people.n_patients)
    fits = (owner != new) & people.member[new] & people.member[owner] & block & (ties.place_of(owner, new) < 0)
    owner, place, new = owner[fits], place[fits], new[fits]
    ties.neighbour[place] = new
    w.writer.write(
        kinds.Connected, owner.size, actor=(people.person, owner), subject=(people.person, new),
        role=(people.role, owner), site=(people.site, owner),
    )  # fmt: skip


def _by_help(w: World) -> None:
    """A tie who did not help may be given up for anybody; a helper who helped may become a tie."""
    layer, people, p = w.needs_layer(), w.people, w.p
    needs = layer.needs
    by_person = (needs.helper[layer.answered] >= 0) & (layer.helped != 0.5)
    rows, met = layer.answered[by_person], layer.helped[by_person] == 1.0
    owner, helper, key = needs.slot[rows], needs.helper[rows], needs.key(rows)
    sick = (owner < people.n_patients) & (people.ties.degree[owner] > 0)
    place = people.ties.place_of(owner, helper)
    moves = sick & (w.uniform("rewire", key) < np.where(met, p.rewire_met, p.rewire_unmet)) & (met == (place < 0))
    rows, owner, helper, met = rows[moves], owner[moves], helper[moves], met[moves]
    key = needs.key(rows)
    at = people.ties.start[owner] + (w.uniform("rewire.place", key) * people.ties.degree[owner]).astype(np.int64)
    anybody = (w.uniform("rewire.who", key) * people.n_patients).astype(np.int64)
    _put(w, owner, np.where(met, at, place[moves]), np.where(met, helper, anybody))


def _to_the_like(w: World) -> None:
    """Of a tie and somebody met by chance, the one whose activation is nearer stays (McPherson and others 2001).

    Source: homophily, 10.1146/annurev.soc.27.1.415.
    """
    people = w.people
    owner = _movers(w, "homophily", w.p.tie_pace)
    place = _some_tie(w, "homophily.place", owner)
    met = (w.uniform("homophily.who", owner) * people.n_patients).astype(np.int64)
    gap_met = np.abs(people.activation[met] - people.activation[owner])
    nearer = gap_met < np.abs(people.activation[people.ties.neighbour[place]] - people.activation[owner])
    _put(w, owner[nearer], place[nearer], met[nearer])


def _to_friends_of_friends(w: World) -> None:
    """A friend of a friend becomes a friend: triadic closure (Granovetter 1973, 10.1086/225469)."""
    ties = w.people.ties
    owner = _movers(w, "closure", w.p.tie_pace)
    friend = ties.neighbour[_some_tie(w, "closure.friend", owner)]
    has = ties.degree[friend] > 0
    owner, friend = owner[has], friend[has]
    theirs = ties.start[friend] + (w.uniform("closure.who", owner) * ties.degree[friend]).astype(np.int64)
    _put(w, owner, _some_tie(w, "closure.place", owner), ties.neighbour[theirs])


def _by_the_centre(w: World, pace: float) -> None:
    """The centre introduces patients to the more active of two others; a lever of the peer programme."""
    people, n = w.people, w.people.n_patients
    programme = w.lever("peer_programme", np.arange(n)) * w.p.programme_introductions
    owner = _movers(w, "introduce", np.minimum(1.0, pace + programme))
    one, other = ((w.uniform(name, owner) * n).astype(np.int64) for name in ("introduce.one", "introduce.other"))
    active = np.where(people.activation[one] >= people.activation[other], one, other)
    _put(w, owner, _some_tie(w, "introduce.place", owner), active)


def _by_projects(w: World) -> None:
    """Contributors work on something with another contributor: a tie, and know-how passed on by doing."""
    people, sick = w.people, slice(w.people.n_patients)
    makers = np.flatnonzero(people.member[sick] & (people.engagement[sick] >= CONTRIBUTOR))
    if makers.size < 2:
        return
    owner = makers[w.uniform("project", makers) < w.p.tie_pace]
    partner = makers[(w.uniform("project.who", owner) * makers.size).astype(np.int64)]
    if w.layer is not None:
        topic = (w.uniform("project.topic", owner) * w.layer.practised.shape[1]).astype(np.int64)
        able = w.layer.knows(partner, topic, w.tick) & (partner != owner)
        w.layer.practised[owner[able], topic[able]] = w.tick
        w.layer.practised[partner[able], topic[able]] = w.tick
    has = people.ties.degree[owner] > 0
    _put(w, owner[has], _some_tie(w, "project.place", owner[has]), partner[has])
