"""Django's PostgreSQL backend, with one addition: the embedded server is started on demand.

Reading the settings opens nothing. A server that was killed while the application lives is started again by the next
connection.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db.backends.postgresql import base
from django.utils.asyncio import async_unsafe

from coproduce.network.database.embedded import EmbeddedServer
from coproduce.network.database.resolve import hold_until_exit
from coproduce.network.database.urls import parse_url

#: Key in OPTIONS: the data folder of the embedded server.
EMBEDDED = "coproduce_data"


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection of Django's to the embedded server."""

    def get_connection_params(self) -> dict[str, Any]:
        """What psycopg needs; our own option is taken out, and the socket is where the living server has it."""
        parameters: dict[str, Any] = super().get_connection_params()
        if folder := parameters.pop(EMBEDDED, None):
            address = EmbeddedServer(Path(folder)).urls().application
            parameters["host"] = parse_url(address, setting="the embedded address")["host"]
        return parameters

    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A new connection, after the embedded server has been started if it does not run."""
        if folder := self.settings_dict["OPTIONS"].get(EMBEDDED):
            hold_until_exit(EmbeddedServer(Path(folder)))
        return super().get_new_connection(conn_params)
