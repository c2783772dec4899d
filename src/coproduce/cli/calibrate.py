"""`coproduce calibrate`: fits parameters of the model to a log of events, live or simulated."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coproduce.cli.console import progress, table

if TYPE_CHECKING:
    from coproduce.simulator import Scenario
    from coproduce.simulator.studies.calibrate import Calibration, Coverage
    from coproduce.simulator.studies.factors import Factor

_EXAMPLE = "Example: coproduce calibrate events.parquet --preset seid2021 --parameters need_rate=0.005:0.06,asking"


def calibrate(
    log: Annotated[Path | None, typer.Argument(metavar="LOG.parquet", help="Events, live or simulated.")] = None,
    *,
    preset: Annotated[str, typer.Option(metavar="PRESET", help="The rules that are fitted.")] = "seid2021",
    parameters: Annotated[
        str, typer.Option(metavar="A,B=LOW:HIGH", help="Parameters to fit, each with its range if not the whole one.")
    ],
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A parameter that is known."),
    ] = None,
    ticks: Annotated[int | None, typer.Option(metavar="N", help="Length of the made networks of --coverage.")] = None,
    runs: Annotated[int, typer.Option(metavar="N", min=60, max=1_000_000, help="Runs drawn from the ranges.")] = 1_000,
    patients: Annotated[
        int, typer.Option(metavar="N", min=10, max=100_000, help="A larger network is stood for by one of this size.")
    ] = 300,
    coverage: Annotated[
        int | None, typer.Option(metavar="K", min=10, max=100_000, help="Plant parameters in K networks, fit each.")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="S", min=0, help="Same seed, same answer.")] = 1,
    workers: Annotated[int, typer.Option(metavar="K", min=1, max=1_024, help="Processes; same answer.")] = 1,
    figure: Annotated[Path | None, typer.Option(metavar="DIR", help="Also write the figure into this folder.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Fits parameters to the summaries of a log, with 90 % intervals and the misfit; or checks such intervals.

    Example: coproduce calibrate events.parquet --preset seid2021 --parameters need_rate=0.005:0.06,asking --json

    Example: coproduce calibrate --coverage 400 --preset seid2021 --set n_patients=80 --ticks 39 --parameters asking
    """
    if (log is None) == (coverage is None):
        raise typer.BadParameter(f"give a log, or --coverage K. {_EXAMPLE}", param_hint="LOG.parquet")
    scenario, chosen = _asked(preset, set_ or [], ticks, parameters)
    if coverage is not None:
        _cover(scenario, chosen, runs, coverage, seed, workers, as_json=as_json)
        return
    assert log is not None
    how = {"n_runs": runs, "most_patients": patients, "seed": seed, "workers": workers}
    _tell(*_fit(log, scenario, chosen, how, figure), as_json=as_json)


def _asked(preset: str, settings: list[str], ticks: int | None, parameters: str) -> tuple[Scenario, tuple[Factor, ...]]:
    from coproduce.simulator import load
    from coproduce.simulator.studies.factors import factors

    scenario = load(preset).with_settings(settings)
    chosen = factors([name.strip() for name in parameters.split(",") if name.strip()], scenario)
    return (scenario if ticks is None else scenario.lasting(ticks)), chosen


def _fit(
    log: Path, scenario: Scenario, chosen: tuple[Factor, ...], how: dict[str, int], folder: Path | None
) -> tuple[Calibration, list[str]]:
    from coproduce.cli.figure import write_figure
    from coproduce.events import codec
    from coproduce.simulator.studies.calibrate import calibrate as fit
    from coproduce.simulator.studies.calibrate import calibration_figure

    frame, _ = codec.read(log)
    with progress(how["n_runs"], "runs") as advance:
        found = fit(frame, scenario, chosen, **how, done=advance)
    return found, [] if folder is None else write_figure(calibration_figure(found), "calibration", folder)


def _tell(found: Calibration, written: list[str], *, as_json: bool) -> None:
    from coproduce.simulator.studies.calibrate import document

    if as_json:
        sys.stdout.write(json.dumps({**document(found), "files": written}, allow_nan=False) + "\n")
        return
    size = found.shape
    sys.stdout.write(
        f"{size.n_patients} patients and families, {size.n_sites} sites, {size.weeks} weeks; {found.n_runs} runs.\n"
    )
    rows = [[p.name, p.unit, f"{p.median:.4g}", f"{p.low:.4g} to {p.high:.4g}"] for p in found.parameters]
    table(["parameter", "unit", "median", "90 % interval"], rows)
    sys.stdout.write(f"\n{found.misfit:.0%} of the log's summaries lie outside the fitted model's 95 % interval:\n")
    missed = [s for s in found.summaries if not s.fits]
    rows = [[s.name, f"{s.observed:.3g}", f"{s.median:.3g}", f"{s.low:.3g} to {s.high:.3g}"] for s in missed]
    table(["summary", "log", "model", "95 % interval"], rows)


def _cover(  # noqa: PLR0917 the command's own options
    scenario: Scenario, chosen: tuple[Factor, ...], runs: int, networks: int, seed: int, workers: int, *, as_json: bool
) -> None:
    """Exit status 1 when a binomial test at 1 % says that the intervals do not hold what they promise."""
    from coproduce.simulator.studies.calibrate import coverage

    with progress(runs + networks, "runs") as advance:
        found = coverage(scenario, chosen, n_runs=runs, n_networks=networks, seed=seed, workers=workers, done=advance)
    if as_json:
        sys.stdout.write(json.dumps({"coverage": [_row(one) for one in found]}) + "\n")
    else:
        rows = [[c.parameter, f"{c.share.value:.3f}", f"{c.share.low:.3f} to {c.share.high:.3f}", f"{c.p_value:.3g}"]
                for c in found]  # fmt: skip
        table(["parameter", "share of 90 % intervals that hold it", "95 % interval", "p against 90 %"], rows)
    if any(one.p_value < 0.01 for one in found):
        raise typer.Exit(1)


def _row(one: Coverage) -> dict[str, Any]:
    return {"parameter": one.parameter, "coverage": one.share.value, "low": one.share.low, "high": one.share.high,
            "n_networks": one.n_networks, "p_value": one.p_value}  # fmt: skip
