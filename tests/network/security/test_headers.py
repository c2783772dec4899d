"""What every answer carries, and the ways a browser could be led astray."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from coproduce.network.needs.models import Need
from coproduce.network.people.asking import Asking, computer
from coproduce.network.people.models import Account, Person, RoleHeld
from coproduce.network.people.policy import told
from tests.network.needs.conftest import Town
from tests.network.security.addresses import filled, patterns
from tests.network.security.conftest import SignIn, account_of

HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.mark.parametrize("who", ["guest", "josephine"])
def test_every_page_and_every_refusal_carries_the_guards(sign_in: SignIn, school: Need, who: str) -> None:
    client = sign_in(who, raise_request_exception=False)
    for pattern in patterns():
        answer = client.get(filled(pattern, str(school.pk)))
        policy = answer.headers.get("Content-Security-Policy", "")
        assert "default-src 'none'" in policy, pattern
        assert "script-src 'self'" in policy, pattern
        assert "frame-ancestors 'none'" in policy, pattern
        assert "unsafe" not in policy, pattern
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS, pattern
        assert b" onclick=" not in answer.content, pattern
        assert b" style=" not in answer.content, pattern


def test_pages_with_somebodys_words_are_not_kept_by_browsers_and_proxies(sign_in: SignIn, school: Need) -> None:
    client = sign_in("josephine")
    for path in ("/", "/needs/", f"/needs/{school.pk}/", f"/needs/{school.pk}/story/", "/me/", "/commons/mine/"):
        kept = client.get(path).headers.get("Cache-Control", "")
        assert "no-store" in kept, path
        assert "private" in kept, path


def _knows(asking: Asking, address: str) -> None:
    account = account_of(asking, address)
    with told(computer("accounts")):
        account.emailaddress_set.create(email=address, verified=True, primary=True)


def test_cookies_are_closed_to_scripts_and_other_sites(town: Town, client: Client) -> None:
    _knows(town.daniel, "daniel@example.org")
    answer = client.post("/accounts/login/", {"login": "daniel@example.org", "password": "a-long-passphrase"})
    assert answer.status_code == 302
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


EVIL = [
    "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "http:evil.example",
    "javascript:alert(1)", "\thttps://evil.example", "https://127.0.0.1@evil.example/",
]  # fmt: skip


@pytest.mark.parametrize("next_", EVIL, ids=ascii)
def test_signing_in_leads_nowhere_outside(town: Town, client: Client, next_: str) -> None:
    _knows(town.daniel, "daniel@example.org")
    form = {"login": "daniel@example.org", "password": "a-long-passphrase", "next": next_}
    answer = client.post("/accounts/login/?next=" + next_.strip(), form)
    assert "evil" not in answer.headers.get("Location", "")
    assert "javascript" not in answer.headers.get("Location", "")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1:80@evil.example", "a b"])
def test_another_hosts_name_is_refused(db: None, host: str) -> None:
    client = Client(raise_request_exception=False)
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.content.decode()


def test_a_mail_names_our_own_address_whatever_the_request_said(town: Town, client: Client) -> None:
    account_of(town.daniel, "daniel@example.org")
    client.post(
        "/accounts/password/reset/", {"email": "daniel@example.org"}, headers={"x-forwarded-host": "evil.example"}
    )
    assert mail.outbox
    assert "evil" not in mail.outbox[0].body


def test_no_form_is_taken_without_its_token(sign_in: SignIn, school: Need) -> None:
    client = sign_in("josephine", enforce_csrf_checks=True)
    for pattern in patterns():
        answer = client.post(filled(pattern, str(school.pk)), {"words": "x", "sure": "on"})
        assert answer.status_code in {403, 404, 405}, (pattern, answer.status_code)
    with told(computer("operator")):
        assert Need.objects.count() == 1


def test_nobody_gives_themselves_what_no_form_offers(sign_in: SignIn, town: Town) -> None:
    client = sign_in("daniel")
    more = {
        "id": town.bianca.person, "pk": town.bianca.person, "person": town.bianca.person, "role": 6, "roles": "6",
        "site": 1, "is_staff": "on", "is_superuser": "on", "erased_at": "2020-01-01", "helps_with": '["x"]',
        "stated_by": 1, "owner": town.bianca.person, "state": "confirmed", "person_id": town.bianca.person,
    }  # fmt: skip
    form = {"pseudonym": "D", "about": "", "help_capacity": 0, "time_zone": "", "quiet_from": "", "quiet_to": ""}
    assert client.post("/me/", {**form, **more}).status_code == 302
    assert Person.objects.get(pk=town.bianca.actor).pseudonym == "Bianca"
    assert Person.objects.get(pk=town.daniel.actor).helps_with == []
    assert [held.role for held in RoleHeld.objects.filter(person_id=town.daniel.actor)] == [2]
    need = {"words": "x at school", "audience": "only-me", "line_of_work": 1, "stage": "", "goal": "", "whom": ""}
    client.post("/", {**need, **more})
    with told(town.daniel):
        found = Need.objects.get()
        assert (found.stated_by_id, found.for_person_id) == (town.daniel.person, town.daniel.person)
        assert found.state != "confirmed"
        assert not Account.objects.get(person_id=town.daniel.person).is_staff


def test_the_deploy_check_of_django_finds_nothing_behind_https(tmp_path: Path) -> None:
    environment = {name: said for name, said in os.environ.items() if not name.startswith("COPRODUCE_")}
    ours = {"COPRODUCE_DATA": str(tmp_path), "COPRODUCE_PUBLIC_URL": "https://network.example.org"}
    done = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        env={**environment, **ours, "DJANGO_SETTINGS_MODULE": "coproduce.network.settings"},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
