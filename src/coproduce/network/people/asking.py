"""Who is asking: every action and query takes one of these first."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from coproduce import clock
from coproduce.events import ABSENT, Role


@dataclass(frozen=True, kw_only=True)
class Asking:
    """The person who asks, for whom, in which roles, and when. `person` is None for a guest or a computer.

    `acting_for` is set when a proxy acts for somebody; `system` names the computer's own declared identity
    ("worker", "import", "example", "operator"), which people can never have.
    """

    at: datetime = field(default_factory=clock.now)
    person: int | None = None
    acting_for: int | None = None
    roles: frozenset[Role] = frozenset()
    site: int | None = None
    system: str = ""

    @property
    def is_guest(self) -> bool:
        """True for somebody who has not signed in (and is no computer of ours)."""
        return self.person is None and not self.system

    @property
    def role(self) -> Role:
        """The role written in the log: the most responsible one held, or the computer's own."""
        if self.system:
            return Role.COMPUTER
        return max(self.roles, default=Role.UNKNOWN)

    @property
    def actor(self) -> int:
        """The id written in the log as actor; ABSENT for guests and computers."""
        return ABSENT if self.person is None else self.person

    @property
    def whom(self) -> int | None:
        """The person whose things these are: the one acted for, otherwise the one who asks."""
        return self.person if self.acting_for is None else self.acting_for

    @property
    def us(self) -> int:
        """`at` in microseconds since 1970 UTC, as the log writes it."""
        return clock.to_us(self.at)

    def holds(self, *roles: Role) -> bool:
        """True when one of these roles is held."""
        return not self.roles.isdisjoint(roles)

    def when(self, at: datetime) -> Asking:
        """The same asker at another moment; for replaying a story at its own dates."""
        return replace(self, at=at)


def guest() -> Asking:
    """Somebody who has not signed in."""
    return Asking()


def computer(name: str) -> Asking:
    """One of the network's own declared identities."""
    return Asking(system=name)
