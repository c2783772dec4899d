"""Setting Django up in a process that the command line started, and bringing the tables up to date."""

from __future__ import annotations

import os

from coproduce.network.database import resolve_urls, roles
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
