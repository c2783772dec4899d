"""The two addresses: read, refused clearly, never shown."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coproduce.errors import InvalidInput
from coproduce.network.database import django_database, resolve_urls
from coproduce.network.database.urls import DatabaseUrls, given_urls, parse_url, to_url, with_database

APPLICATION = "postgresql://app:pw1@db.example:5433/net"
OWNER = "postgresql://owner:pw2@db.example:5433/net"


@pytest.mark.parametrize(
    "url",
    [
        "mysql://app:hunter2@host/net",
        "sqlite:///hunter2",
        "hunter2",
        "",
        "postgresql://app:hunter2@[::1/net",
        "postgresql://app:hunter2@host:port/net",
        "postgresql://app:hunter2@host/net?hunter2=1",
        "postgresql://app:hunter2@host/net\0",
        "postgresql://:hunter2@host/net",
        "postgresql://app:hunter2@host",
        "host=h user=u password=hunter2 dbname=net",
        "postgresql://app:hunter2@" + "h" * 100_000,
    ],
)
def test_what_is_no_address_is_refused_by_the_name_of_its_setting_and_not_shown(url: str) -> None:
    with pytest.raises(InvalidInput, match="COPRODUCE_DATABASE_URL") as caught:
        parse_url(url, setting="COPRODUCE_DATABASE_URL")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("application", "owner", "said"),
    [
        (APPLICATION, "", "no COPRODUCE_DATABASE_OWNER_URL"),
        ("", OWNER, "no COPRODUCE_DATABASE_URL"),
        (OWNER, OWNER, "the same role"),
        (APPLICATION, OWNER + "2", "two databases"),
    ],
)
def test_pair_that_does_not_fit_is_refused(application: str, owner: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        given_urls(application, owner)


def test_passwords_never_show_when_the_pair_is_printed() -> None:
    assert "pw" not in repr(given_urls(APPLICATION, OWNER))


def test_given_addresses_are_used_and_nothing_is_started(tmp_path: Path) -> None:
    settings = SimpleNamespace(data=tmp_path / "none", database_url=APPLICATION, database_owner_url=OWNER)
    assert parse_url(resolve_urls(settings).owner, setting="x")["user"] == "owner"
    assert not (tmp_path / "none").exists()


def test_embedded_addresses_are_known_before_anything_is_started(tmp_path: Path) -> None:
    settings = SimpleNamespace(data=tmp_path / "none", database_url="", database_owner_url="")
    assert parse_url(resolve_urls(settings, start=False).application, setting="x")["user"] == "coproduce_app"
    assert not (tmp_path / "none").exists()


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)


@given(words, words, words)
def test_address_survives_being_taken_apart_and_put_together(user: str, password: str, database: str) -> None:
    parts = {"user": user, "password": password, "dbname": database, "host": "/tmp/a b", "port": "5433"}
    assert parse_url(to_url(parts), setting="x") == parts


def test_other_database_of_the_same_server_keeps_everything_else() -> None:
    assert parse_url(with_database(OWNER, "x y"), setting="x") == {
        **parse_url(OWNER, setting="x"),
        "dbname": "x y",
    }


def test_django_gets_its_own_names_and_the_rest_as_options() -> None:
    assert django_database(OWNER + "?sslmode=verify-full") == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "net",
        "USER": "owner",
        "PASSWORD": "pw2",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 5, "sslmode": "verify-full"},
    }


def test_pair_moves_to_another_database_together() -> None:
    both = DatabaseUrls(APPLICATION, OWNER).on("copy")
    assert {parse_url(url, setting="x")["dbname"] for url in (both.application, both.owner)} == {"copy"}
