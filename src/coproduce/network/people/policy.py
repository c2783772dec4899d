"""The policy: who may do and see what. Every action and query asks it first, inside its own transaction.

An app declares a rule beside the thing it guards and marks its functions with the rule's name:

    @rule("needs.withdraw_need")
    def own_need(asking, *, need_id): ...

    @action("needs.withdraw_need")
    def withdraw_need(asking, *, need_id): ...

A rule answers True or False, or raises `Absent` when the thing must look as if it did not exist. PostgreSQL's
row-level security is the second wall: the same transaction tells the database who is asking.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.db import connection, transaction
from django.utils.translation import gettext as _

from coproduce.errors import Absent, CoproduceError, NotAllowed
from coproduce.network.people.asking import Asking

P = ParamSpec("P")
R = TypeVar("R")
Rule = Callable[..., bool]

_rules: dict[str, Rule] = {}

_TELL = (
    "SELECT set_config('coproduce.person', %s, true), set_config('coproduce.acting_for', %s, true),"
    " set_config('coproduce.roles', %s, true), set_config('coproduce.system', %s, true)"
)


class UnknownRule(CoproduceError):
    """An action or query names a rule that nobody declared: a fault of ours, never let through."""


def rule(name: str) -> Callable[[Rule], Rule]:
    """Declares the rule of this name; `app.deed`."""

    def declare(judge: Rule) -> Rule:
        if name in _rules:
            raise UnknownRule(f"The rule {name} is declared twice.")
        _rules[name] = judge
        return judge

    return declare


def rules() -> dict[str, Rule]:
    """Every declared rule by name."""
    return dict(_rules)


def may(asking: Asking, name: str, /, *args: Any, **arguments: Any) -> bool:
    """True when the rule lets this asker do the deed with these arguments; hidden things count as no."""
    try:
        return _rules[name](asking, *args, **arguments)
    except Absent:
        return False
    except KeyError as missing:
        raise UnknownRule(f"No rule is declared for {name}.") from missing


def check(asking: Asking, name: str, /, *args: Any, **arguments: Any) -> None:
    """Raises NotAllowed when the rule says no, Absent when the thing is hidden from the asker."""
    if name not in _rules:
        raise UnknownRule(f"No rule is declared for {name}.")
    if not _rules[name](asking, *args, **arguments):
        raise NotAllowed(
            _("This is not open to you in the role you have."),
            next_step=_("Sign in, or ask the network's stewards.") if asking.is_guest else "",
        )


@contextmanager
def told(asking: Asking, *, changing: bool = True) -> Iterator[None]:
    """A transaction in which the database knows who is asking; reading inside one that knows already costs nothing."""
    if connection.in_atomic_block and not changing:
        with _known_to_database(asking):
            yield
    else:
        with transaction.atomic(), _known_to_database(asking):
            yield


@contextmanager
def _known_to_database(asking: Asking) -> Iterator[None]:
    before = getattr(connection, "coproduce_asking", None)
    mine = _identity(asking)
    if before != mine:
        _tell(mine)
    try:
        yield
    except BaseException:
        # What the database knows now depends on how far it rolls back: the next one to ask tells it again.
        connection.coproduce_asking = None  # type: ignore[attr-defined]
        raise
    if before is not None and before != mine:
        _tell(before)
    connection.coproduce_asking = before  # type: ignore[attr-defined]


def _identity(asking: Asking) -> tuple[str, str, str, str]:
    def text(number: int | None) -> str:
        return "" if number is None else str(number)

    roles = ",".join(str(int(r)) for r in sorted(asking.roles))
    return text(asking.person), text(asking.acting_for), roles, asking.system


def _tell(identity: tuple[str, str, str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TELL, identity)
    connection.coproduce_asking = identity  # type: ignore[attr-defined]


def _guarded(name: str, changing: bool, do: Callable[Concatenate[Asking, P], R]) -> Callable[Concatenate[Asking, P], R]:
    @functools.wraps(do)
    def asked(asking: Asking, /, *args: P.args, **arguments: P.kwargs) -> R:
        with told(asking, changing=changing):
            check(asking, name, *args, **arguments)
            return do(asking, *args, **arguments)

    asked.policy_rule = name  # type: ignore[attr-defined]
    return asked


def action(
    name: str, *, savepoint: bool = True
) -> Callable[[Callable[Concatenate[Asking, P], R]], Callable[Concatenate[Asking, P], R]]:
    """Marks a function that changes state: transaction, who is asking, rule, then the deed.

    Inside a transaction the deed has a savepoint of its own; without one, its failure is that of the whole.
    """
    return functools.partial(_guarded, name, savepoint)


def query(name: str) -> Callable[[Callable[Concatenate[Asking, P], R]], Callable[Concatenate[Asking, P], R]]:
    """Marks a function that reads, in the same order. It returns data, not a lazy query: outside, nobody is asking."""
    return functools.partial(_guarded, name, False)
