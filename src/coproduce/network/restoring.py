"""Backing the network up, and bringing a backup back: the database, the erasures made since, then the index."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.core.management import call_command
from django.db import connections

from coproduce import clock
from coproduce.errors import Absent
from coproduce.network.commons import index
from coproduce.network.database import DatabaseUrls, django_database, resolve_urls
from coproduce.network.database.backup import restore
from coproduce.network.database.erasures import Erasure
from coproduce.network.governance.duties import note_restore
from coproduce.network.people.actions import erase_person
from coproduce.network.people.asking import Asking
from coproduce.settings import Settings

#: Without these a file is not a backup of a network.
OURS = ("log_event", "log_head", "people_person", "commons_resource", "needs_need")


def restore_network(settings: Settings, file: Path) -> int:
    """Restores a backup, brings its tables up to this version, repeats the erasures made since, rebuilds the index.

    Gives how many erasures were repeated. A restore that fails leaves the network as it was. Raises BadFile for what
    is no whole backup of a network.
    """
    repeated: list[int] = []

    def bring_up_to_now(fresh: DatabaseUrls, erasures: Sequence[Erasure]) -> None:
        with _pointed_at(fresh):
            call_command("migrate", database="owner", interactive=False, verbosity=0)
            repeated.extend(erasure.person_id for erasure in erasures if _erased(erasure))

    urls = resolve_urls(settings)
    for connection in connections.all():
        connection.close()
    restore(urls, file, data=settings.data, after=bring_up_to_now, must_contain=OURS)
    note_restore(clock.now())
    index.rebuild()
    return len(repeated)


def _erased(erasure: Erasure) -> bool:
    try:
        erase_person(Asking(system="operator", at=erasure.at), person_id=erasure.person_id)
    except Absent:
        return False
    return True


@contextlib.contextmanager
def _pointed_at(urls: DatabaseUrls) -> Iterator[None]:
    """Django's two connections lead to another database inside the block."""
    before = {alias: dict(connections[alias].settings_dict) for alias in ("default", "owner")}
    try:
        for alias, url in (("default", urls.application), ("owner", urls.owner)):
            connections[alias].close()
            connections[alias].settings_dict.update(django_database(url))
        yield
    finally:
        for alias, entry in before.items():
            connections[alias].close()
            connections[alias].settings_dict.clear()
            connections[alias].settings_dict.update(entry)
