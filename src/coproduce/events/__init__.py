"""The shared vocabulary: what happened, as typed columns."""

from coproduce.events import kinds
from coproduce.events.event import (
    ABSENT,
    BLOCKS,
    FIRST_CONDITION,
    KINDS,
    NAMES,
    Event,
    LineOfWork,
    Meaning,
    Role,
)
from coproduce.events.frame import SCHEMA, EventFrame, Report, Resolution, inspect

__all__ = [
    "ABSENT",
    "BLOCKS",
    "FIRST_CONDITION",
    "KINDS",
    "NAMES",
    "SCHEMA",
    "Event",
    "EventFrame",
    "LineOfWork",
    "Meaning",
    "Report",
    "Resolution",
    "Role",
    "inspect",
    "kinds",
]
