"""Replaying the worked example through the network's own actions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from coproduce.network.laboratory.seeding import Cast


def replay(cast: Cast, now: datetime, *, progress: Callable[[float], None]) -> None:
    """placeholder"""
