"""`coproduce people`: the first steward of a real network, and the end of a role."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner, Result

from coproduce.cli import app
from coproduce.events import Role
from coproduce.network.log import events_about
from coproduce.network.people.asking import Asking, computer
from coproduce.network.people.models import Account, RoleHeld
from coproduce.network.people.policy import told
from tests.network.people.conftest import Joins

pytestmark = pytest.mark.django_db
ADDRESS = "somebody@example.org"


@pytest.fixture
def somebody(join: Joins) -> Asking:
    me = join("Somebody")
    with told(computer("accounts")):
        Account.objects.create_user(ADDRESS, "a-long-password", person_id=me.actor)
    return me


def command(*words: str) -> Result:
    return CliRunner().invoke(app, ["people", *words])


def held(person: Asking) -> set[int]:
    with told(computer("operator")):
        return set(RoleHeld.objects.filter(person_id=person.actor, until=None).values_list("role", flat=True))


def test_whoever_runs_the_server_names_the_first_steward_and_the_log_says_so(somebody: Asking) -> None:
    assert command("grant", ADDRESS.upper(), "steward").exit_code == 0
    assert held(somebody) == {Role.PATIENT, Role.STEWARD}
    assert "RoleGranted" in [row.what.__name__ for row in events_about([somebody.actor])]


def test_a_role_ends(somebody: Asking) -> None:
    command("grant", ADDRESS, "improvement-lead")
    assert command("end", ADDRESS, "improvement-lead").exit_code == 0
    assert held(somebody) == {Role.PATIENT}


@pytest.mark.parametrize("address", ["nobody@example.org", "", "\x00", "x" * 100_000])
def test_an_address_without_an_account_is_refused_and_not_repeated(somebody: Asking, address: str) -> None:
    refused = command("grant", address, "steward")
    assert refused.exit_code != 0
    assert address.strip("\x00") == "" or address not in str(refused.exception)
    assert held(somebody) == {Role.PATIENT}


def test_a_role_that_there_is_not_is_refused(somebody: Asking) -> None:
    assert command("grant", ADDRESS, "king").exit_code == 2
