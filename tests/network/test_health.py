"""The health page tells programs and people whether the network works, also when the database does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client

from coproduce import clock
from coproduce.matching import IndexDamaged
from coproduce.network import health, worker


@pytest.mark.django_db
def test_a_program_is_told_that_all_is_well(client: Client) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


@pytest.mark.django_db
def test_a_person_gets_a_page(client: Client) -> None:
    answer = client.get("/health", HTTP_ACCEPT="text/html,*/*;q=0.8")
    assert b"It is working" in answer.content


def test_without_a_database_the_page_still_answers_and_says_so(
    client: Client, monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    def gone() -> None:
        raise OperationalError("could not connect to server at /somewhere/private")

    with monkeypatch.context() as away:
        away.setattr(connection, "cursor", gone)
        answer = client.get("/health")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"]["mark"] == "bad"
    assert b"private" not in answer.content


@pytest.mark.django_db
def test_little_room_on_the_disk_warns_but_serves(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 10**18)
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["checks"]["disk"]["mark"]) == (200, "warn")


@pytest.mark.django_db
def test_a_worker_that_was_just_seen_is_well(client: Client) -> None:
    worker.beat(clock.now() - timedelta(seconds=20))
    assert client.get("/health").json()["checks"]["worker"]["mark"] == "good"


@pytest.mark.django_db
def test_a_worker_that_is_missed_warns_but_pages_are_served(client: Client) -> None:
    worker.beat(clock.now() - timedelta(minutes=5))
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["checks"]["worker"]["mark"]) == (200, "warn")


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "mark"), [(None, "good"), (0.5, "good"), (5.5, "warn")])
def test_a_search_index_that_lags_behind_the_commons_says_so(
    client: Client, monkeypatch: pytest.MonkeyPatch, minutes: float | None, mark: str
) -> None:
    since = None if minutes is None else int((clock.now().timestamp() - 60 * minutes) * 1e6)
    monkeypatch.setattr(health.search, "behind_since", lambda: since)
    found = client.get("/health").json()["checks"]["index"]
    assert found["mark"] == mark
    assert ("6 minutes" in found["said"]) == (mark == "warn")


@pytest.mark.django_db
def test_a_search_index_that_cannot_be_opened_warns(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged() -> None:
        raise IndexDamaged("The index at /somewhere/private is damaged.")

    monkeypatch.setattr(health.search, "index", damaged)
    answer = client.get("/health")
    assert answer.json()["checks"]["index"]["mark"] == "warn"
    assert b"private" not in answer.content


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_can_only_be_read(client: Client, method: str) -> None:
    assert getattr(client, method)("/health").status_code == 405
