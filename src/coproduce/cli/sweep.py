"""`coproduce sweep`, `sensitivity`, `contour`: many runs, which factors matter, what reaches the same outcome."""

from __future__ import annotations

import json
import math
import statistics
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coproduce.cli.console import progress, table

if TYPE_CHECKING:
    from coproduce.figures import Figure
    from coproduce.simulator.studies.design import Design
    from coproduce.simulator.studies.knockout import Explanation
    from coproduce.simulator.studies.sensitivity import Sensitivity
    from coproduce.simulator.studies.sweep import Table


class Method(StrEnum):
    """What --method takes."""

    LHS = "lhs"
    SOBOL = "sobol"
    MORRIS = "morris"
    GRID = "grid"


Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Outcome = Annotated[str, typer.Option(metavar="COLUMN", help="The column of the sweep that is looked at.")]
Workers = Annotated[int, typer.Option(metavar="K", min=1, max=1_024, help="Processes at a time; same numbers.")]
FigureDir = Annotated[
    Path | None, typer.Option("--figure", metavar="DIR", help="Also write the figure into this folder.")
]
Swept = Annotated[Path, typer.Argument(metavar="SWEEP.parquet", help="A table that `coproduce sweep` wrote.")]


def sweep(
    preset: Annotated[str, typer.Argument(metavar="PRESET", help="A preset; `coproduce simulate --list` shows them.")],
    *,
    vary: Annotated[
        list[str], typer.Option(metavar="NAME=LOW:HIGH", help="What varies: a range, or a,b,c; repeat for more.")
    ],
    out: Annotated[Path, typer.Option(metavar="FILE.parquet", help="The table to write.")],
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A parameter for all.")] = None,
    ticks: Annotated[int | None, typer.Option(metavar="N", help="Weeks (or months) to run.")] = None,
    method: Annotated[Method, typer.Option(help="How points are chosen.")] = Method.LHS,
    n: Annotated[int, typer.Option(metavar="N", help="Points, base points, trajectories, or levels of a grid.")] = 64,
    replicates: Annotated[int, typer.Option(metavar="R", min=1, max=100_000, help="Runs at each point.")] = 1,
    window: Annotated[int, typer.Option(metavar="W", min=1, help="Outcomes are means of the last W ticks.")] = 1,
    seed: Annotated[int, typer.Option(metavar="S", min=0, help="Same seed, same table.")] = 1,
    workers: Workers = 1,
    dask: Annotated[str, typer.Option(metavar="ADDRESS", help="Run on this Dask cluster (extra: dask).")] = "",
    as_json: Json = False,
) -> None:
    """Runs a preset at many points and writes one table; a sweep that was stopped goes on where it was.

    Example: coproduce sweep seid2021 --vary patient_influence=0:0.2 --vary sharing --method sobol --out s.parquet
    """
    from coproduce.simulator.studies import sweep as sweeps

    how = {"method": str(method), "n": n, "replicates": replicates, "window": window, "seed": seed}
    design = _design(preset, vary, set_ or [], ticks, how)
    with progress(design.n_runs, "runs") as advance:
        found = sweeps.sweep(design, out, workers=workers, dask=dask, done=advance)
    _tell_sweep(found, out, as_json=as_json)


def _design(preset: str, vary: list[str], settings: list[str], ticks: int | None, how: dict[str, Any]) -> Design:
    from coproduce.simulator import load
    from coproduce.simulator.studies.design import Design
    from coproduce.simulator.studies.factors import factors

    base = load(preset)
    scenario = base.with_settings(settings)
    chosen = factors(vary, scenario)
    names = [item.partition("=")[0].strip() for item in settings]
    fixed = {name: getattr(scenario.parameters, name) for name in names}
    return Design(preset, fixed, scenario.ticks if ticks is None else scenario.lasting(ticks).ticks, chosen, **how)


def _tell_sweep(found: Table, out: Path, *, as_json: bool) -> None:
    design = found.design
    if as_json:
        document = {"out": str(out), "points": design.n_points, "runs": design.n_runs, "design": design.document(),
                    "code": found.code, "outcomes": list(found.outcomes)}  # fmt: skip
        sys.stdout.write(json.dumps(document) + "\n")
        return
    sys.stdout.write(f"{design.n_points} points, {design.n_runs} runs: {out}\n")
    rows = []
    for name in found.outcomes:
        values = [v for v in found.means(name).to_list() if v is not None and math.isfinite(v)]
        ends = [min(values), statistics.median(values), max(values)] if values else []
        rows.append([name, *(f"{end:.4g}" for end in ends)] if values else [name, "-", "-", "-"])
    table(["outcome", "least", "median", "most"], rows)


def sensitivity(
    file: Swept,
    *,
    outcome: Outcome = "mean_outcome",
    explain: Annotated[int, typer.Option(metavar="K", min=0, help="Knock out paths behind the K largest.")] = 0,
    replicates: Annotated[int, typer.Option(metavar="R", min=2, max=100_000, help="Pairs of runs a knock-out.")] = 20,
    workers: Workers = 1,
    figure: FigureDir = None,
    as_json: Json = False,
) -> None:
    """Which factors of a sweep move an outcome, with intervals; with --explain, through which paths.

    Example: coproduce sensitivity s.parquet --outcome mean_outcome --explain 2 --json
    """
    from coproduce.simulator.studies.sensitivity import sensitivity as analyse
    from coproduce.simulator.studies.sensitivity import sensitivity_figure
    from coproduce.simulator.studies.sweep import read_table

    swept = read_table(file)
    found = analyse(swept, outcome)
    explained = _explained(swept, found, explain, replicates, workers)
    written = _drawn(sensitivity_figure(found), f"sensitivity-{outcome}", figure)
    if as_json:
        _print(_sensitivity_document(found, explained, written))
        return
    _show_sensitivity(found, explained)


def _explained(swept: Table, found: Sensitivity, n: int, replicates: int, workers: int) -> list[Explanation]:
    """The knock-outs behind the largest factors: each is moved from one quarter of its range to three quarters."""
    from coproduce.simulator.studies.explain import explain, n_runs

    with progress(n_runs(swept, found, n, replicates), "runs") as advance:
        return explain(swept, found, n, replicates=replicates, workers=workers, done=advance)


def _sensitivity_document(found: Sensitivity, explained: list[Explanation], written: list[str]) -> dict[str, Any]:
    import dataclasses

    from coproduce.simulator.studies import knockout

    return {
        "outcome": found.outcome, "method": found.method, "ranked_by": found.ranked_by, "variance": found.variance,
        "n_for_80": found.n_for_80, "indices": [dataclasses.asdict(index) for index in found.indices],
        "explained": [knockout.document(one) for one in explained], "files": written,
    }  # fmt: skip


def _show_sensitivity(found: Sensitivity, explained: list[Explanation]) -> None:
    from coproduce.simulator.studies.sensitivity import NAMES

    sys.stdout.write(f"{found.n_for_80} of {len(found.ranked)} factors make 80 % of the effects on {found.outcome}.\n")
    rows = [[i.factor, NAMES[i.kind], f"{i.value:.3f}", f"{i.low:.3f} to {i.high:.3f}"] for i in found.indices]
    table(["factor", "index", "value", "95 % interval"], rows)
    for one in explained:
        change = ", ".join(f"{name} = {value}" for name, value in one.change.items())
        sys.stdout.write(f"\nWith {change}, {one.outcome} moves by {one.effect.said()}; of that passes through:\n")
        table(["path", "share"], [[p.name, "-" if p.share is None else p.share.said(".0%")] for p in one.paths])


def contour(
    file: Swept,
    *,
    outcome: Outcome = "mean_outcome",
    levels: Annotated[int, typer.Option(metavar="L", help="How many lines of equal outcome.")] = 5,
    figure: FigureDir = None,
    as_json: Json = False,
) -> None:
    """Lines of equal outcome over two levers, from a grid sweep: different mixes that reach the same.

    Example: coproduce contour grid.parquet --outcome mean_outcome --figure figures
    """
    from coproduce.simulator.studies.contour import contour as find
    from coproduce.simulator.studies.contour import contour_figure
    from coproduce.simulator.studies.sweep import read_table

    found = find(read_table(file), outcome, levels)
    drawn = contour_figure(found)
    written = _drawn(drawn, f"contour-{outcome}", figure)
    if as_json:
        _print({
            "outcome": found.outcome, "x": found.x.document(), "y": found.y.document(), "x_at": found.xs.tolist(),
            "y_at": found.ys.tolist(), "z": [[None if v != v else v for v in row] for row in found.z.tolist()],  # noqa: PLR0124
            "lines": [{"level": level, "pieces": pieces} for level, pieces in found.lines.items()],
            "gain_x": found.gain_x.document(), "gain_y": found.gain_y.document(), "parallel": found.parallel or None,
            "files": written,
        })  # fmt: skip
        return
    sys.stdout.write(f"{drawn.title}\n{drawn.summary}\n")
    table(drawn.table.columns, drawn.table.rows)


def _drawn(made: Figure, name: str, folder: Path | None) -> list[str]:
    from coproduce.cli.figure import write_figure

    return [] if folder is None else write_figure(made, name.replace("_", "-"), folder)


def _print(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document, allow_nan=False) + "\n")
