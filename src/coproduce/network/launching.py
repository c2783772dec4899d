"""Setting Django up in a process that the command line started, and bringing the tables up to date."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from coproduce.errors import InvalidInput
from coproduce.network.database import EmbeddedServer, resolve_urls, roles
from coproduce.network.secrets import SECRET_KEY, kept_secret
from coproduce.settings import Settings


def with_django() -> Settings:
    """Sets Django up for this process; gives the settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coproduce.network.settings")
    import django
    from django.conf import settings

    django.setup()
    chosen: Settings = settings.COPRODUCE
    return chosen


def make_database(settings: Settings) -> None:
    """Makes roles and database where they are missing, and checks that the application's role is a small one."""
    urls = resolve_urls(settings)
    roles.open_to_application(urls)
    roles.check(urls)


def make_network(settings: Settings) -> None:
    """Makes what a network needs: key, roles, database, tables. Safe to repeat."""
    kept_secret(settings.data / "secrets" / SECRET_KEY)
    make_database(settings)
    migrate_tables()


def migrate_tables() -> None:
    """Brings the tables up to this version, as their owner."""
    with_django()
    from django.core.management import call_command

    call_command("migrate", database="owner", interactive=False, verbosity=0)


def waiting_migrations() -> list[str]:
    """Names of the migrations that the database has not seen yet."""
    with_django()
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections["owner"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _ in plan]


def make_example(settings: Settings, *, fresh: bool = False) -> None:
    """Makes the example network where it is not made yet, with a line of progress for each part.

    One that was interrupted while it was being made is thrown away and begun anew. Raises InvalidInput when the folder
    holds something that is not the example.
    """
    mark = settings.data / EXAMPLE_MARK
    is_whole = mark.is_file() and mark.read_text() == _WHOLE
    if fresh or (mark.is_file() and not is_whole):
        _throw_away(settings.data)
        is_whole = False
    if not mark.is_file() and (settings.data.is_file() or (settings.data.exists() and any(settings.data.iterdir()))):
        raise _no_example()
    settings.data.mkdir(parents=True, exist_ok=True)
    mark.touch()
    with _progress() as tell:
        tell("database and tables", 0.0)
        make_network(settings)
        if not is_whole:
            from coproduce import clock
            from coproduce.network.laboratory.demo import seed_example

            seed_example(clock.now(), tell)
            mark.write_text(_WHOLE)


#: Lies in the data folder of an example network, so that no other folder is ever thrown away.
EXAMPLE_MARK = "this-is-the-example"
#: What the mark says once everything is made.
_WHOLE = "whole"


def _no_example() -> InvalidInput:
    return InvalidInput(
        given="a folder that holds something else than an example network",
        expected="an empty folder, or that of an earlier `coproduce demo`",
        next_step="Name another one with --data.",
    )


def _throw_away(folder: Path) -> None:
    if not folder.exists():
        return
    if not (folder / EXAMPLE_MARK).exists():
        raise _no_example()
    EmbeddedServer(folder).stop(force=True)
    shutil.rmtree(folder)


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[str, float], None]]:
    """A line on standard error that says which part is being made, and how far it is."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        said: set[str] = set()

        def say(part: str, _share: float) -> None:
            if part not in said:
                said.add(part)
                console.print(f"Making the example: {part} ...", highlight=False)

        yield say
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda part, share: bar.update(task, description=f"Making the example: {part}", completed=share)
