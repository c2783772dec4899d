"""The only writer and reader of the event table; reached only through an app that has asked the policy."""

from coproduce.network.log.reading import (
    Row,
    around,
    caused_by,
    events_about,
    follow,
    head,
    read_frame,
)
from coproduce.network.log.writing import append, append_once, previous

__all__ = [
    "Row",
    "append",
    "append_once",
    "around",
    "caused_by",
    "events_about",
    "follow",
    "head",
    "previous",
    "read_frame",
]
