"""Every page of the example costs at most 12 queries and 120 kB, for whoever opens it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from benchmarks.service import pages
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from tests.network.conftest import Example, own_database
from tests.network.database_fixture import TestServer

#: Telling the database who asks is one of them, a savepoint too; the request's own transaction is not.
MOST_QUERIES = 12
_TRANSACTION = ("BEGIN", "COMMIT")
#: Of a page's first load, as it travels.
MOST_BYTES = 120_000
#: The gallery shows whoever builds pages every component at once; no visitor is led there.
_GALLERY = "design/"
_BROUGHT = re.compile(rb'(?:href|src)="/static/([^"?]+)(?:\?[^"]*)?"')
BLANKS = ("need_id", "offer_id", "resource_id", "number", "measure_id", "person_id", "site_id")
ROUTES = sorted(pages.addresses(dict.fromkeys(BLANKS, 1)))


@pytest.fixture(scope="module")
def visitors(
    database_server: TestServer, example_mould: Example, django_db_blocker: object
) -> Iterator[dict[str, Client]]:
    """The example network, and a browser for each of those who look."""
    with (
        own_database(database_server, example_mould.urls, django_db_blocker, example_mould.data),
        override_settings(COPRODUCE=replace(settings.COPRODUCE, demo=True)),
    ):
        clients = {name: Client() for name in pages.VISITORS}
        for name, key in pages.sessions().items():
            clients[name].cookies[settings.SESSION_COOKIE_NAME] = key
        yield clients


@pytest.fixture(scope="module")
def filled(visitors: dict[str, Client]) -> dict[str, str]:
    return pages.addresses(pages.blanks())


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("who", pages.VISITORS)
def test_a_page_costs_few_queries_and_is_light_also_when_opened_for_the_first_time(
    visitors: dict[str, Client], filled: dict[str, str], who: str, route: str
) -> None:
    with CaptureQueriesContext(connection) as sent:
        answer = visitors[who].get(filled[route])
    queries = [query["sql"][:100] for query in sent if not query["sql"].startswith(_TRANSACTION)]
    assert answer.status_code < 500
    assert len(queries) <= MOST_QUERIES, queries
    is_page = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
    if is_page and route != _GALLERY:
        brought = {path.decode() for path in _BROUGHT.findall(answer.content)}
        assert len(answer.content) + sum(_sent(path) for path in brought) <= MOST_BYTES
        changes_in_place = re.search(rb"\shx-(get|post)=", answer.content) is not None
        assert any("htmx" in path for path in brought) or not changes_in_place


@functools.cache
def _sent(path: str) -> int:
    """How many bytes of a static file travel to a browser."""
    answer = Client().get(f"/static/{path}", headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200, f"the page asks for {path}, which is not there"
    return len(answer.getvalue())
