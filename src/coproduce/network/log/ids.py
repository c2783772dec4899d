"""One id space for everything that an event can name: persons, needs, resources, versions, teams, trials."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models.expressions import Func
from django.db.models.fields.related_lookups import RelatedExact

SEQUENCE = "coproduce_id"


class _Next(Func):
    """The next id of the one id space, drawn by the database."""

    template = f"nextval('{SEQUENCE}'::regclass)"
    output_field = models.BigIntegerField()


class IdField(models.BigIntegerField):  # type: ignore[type-arg]
    """A primary key from the one id space."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"primary_key": True, "db_default": _Next(), "editable": False, **options})


@models.ForeignKey.register_lookup
class RefersTo(RelatedExact):
    """Equal to an id; nothing is equal to a number that is too large for one.

    Such numbers stand in addresses that people type, and find what an id that was never given finds. Django sees to it
    where a number is compared, not where a reference is.
    """

    def process_rhs(self, compiler: Any, connection: Any) -> Any:
        """The right side in SQL, with its values. Raises EmptyResultSet where no id can be equal to it."""
        if isinstance(self.rhs, int) and not -(2**63) <= self.rhs < 2**63:
            raise EmptyResultSet
        return super().process_rhs(compiler, connection)


def next_ids(n: int) -> list[int]:
    """n new ids, ascending, for rows that are written together."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [SEQUENCE, n])
        return [row[0] for row in cursor.fetchall()]
