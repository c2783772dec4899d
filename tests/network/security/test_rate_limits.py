"""Guessing is slow: too many tries of one kind are refused for a while."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client

from tests.network.needs.conftest import Town
from tests.network.security.conftest import account_of

TRIES: dict[str, tuple[str, dict[str, str], int]] = {
    "passwords": ("/accounts/login/", {"login": "daniel@example.org", "password": "wrong-password"}, 12),
    "resets": ("/accounts/password/reset/", {"email": "daniel@example.org"}, 7),
    "sign-ups": ("/accounts/signup/", {"email": "x", "password1": "x"}, 25),
}


def _answers(client: Client, kind: str, **headers: str) -> list[int]:
    path, form, n_tries = TRIES[kind]
    return [client.post(path, form, headers=headers).status_code for _try in range(n_tries)]


@pytest.mark.parametrize("kind", TRIES)
def test_too_many_tries_are_refused(town: Town, client: Client, kind: str) -> None:
    account_of(town.daniel, "daniel@example.org")
    path, form, n_tries = TRIES[kind]
    answers = [client.post(path, form) for _try in range(n_tries)]
    last = answers[-1]
    assert last.status_code == 429 or "Too many" in last.content.decode(), last.content.decode()[-600:]


def test_a_right_password_is_refused_too_after_many_wrong_ones(town: Town, client: Client) -> None:
    account_of(town.daniel, "daniel@example.org")
    _answers(client, "passwords")
    client.post("/accounts/login/", {"login": "daniel@example.org", "password": "a-long-passphrase"})
    assert client.get("/me/").status_code == 302


def test_a_made_up_address_before_the_proxys_own_changes_nothing(town: Town, client: Client, settings: object) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1  # type: ignore[attr-defined]
    path, form, n_tries = TRIES["sign-ups"]
    for turn in range(n_tries):
        answer = client.post(path, form, headers={"x-forwarded-for": f"10.0.0.{turn}, 203.0.113.9"})
    assert answer.status_code == 429
    assert client.post(path, form, headers={"x-forwarded-for": "203.0.113.10"}).status_code == 200


def test_all_web_processes_count_together(tmp_path: Path) -> None:
    def process(deed: str) -> str:
        code = f"import django; django.setup(); from django.core.cache import cache; {deed}"
        environment = {name: said for name, said in os.environ.items() if not name.startswith("COPRODUCE_")}
        ours = {"COPRODUCE_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "coproduce.network.settings"}
        return subprocess.check_output([sys.executable, "-c", code], env={**environment, **ours}, text=True, timeout=60)

    process("cache.set('tries', [1, 2, 3])")
    assert process("print(cache.get('tries'))").strip() == "[1, 2, 3]"


def test_what_is_counted_names_nobody(town: Town, client: Client) -> None:
    _answers(client, "passwords")
    folder = Path(cache._dir)  # type: ignore[attr-defined]
    assert list(folder.iterdir())
    assert not [path for path in folder.iterdir() if b"daniel" in path.read_bytes() or "daniel" in path.name]
