"""A log to write to and to break."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.db import transaction

from coproduce import clock
from coproduce.events import Event, Role, kinds
from coproduce.network.database import DatabaseUrls
from coproduce.network.log import append
from coproduce.settings import Settings

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
US = clock.to_us(NOW)


def stated(**columns: float) -> Event:
    """A need stated at NOW."""
    return kinds.NeedStated(**{"time": US, "actor": 1, "subject": 2, "object": 1, "role": Role.FAMILY, **columns})


def written(n_events: int) -> list[int]:
    """This many needs, stated in one committed transaction."""
    with transaction.atomic():
        return append([stated(subject=number + 10, value=float(number)) for number in range(n_events)])


@pytest.fixture
def kept(tmp_path: Path) -> Settings:
    """Settings whose key and signed heads are in a folder of this test."""
    return Settings(data=tmp_path)


@pytest.fixture
def forge(committed: DatabaseUrls) -> Callable[[str], None]:
    """Changes the log as only its owner could, after taking away every guard."""

    def do(statement: str) -> None:
        with psycopg.connect(committed.owner) as own:
            own.execute("SET coproduce.log_unlocked = 'on'")
            own.execute(statement)

    return do
