"""The only writer and reader of the event table; reached only through an app that has asked the policy."""

from coproduce.network.log.reading import (
    Row,
    around,
    caused_by,
    events_about,
    follow,
    has_happened,
    head,
    read_frame,
)
from coproduce.network.log.writing import append, previous

__all__ = [
    "Row",
    "append",
    "around",
    "caused_by",
    "events_about",
    "follow",
    "has_happened",
    "head",
    "previous",
    "read_frame",
]
