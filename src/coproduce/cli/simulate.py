"""`coproduce simulate`: runs a preset of the model network, as a table, as JSON, or as a file of events."""

from __future__ import annotations

import contextlib
import json
import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coproduce.clock import monotonic

if TYPE_CHECKING:
    from coproduce.events import EventFrame
    from coproduce.simulator import Result, Scenario

_EXAMPLE = "Example: coproduce simulate seid2021 --set n_patients=1000 --ticks 156 --seed 1 --out events.parquet"
_READIES = "Making the fast engine ready; the first time on a machine it is compiled ...\n"
#: Nothing is drawn on standard error for what takes less than this, in seconds.
_PATIENCE = 1.0


class Engine(StrEnum):
    """What --engine takes."""

    FAST = "fast"
    ORACLE = "oracle"


def simulate(
    preset: Annotated[
        str | None, typer.Argument(metavar="PRESET", help="A preset (see --list), or a scenario file (.toml).")
    ] = None,
    *,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Change a parameter; repeat for more.")
    ] = None,
    ticks: Annotated[int | None, typer.Option(metavar="N", help="Weeks (or months) to run.")] = None,
    seed: Annotated[int, typer.Option(metavar="S", min=0, help="Same seed, same numbers.")] = 1,
    replicates: Annotated[int, typer.Option(metavar="R", min=1, max=100_000, help="Runs under this seed.")] = 1,
    threads: Annotated[int, typer.Option(metavar="K", min=1, max=1_024, help="Threads at a time; same numbers.")] = 1,
    rule: Annotated[
        list[str] | None, typer.Option(metavar="MODULE:RULE", help="Your own rule in the tick; repeat for more.")
    ] = None,
    engine: Annotated[
        Engine | None,
        typer.Option(show_default=False, help="Compiled (fast) where the model has it, or NumPy."),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE.parquet", help="Write the events of all runs here.")] = None,
    record: Annotated[str, typer.Option(metavar="sample=SHARE", help="Write the events of a share of people.")] = "",
    list_: Annotated[bool, typer.Option("--list", help="List presets, or one preset's parameters, and stop.")] = False,
    plan: Annotated[bool, typer.Option("--plan", help="Print the order of one tick and stop.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Runs a preset of the model network.

    Example: coproduce simulate seid2021 --set n_patients=1000 --ticks 156 --seed 1 --out events.parquet
    """
    if plan:
        _show_plan(as_json=as_json)
        return
    if list_:
        _show_list(preset, as_json=as_json)
        return
    if preset is None:
        raise typer.BadParameter(f"a preset is needed; --list shows them. {_EXAMPLE}", param_hint="PRESET")
    share = _share(record)
    scenario = _scenario(preset, set_ or [], ticks)
    recorded = share if out is not None else None
    runs = _Runs(scenario, seed, replicates, threads, engine, recorded, rule or [])
    kept = _run_all(runs)
    if out is not None:
        _write(runs, kept, out)
    document = _document(runs, kept)
    if as_json:
        sys.stdout.write(json.dumps(document, allow_nan=False) + "\n")
    else:
        _show(scenario, seed, document)


def _share(record: str) -> float:
    """The share of people whose events are written, from sample=SHARE."""
    if not record:
        return 1.0
    name, _, text = record.partition("=")
    with contextlib.suppress(ValueError):
        share = float(text)
        if name == "sample" and 0 < share <= 1:
            return share
    raise typer.BadParameter("write sample=SHARE with a share above 0 and at most 1: sample=0.1", param_hint="--record")


def _scenario(preset: str, settings: list[str], ticks: int | None) -> Scenario:
    from coproduce.simulator import load

    scenario = load(preset).with_settings(settings)
    return scenario if ticks is None else scenario.lasting(ticks)


@dataclass(frozen=True)
class _Runs:
    """What was asked for; `share` is the share of people whose events are written, None for no events."""

    scenario: Scenario
    seed: int
    n_runs: int
    n_threads: int
    engine: Engine | None
    share: float | None
    rules: list[str]


@dataclass
class _Kept:
    """What is kept of the runs, so that any number of them fits: the sum of their series, and what each ends with."""

    columns: list[str] = field(default_factory=list)
    total: Any = 0.0
    last: list[tuple[float, ...]] = field(default_factory=list)
    frames: list[EventFrame] = field(default_factory=list)

    def add(self, result: Result, *, events: bool) -> None:
        """Takes in the next run."""
        self.columns = result.series.columns
        self.total = self.total + result.series.to_numpy()
        self.last.append(result.series.row(-1))
        if events:
            self.frames.append(result.frame)


def _run_all(asked: _Runs) -> _Kept:
    """Every replicate, in order: runs side by side first, and several threads in a run with what is left."""
    from concurrent.futures import ThreadPoolExecutor

    from coproduce.simulator import engine_for, prepare, run
    from coproduce.simulator.memory import refuse_what_does_not_fit
    from coproduce.simulator.rules import plan_with

    scenario = asked.scenario
    engine = engine_for(
        scenario, asked.engine.value if asked.engine else "oracle" if asked.rules else None, n_runs=asked.n_runs
    )
    at_once = min(asked.n_threads, asked.n_runs)
    refuse_what_does_not_fit(scenario, engine, recorded=asked.share is not None, n_runs=at_once)
    plan = plan_with(asked.rules, scenario.parameters) if asked.rules else None
    with _line_if_slow(_READIES if engine == "fast" else ""):
        prepare(scenario, engine)
    with _progress(asked.n_runs * scenario.ticks) as advance:

        def one(number: int) -> Result:
            ended = 0

            def progress(tick: int) -> None:
                nonlocal ended
                advance(tick - ended)
                ended = tick

            return run(
                scenario, asked.seed, run=number, record=asked.share is not None, sampled=asked.share or 1.0,
                plan=plan, progress=progress, engine=engine, threads=asked.n_threads // at_once, tabled=False,
            )  # fmt: skip

        kept, numbers = _Kept(), range(1, asked.n_runs + 1)
        with ThreadPoolExecutor(at_once) as pool:
            for result in map(one, numbers) if at_once == 1 else pool.map(one, numbers):
                kept.add(result, events=asked.share is not None)
        return kept


@contextlib.contextmanager
def _line_if_slow(line: str) -> Iterator[None]:
    """Writes a line to standard error when what follows takes more than a second."""
    from threading import Timer

    timer = Timer(_PATIENCE, sys.stderr.write, [line])
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextlib.contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on standard error with the time left, once more than a second has passed; it is told of ticks done."""
    began, done = monotonic(), 0
    with contextlib.ExitStack() as stack:
        shown: Any = None

        def advance(ticks: int) -> None:
            nonlocal shown, done
            done += ticks
            if shown is None and monotonic() - began > _PATIENCE:
                from rich.console import Console
                from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

                columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
                bar = stack.enter_context(Progress(*columns, console=Console(stderr=True), transient=True))
                shown = (bar, bar.add_task("ticks", total=total, completed=done))
            elif shown is not None:
                shown[0].advance(shown[1], ticks)

        yield advance


def _write(asked: _Runs, kept: _Kept, out: Path) -> None:
    import polars as pl

    from coproduce import __version__
    from coproduce.errors import Unavailable
    from coproduce.events import EventFrame, codec

    frame = EventFrame.from_rows(pl.concat([f.rows for f in kept.frames]), asked.scenario.resolution)
    about = {"coproduce.preset": asked.scenario.preset, "coproduce.seed": str(asked.seed),
             "coproduce.version": __version__, "coproduce.simulated": "true"}  # fmt: skip
    try:
        codec.write(frame, out, metadata=about)
    except OSError as problem:
        raise Unavailable("The file of events cannot be written.", next_step="Check --out: its folder, its rights, "
                          "and the room on the disk.") from problem  # fmt: skip


def _document(asked: _Runs, kept: _Kept) -> dict[str, Any]:
    """The answer of --json: the mean series over runs, and each run's last values; null where there is no number."""
    import dataclasses

    import numpy as np

    mean, last = kept.total / asked.n_runs, np.array(kept.last)
    return {
        "preset": asked.scenario.preset,
        "parameters": dataclasses.asdict(asked.scenario.parameters),
        "seed": asked.seed,
        "ticks": asked.scenario.ticks,
        "replicates": asked.n_runs,
        "columns": kept.columns,
        "series": {name: _numbers(mean[:, i]) for i, name in enumerate(kept.columns)},
        "final": {name: _numbers(last[:, i]) for i, name in enumerate(kept.columns)},
    }


def _numbers(values: Any) -> list[float | None]:
    return [None if math.isnan(value) else value for value in values.tolist()]


def _show(scenario: Scenario, seed: int, document: dict[str, Any]) -> None:
    """The table at the end: each number after the first tick, after the last, and the change."""
    runs = f", mean of {document['replicates']} runs" if document["replicates"] > 1 else ""
    sys.stdout.write(f"{scenario.title}: {scenario.ticks} {scenario.tick}s, seed {seed}{runs}\n")
    rows = []
    for name in document["columns"]:
        first, last = document["series"][name][0], document["series"][name][-1]
        change = "-" if first is None or last is None else f"{last - first:+.4g}"
        rows.append([name, _short(first), _short(last), change])
    _table(["after each tick", "first", "last", "change"], rows)


def _short(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


def _show_plan(*, as_json: bool) -> None:
    from coproduce.simulator import STAGES

    if as_json:
        keys = ("stage", "name", "layer", "streams", "compiled", "says")
        document = {"plan": [{key: getattr(step, key) for key in keys} for step in STAGES]}
        sys.stdout.write(json.dumps(document) + "\n")
        return
    rows = [
        [str(i), s.stage, s.name, s.layer or "always", ", ".join(s.compiled) or "-", s.says]
        for i, s in enumerate(STAGES, start=1)
    ]
    _table(["", "stage", "step", "layer", "compiled", "what it does"], rows)


def _show_list(preset: str | None, *, as_json: bool) -> None:
    """The presets; or, with a preset, each of its parameters."""
    from coproduce.simulator import load, names

    if preset is None:
        listed = [(name, load(name)) for name in names()]
        if as_json:
            document: dict[str, Any] = {"presets": [_about(scenario) for _, scenario in listed]}
            sys.stdout.write(json.dumps(document) + "\n")
            return
        _table(["preset", "ticks", "what it is"], [[name, str(s.ticks), s.says] for name, s in listed])
        sys.stdout.write("coproduce simulate PRESET --list shows a preset's parameters.\n")
        return
    scenario = load(preset)
    if as_json:
        sys.stdout.write(json.dumps(_about(scenario)) + "\n")
        return
    sys.stdout.write(f"{scenario.says}\n")
    rows = []
    for name, spec in scenario.specs().items():
        setting = scenario.settings[name]
        rows.append([name, str(setting.value), spec.allowed(), setting.status, setting.source, spec.says])
    _table(["parameter", "value", "allowed", "status", "source", "what it is"], rows)


def _about(scenario: Scenario) -> dict[str, Any]:
    parameters = []
    for name, spec in scenario.specs().items():
        setting = scenario.settings[name]
        parameters.append({
            "name": name, "value": setting.value, "unit": spec.unit, "says": spec.says, "source": setting.source,
            "status": setting.status, "low": spec.low if math.isfinite(spec.low) else None,
            "high": spec.high if math.isfinite(spec.high) else None, "choices": list(spec.choices) or None,
        })  # fmt: skip
    return {"preset": scenario.preset, "title": scenario.title, "says": scenario.says, "ticks": scenario.ticks,
            "tick": scenario.tick, "parameters": parameters}  # fmt: skip


def _table(heads: list[str], rows: list[list[str]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else 200).print(table)
