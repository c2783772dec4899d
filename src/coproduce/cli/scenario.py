"""`coproduce scenario`: pack a scenario with its results, run a pack again, compare, knock out, and try a trial."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coproduce.cli.console import progress, table

if TYPE_CHECKING:
    from coproduce.simulator import Scenario
    from coproduce.simulator.parameters import Value

app = typer.Typer(help="A scenario: pack it, run a pack again, compare, knock out, try a trial.", no_args_is_help=True)

Preset = Annotated[str, typer.Argument(metavar="PRESET", help="A preset; `coproduce simulate --list` shows them.")]
Set = Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Change a parameter; repeat.")]
Change = Annotated[list[str], typer.Option("--change", metavar="NAME=VALUE", help="What is changed; repeat for more.")]
Ticks = Annotated[int | None, typer.Option(metavar="N", help="Weeks (or months) to run.")]
Seed = Annotated[int, typer.Option(metavar="S", min=0, help="Same seed, same numbers.")]
Replicates = Annotated[int, typer.Option(metavar="R", min=1, max=100_000, help="Runs of each side.")]
Outcome = Annotated[str, typer.Option(metavar="COLUMN", help="The number that is looked at.")]
Workers = Annotated[int, typer.Option(metavar="K", min=1, max=1_024, help="Processes at a time; same numbers.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


class Design(StrEnum):
    """What --design takes."""

    PARALLEL = "parallel"
    STEPPED = "stepped"
    FACTORIAL = "factorial"


def _scenario(preset: str, settings: list[str] | None, ticks: int | None) -> Scenario:
    from coproduce.simulator import load

    scenario = load(preset).with_settings(settings or [])
    return scenario if ticks is None else scenario.lasting(ticks)


def _values(scenario: Scenario, typed: list[str]) -> dict[str, Value]:
    """What a person typed after --change or --lever, checked."""
    changed = scenario.with_settings(typed)
    return {name: getattr(changed.parameters, name) for name in (item.partition("=")[0].strip() for item in typed)}


@app.command()
def pack(
    preset: Preset,
    *,
    out: Annotated[Path, typer.Option(metavar="FILE.zip", help="The pack to write.")],
    set_: Set = None,
    ticks: Ticks = None,
    seed: Seed = 1,
    replicates: Replicates = 10,
    outcome: Outcome = "",
    rule: Annotated[
        list[str] | None, typer.Option(metavar="MODULE:RULE", help="Your own rule, from a file of this folder; repeat.")
    ] = None,
    workers: Workers = 1,
    as_json: Json = False,
) -> None:
    """Runs a scenario and packs it with seeds, versions, own rules, results, a figure and the citation.

    Example: coproduce scenario pack seid2021 --set sharing=0.6 --seed 7 --replicates 10 --out sharing.zip
    """
    from coproduce.simulator.rules import source
    from coproduce.simulator.studies import pack as packs

    scenario, rules = _scenario(preset, set_, ticks), tuple(rule or ())
    sources = dict(map(source, rules))
    with progress(replicates, "runs") as advance:
        found = packs.results(scenario, seed, replicates, rules=rules, workers=workers, done=advance)
    made = packs.Pack(scenario, seed, replicates, packs.versions(), found, rules, sources)
    packs.pack(made, out, outcome or ("mean_outcome" if "mean_outcome" in found.columns else found.columns[2]))
    document = {"out": str(out), "preset": preset, "seed": seed, "replicates": replicates, "made_with": made.made_with}
    if as_json:
        sys.stdout.write(json.dumps(document) + "\n")
    else:
        sys.stdout.write(f"{replicates} runs of {preset}, seed {seed}: {out}\n")


@app.command()
def run(
    file: Annotated[Path, typer.Argument(metavar="FILE.zip", help="A pack of `coproduce scenario pack`.")],
    *,
    anyway: Annotated[bool, typer.Option("--anyway", help="Also when the model's code is not the same.")] = False,
    workers: Workers = 1,
    as_json: Json = False,
) -> None:
    """Runs a pack again and says whether every number is the same; exit status 1 when one is not.

    Example: coproduce scenario run sharing.zip
    """
    from coproduce.simulator.studies import pack as packs

    packed = packs.unpack(file)
    with progress(packed.replicates, "runs") as advance:
        found = packs.repeat(packed, anyway=anyway, workers=workers, done=advance)
    if as_json:
        largest = found.largest_difference
        document = {
            "identical": found.identical, "largest_difference": largest if largest < float("inf") else None,
            "runs": packed.replicates, "changed": {name: list(pair) for name, pair in found.changed.items()},
        }  # fmt: skip
        sys.stdout.write(json.dumps(document) + "\n")
    else:
        sys.stdout.write("Every number is the same.\n" if found.identical else
                         f"Numbers differ, by at most {found.largest_difference:.3g}.\n")  # fmt: skip
        for name, (was, now) in found.changed.items():
            sys.stdout.write(f"{name} was {was}, is {now}\n")
    if not found.identical:
        raise typer.Exit(1)


@app.command()
def compare(
    preset: Preset,
    *,
    change: Change,
    set_: Set = None,
    ticks: Ticks = None,
    outcome: Outcome = "mean_outcome",
    seed: Seed = 1,
    replicates: Replicates = 20,
    as_json: Json = False,
) -> None:
    """What a change does, tick by tick, under common random numbers.

    Example: coproduce scenario compare lhn2025 --change registry=0 --outcome mean_outcome --json
    """
    from coproduce.simulator.studies import answers

    scenario = _scenario(preset, set_, ticks)
    other = scenario.having(**_values(scenario, change))
    found = answers.compare(scenario, other, outcome, seed=seed, replicates=replicates)
    if as_json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    every = max(1, scenario.ticks // 12)
    columns = [found[name][every - 1 :: every] for name in ("ticks", "difference", "low", "high")]
    sys.stdout.write(f"{outcome} with {', '.join(change)}, less without ({replicates} pairs of runs):\n")
    table(
        [scenario.tick, "difference", "95 % low", "high"],
        [[_said(cell) for cell in row] for row in zip(*columns, strict=True)],
    )


def _said(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


@app.command("knock-out")
def knock_out(
    preset: Preset,
    *,
    change: Change,
    path: Annotated[list[str] | None, typer.Option(metavar="PATH", help="Only this path; repeat for more.")] = None,
    set_: Set = None,
    ticks: Ticks = None,
    outcome: Outcome = "mean_outcome",
    seed: Seed = 1,
    replicates: Replicates = 20,
    workers: Workers = 1,
    figure: Annotated[Path | None, typer.Option(metavar="DIR", help="Also write the figure into this folder.")] = None,
    as_json: Json = False,
) -> None:
    """How much of what a change does passes through the commons, peers, clinicians, and know-how.

    Example: coproduce scenario knock-out seid2021 --change patient_influence=0.1 --outcome mean_outcome
    """
    from coproduce.cli.figure import as_document, write_figure
    from coproduce.simulator.studies import knockout

    scenario = _scenario(preset, set_, ticks)
    with progress(knockout.n_runs(scenario, replicates, path), "runs") as advance:
        found = knockout.knock_out(
            scenario, _values(scenario, change), outcome, paths=path, replicates=replicates, seed=seed,
            workers=workers, done=advance,
        )  # fmt: skip
    drawn = knockout.knock_out_figure(found)
    files = [] if figure is None else write_figure(drawn, f"knock-out-{outcome.replace('_', '-')}", figure)
    _tell({**knockout.document(found), "files": files}, as_document(drawn), as_json=as_json)


@app.command()
def trial(
    preset: Preset,
    *,
    lever: Annotated[list[str], typer.Option(metavar="NAME=VALUE", help="What is tried; repeat for more.")],
    design: Annotated[
        Design, typer.Option(help="Sites against sites, sites in steps, or whole networks.")
    ] = Design.PARALLEL,
    begins: Annotated[int, typer.Option(metavar="TICK", help="The first tick at which a site has the levers.")] = 27,
    steps: Annotated[int, typer.Option(metavar="N", min=2, help="Steps of a stepped wedge.")] = 4,
    set_: Set = None,
    ticks: Ticks = None,
    outcome: Annotated[str, typer.Option(metavar="COLUMN", help="The outcome of a factorial trial.")] = "mean_outcome",
    baseline: Annotated[
        str | None, typer.Option(metavar="NAME=V,V", help="Power by the values of a parameter, at the same design.")
    ] = None,
    seed: Seed = 1,
    replicates: Replicates = 100,
    workers: Workers = 1,
    as_json: Json = False,
) -> None:
    """Tries a trial in the model many times: what it would estimate, what is true, power, and interference.

    Levers are named in `coproduce simulate PRESET --list`; those that are tried start from nothing.

    Example: coproduce scenario trial seid2021 --lever registry=1 --design stepped --replicates 100 --json
    """
    from coproduce.cli.figure import as_document
    from coproduce.simulator.studies import factorial, pictures, trials

    scenario = _scenario(preset, set_, ticks)
    chosen = _values(scenario, lever)
    bare = scenario.having(**dict.fromkeys((name for name, value in chosen.items() if isinstance(value, float)), 0.0))
    if baseline is not None and design is Design.FACTORIAL:
        raise typer.BadParameter("power by a baseline is of a trial by site", param_hint="--baseline")
    name, states = _states(scenario, baseline) if baseline is not None else ("", [])
    runs = 2 ** len(chosen) * replicates if design is Design.FACTORIAL else replicates * max(1, len(states))
    with progress(runs, "runs" if design is Design.FACTORIAL else "trials") as advance:
        if design is Design.FACTORIAL:
            crossed = factorial.factorial(
                bare, chosen, outcome, replicates=replicates, seed=seed, workers=workers, done=advance
            )
            document, drawn = factorial.document(crossed), pictures.factorial_figure(crossed)
        else:
            kind: trials.Kind = trials.STEPPED if design is Design.STEPPED else trials.PARALLEL
            numbers = {name: value if isinstance(value, float) else float("nan") for name, value in chosen.items()}
            asked = trials.Trial(bare, numbers, kind, begins, steps)
        if states:
            several = trials.power_by(
                asked, name, states, replicates=replicates, seed=seed, workers=workers, done=advance
            )
            document = {
                "baseline": name,
                "states": [{"value": x, **trials.document(one)} for x, one in zip(states, several, strict=True)],
            }
            drawn = pictures.power_figure(name, states, {str(design): several})
        elif design is not Design.FACTORIAL:
            found = trials.run_trial(asked, replicates=replicates, seed=seed, workers=workers, done=advance)
            document, drawn = trials.document(found), pictures.trial_figure(found)
    _tell({"design": str(design), **document}, as_document(drawn), as_json=as_json)


def _states(scenario: Scenario, baseline: str) -> tuple[str, list[float]]:
    """The parameter and its values of NAME=V,V, ascending; raises InvalidInput for one unknown or out of range."""
    name, _, said = baseline.partition("=")
    values = [_values(scenario, [f"{name}={value}"])[name] for value in said.split(",")]
    numbers = [float(value) for value in values if isinstance(value, (int, float)) and not isinstance(value, bool)]
    if len(numbers) < len(values):
        raise typer.BadParameter("a baseline takes numbers", param_hint="--baseline")
    return name, sorted(numbers)


def _tell(document: dict[str, Any], drawn: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(document, allow_nan=False) + "\n")
        return
    sys.stdout.write(f"{drawn['title']}\n{drawn['summary']}\n")
    rows = drawn["table"]
    table(list(rows[0]), [list(row.values()) for row in rows])
