"""A real site in a real browser: PostgreSQL, the whole of Django, Debian's Chromium.

    def test_the_home_page_asks_one_question(visit):
        visitor = visit(width=360)
        visitor.go("/")
        assert visitor.page.get_by_label("What do you need?").is_visible()
        assert visitor.barriers() == []

`visit(width=..., dark=..., javascript=..., account=...)` opens a browser window of its own. When the test ends, every
window is checked: no request left the machine, and nothing went wrong in a script or against the content policy.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from django.conf import settings
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test.testcases import LiveServerThread
from django.test.utils import override_settings
from playwright.sync_api import Browser, sync_playwright
from scripts import screenshots

from coproduce.network.database import DatabaseUrls
from tests.browser.visitor import Visitor
from tests.network.conftest import (
    committed,
    database_server,
    django_db_setup,
    example_mould,
    migrated,
    own_database,
)
from tests.network.database_fixture import TestServer

__all__ = ["committed", "database_server", "django_db_setup", "example_mould", "migrated"]

#: Debian's Chromium needs no sandbox where tests run as root in a container, and is to call nobody by itself.
SWITCHES = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-sync"]

Visit = Callable[..., Visitor]


class _Handler:
    """What LiveServerThread wants of a static handler: WhiteNoise serves static files already."""

    def __new__(cls, application: object) -> object:  # type: ignore[misc]
        return application


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the run; skips where there is none, and fails under CI=true."""
    # Playwright keeps an event loop in this thread, and Django would take that for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        path = screenshots.chromium()
    except SystemExit as problem:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(str(problem))
        pytest.skip(str(problem))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site_database(
    database_server: TestServer, migrated: DatabaseUrls, django_db_setup: None, django_db_blocker: object
) -> Iterator[DatabaseUrls]:
    """A database of its own for the tests of one file, in which everything really commits."""
    with own_database(database_server, migrated, django_db_blocker) as urls:
        yield urls


@pytest.fixture(scope="module")
def site(site_database: DatabaseUrls) -> Iterator[str]:
    """The address of a running example network with this file's database."""
    with override_settings(COPRODUCE=replace(settings.COPRODUCE, demo=True), ALLOWED_HOSTS=["127.0.0.1"]):
        thread = LiveServerThread("127.0.0.1", _Handler)
        thread.server_class = ThreadedWSGIServer
        thread.daemon = True
        thread.start()
        thread.is_ready.wait()
        if thread.error:
            raise thread.error
        yield f"http://127.0.0.1:{thread.port}"
        thread.terminate()


@pytest.fixture
def visit(site: str, chromium: Browser) -> Iterator[Visit]:
    """Opens windows; see the head of this file."""
    opened: list[Visitor] = []

    def open_window(**wishes: object) -> Visitor:
        opened.append(Visitor.arrive(chromium, site, **wishes))  # type: ignore[arg-type]
        return opened[-1]

    yield open_window
    for visitor in opened:
        visitor.leave()
