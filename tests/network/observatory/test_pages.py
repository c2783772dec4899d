"""The Network page and the pages behind it: plain words, every measure in full, data, and nobody to be found."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.utils.html import escape

from coproduce.measures import CATALOGUE
from coproduce.network.observatory.models import Drawing, Number, Picture
from coproduce.network.people.models import Account, Person
from tests.network.observatory.conftest import FIRST_NEED, FIRST_PERSON

PAGES = ("/network/", "/network/all/", "/network/N2.F7d/")
FILES = ("/network/N2.F7d.csv", "/network/all.csv")


def body(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_guest_reads_first_how_soon_needs_are_met(client: Client, counted: None) -> None:
    page = body(client, "/network/")
    assert "Of 100 needs stated here, about 33 were met within a week" in page
    assert "For about 8 of 100 needs, nobody told us how it went." in page


def test_every_tile_opens_its_definition_its_page_and_its_data(client: Client, counted: None) -> None:
    page = body(client, "/network/")
    for name in ("N2.F7d", "N3", "N4", "N6", "E2.climb", "E7.F24h", "S1"):
        assert f'href="/network/{name}/"' in page
        assert f'href="/network/{name}.csv"' in page
        assert CATALOGUE[name].name in page


def test_every_declared_measure_has_its_page_and_its_file(client: Client, counted: None) -> None:
    listed = body(client, "/network/all/")
    for name, declared in CATALOGUE.items():
        assert f'href="/network/{name}/"' in listed
        page = body(client, f"/network/{name}/")
        assert name in page
        assert escape(declared.name) in page
        assert body(client, f"/network/{name}.csv").startswith("id,of,group,from,to,value")


def test_the_file_of_a_measure_says_what_the_measure_says(client: Client, counted: None) -> None:
    rows = list(csv.DictReader(io.StringIO(body(client, "/network/N2.F7d.csv"))))
    whole = Number.objects.get(measure_id="N2.F7d").whole
    assert float(rows[0]["value"]) == whole["value"]
    assert [row["of"] for row in rows].count("month") == 12
    assert {row["group"] for row in rows if row["of"] == "site"} == {"east", "west"}
    assert rows[0]["note"] == ""


@pytest.mark.parametrize("path", [*PAGES, *FILES])
def test_no_person_and_no_need_can_be_found(client: Client, counted: None, path: str) -> None:
    page = body(client, path)
    assert str(FIRST_PERSON)[:7] not in page
    assert str(FIRST_NEED)[:7] not in page


def test_nothing_that_is_kept_names_a_person_or_a_need(client: Client, counted: None) -> None:
    body(client, "/network/")
    kept = [str(list(model.objects.values_list())) for model in (Number, Picture, Drawing)]
    assert not any(str(first)[:7] in text for text in kept for first in (FIRST_PERSON, FIRST_NEED))


def test_two_clinicians_are_too_few_to_be_counted_in_public(client: Client, counted: None) -> None:
    page = body(client, "/network/S0.clinician/")
    assert "Not computable" in page
    assert "fewer than 11" in page
    assert Number.objects.get(measure_id="S0").whole["value"] == 14
    assert Number.objects.get(measure_id="S0.family").whole["value"] is None  # else 14 less 12 gives the two away


@pytest.mark.parametrize(
    "path", ["/network/N99/", "/network/../N1/", "/network/N99.csv", "/network/N2/", "/network/%00/"]
)
def test_a_measure_that_is_not_declared_is_not_there(client: Client, counted: None, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", [*PAGES, *FILES])
def test_a_page_asks_the_database_at_most_twelve_times(
    client: Client, counted: None, path: str, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        client.get(path)


def test_a_member_reads_the_same_as_a_guest(client: Client, counted: None) -> None:
    as_guest = body(client, "/network/N1.needs.csv")
    person = Person.objects.using("owner").create(pseudonym="Wren")
    account = Account.objects.db_manager("owner").create_user(
        "wren@example.org", "a-long-password", person_id=person.pk
    )
    client.force_login(account, backend="coproduce.network.people.accounts.Backend")
    assert body(client, "/network/N1.needs.csv") == as_guest


def test_pages_are_read_only(client: Client, counted: None) -> None:
    assert client.post("/network/").status_code == 405
