"""Who is tied to whom: graphs in compressed rows, undirected at the start."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from coproduce.simulator import forms
from coproduce.simulator.streams import BoolArray, FloatArray, IntArray, KindArray


class PeerRule(NamedTuple):
    """How peers pull: the form, the share of ties that must be ahead (threshold), or their number (complex)."""

    form: str
    threshold: float
    reinforcement: int


@dataclass(frozen=True)
class Ties:
    """Who each person looks to: `neighbour[start[i] : start[i + 1]]` for person i; at the start, both ways."""

    start: IntArray
    neighbour: IntArray
    owner: IntArray

    @cached_property
    def degree(self) -> IntArray:
        """Number of ties of each person, int64 (n,); a tie that moves takes a place, so it stays."""
        return np.diff(self.start)

    def mean(self, per_tie: FloatArray, counts: BoolArray) -> FloatArray:
        """Mean over a person's ties that count; 0 for who has none. Both arguments have one entry a tie."""
        total = np.bincount(self.owner, weights=np.where(counts, per_tie, 0.0), minlength=self.start.size - 1)
        mean: FloatArray = total / np.maximum(self.count(counts), 1.0)
        return mean

    def count(self, counts: BoolArray) -> FloatArray:
        """Number of a person's ties that count."""
        number = np.bincount(self.owner, weights=counts.astype(np.float64), minlength=self.start.size - 1)
        return number.astype(np.float64, copy=False)

    def pull(self, activation: FloatArray, member: BoolArray, n_patients: int, rule: PeerRule) -> FloatArray:
        """Mean pull of each patient's ties who are members, where enough of them are ahead; 0 for staff, float (n,)."""
        here = member[self.owner] & member[self.neighbour] & (self.owner < n_patients)
        gap = activation[self.neighbour] - activation[self.owner]
        pull = self.mean(forms.peer_pull(rule.form, gap), here)
        if rule.form in ("threshold", "complex"):
            ahead, number = self.count((gap > 0.0) & here), self.count(here)
            pull *= forms.peers_suffice(rule.form, ahead, number, rule.threshold, rule.reinforcement)
        return pull

    def share_above(self, level: KindArray, than: KindArray | int, member: BoolArray, slots: IntArray) -> FloatArray:
        """Share of these members' ties who are members and at a higher level than this, one each."""
        limit = np.zeros(self.start.size - 1, dtype=np.int16)
        limit[slots] = than
        here = member[self.owner] & member[self.neighbour]
        share: FloatArray = self.mean((level[self.neighbour] > limit[self.owner]).astype(np.float64), here)[slots]
        return share

    def place_of(self, owner: IntArray, other: IntArray) -> IntArray:
        """Where in the list of ties each owner's tie to the other stands (the last, if several), -1 for none."""
        degree = self.degree[owner]
        pair = np.repeat(np.arange(owner.size), degree)
        step = np.arange(pair.size) - np.repeat(np.cumsum(degree) - degree, degree)
        places = self.start[owner][pair] + step
        same = self.neighbour[places] == other[pair]
        found = np.full(owner.size, -1, dtype=np.int64)
        found[pair[same]] = places[same]
        return found


def join(n: int, one: IntArray, other: IntArray) -> Ties:
    """The graph on n people with these ties; ties to oneself and repeats are dropped."""
    real = one != other
    low, high = np.minimum(one, other)[real], np.maximum(one, other)[real]
    # Numbers are sorted some ten times sooner than NumPy finds unique ones, or sorts by two columns.
    once, back = np.sort(low * n + high), np.sort(high * n + low)
    ends = np.concatenate([_unique(once), _unique(back)])
    ends.sort()
    owner = ends // n
    start = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=n))]).astype(np.int64)
    return Ties(start, ends - owner * n, owner)


def _unique(ordered: IntArray) -> IntArray:
    """Sorted numbers without repeats."""
    first = np.ones(ordered.size, dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def within(
    site: IntArray, mean_degree: float, inside: float, generator: np.random.Generator
) -> tuple[IntArray, IntArray]:
    """Random ties among people with these sites: this mean degree, and this share of them inside a site.

    Both ends of a tie are drawn uniformly; the second from the first one's site with the chance `inside`.
    """
    n = site.size
    n_ties = round(n * mean_degree / 2)
    one = generator.integers(n, size=n_ties)
    anyone = generator.integers(n, size=n_ties)
    order = np.argsort(site, kind="stable")
    sizes = np.bincount(site)
    first = np.concatenate([[0], np.cumsum(sizes)])
    place = (generator.random(n_ties) * sizes[site[one]]).astype(np.int64)
    neighbour = order[first[site[one]] + place]
    stays = generator.random(n_ties) < inside
    return one, np.where(stays, neighbour, anyone)
