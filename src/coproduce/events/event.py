"""What every event has: the columns of the log, and what a kind declares about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import ClassVar, TypeVar

from coproduce.errors import InvalidInput

ABSENT = -1
NAN = float("nan")


class Role(IntEnum):
    """The role in which an actor acted. A computer has its own; a family member is not a patient."""

    UNKNOWN = 0
    PATIENT = 1
    FAMILY = 2
    CLINICIAN = 3
    RESEARCHER = 4
    IMPROVEMENT_LEAD = 5
    STEWARD = 6
    COMPUTER = 100


class LineOfWork(IntEnum):
    """The three lines of work of living with a chronic illness (Corbin and Strauss 1985, 10.1007/BF00989485).

    The codes are the first topics of the one topic space; condition tags start at FIRST_CONDITION.
    """

    ILLNESS = 0
    EVERYDAY_LIFE = 1
    BIOGRAPHICAL = 2


#: Topics below this number are lines of work; from it on, condition tags of the network.
FIRST_CONDITION = 16


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a kind of event means: its stable code and what each column holds. Empty: the column is absent."""

    code: int
    name: str
    block: str
    says: str
    actor: str
    subject: str
    object: str
    topic: str
    value: str
    unit: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened, as ids and coded values; never free text, never a name.

    `time` is microseconds since 1970 UTC. Ids are pseudonyms from one id space, ABSENT (-1) when there is none;
    `value` is NaN when there is none. `cause` is the `seq`, in the same run, of the event that led to this one.
    """

    meaning: ClassVar[Meaning]

    time: int
    actor: int = ABSENT
    subject: int = ABSENT
    object: int = ABSENT
    role: int = Role.UNKNOWN
    site: int = ABSENT
    topic: int = ABSENT
    value: float = NAN
    cause: int = ABSENT


E = TypeVar("E", bound=type[Event])

_by_code: dict[int, type[Event]] = {}
_by_name: dict[str, type[Event]] = {}

#: Every declared kind, by its code.
KINDS: Mapping[int, type[Event]] = MappingProxyType(_by_code)
#: Every declared kind, by its name.
NAMES: Mapping[str, type[Event]] = MappingProxyType(_by_name)

#: First and last code of each block; codes are never reused.
BLOCKS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "people": (1, 29),
        "needs": (30, 69),
        "commons": (70, 109),
        "care": (110, 139),
        "improvement": (140, 159),
        "governance": (160, 199),
        "model": (240, 255),
    }
)


def kind(
    code: int,
    says: str,
    *,
    actor: str,
    subject: str = "",
    object: str = "",  # noqa: A002 the log's own column name
    topic: str = "",
    value: str = "",
    unit: str = "",
    cause: str = "",
) -> Callable[[E], E]:
    """Declares a kind of event: its code, what it says, and what each column holds.

    Raises InvalidInput when a code or name is used twice, or lies in no block.
    """

    def declare(cls: E) -> E:
        block = next((b for b, (low, high) in BLOCKS.items() if low <= code <= high), None)
        if block is None or code in _by_code or cls.__name__ in _by_name:
            raise InvalidInput(
                given=f"kind {cls.__name__} with code {code}", expected="a free code inside a block of BLOCKS"
            )
        cls.meaning = Meaning(code, cls.__name__, block, says, actor, subject, object, topic, value, unit, cause)
        # It has the columns of Event and no other, so it is a frozen dataclass as it stands; to decorate each kind anew
        # would cost every start of the program 70 ms.
        _by_code[code] = _by_name[cls.__name__] = cls
        return cls

    return declare
