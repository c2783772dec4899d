"""The commons in a browser: no barrier and nothing sideways on any of its pages."""

from __future__ import annotations

import pytest

from coproduce.events import Role
from coproduce.network.commons import actions
from coproduce.network.commons.models import Resource
from coproduce.network.commons.words import Words
from coproduce.network.people.asking import Asking
from coproduce.network.people.models import Account
from tests.browser.conftest import Visit
from tests.browser.visitor import DESKTOP, PHONE, make_account

TEXT = (
    "## A table\n\n| cycle | what was tried | what was seen |\n| --- | --- | --- |\n| 1 | a list | it helped |\n\nMore."
)
PAGES = ("/commons/", "/commons/new/", "/commons/mine/", "{0}", "{0}edit/", "{0}versions/")


@pytest.fixture(scope="module")
def writer(site: str) -> Account:
    made = make_account("writer@example.org")
    assert isinstance(made, Account)
    return made


@pytest.fixture(scope="module")
def shared(writer: Account) -> Resource:
    """Something with a table and two versions."""
    asking = Asking(person=writer.person_id, roles=frozenset({Role.PATIENT}))
    words = Words(title="Small tests", body=TEXT, kind="know-how", line_of_work=1, risk_class=0)
    made = actions.create_resource(asking, words=words, share=True)
    better = Words(title="Small tests", body=f"{TEXT} And more.", kind="know-how", line_of_work=1, risk_class=0)
    actions.revise_resource(asking, resource_id=made.pk, based_on=made.latest_id or -1, words=better)
    return made


# A light phone and a dark, wide window are tried on every page of the example network, these among them.
@pytest.mark.parametrize(("width", "dark"), [(PHONE, True), (DESKTOP, False)])
def test_its_pages_have_no_barrier(visit: Visit, writer: Account, shared: Resource, width: int, dark: bool) -> None:
    visitor = visit(width=width, dark=dark, account=writer)
    paths = [page.format(f"/commons/{shared.pk}/") for page in PAGES]
    found = {}
    for path in paths:
        assert visitor.go(path).status == 200
        found[path] = (visitor.barriers(), visitor.sideways(), visitor.page.locator("h1").count())
    assert found == dict.fromkeys(paths, ([], 0, 1))
