"""Tables are made by their owner; everything else goes through the application's role."""

from __future__ import annotations

OWNER = "owner"


class OwnerMigrates:
    """Django's router: only the alias `owner` may migrate."""

    def allow_migrate(self, db: str, _app_label: str, **_hints: object) -> bool:
        """True for the owner's connection."""
        return db == OWNER

    def allow_relation(self, _first: object, _second: object, **_hints: object) -> bool:
        """Both aliases are the same database."""
        return True
