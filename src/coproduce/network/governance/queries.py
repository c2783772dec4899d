"""What may be read about the network's own conduct."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from django.conf import settings
from django.utils.translation import gettext as _

from coproduce.errors import NotAllowed
from coproduce.events import Role
from coproduce.network.log import Row, follow
from coproduce.network.log.verifying import Verdict, verify
from coproduce.network.people.asking import Asking
from coproduce.network.people.models import Account, RoleHeld
from coproduce.network.people.policy import query, rule


@rule("governance.operate")
def _operator(asking: Asking, **_arguments: object) -> bool:
    return asking.system == "operator"


@rule("governance.verify_log")
def _operator_or_steward(asking: Asking, **_arguments: object) -> bool:
    return asking.system == "operator" or asking.holds(Role.STEWARD)


@query("governance.operate")
def log_rows(asking: Asking, *, after: int = -1, limit: int = 100) -> Sequence[Row]:
    """The events after a seq as they stand in the log, at most `limit`; for whoever runs the server."""
    return list(islice(follow(after), limit))


@query("governance.verify_log")
def log_verdict(asking: Asking) -> Verdict:
    """Whether the log is what was written."""
    return verify(settings.COPRODUCE)


@query("governance.operate")
def steward_by_address(asking: Asking, *, address: str) -> Asking:
    """The steward who answers for what the operator does on the server, found by the e-mail address of their account.

    Raises NotAllowed, without the address, where no such account is a steward's today.
    """
    account = Account.objects.filter(email__iexact=address.replace("\0", "").strip(), is_active=True).first()
    held = (
        RoleHeld.objects.open_at(asking.at).filter(person_id=account.person_id) if account else RoleHeld.objects.none()
    )
    roles = frozenset(Role(code) for code in held.values_list("role", flat=True))
    if account is None or Role.STEWARD not in roles:
        raise NotAllowed(
            _("This is not the address of a steward's account."), next_step=_("Name the account of a steward.")
        )
    return Asking(at=asking.at, person=account.person_id, roles=roles)
