"""State of the needs layer: needs and resources as growing columns, and who knows what."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from coproduce.simulator.streams import BoolArray, FloatArray, IntArray, KindArray

#: Needs that a person can have open at once.
MAX_OPEN = 2
#: Resources of a topic that are shown, best record first.
N_SHOWN = 3


class NeedState(IntEnum):
    """Where a need stands; from CONFIRMED on it is closed."""

    OPEN = 0
    MATCHED = 1
    USED = 2
    SILENT = 3
    CONFIRMED = 4
    UNREACHABLE = 5
    WITHDRAWN = 6
    EXPIRED = 7


class Table:
    """Columns that grow by rows: each is an array with room to spare, and an attribute that is cut to the rows."""

    _columns: ClassVar[dict[str, type]]

    def __init__(self) -> None:
        self.n = 0
        self._room = 64
        self._held: dict[str, np.ndarray] = {
            name: np.zeros(self._room, dtype=dtype) for name, dtype in self._columns.items()
        }
        self._cut()

    def add(self, n: int, **values: Any) -> IntArray:
        """Adds n rows and gives their indices; a column that is not named holds 0."""
        if self.n + n > self._room:
            self._room = max(2 * self._room, self.n + n)
            for name, column in self._held.items():
                grown = np.zeros(self._room, dtype=column.dtype)
                grown[: self.n] = column[: self.n]
                self._held[name] = grown
        first, self.n = self.n, self.n + n
        for name, value in values.items():
            self._held[name][first : self.n] = value
        self._cut()
        return np.arange(first, self.n, dtype=np.int64)

    def _cut(self) -> None:
        # Steps look at columns some four hundred times a tick, and add rows a handful of times.
        for name, column in self._held.items():
            setattr(self, name, column[: self.n])

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    def columns(self) -> dict[str, np.ndarray]:
        """Every column, cut to its rows."""
        return {name: getattr(self, name) for name in self._columns}


class Needs(Table):
    """Needs, one row each; `slot` is the place of who stated it, `place` which of their open needs it is."""

    _columns: ClassVar[dict[str, type]] = {
        "id": np.int64, "slot": np.int64, "place": np.int32, "person": np.int64, "patient": np.int64,
        "line": np.int32, "topic": np.int32, "condition": np.int32, "stage": np.int32,
        "stated": np.int32, "deadline": np.float64, "state": np.int16, "closed": np.int32,
        "attempts": np.int32, "resource": np.int64, "helper": np.int64, "helper_person": np.int64,
        "promise": np.float64, "moved": np.int32, "followed": np.int32,
        "seq_stated": np.int64, "seq_matched": np.int64, "seq_used": np.int64, "seq_followed": np.int64,
        "said": np.float64, "seq_said": np.int64,
    }  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        # Rows that were not closed when rows were last added: what is closed stays so, and is looked at no more.
        self._lately_open = np.zeros(0, dtype=np.int64)

    def add(self, n: int, **values: Any) -> IntArray:
        """As `Table.add`."""
        still = self.open_rows()
        rows = super().add(n, **values)
        self._lately_open = np.concatenate([still, rows])
        return rows

    def open_rows(self) -> IntArray:
        """Rows of the needs that are not closed, in rising order."""
        rows: IntArray = self._lately_open[self.state[self._lately_open] < NeedState.CONFIRMED]
        return rows

    def in_state(self, state: NeedState) -> IntArray:
        """Rows of the needs in this state, one of those that are not closed, in rising order."""
        rows: IntArray = self._lately_open[self.state[self._lately_open] == state]
        return rows

    def key(self, rows: IntArray) -> IntArray:
        """Index of these needs for random numbers: the place of the person and which of their needs it is."""
        keys: IntArray = self.slot[rows] * MAX_OPEN + self.place[rows]
        return keys


class Resources(Table):
    """Resources of the commons, one row each; `version` is the newest, `topic` is over all lines of work."""

    _columns: ClassVar[dict[str, type]] = {
        "id": np.int64, "version": np.int64, "kind": np.int64, "line": np.int64, "topic": np.int64,
        "slot": np.int64, "author": np.int64, "created": np.int64, "quality": np.float64,
        "n_uses": np.int64, "n_answers": np.int64, "helped": np.float64, "retired": np.bool_, "wrong": np.bool_,
        "for_need": np.int64, "derived_from": np.int64,
    }  # fmt: skip

    def shelf(self, n_topics: int) -> IntArray:
        """The best resources of each topic by their visible record, int64 (n_topics, N_SHOWN), -1 for none.

        The record is (sum of answers + 1) / (number of answers + 2): what is trusted is what was seen to help.
        """
        top = np.full((n_topics, N_SHOWN), -1, dtype=np.int64)
        live = np.flatnonzero(~self.retired)
        record = (self.helped[live] + 1.0) / (self.n_answers[live] + 2.0)
        live = live[np.lexsort((live, -record, self.topic[live]))]
        topic = self.topic[live]
        rank = np.arange(live.size) - np.searchsorted(topic, topic, side="left")
        shown = rank < N_SHOWN
        top[topic[shown], rank[shown]] = live[shown]
        return top


@dataclass
class Lessons:
    """What was learned in this tick, one entry each: who (place), from which need and resource (row, -1), how much."""

    slot: IntArray
    need: IntArray
    resource: IntArray
    helped: FloatArray
    seq: IntArray

    @classmethod
    def none(cls) -> Lessons:
        """No lesson."""
        empty = np.zeros(0, dtype=np.int64)
        return cls(empty, empty, empty, np.zeros(0), empty)


class Giver(IntEnum):
    """How somebody responds to what others give; OTHER goes by motives alone."""

    OTHER = 0
    COOPERATOR = 1
    FREE_RIDER = 2
    HUMP = 3


@dataclass
class Giving:
    """Contribution: what kind of giver each person is, what people believe others give, and this tick's chances."""

    kind: IntArray
    belief: float
    #: Of those who could give in this tick, the share that did, NaN when nobody could.
    rate: float = float("nan")
    #: How well what was shared helped, lately.
    helped: float = 0.5
    #: Places of who gave and of who withheld in this tick.
    gave: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    withheld: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


#: Stands for the tick at which somebody practised a topic that they never knew.
UNKNOWN = -(1 << 30)


@dataclass
class NeedsLayer:
    """All state of the needs layer.

    `practised` holds know-how: the tick at which a person last practised a topic, UNKNOWN where they cannot do it.
    """

    practised: npt.NDArray[np.int32]
    lasts: int
    minutes: FloatArray
    giving: Giving
    topic_share: FloatArray
    stage: KindArray
    n_open: KindArray
    taken: BoolArray
    shelf: IntArray
    #: How many needs were ever stated on each topic.
    asked: IntArray
    needs: Needs = field(default_factory=Needs)
    resources: Resources = field(default_factory=Resources)
    #: Rows of this tick's answers, and their values, between "outcome" and "learned".
    answered: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    helped: FloatArray = field(default_factory=lambda: np.zeros(0))
    seq_answer: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    lessons: Lessons = field(default_factory=Lessons.none)
    n_stated: int = 0
    n_matched: int = 0
    n_confirmed: int = 0

    def knows(self, slots: IntArray, topics: IntArray, tick: int) -> BoolArray:
        """Who in these places knows how to do these topics, one each: practised, and not too long ago."""
        able: BoolArray = self.practised[slots, topics] >= tick - self.lasts
        return able
