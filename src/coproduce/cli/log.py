"""`coproduce log`: verify, sign, export and read the event log. Whoever runs these on the server is its operator."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coproduce.network.log import Row
    from coproduce.network.log.verifying import Verdict
    from coproduce.network.people.asking import Asking
    from coproduce.settings import Settings

app = typer.Typer(help="The event log: check it, export it, read it.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


@app.command()
def verify(
    *,
    sign: Annotated[bool, typer.Option("--sign", help="Sign where the log ends, if it is what was written.")] = False,
    restored: Annotated[
        bool, typer.Option("--restored", help="With --sign: a backup was brought back, events since are lost.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Check every row of the log against its hash chain and the signed heads; names the first broken row.

    Example: coproduce log verify --sign
    """
    if restored and not sign:
        raise typer.BadParameter("it is said with --sign", param_hint="--restored")
    settings = _django()
    from coproduce import clock
    from coproduce.network.governance.queries import log_verdict
    from coproduce.network.log.verifying import sign as sign_end

    if restored:
        sign_end(settings, clock.now(), restored=True)
    verdict = log_verdict(_operator())
    if sign and verdict.holds and not restored:
        sign_end(settings, clock.now())
        verdict = log_verdict(_operator())
    typer.echo(json.dumps(_facts(verdict)) if as_json else _said(verdict))
    if not verdict.holds:
        raise typer.Exit(1)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE.parquet", help="Where to write the events.")],
    *,
    full: Annotated[bool, typer.Option("--full", help="Everything as it stands; needs --reason and --as.")] = False,
    reason: Annotated[
        str, typer.Option(metavar="CODE", help="own-care, safety, duty or request; written to the log.")
    ] = "",
    steward: Annotated[
        str,
        typer.Option("--as", metavar="ADDRESS", help="E-mail address of the steward's account that answers for it."),
    ] = "",
    as_json: Json = False,
) -> None:
    """Write the log to a Parquet file: pseudonyms of its own, weeks and regions, unless a steward says why not.

    Example: coproduce log export events.parquet
    """
    if full != bool(reason) or full != bool(steward):
        raise typer.BadParameter("--full, --reason and --as go together", param_hint="--full")
    _django()
    from coproduce.network.governance.actions import export_log
    from coproduce.network.governance.queries import steward_by_address
    from coproduce.network.governance.reasons import Reason

    why = Reason.of(reason) if full else None
    asking = steward_by_address(_operator(), address=steward) if full else _operator()
    n_events = export_log(asking, file=file, reason=why)
    if as_json:
        typer.echo(json.dumps({"n_events": n_events, "full": full}))
    else:
        typer.echo(
            f"{n_events} events written, {'in full' if full else 'with pseudonyms, weeks and regions'}.", err=True
        )


@app.command()
def read(
    *,
    after: Annotated[int, typer.Option(metavar="SEQ", min=-1, help="Begin after this event.")] = -1,
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=1_000_000, help="At most so many events.")] = 100,
    as_json: Json = False,
) -> None:
    """Print events as they stand in the log.

    Example: coproduce log read --after 41 --limit 10
    """
    _django()
    from coproduce.network.governance.queries import log_rows

    rows = log_rows(_operator(), after=after, limit=limit)
    if as_json:
        typer.echo(json.dumps({"events": [_as_json(row) for row in rows]}, allow_nan=False))
        return
    _show(rows)


def _django() -> Settings:
    from coproduce.network.launching import with_django

    return with_django()


def _operator() -> Asking:
    from coproduce.network.people.asking import computer

    return computer("operator")


def _facts(verdict: Verdict) -> dict[str, object]:
    return {
        "holds": verdict.holds,
        "n_events": verdict.n_events,
        "first_broken": verdict.first_broken,
        "problems": list(verdict.problems),
        "n_signed_heads": verdict.n_signed_heads,
        "signed_until": verdict.signed_until,
        "n_lost_in_restores": verdict.n_lost_in_restores,
    }


def _said(verdict: Verdict) -> str:
    if not verdict.holds:
        return "\n".join(verdict.problems)
    signed = f"signed up to event {verdict.signed_until}" if verdict.signed_until >= 0 else "not signed yet (--sign)"
    lost = f" Lost in restores: {verdict.n_lost_in_restores} or more." if verdict.n_lost_in_restores else ""
    return f"Events: {verdict.n_events}, each as it was written; {signed}.{lost}"


def _as_json(row: Row) -> dict[str, object]:
    from dataclasses import asdict

    from coproduce import clock

    return {
        **asdict(row),
        "kind": row.what.meaning.name,
        "time": row.at.isoformat(),
        "recorded": clock.from_us(row.recorded).isoformat(),
        "value": None if math.isnan(row.value) else row.value,
    }


def _show(rows: Sequence[Row]) -> None:
    """A line an event; what is absent is left out, so that it fits and can be searched."""
    names = ("actor", "subject", "object", "role", "site", "topic", "value", "cause")
    for row in rows:
        facts = _as_json(row)
        there = " ".join(f"{name}={facts[name]}" for name in names if facts[name] not in (-1, None))
        typer.echo(f"{row.seq:>8} {facts['time']} {facts['kind']:<18} {there}")
