"""PostgreSQL: embedded by default, any server of version 15 or newer by two addresses.

`resolve_urls(settings)` is the door: it gives the addresses of the application's and the owner's role and starts the
embedded server if that is what the settings mean. Needs no Django.
"""

from coproduce.network.database.embedded import EmbeddedServer, Hold
from coproduce.network.database.resolve import django_databases, hold_until_exit, is_embedded, release, resolve_urls
from coproduce.network.database.urls import DatabaseUrls, django_database

__all__ = [
    "DatabaseUrls",
    "EmbeddedServer",
    "Hold",
    "django_database",
    "django_databases",
    "hold_until_exit",
    "is_embedded",
    "release",
    "resolve_urls",
]
