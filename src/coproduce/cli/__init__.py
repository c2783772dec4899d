"""The command line: every command of docs/reference/commands.md, each in the module of its subject.

Only light modules are imported here; a command imports what it needs when it runs, so that `--help` is quick.
Exit status: 0 done, 1 refused or failed with one clear message, 2 wrong use.
"""

from __future__ import annotations

import sys

import typer

from coproduce.cli import commons, log, match, people, scenario, service, trial
from coproduce.cli.bridge import bridge
from coproduce.cli.calibrate import calibrate
from coproduce.cli.chart import chart
from coproduce.cli.compare import compare
from coproduce.cli.demo import demo
from coproduce.cli.figure import figure
from coproduce.cli.measure import measure
from coproduce.cli.measure_graph import measure_graph
from coproduce.cli.simulate import simulate
from coproduce.cli.sweep import contour, sensitivity, sweep
from coproduce.errors import CoproduceError

app = typer.Typer(
    name="coproduce",
    help="A live network and a laboratory for collaborative learning health systems.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def root() -> None:
    """A live network and a laboratory for collaborative learning health systems."""


service.register(app)
app.command()(demo)
app.command()(figure)
app.add_typer(commons.app, name="commons")
app.add_typer(log.app, name="log")
app.add_typer(match.app, name="match")
app.add_typer(people.app, name="people")
app.add_typer(trial.app, name="trial")
app.command()(chart)
app.command()(compare)
app.command()(bridge)
app.command()(measure)
app.command("measure-graph")(measure_graph)
app.add_typer(scenario.app, name="scenario")
app.command()(simulate)
app.command()(sweep)
app.command()(sensitivity)
app.command()(contour)
app.command()(calibrate)


def main() -> None:
    """Runs the command line; an error that Coproduce raises on purpose becomes one message and exit status 1.

    So does a database that goes away: its own words quote statements, and with them people's words.
    """
    try:
        app()
    except CoproduceError as problem:
        sys.stderr.write(f"{problem}\n")
        sys.exit(1)
    except Exception as problem:
        if not _is_lost_database(problem):
            raise
        sys.stderr.write(
            "The database does not answer any more; what was finished is kept. "
            "`coproduce doctor` says what is wrong; then give the command again.\n"
        )
        sys.exit(1)


def _is_lost_database(problem: Exception) -> bool:
    """Asked of Django only where a command has loaded it."""
    loaded = sys.modules.get("django.db")
    return loaded is not None and isinstance(problem, (loaded.OperationalError, loaded.InterfaceError))
