"""One id space for everything that an event can name: persons, needs, resources, versions, teams, trials."""

from __future__ import annotations

from typing import Any

from django.db import connection, models
from django.db.models.expressions import Func

SEQUENCE = "coproduce_id"


class _Next(Func):
    """The next id of the one id space, drawn by the database."""

    template = f"nextval('{SEQUENCE}'::regclass)"
    output_field = models.BigIntegerField()


class IdField(models.BigIntegerField):  # type: ignore[type-arg]
    """A primary key from the one id space."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"primary_key": True, "db_default": _Next(), "editable": False, **options})


def next_ids(n: int) -> list[int]:
    """n new ids, ascending, for rows that are written together."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [SEQUENCE, n])
        return [row[0] for row in cursor.fetchall()]
