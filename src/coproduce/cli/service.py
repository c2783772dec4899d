"""Commands that run a network: init, migrate, serve, worker, doctor, db."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from coproduce.settings import Settings

db = typer.Typer(help="The database: make it, back it up, bring it back.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    app.command()(init)
    app.command()(migrate)
    app.command()(serve)
    app.command()(worker)
    app.command()(doctor)
    app.add_typer(db, name="db")


def say(line: str) -> None:
    """A line of progress, on standard error: standard output is for answers."""
    sys.stderr.write(f"{line}\n")


def init() -> None:
    """Make the data folder, keys, roles, database and tables; safe to repeat.

    Example: coproduce init
    """
    from coproduce.network.launching import make_network

    settings = Settings.from_environment()
    make_network(settings)
    say(f"Ready. The data are in {settings.data}. Next: coproduce serve")


@db.command("init")
def db_init() -> None:
    """Make the roles and the database; safe to repeat.

    Example: coproduce db init
    """
    from coproduce.network.launching import make_database

    make_database(Settings.from_environment())
    say("The database is there, with its two roles.")


def migrate() -> None:
    """Bring the tables up to this version.

    Example: coproduce migrate
    """
    from coproduce.network.launching import migrate_tables

    migrate_tables()
    say("The tables are up to date.")


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; COPRODUCE_HOST otherwise.")] = "",
    port: Annotated[int, typer.Option(help="Port to listen on; COPRODUCE_PORT otherwise.")] = 0,
    with_worker: Annotated[bool, typer.Option("--with-worker", help="Run the worker beside it.")] = False,
) -> None:
    """Serve the pages with gunicorn until interrupted.

    Example: coproduce serve --port 8080
    """
    from coproduce.network.launching import with_django

    settings = with_django()
    from coproduce.network.serving import serve_pages

    serve_pages(settings, host=host or settings.host, port=port or settings.port, with_worker=with_worker)


def worker() -> None:
    """Do what comes round: index, mail, follow-ups, the log's signed head; until interrupted.

    Example: coproduce worker
    """
    from coproduce.network.launching import with_django

    with_django()
    from coproduce.network.serving import work

    work()


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Say in plain words what is wrong with this network's machine, and what to do.

    Example: coproduce doctor
    """
    from coproduce.network.doctor import run_checks
    from coproduce.network.launching import waiting_migrations

    findings = run_checks(Settings.from_environment(), pending_migrations=waiting_migrations)
    if as_json:
        listed = [{"check": f.check, "state": f.state, "message": f.message} for f in findings]
        typer.echo(json.dumps({"findings": listed}))
    else:
        for finding in findings:
            typer.echo(f"{finding.state:8} {finding.check}: {finding.message}")
    if any(finding.state == "failed" for finding in findings):
        raise typer.Exit(1)


@db.command()
def backup(file: Annotated[Path, typer.Argument(help="Where to write the backup.")]) -> None:
    """Write everything into one file, whole or not at all.

    Example: coproduce db backup network.backup
    """
    from coproduce.network.database import resolve_urls
    from coproduce.network.database.backup import backup as write

    write(resolve_urls(Settings.from_environment()), file)
    say(f"Backed up to {file}.")


@db.command()
def restore(file: Annotated[Path, typer.Argument(help="A backup made by `coproduce db backup`.")]) -> None:
    """Bring a backup back, repeat the erasures made since, and build the index anew.

    Example: coproduce db restore network.backup
    """
    from coproduce.network.launching import with_django

    settings = with_django()
    from coproduce.network.restoring import restore_network

    n_erased = restore_network(settings, file)
    say(f"Restored. Erasures repeated: {n_erased}. The index is built anew.")
