"""`coproduce people`: the roles that are granted, not chosen. Whoever runs these on the server is its operator."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from coproduce.events import Role

app = typer.Typer(help="People: give somebody a role, or end it.", no_args_is_help=True)


class Granted(StrEnum):
    """Roles that somebody may be given."""

    PATIENT = "patient"
    FAMILY = "family"
    CLINICIAN = "clinician"
    RESEARCHER = "researcher"
    IMPROVEMENT_LEAD = "improvement-lead"
    STEWARD = "steward"


Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="E-mail address of the person's account.")]
Given = Annotated[Granted, typer.Argument(metavar="ROLE", help="Such as clinician, improvement-lead or steward.")]


@app.command()
def grant(address: Address, role: Given) -> None:
    """Give somebody a role: the first steward of a network, for one.

    Example: coproduce people grant somebody@example.org steward
    """
    person_id, code = _found(address, role)
    from coproduce.network.people.actions import grant_role
    from coproduce.network.people.asking import computer

    grant_role(computer("operator"), person_id=person_id, role=code)
    typer.echo(f"They are {role.value} from now on.", err=True)


@app.command()
def end(address: Address, role: Given) -> None:
    """End a role that somebody holds.

    Example: coproduce people end somebody@example.org steward
    """
    person_id, code = _found(address, role)
    from coproduce.network.people.actions import end_role
    from coproduce.network.people.asking import computer

    end_role(computer("operator"), person_id=person_id, role=code)
    typer.echo(f"They are {role.value} no more.", err=True)


def _found(address: str, role: Granted) -> tuple[int, Role]:
    from coproduce.network.launching import with_django

    with_django()
    from coproduce.events import Role
    from coproduce.network.people.asking import computer
    from coproduce.network.people.queries import person_by_address

    return person_by_address(computer("operator"), address=address).pk, Role[role.name]
