"""A pack: one file with a scenario, its seeds, versions, results, figure and citation, which runs again identically."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from coproduce.errors import BadFile, Conflict, InvalidInput, Unavailable
from coproduce.figures import Figure, Line, LineWords, bands_figure
from coproduce.simulator.parameters import DECLARED, build
from coproduce.simulator.provenance import made_with
from coproduce.simulator.rules import source
from coproduce.simulator.scenario import Scenario
from coproduce.simulator.studies.runs import Done, Job, check_columns
from coproduce.simulator.studies.workers import each

#: Libraries whose versions may move the last bit of a number.
LIBRARIES = ("numpy", "numba", "polars", "scipy")
#: Format 2 has own rules, which readers of format 1 would leave out.
_FORMAT, _WITH_RULES = 1, 2
#: No member of a pack is read beyond this many bytes.
_MOST_BYTES = 1 << 30
#: The same moment for every member: equal content makes equal bytes.
_MOMENT = (1980, 1, 1, 0, 0, 0)
_RESULTS, _ABOUT, _RULES = "results.parquet", "scenario.json", "rules/"
_EXPECTED = "a pack that `coproduce scenario pack` wrote"


@dataclass(frozen=True)
class Pack:
    """What a pack holds: scenario, seed, replicates, what it was made with, and results (run, tick, columns).

    `rules` are own rules as "module:function", and `sources` the files that they stand in, by name.
    """

    scenario: Scenario
    seed: int
    replicates: int
    made_with: Mapping[str, str]
    results: pl.DataFrame
    rules: tuple[str, ...] = ()
    sources: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Repeated:
    """A pack that was run again: whether the results are the same, number for number, and what differs in versions."""

    pack: Pack
    identical: bool
    largest_difference: float
    changed: Mapping[str, tuple[str, str]]


def versions() -> dict[str, str]:
    """What a result depends on: Coproduce's version, the hash of the model's code, and the libraries."""
    return {**made_with(), **{name: version(name) for name in LIBRARIES}}


def results(
    scenario: Scenario, seed: int, replicates: int, *, rules: tuple[str, ...] = (), workers: int = 1,
    done: Done | None = None,
) -> pl.DataFrame:  # fmt: skip
    """The numbers of every replicate after each tick: columns run, tick, and those of the model."""
    jobs = [Job(scenario, seed, number, rules) for number in range(1, replicates + 1)]
    found: dict[int, pl.DataFrame] = {}
    for place, series in each(_series, jobs, workers=workers):
        found[place] = series
        if done is not None:
            done(1)
    return pl.concat([found[place] for place in range(replicates)])


def _series(job: Job) -> pl.DataFrame:
    series = job.result().series
    ticks = pl.Series("tick", range(1, series.height + 1), dtype=pl.Int64)
    return series.select(pl.lit(job.run, dtype=pl.Int64).alias("run"), ticks, pl.all())


def pack(made: Pack, out: Path, outcome: str) -> None:
    """Writes a pack, whole or not at all; its figure shows an outcome over time.

    Raises InvalidInput for an unknown outcome, Unavailable when the pack cannot be written.
    """
    scenario, seed, replicates, found = made.scenario, made.seed, made.replicates, made.results
    check_columns([outcome], found.columns)
    about = {
        "format": _WITH_RULES if made.rules else _FORMAT, "scenario": scenario_document(scenario), "seed": str(seed),
        "replicates": replicates, "made_with": dict(made.made_with),
        **({"rules": list(made.rules)} if made.rules else {}),
    }  # fmt: skip
    drawn = outcome_figure(scenario, found, outcome)
    members = {
        _ABOUT: json.dumps(about, indent=1, sort_keys=True).encode(),
        _RESULTS: _parquet(found),
        f"figures/{outcome}.svg": drawn.svg_file().encode(),
        f"figures/{outcome}.vl.json": json.dumps(drawn.themed_spec(), indent=1).encode(),
        f"figures/{outcome}.csv": drawn.table.csv().encode(),
        "CITATION.cff": citation(scenario).encode(),
        "README.txt": _readme(made).encode(),
        **{_RULES + name: body for name, body in made.sources.items()},
    }
    sums = "".join(f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in sorted(members.items()))
    _write({**members, "SHA256SUMS": sums.encode()}, out)


def _parquet(frame: pl.DataFrame) -> bytes:
    held = io.BytesIO()
    frame.write_parquet(held)
    return held.getvalue()


def _write(members: Mapping[str, bytes], out: Path) -> None:
    partial = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, body in sorted(members.items()):
                archive.writestr(zipfile.ZipInfo(name, _MOMENT), body, zipfile.ZIP_DEFLATED)
        partial.replace(out)
    except OSError as problem:
        raise Unavailable("The pack cannot be written.", next_step="Check --out and the rights to it.") from problem
    finally:
        partial.unlink(missing_ok=True)


def unpack(path: Path) -> Pack:
    """What a pack holds.

    Raises BadFile when the file is absent, no pack, cut, changed since it was written, or of a later format.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = {info.filename: _body(archive, info) for info in archive.infolist()}
        sums = members.pop("SHA256SUMS").decode()
        about = json.loads(members[_ABOUT])
    except FileNotFoundError as problem:
        raise BadFile(given="a file that is not there", expected=_EXPECTED) from problem
    except (zipfile.BadZipFile, OSError, KeyError, ValueError, EOFError, RuntimeError) as problem:
        raise BadFile(given="a file that is no pack, or is cut", expected=_EXPECTED) from problem
    pairs = [line.partition("  ") for line in sums.splitlines()]
    told = {name: digest for digest, _, name in pairs}
    if told != {name: hashlib.sha256(body).hexdigest() for name, body in members.items()}:
        raise BadFile(given="a pack that was changed", expected="the files as they were packed")
    if not isinstance(about, dict) or about.get("format") not in (_FORMAT, _WITH_RULES):
        raise BadFile(
            given="a pack of another format", expected=f"format {_FORMAT} or {_WITH_RULES}",
            next_step="Update Coproduce.",
        )  # fmt: skip
    scenario = scenario_from(about["scenario"])
    found = pl.read_parquet(io.BytesIO(members[_RESULTS]))
    sources = {name.removeprefix(_RULES): body for name, body in members.items() if name.startswith(_RULES)}
    return Pack(
        scenario, int(about["seed"]), int(about["replicates"]), about["made_with"], found,
        tuple(map(str, about.get("rules", ()))), sources,
    )  # fmt: skip


def _body(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    if info.file_size > _MOST_BYTES:
        raise BadFile(given="a pack with a file of more than 1 GiB", expected=_EXPECTED)
    return archive.read(info)


def repeat(packed: Pack, *, anyway: bool = False, workers: int = 1, done: Done | None = None) -> Repeated:
    """Runs a pack again and compares number for number.

    Raises Conflict when the model's code differs from what the pack was made with, unless `anyway`: then the comparison
    says whether it matters. Own rules are taken from the working folder, never from the pack, whose code nobody may
    have read; raises Conflict where they are not there as they were packed.
    """
    now = versions()
    changed = {name: (was, now.get(name, "-")) for name, was in packed.made_with.items() if now.get(name) != was}
    if "code" in changed and not anyway:
        raise Conflict(
            f"The pack was made with Coproduce {packed.made_with.get('version', '?')}, code "
            f"{packed.made_with['code']}; this is {now['version']}, code {now['code']}.",
            next_step="Install that version, or add --anyway to run it and see what differs.",
        )
    for rule in packed.rules:
        _refuse_another(rule, packed.sources)
    again = results(packed.scenario, packed.seed, packed.replicates, rules=packed.rules, workers=workers, done=done)
    return Repeated(packed, *_compared(packed.results, again), changed)


def _refuse_another(rule: str, sources: Mapping[str, bytes]) -> None:
    """Raises Conflict unless the file of a rule stands in the working folder as it was packed."""
    try:
        name, held = source(rule)
    except InvalidInput:
        name, held = "", b""
    if sources.get(name) != held:
        raise Conflict(
            f"The pack has a rule of its own, {rule[:60]}: Python code, which is not run from a pack.",
            next_step=f"Read {_RULES} in the pack, put it into this folder, and run the pack again.",
        )


def _compared(before: pl.DataFrame, after: pl.DataFrame) -> tuple[bool, float]:
    """Whether two results are the same, NaN equal to NaN, and the largest difference; infinite when columns differ."""
    if before.columns != after.columns or before.height != after.height:
        return False, float("inf")
    one, other = before.to_numpy(), after.to_numpy()
    same = bool(np.array_equal(one, other, equal_nan=True))
    gap = np.abs(one - other)
    return same, 0.0 if same else float(np.nanmax(gap)) if np.isfinite(gap).any() else float("inf")


def scenario_document(scenario: Scenario) -> dict[str, Any]:
    """A scenario as plain data, whole: what a later version's presets say does not matter."""
    fields = ("preset", "title", "says", "model", "ticks", "tick", "base")
    return {
        **{name: getattr(scenario, name) for name in fields},
        "start": scenario.start.isoformat(),
        "parameters": dataclasses.asdict(scenario.parameters),
        "starts": {name: list(ticks) for name, ticks in scenario.starts.items()},
    }


def scenario_from(document: Mapping[str, Any]) -> Scenario:
    """The scenario that `scenario_document` wrote; raises InvalidInput or BadFile when it does not fit this version."""
    plain = dict(document)
    parameters, starts = plain.pop("parameters"), plain.pop("starts")
    if plain["model"] not in DECLARED:
        raise BadFile(given="a pack of an unknown model", expected="one of " + ", ".join(DECLARED))
    made = Scenario(
        **{**plain, "start": date.fromisoformat(plain["start"])},
        parameters=build(DECLARED[plain["model"]], parameters),
    )
    return made.starting(**starts) if starts else made


def outcome_figure(scenario: Scenario, found: pl.DataFrame, outcome: str) -> Figure:
    """An outcome over time: the mean of the replicates, and 90 % of them."""
    runs = found[outcome].to_numpy().reshape(-1, scenario.ticks)
    low, high = np.nanquantile(runs, [0.05, 0.95], axis=0)
    mean = np.nanmean(runs, axis=0)
    ticks = list(range(1, scenario.ticks + 1))
    line = Line(label=outcome, x=ticks, y=mean.tolist(), low=low.tolist(), high=high.tolist())
    words = LineWords(
        title=f"{outcome} goes from {mean[0]:.3g} to {mean[-1]:.3g} in {scenario.ticks} {scenario.tick}s",
        summary=f"{scenario.title}: mean of {len(runs)} runs, and 90 % of them.",
        x=f"{scenario.tick}s",
        y=outcome,
    )
    return bands_figure([line], words)


def citation(scenario: Scenario) -> str:
    """How to cite the pack, in the Citation File Format 1.2.0 (Druskat et al. 2021, 10.5281/zenodo.5171937)."""
    now = made_with()
    return (
        "cff-version: 1.2.0\n"
        "message: If you use these results, please cite the software and the sources of the model.\n"
        f'title: "Coproduce, scenario {scenario.preset}"\n'
        f'version: "{now["version"]}+{now["code"]}"\n'
        "license: Apache-2.0\n"
        "type: dataset\n"
        "authors:\n  - name: The Coproduce founders\n"
        f"abstract: {json.dumps(scenario.says)}\n"
    )


def _readme(made: Pack) -> str:
    scenario, rules = made.scenario, ""
    if made.rules:
        rules = (
            f"It has rules of its own, {', '.join(made.rules)}. They are Python code: read {_RULES} first,\n"
            "and put what is in it into the folder that you run this from.\n\n"
        )
    return (
        f"{scenario.title}\n\n{scenario.says}\n\n"
        f"{scenario.ticks} {scenario.tick}s, seed {made.seed}, {made.replicates} runs.\n"
        "scenario.json decides the numbers; they stand in results.parquet, with a picture in figures/.\n\n"
        f"{rules}"
        "Run it again: coproduce scenario run THIS_FILE\n"
    )
