"""Pages about oneself, signing up and in, and the example's log-in: as oneself, as a stranger, as nobody."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from coproduce.events import Role
from coproduce.network.people import actions
from coproduce.network.people.asking import Asking, computer
from coproduce.network.people.models import Account, Person
from coproduce.network.people.policy import told
from tests.network.people.conftest import Joins

pytestmark = pytest.mark.django_db


def sign_in(client: Client, asking: Asking, address: str = "me@example.org") -> Client:
    with told(computer("accounts")):
        account = Account.objects.create_user(address, "a-long-password", person_id=asking.actor)
        client.force_login(account, backend="coproduce.network.people.accounts.Backend")
    return client


@pytest.mark.parametrize("path", ["/me/", "/me/children/add/", "/me/erase/"])
def test_a_guest_is_sent_to_sign_in_first(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_a_child_is_added_and_acted_for_from_the_page(client: Client, join: Joins) -> None:
    parent = join("Josephine", Role.FAMILY)
    sign_in(client, parent)
    client.post("/me/children/add/", {"pseudonym": "Orleans", "name": "O B", "birth_date": "2014-03-01"})
    page = client.get("/me/")
    assert "You are here for Orleans" in page.content.decode()


def test_acting_for_a_person_one_may_not_act_for_is_a_404(client: Client, join: Joins) -> None:
    stranger = join("Stranger")
    sign_in(client, join("Me"))
    for person in (str(stranger.actor), "999999999", "abc", "-1"):
        assert client.post("/me/act-for/", {"person": person}).status_code == 404


def test_an_ended_right_stops_at_the_next_page(client: Client, join: Joins) -> None:
    parent = join("Josephine", Role.FAMILY)
    child = actions.register_child(parent, pseudonym="Orleans", name="N", birth_date=date(2014, 3, 1))
    sign_in(client, parent)
    client.post("/me/act-for/", {"person": child.pk})
    actions.end_proxy(parent, person_id=child.pk, proxy_id=parent.actor)
    assert "You are here for Orleans" not in client.get("/me/").content.decode()


def test_erasing_oneself_signs_out_and_the_log_in_is_gone(client: Client, join: Joins) -> None:
    me = join("Me")
    sign_in(client, me)
    assert client.post("/me/erase/", {}).status_code == 200, "asks once more"
    client.post("/me/erase/", {"sure": "on"})
    assert client.get("/me/").status_code == 302
    assert Person.objects.get(pk=me.actor).erased_at is not None


def test_signing_up_makes_a_person_and_asks_for_the_code_in_the_mail(client: Client) -> None:
    form = {
        "email": "new@example.org", "password1": "a-long-passphrase", "pseudonym": "Newcomer", "role": "1",
        "of_age": "on",
    }  # fmt: skip
    answer = client.post("/accounts/signup/", form, follow=True)
    assert answer.status_code == 200
    with told(computer("accounts")):
        account = Account.objects.select_related("person").get(email="new@example.org")
    assert account.person is not None
    assert account.person.pseudonym == "Newcomer"
    code = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", mail.outbox[0].body)
    assert code is not None, mail.outbox[0].body
    client.post(answer.redirect_chain[-1][0], {"code": code.group()})
    assert client.get("/me/").status_code == 200


def test_a_role_that_is_granted_cannot_be_signed_up_for(client: Client) -> None:
    form = {
        "email": "s@example.org", "password1": "a-long-passphrase", "pseudonym": "S", "role": str(int(Role.STEWARD)),
        "of_age": "on",
    }  # fmt: skip
    client.post("/accounts/signup/", form)
    with told(computer("accounts")):
        assert not Account.objects.exists()


def test_logging_in_with_a_wrong_password_or_address_tells_nothing_about_who_is_here(
    client: Client, join: Joins
) -> None:
    sign_in(Client(), join("Me"), "known@example.org")
    answers = [
        client.post("/accounts/login/", {"login": address, "password": "wrong-password"}).content.decode()
        for address in ("known@example.org", "unknown@example.org")
    ]
    tidy = [re.sub(r'(value|name)="[^"]*"', "", re.sub("un?known", "", answer)) for answer in answers]
    assert tidy[0] == tidy[1]


def test_the_examples_log_in_does_not_exist_in_a_real_network(client: Client, join: Joins) -> None:
    someone = join("Josephine")
    with told(computer("accounts")):
        Account.objects.create_user("josephine@example.invalid", person_id=someone.actor)
    assert client.get("/me/example/").status_code == 404
    assert client.post("/me/example/be/", {"person": someone.actor}).status_code == 404
    assert client.get("/me/").status_code == 302


def test_in_the_example_one_click_signs_in_as_its_people_and_nobody_else(
    client: Client, join: Joins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "COPRODUCE", replace(settings.COPRODUCE, demo=True))
    listed, other = join("Josephine"), join("Real person")
    with told(computer("accounts")):
        Account.objects.create_user("josephine@example.invalid", person_id=listed.actor)
        Account.objects.create_user("real@example.org", person_id=other.actor)
    assert client.post("/me/example/be/", {"person": other.actor}).status_code == 404
    assert client.post("/me/example/be/", {"person": "1 OR 1=1"}).status_code == 404
    assert client.post("/me/example/be/", {"person": listed.actor}).status_code == 302
    assert "Josephine" in client.get("/me/").content.decode()


def test_signing_in_leads_to_the_people_of_the_example_only_in_the_example(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 'href="/accounts/login/"' in client.get("/about/").content.decode()
    monkeypatch.setattr(settings, "COPRODUCE", replace(settings.COPRODUCE, demo=True))
    page = client.get("/about/").content.decode()
    assert 'href="/accounts/login/"' not in page
    assert 'href="/me/example/"' in page


def test_my_page_takes_at_most_twelve_queries(
    client: Client, join: Joins, django_assert_max_num_queries: object
) -> None:
    sign_in(client, join("Me"))
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        assert client.get("/me/").status_code == 200


def test_signing_up_says_from_which_age(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "COPRODUCE", replace(settings.COPRODUCE, login_age=16))
    assert "I am 16 or older" in client.get("/accounts/signup/").content.decode()
