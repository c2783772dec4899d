"""A forgotten password and a second factor, through the pages, behind row-level security."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    SECRET_SESSION_KEY,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.test import Client

from coproduce.network.people.asking import Asking, computer
from coproduce.network.people.models import Account
from coproduce.network.people.policy import told
from tests.network.people.conftest import Joins

pytestmark = pytest.mark.django_db

PASSWORD = "a-long-passphrase-of-mine"


@pytest.fixture
def me(join: Joins) -> Asking:
    asking = join("Me")
    with told(computer("accounts")):
        account = Account.objects.create_user("me@example.org", PASSWORD, person_id=asking.actor)
        EmailAddress.objects.create(user=account, email="me@example.org", verified=True, primary=True)
    return asking


def sign_in(client: Client, password: str = PASSWORD) -> str:
    answer = client.post("/accounts/login/", {"login": "me@example.org", "password": password}, follow=True)
    return str(answer.redirect_chain[-1][0]) if answer.redirect_chain else ""


def set_second_factor(client: Client) -> None:
    """Signs in, gives the password once more as the page asks, and sets the factor."""
    sign_in(client)
    page = client.get("/accounts/2fa/totp/activate/", follow=True)
    client.post(page.redirect_chain[-1][0], {"password": PASSWORD}, follow=True)
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code_now(client.session[SECRET_SESSION_KEY])})
    assert answer.status_code == 302


def code_now(secret: str) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(secret, counter)))


def test_a_forgotten_password_is_set_anew_by_the_mailed_link(client: Client, me: Asking) -> None:
    client.post("/accounts/password/reset/", {"email": "me@example.org"})
    link = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", mail.outbox[0].body)
    assert link is not None, mail.outbox[0].body
    form = client.get(link.group(1), follow=True)
    new = {"password1": "another-long-passphrase", "password2": "another-long-passphrase"}
    client.post(form.redirect_chain[-1][0], new)
    assert sign_in(Client(), PASSWORD) == ""
    assert sign_in(Client(), "another-long-passphrase") == "/"


def test_asking_to_reset_an_unknown_address_looks_the_same(client: Client, me: Asking) -> None:
    known = client.post("/accounts/password/reset/", {"email": "me@example.org"})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_once_a_second_factor_is_set_the_password_alone_does_not_sign_in(client: Client, me: Asking) -> None:
    set_second_factor(client)
    later = Client()
    assert sign_in(later).startswith("/accounts/2fa/authenticate/")
    assert later.get("/me/").status_code == 302


def test_the_secret_of_a_second_factor_is_seen_by_nobody_else(client: Client, me: Asking, join: Joins) -> None:
    set_second_factor(client)
    with told(join("Stranger")):
        assert Authenticator.objects.count() == 0
    with told(me):
        stored = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    assert get_adapter().decrypt(stored.data["secret"])


def said(page: object) -> str:
    return re.sub(r"\s+", " ", page.content.decode())  # type: ignore[attr-defined]


def test_joining_asks_for_the_code_that_was_mailed_and_sends_another(client: Client) -> None:
    form = {"email": "new@example.org", "password1": PASSWORD, "pseudonym": "New", "role": "1", "of_age": "on"}
    page = client.post("/accounts/signup/", form, follow=True)
    assert "<h1>Type in the code</h1>" in said(page)
    assert "new@example.org" in said(page)
    here = page.redirect_chain[-1][0]
    for words in ("Send another code", "The code from the mail", "The right e-mail address"):
        assert words in said(page)
    client.post(here, {"action": "resend"})
    code = re.search(r"^([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})$", mail.outbox[-1].body, re.MULTILINE)
    assert code is not None, mail.outbox[-1].body
    assert "error" in said(client.post(here, {"code": "XXXXXX"}))
    client.post(here, {"code": code.group(1)})
    assert client.get("/me/").status_code == 200


def test_who_has_joined_or_has_not_is_told_by_mail_in_plain_words(client: Client, me: Asking) -> None:
    client.post("/accounts/password/reset/", {"email": "me@example.org"})
    client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
    form = {"email": "me@example.org", "password1": PASSWORD, "pseudonym": "New", "role": "1", "of_age": "on"}
    Client().post("/accounts/signup/", form)
    for sent, subject, link in zip(
        mail.outbox,
        ("Choose a new password", "Nobody has joined with this address", "You have joined already"),
        ("/accounts/password/reset/key/", "/accounts/signup/", "/accounts/password/reset/"),
        strict=True,
    ):
        assert sent.subject.endswith(subject)
        assert link in sent.body
        assert "If you did not ask for it" in sent.body


def test_spare_codes_are_shown_made_anew_and_let_in_once(client: Client, me: Asking) -> None:
    set_second_factor(client)
    page = said(client.get("/accounts/2fa/recovery-codes/"))
    codes = re.findall(r"<code>([^<]+)</code>", page)
    assert f"{len(codes)} codes are left." in page
    asked = said(client.get("/accounts/2fa/recovery-codes/generate/"))
    assert "will stop working" in asked
    client.post("/accounts/2fa/recovery-codes/generate/")
    new = re.findall(r"<code>([^<]+)</code>", said(client.get("/accounts/2fa/recovery-codes/")))
    assert set(new).isdisjoint(codes)
    later = Client()
    sign_in(later)
    later.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    assert later.get("/me/").status_code == 302, "an old code"
    later.post("/accounts/2fa/authenticate/", {"code": new[0]})
    assert later.get("/me/").status_code == 200
    assert new[0] not in said(later.get("/accounts/2fa/recovery-codes/"))


def test_the_second_step_is_turned_off_only_when_asked_twice(client: Client, me: Asking) -> None:
    set_second_factor(client)
    page = said(client.get("/accounts/2fa/totp/deactivate/"))
    assert "anybody who knows it" in page
    client.post("/accounts/2fa/totp/deactivate/")
    assert sign_in(Client()) == "/"
