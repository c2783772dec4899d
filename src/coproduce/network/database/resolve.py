"""Which database is meant: the one that the settings name, or the embedded one, started on demand."""

from __future__ import annotations

import atexit
from pathlib import Path
from typing import Any, Protocol

from coproduce.network.database.embedded import EmbeddedServer, Hold
from coproduce.network.database.urls import DatabaseUrls, django_database, given_urls

_held: dict[Path, Hold] = {}


class DatabaseSettings(Protocol):
    """The settings that matter here; `coproduce.settings.Settings` has them."""

    @property
    def data(self) -> Path: ...
    @property
    def database_url(self) -> str: ...
    @property
    def database_owner_url(self) -> str: ...


def resolve_urls(settings: DatabaseSettings, *, start: bool = True) -> DatabaseUrls:
    """Addresses of this network's database.

    Where the settings name none, the embedded server is started and held until this process ends (the last process out
    stops it); with `start=False` its addresses are only computed, and nothing is opened or made.
    Raises InvalidInput for addresses that cannot be used, Unavailable when the embedded server cannot start.
    """
    given = given_urls(settings.database_url, settings.database_owner_url)
    if given is not None:
        return given
    server = EmbeddedServer(settings.data)
    if start:
        hold_until_exit(server)
    return server.urls()


def django_databases(settings: DatabaseSettings) -> dict[str, dict[str, Any]]:
    """Django's DATABASES: `default` as the application's role, `owner` as the owner's; nothing is opened or made.

    The embedded server is started by the first connection.
    """
    urls = resolve_urls(settings, start=False)
    entries = {"default": django_database(urls.application), "owner": django_database(urls.owner)}
    if is_embedded(settings):
        for entry in entries.values():
            entry["ENGINE"] = "coproduce.network.database.backend"
            entry["OPTIONS"]["coproduce_data"] = str(settings.data)
    return entries


def is_embedded(settings: DatabaseSettings) -> bool:
    """Whether this network uses the embedded server."""
    return not (settings.database_url or settings.database_owner_url)


def hold_until_exit(server: EmbeddedServer) -> None:
    """Uses the embedded server until this process ends; a forked child leaves the server to its parent."""
    folder = server.layout.data
    held = _held.get(folder)
    if held is not None and server.is_running():
        return
    _held[folder] = server.hold()
    if held is not None:
        held.abandon()
    else:
        atexit.register(release, folder)


def release(folder: Path) -> None:
    """Gives back this process's use of the embedded server now rather than at exit."""
    if held := _held.pop(folder.absolute(), None):
        held.release()
