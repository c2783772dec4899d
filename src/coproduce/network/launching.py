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

    Raises InvalidInput when the folder holds something that is not the example.
    """
    if fresh:
        _throw_away(settings.data)
    settings.data.mkdir(parents=True, exist_ok=True)
    (settings.data / EXAMPLE_MARK).touch()
    with _progress() as tell:
        tell("database and tables", 0.0)
        make_network(settings)
        from coproduce import clock
        from coproduce.network.laboratory.demo import is_seeded, seed_example

        if not is_seeded():
            seed_example(clock.now(), tell)


#: Lies in the data folder of an example network, so that no other folder is ever thrown away.
EXAMPLE_MARK = "this-is-the-example"


def _throw_away(folder: Path) -> None:
    if not folder.exists():
        return
    if not (folder / EXAMPLE_MARK).exists():
        raise InvalidInput(
            given="a folder that holds no example network",
            expected="the folder of an earlier `coproduce demo`",
            next_step="Name another one with --data, or leave --fresh out.",
        )
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
