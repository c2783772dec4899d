"""Needs to people: who helps whom, as a min-cost flow that never breaks a limit somebody set for themselves.

What a pair is worth is its fit: how much of what the need is about the helper knows, times how willing they are.
Urgent needs are placed at once, the others with them or in later batches. Each time as many as possible are served,
urgent ones before others, and among those answers the one with the most fit is taken. Capacity, quiet hours, the pause
after a heavy exchange, languages and earlier declines are limits, not weights: no pair exists that breaks one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from coproduce import rng
from coproduce.errors import InvalidInput
from coproduce.matching.expected import N_MADE, Parts, how_many, in_proportion
from coproduce.matching.flow import Flow, Supply, best_flow, most_fit
from coproduce.matching.pairing import Possible, possible_pairs


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody who helps: what they know (topic to how well, 0 to 1), their languages, and their limits.

    `capacity` is how many needs they take at a time, `n_open` how many they have now. `quiet_hours` are two hours of
    the day, on the clock of `now`, between which nothing reaches them (22 to 7 goes over midnight). `last_heavy` is
    when a heavy exchange ended. A helper who `is_new` counts towards the share kept for new helpers.
    """

    id: int | str
    topics: Mapping[str, float]
    languages: frozenset[str] = frozenset()
    capacity: int = 1
    n_open: int = 0
    willingness: float = 1.0
    quiet_hours: tuple[float, float] | None = None
    last_heavy: datetime | None = None
    is_new: bool = False

    @property
    def n_left(self) -> int:
        """How many more needs they take."""
        return max(self.capacity - self.n_open, 0)

    def is_reachable(self, now: datetime | None, rules: Rules) -> bool:
        """Whether they take needs at all at this moment; their limits of time hold for urgent needs too.

        Raises InvalidInput when a limit of time was set and the time is not known.
        """
        if self.willingness <= 0:
            return False
        if self.quiet_hours is None and self.last_heavy is None:
            return True
        if now is None:
            raise InvalidInput(
                given="quiet hours or a heavy exchange, and no time", expected="the time as `now`", field="now"
            )
        if self.last_heavy is not None and now < self.last_heavy + timedelta(days=rules.cooling_off_days):
            return False
        return self.quiet_hours is None or not _is_between(now.hour + now.minute / 60, *self.quiet_hours)


@dataclass(frozen=True, slots=True)
class OpenNeed:
    """A need that waits for a person: its topics (topic to weight), its language ("" is any), whether it is urgent.

    Who `declined` it is not asked again for it; nothing else follows from declining.
    """

    id: int | str
    topics: Mapping[str, float]
    language: str = ""
    is_urgent: bool = False
    declined: frozenset[int | str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rules:
    """What the network agreed on.

    `cooling_off_days` after a heavy exchange nobody is asked; of the needs of a batch that are not urgent, and of those
    expected after it, the share `new_share` goes to new helpers where that costs less than one whole fit each;
    `batch_size` needs that are not urgent are placed together (None: all).
    """

    cooling_off_days: float = 7.0
    new_share: float = 0.1
    batch_size: int | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """A need and the helper it goes to, with their fit (0 to 1)."""

    need: int | str
    helper: int | str
    fit: float


#: Why a need was not served, as sentences.
REASONS = {
    "no_helper": "There are no helpers.",
    "topic": "No helper knows its topics.",
    "language": "Nobody who knows its topics speaks its language.",
    "declined": "Everybody who fits has declined it.",
    "resting": "Everybody who fits has quiet hours, a pause after a heavy exchange, or takes no needs now.",
    "full": "Everybody who fits has as many needs as they take.",
    "taken": "Everybody who fits was matched with another need.",
}


@dataclass(frozen=True, slots=True)
class Unserved:
    """A need that nobody could take, and why: a key of REASONS."""

    need: int | str
    reason: str


@dataclass(frozen=True)
class Assignment:
    """Who helps whom, and who waits; `optimum` is the most total fit that any answer within the limits could have.

    The optimum knows all needs at once and owes nothing to urgency, newcomers or to serving as many as possible.
    """

    pairs: tuple[Pair, ...]
    unserved: tuple[Unserved, ...]
    optimum: float

    @property
    def total_fit(self) -> float:
        """The fit of all pairs together."""
        return float(sum(pair.fit for pair in self.pairs))

    @property
    def share_of_optimum(self) -> float:
        """Total fit as a share of the optimum; 1 when nothing could be had."""
        return self.total_fit / self.optimum if self.optimum > 0 else 1.0


_AGREED = Rules()


def assign(
    needs: Sequence[OpenNeed], helpers: Sequence[Helper], *, now: datetime | None = None, rules: Rules = _AGREED
) -> Assignment:
    """Who helps whom: urgent needs and the first batch, then the other batches, each as a min-cost flow.

    Needs of one batch that ask for the same are served in the order given. Raises InvalidInput when an id comes twice.

    >>> knows = Helper("h", {"crohn": 1.0}, frozenset({"en"}), capacity=1)
    >>> assign([OpenNeed("n", {"crohn": 1.0}, "en")], [knows]).pairs
    (Pair(need='n', helper='h', fit=1.0),)
    """
    _require_once([need.id for need in needs], "needs")
    _require_once([helper.id for helper in helpers], "helpers")
    reachable = np.array([helper.is_reachable(now, rules) for helper in helpers], dtype=bool)
    possible = possible_pairs(needs, helpers, reachable)
    placing = _Placing(needs, helpers, possible, reachable)
    n_to_come = len(needs)
    for batch in _batches(needs, rules):
        n_to_come -= len(batch)
        placing.place(batch, n_to_come, rules.new_share)
    pairs = tuple(placing.pairs[at] for at in sorted(placing.pairs))
    unserved = tuple(Unserved(need.id, possible.reason(at)) for at, need in enumerate(needs) if at not in placing.pairs)
    return Assignment(pairs, unserved, placing.optimum())


@dataclass
class _Placing:
    """The placing of one call: what each helper still takes, and the pairs so far by the place of the need."""

    needs: Sequence[OpenNeed]
    helpers: Sequence[Helper]
    possible: Possible
    reachable: NDArray[np.bool_]
    pairs: dict[int, Pair] = field(default_factory=dict)
    parts: Parts = field(default_factory=Parts.none)

    def __post_init__(self) -> None:
        most = len(self.needs)
        self.capacity = np.array([min(helper.capacity, helper.n_open + most) for helper in self.helpers], np.int64)
        self.n_open = np.array([helper.n_open for helper in self.helpers], np.int64)
        self.is_new = np.array([helper.is_new for helper in self.helpers], bool)
        self.seen = self._kinds([])
        self.draws = rng.stream(0, "match.expected")

    def place(self, batch: Sequence[int], n_to_come: int, new_share: float) -> None:
        """Adds the pairs of one batch of needs, given by their places, with so many more to come after it."""
        patient = [at for at in batch if not self.needs[at].is_urgent]
        self.seen += self._kinds(patient)
        self.parts.add([self.needs[at] for at in patient])
        found: Flow = best_flow(*self._with_expected(self._supply(batch, self.n_open), n_to_come), new_share)
        members: dict[int, list[int]] = {}
        for at in batch:
            members.setdefault(int(self.possible.kind_of[at]), []).append(at)
        waiting = {kind: iter(places) for kind, places in members.items()}
        for kind, helper, count in found:
            fit = float(self.possible.fit[kind, helper])
            for _ in range(count):
                at = next(waiting[kind])
                self.pairs[at] = Pair(self.needs[at].id, self.helpers[helper].id, fit)
            self.n_open[helper] += count

    def optimum(self) -> float:
        """The most total fit within the limits, of all needs at once."""
        start = np.array([helper.n_open for helper in self.helpers], np.int64)
        found = most_fit(self._supply(range(len(self.needs)), start), self.possible.fit)
        return float(sum(self.possible.fit[kind, helper] * count for kind, helper, count in found))

    def _supply(self, batch: Sequence[int], n_open: NDArray[np.int64]) -> Supply:
        waiting = self._kinds(batch)
        return Supply(waiting, np.zeros_like(waiting), self.possible.is_urgent, self.capacity, n_open, self.is_new)

    def _with_expected(self, supply: Supply, n_to_come: int) -> tuple[Supply, Any]:
        """The same supply with what is expected, and the fit of its kinds: those of the needs, then new ones."""
        again, n_new = how_many(n_to_come, self.seen)
        if not n_new:
            return replace(supply, n_expected=again), self.possible.fit
        made = [
            OpenNeed(at, topics, language)
            for at, (topics, language) in enumerate(self.parts.recombined(min(N_MADE, n_new), self.draws))
        ]
        new = possible_pairs(made, self.helpers, self.reachable)
        n_kinds = int(new.fit.shape[0])
        expected = in_proportion(n_new, np.bincount(new.kind_of, minlength=n_kinds))
        none = np.zeros(n_kinds, np.int64)
        more = replace(
            supply,
            n_waiting=np.concatenate([supply.n_waiting, none]),
            n_expected=np.concatenate([again, expected]),
            is_urgent=np.concatenate([supply.is_urgent, none.astype(bool)]),
        )
        return more, sparse.vstack([self.possible.fit, new.fit], format="csr")

    def _kinds(self, places: Sequence[int]) -> NDArray[np.int64]:
        """How many of the needs at these places there are of each kind."""
        n_kinds = int(self.possible.fit.shape[0])
        return np.bincount(self.possible.kind_of[list(places)], minlength=n_kinds)


def _batches(needs: Sequence[OpenNeed], rules: Rules) -> Iterator[list[int]]:
    """Places of needs that are placed together: the urgent ones with the first batch, the others in the order given."""
    urgent = [at for at, need in enumerate(needs) if need.is_urgent]
    others = [at for at, need in enumerate(needs) if not need.is_urgent]
    size = rules.batch_size or max(len(others), 1)
    for first in range(0, max(len(others), 1), size):
        yield [*(urgent if first == 0 else ()), *others[first : first + size]]


def _is_between(hour: float, first: float, last: float) -> bool:
    return first <= hour < last if first <= last else hour >= first or hour < last


def _require_once(ids: Sequence[int | str], what: str) -> None:
    if len({str(part) for part in ids}) < len(ids):
        raise InvalidInput(given=f"two {what} with one id", expected="each id once", field="id")
