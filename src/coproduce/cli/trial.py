"""`coproduce trial`: design, analyse and pool personal (N-of-1) trials."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from coproduce.evidence.personal.analysis import Analysed

app = typer.Typer(help="Design, analyse and pool personal (N-of-1) trials.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output, nothing else there.")]


class Form(StrEnum):
    """What --format takes."""

    plain = "plain"
    reference = "reference"


#: What `calibrate` tries.
Calibrated = StrEnum(
    "Calibrated", ["normal", "count", "binary", "ordinal", "carry-over", "hierarchical", "misspecified"]
)


class Respondent(StrEnum):
    """Whose answers of a PRODUCE document are analysed."""

    parent = "parent"
    child = "child"


Format = Annotated[Form, typer.Option("--format", help="reference: take and answer in the form of a reference case.")]


@app.command()
def analyse(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.json", help="A trial: outcome, arms, mcid, days. A .jsonl: one a line.")
    ],
    *,
    form: Format = Form.plain,
    respondent: Annotated[
        Respondent | None, typer.Option(help="With a PRODUCE document: whose answers; by default by age.")
    ] = None,
    figure: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Also draw the days here, as SVG and as Vega-Lite.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.jsonl", help="With a .jsonl: where the answers go, one a line.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Analyse a trial: each arm against the first, with autocorrelation, gaps and carry-over.

    Of a .jsonl file every trial is analysed; one that is broken is named and stops no other. A document of the PRODUCE
    app is answered for each outcome and pair of diets as the app did, and beside it with autocorrelation.

    Example: coproduce trial analyse trial.json --json
    """
    from coproduce.evidence.personal.produce import is_produce

    many = file.suffix == ".jsonl"
    if out is not None and not many:
        raise typer.BadParameter("answers go to a file only of a .jsonl", param_hint="--out")
    if figure is not None and (many or form is Form.reference):
        raise typer.BadParameter("only one trial of one's own is drawn", param_hint="--figure")
    if many:
        if form is Form.reference:
            raise typer.BadParameter("a reference case is one document", param_hint="--format")
        _analyse_each(file, out, as_json=as_json)
        return
    document = _read(file)
    if is_produce(document):
        if figure is not None:
            raise typer.BadParameter("only one trial of one's own is drawn", param_hint="--figure")
        _analyse_produce(document, form, respondent, as_json=as_json)
        return
    if form is Form.plain:
        _analyse_one(document, figure, as_json=as_json)
        return
    from coproduce.evidence.personal.reference import exact_case

    answer = _complete(document, exact_case)
    _answer(answer, json.dumps(answer, indent=1), as_json=as_json)


@app.command()
def design(
    spec: Annotated[Path, typer.Argument(metavar="SPEC.toml", help="arms, kind, block_days, cycles, outcome, mcid.")],
    *,
    as_json: Json = False,
) -> None:
    """Design a trial: the schedule with its seed and hash, how likely each length is to settle it, when to stop.

    Example: coproduce trial design spec.toml --json
    """
    from coproduce.evidence.personal.planned import planned

    answer = planned(_read_toml(spec))
    _answer(answer, _told_of_design(answer), as_json=as_json)


@app.command()
def calibrate(
    *,
    family: Annotated[
        list[Calibrated] | None, typer.Option(help="Which engine; repeat for more, leave out for all.")
    ] = None,
    draws: Annotated[
        int | None, typer.Option(metavar="N", min=100, max=1_000_000, help="Trials an engine; by default its target's.")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="S", min=0, help="Same seed, same numbers.")] = 1,
    figure: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Also draw the ranks, as SVG, here.")] = None,
    as_json: Json = False,
) -> None:
    """Simulate trials from the prior, analyse them, and test whether what was planted is found as often as is said.

    Example: coproduce trial calibrate --family normal --draws 10000 --json
    """
    from coproduce.evidence.personal.calibration import DRAWS, calibrated

    names = [choice.value for choice in family or list(Calibrated)]
    found = []
    for name in names:
        sys.stderr.write(f"{name}: {draws or DRAWS[name]} trials\n")
        found.append(calibrated(name, draws or DRAWS[name], seed))
    if figure is not None:
        _draw_ranks(found, figure)
    answer = {"seed": seed, "engines": found}
    _answer(answer, "\n".join(one["sentence"] for one in found), as_json=as_json)
    if not all(one["passed"] for one in found):
        raise typer.Exit(1)


@app.command()
def pool(
    file: Annotated[Path, typer.Argument(metavar="FILE.json", help="d, s, and if you have them z, moderators, site.")],
    *,
    form: Format = Form.plain,
    as_json: Json = False,
) -> None:
    """Pool the results of many people's trials, and say what a new person may expect.

    Example: coproduce trial pool results.json --json
    """
    from coproduce.evidence.across import pooled_report

    document = _read(file)
    if form is Form.reference:
        answer = _complete(document, pooled_report.reference)
        _answer(answer, json.dumps(answer, indent=1), as_json=as_json)
        return
    answer = pooled_report.report(document)
    new, mean = answer["new_person"], answer["mean_effect"]
    told = (
        f"{answer['n']} people: mean effect {mean['mean']:.3g} ({mean['low']:.3g} to {mean['high']:.3g}); a new person "
        f"{new['mean']:.3g} ({new['low']:.3g} to {new['high']:.3g})."
    )
    _answer(answer, told, as_json=as_json)


def _analyse_one(document: dict[str, Any], figure: Path | None, *, as_json: bool) -> None:
    from coproduce.evidence.personal.report import analysed, told

    found = analysed(document)
    if figure is not None:
        _draw_days(found, figure)
    answer = told(found)
    _answer(answer, "\n".join(one["sentence"] for one in answer["comparisons"]), as_json=as_json)


def _analyse_produce(document: dict[str, Any], form: Form, respondent: Respondent | None, *, as_json: bool) -> None:
    """A document of the PRODUCE app: what it showed, and in our own form also what is so when days hang together."""
    from coproduce.cli.console import progress
    from coproduce.evidence.personal import produce

    who = respondent.value if respondent else None
    if form is Form.reference:
        answer = produce.as_shown(document, who)
        _answer(answer, json.dumps(answer, indent=1), as_json=as_json)
        return
    with progress(len(produce.KINDS), "outcomes") as done:
        answer = produce.beside(document, who, done)
    _answer(answer, produce.in_words(answer), as_json=as_json)


def _analyse_each(file: Path, out: Path | None, *, as_json: bool) -> None:
    """Every trial of a file with one a line; the answers into a file, or into the one answer."""
    import contextlib

    from coproduce.cli.console import progress
    from coproduce.cli.files import written
    from coproduce.evidence.personal.batch import analyse_each

    # Not splitlines(): the words of a JSON string may hold other line ends than this one.
    lines = _text(file, "JSON Lines").split("\n")
    trials, refused, n = [], [], 0
    with contextlib.ExitStack() as stack:
        kept = stack.enter_context(written(out)) if out is not None else None
        done = stack.enter_context(progress(len(lines), "trials"))
        for answer in analyse_each(lines):
            n += 1
            if "error" in answer:
                refused.append(answer)
            if kept is not None:
                kept.write(json.dumps(answer, allow_nan=False) + "\n")
            elif "error" not in answer:
                trials.append(answer)
            done(1)
    told = [f"{n - len(refused)} of {n} trials analysed."]
    told += [f"Line {one['line']}: {one['error']['problem']}" for one in refused]
    if out is None:
        told += [f"Line {one['line']}: {one['sentence']}" for one in trials]
    answer = {"n": n, "n_analysed": n - len(refused), "refused": refused}
    _answer(answer | ({} if out else {"trials": trials}), "\n".join(told), as_json=as_json)


def _draw_days(found: Analysed, folder: Path) -> None:
    from coproduce.evidence.personal.chart import days_chart

    drawn = days_chart(found)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "days.svg").write_text(drawn.svg_file(), encoding="utf-8")
    (folder / "days.vl.json").write_text(json.dumps(drawn.themed_spec(), allow_nan=False), encoding="utf-8")


def _complete(document: dict[str, Any], answer: Any) -> dict[str, Any]:
    """The answer, or a clear refusal where the document lacks a part of a reference case."""
    from coproduce.errors import InvalidInput

    try:
        found: dict[str, Any] = answer(document)
    except (KeyError, TypeError, IndexError) as problem:
        raise InvalidInput(
            given="a document that is no reference case", expected="one case, with every part but its answer",
            next_step="Leave out --format reference for a trial of your own.",
        ) from problem  # fmt: skip
    return found


def _text(file: Path, kind: str) -> str:
    from coproduce.errors import BadFile

    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError) as problem:
        raise BadFile(given=f"{file.name}, which cannot be read as {kind}", expected=f"a {kind} file") from problem


def _read(file: Path) -> dict[str, Any]:
    from coproduce.errors import BadFile

    text = _text(file, "JSON")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise BadFile(given=f"{file.name}, which cannot be read as JSON", expected="a JSON object") from problem
    if not isinstance(found, dict):
        raise BadFile(given=f"{file.name}, which is no JSON object", expected="a JSON object")
    return found


def _read_toml(file: Path) -> dict[str, Any]:
    import tomllib

    from coproduce.errors import BadFile

    text = _text(file, "TOML")
    try:
        return tomllib.loads(text)
    except ValueError as problem:
        raise BadFile(given=f"{file.name}, which cannot be read as TOML", expected="a design") from problem


def _told_of_design(answer: dict[str, Any]) -> str:
    days = answer["schedule"]
    told = f"{len(days)} days, seed {answer['seed']}, hash {answer['hash']}\n"
    switches = [day for i, day in enumerate(days) if not i or day["arm"] != days[i - 1]["arm"]]
    told += "\n".join(f"from day {day['day']}: {day['arm']}" for day in switches)
    for row in answer["power"] or ():
        told += f"\n{row['cycles']} cycles, {row['days']} days: settled in {round(100 * row['share'])} of 100"
    return told


def _draw_ranks(found: list[dict[str, Any]], folder: Path) -> None:
    from coproduce.evidence.personal.calibration import drawings

    folder.mkdir(parents=True, exist_ok=True)
    for number, drawn in enumerate(drawings(found), start=1):
        (folder / f"calibration-{number}.svg").write_text(drawn.svg_file(), encoding="utf-8")


def _answer(answer: dict[str, Any], told: str, *, as_json: bool) -> None:
    sys.stdout.write((json.dumps(answer, allow_nan=False) if as_json else told) + "\n")
