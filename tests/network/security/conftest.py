"""The town of the needs' tests, with a browser for each of its people."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from coproduce.network.people.asking import Asking, computer
from coproduce.network.people.models import Account
from coproduce.network.people.policy import told
from tests.network.needs.conftest import Town, enter, school, shelf, town

__all__ = ["school", "shelf", "town"]

SignIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def unlimited(settings: object) -> Iterator[None]:
    """What one test did too often does not count in the next; passwords are quick to check here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
    cache.clear()
    yield
    cache.clear()


def account_of(asking: Asking, address: str) -> Account:
    """The log-in of somebody, made at the first call."""
    with told(computer("accounts")):
        found = Account.objects.filter(person_id=asking.actor).first()
        return found or Account.objects.create_user(address, "a-long-passphrase", person_id=asking.actor)


@pytest.fixture
def sign_in(town: Town) -> SignIn:
    """A browser in which somebody of the town is signed in; `guest` is nobody."""

    def browser(name: str, **options: object) -> Client:
        client = Client(**options)  # type: ignore[arg-type]
        if name != "guest":
            asking: Asking = getattr(town, name)
            enter(client, account_of(asking, f"{name}@example.org"), asking)
        return client

    return browser
