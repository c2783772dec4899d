"""`coproduce match`: rank resources for needs, compare with human judgments, say why, learn, give needs to people."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from coproduce.cli.files import written

if TYPE_CHECKING:
    from coproduce.matching import Index, Offer, ParsedNeed, Ranking
    from coproduce.matching.dense import Encoder
    from coproduce.matching.evaluation import Evaluation
    from coproduce.matching.judged import JudgedShelf
    from coproduce.matching.people import Assignment
    from coproduce.matching.thanks import Update

_Item = TypeVar("_Item")

app = typer.Typer(help="Match needs to resources and people, and measure how well that works.", no_args_is_help=True)


class Field(StrEnum):
    """Which wording of a need is searched with."""

    own = "own"
    summary = "summary"
    paraphrase = "paraphrase"


class Mode(StrEnum):
    """How resources are found."""

    lexical = "lexical"
    dense = "dense"


Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output, nothing else there.")]


@app.command()
def run(
    *,
    resources: Annotated[Path, typer.Option(help="Resources, JSON Lines, plain or gzip.")],
    needs: Annotated[Path, typer.Option(help="Needs, JSON Lines: qid, subject, message, paraphrase, summary.")],
    out: Annotated[Path, typer.Option(help="TREC run file to write: qid Q0 resource_id rank score tag.")],
    field: Annotated[Field, typer.Option(help="Wording to search with; own is subject, newline, message.")] = Field.own,
    top: Annotated[int, typer.Option(min=1, max=1000, help="Resources a need.")] = 100,
    mode: Annotated[Mode, typer.Option(help="lexical, or dense: the meaning of titles counts too (extra: dense).")] = (
        Mode.lexical
    ),
    answerable: Annotated[
        Path | None, typer.Option(help="Write qid and the probability that a good answer exists, between tabs.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Rank resources for each need of a file and write a TREC run file.

    Example: coproduce match run --resources R.jsonl.gz --needs N.jsonl --field own --top 100 --out run.txt
    """
    from coproduce.matching import Index, parse_need, rank
    from coproduce.matching.files import read_needs, read_resources, write_run

    encoder = _encoder(mode)
    asked = read_needs(needs)
    index = Index.in_memory(_progress(read_resources(resources), "Reading resources"), encoder)
    _require_resources(index, resources)
    rankings: dict[str, Ranking] = {}
    for need in _progress(asked, "Ranking"):
        parsed = parse_need(need.text(field.value), index.lexicon)
        rankings[need.id] = rank(parsed, index, k=top)
    with written(out) as stream:
        n_lines = sum(write_run(stream, qid, ranking) for qid, ranking in rankings.items())
    if answerable is not None:
        with written(answerable) as stream:
            stream.writelines(f"{qid}\t{ranking.answerable:.4f}\n" for qid, ranking in rankings.items())
    report = {"n_needs": len(asked), "n_resources": len(index), "n_lines": n_lines, "field": field.value}
    if as_json:
        _say(json.dumps(report))
    else:
        _say(f"{report['n_needs']} needs, {report['n_resources']} resources, {n_lines} lines written.")


@app.command()
def evaluate(
    *,
    run_file: Annotated[Path, typer.Option("--run", help="TREC run file.")],
    judgments: Annotated[Path, typer.Option(help="need, resource, grade 0 to 3, between tabs.")],
    seed: Annotated[int, typer.Option(help="Seed of the bootstrap intervals.")] = 0,
    as_json: Json = False,
) -> None:
    """Compare a run with human judgments, over the needs that have a relevant resource (grade 2 or more).

    Example: coproduce match evaluate --run run.txt --judgments J.tsv --json
    """
    from coproduce.matching.evaluation import evaluate as evaluated
    from coproduce.matching.files import read_judgments, read_run

    result = evaluated(read_run(run_file), read_judgments(judgments), seed=seed)
    if as_json:
        _say(json.dumps(_as_values(result)))
    else:
        _show_evaluation(result)


@app.command()
def explain(
    *,
    need: Annotated[str, typer.Option(help="What the person wrote; - reads it from standard input.")],
    resource: Annotated[str, typer.Option(help="Id of a resource.")],
    resources: Annotated[Path | None, typer.Option(help="Resources, JSON Lines, plain or gzip.")] = None,
    index: Annotated[Path | None, typer.Option(help="Index folder; by default the one in the data folder.")] = None,
    as_json: Json = False,
) -> None:
    """Say where a resource ranks for a need, and why.

    Example: coproduce match explain --need "sleep in a flare" --resource 12 --resources R.jsonl
    """
    from coproduce.errors import Absent
    from coproduce.matching import explain as explained
    from coproduce.matching import parse_need

    opened = _index_of(resources, index)
    parsed = parse_need(sys.stdin.read() if need == "-" else need, opened.lexicon)
    offer = explained(parsed, opened, resource)
    if offer is None and opened.card(resource) is None:
        raise Absent("resource in the index")
    if as_json:
        _say(json.dumps(_explanation(parsed, offer)))
    else:
        _show_explanation(parsed, offer)


@app.command()
def people(
    spec: Annotated[Path, typer.Argument(metavar="SPEC.json", help="helpers, needs and rules.")],
    *,
    as_json: Json = False,
) -> None:
    """Give needs to helpers: the most needs served, urgent ones first, then the most fit; no limit is broken.

    SPEC.json holds helpers (id, topics, languages, capacity; also n_open, willingness, quiet_hours, last_heavy,
    is_new), needs (id, topics, language, urgency; also declined), and if wanted now, batch_size, new_share.

    Example: coproduce match people spec.json --json
    """
    from coproduce.matching.people import assign
    from coproduce.matching.people_spec import read_people_spec

    read = read_people_spec(spec)
    found = assign(read.needs, read.helpers, now=read.now, rules=read.rules)
    if as_json:
        _say(json.dumps(_assignment(found)))
    else:
        _show_assignment(found)


@app.command()
def learn(
    *,
    ship: Annotated[bool, typer.Option("--ship", help="Let what passes every gate hold from now on.")] = False,
    resources: Annotated[
        Path | None, typer.Option(help="Judged resources, JSON Lines; by default the example's.")
    ] = None,
    needs: Annotated[Path | None, typer.Option(help="Needs judged on them, JSON Lines.")] = None,
    judgments: Annotated[Path | None, typer.Option(help="need, resource, grade 0 to 3, between tabs.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the halves and of the interval.")] = 0,
    as_json: Json = False,
) -> None:
    """Learn the order of resources from what helped in the live network; nothing changes without --ship.

    New weights ship only when they would have earned more thanks on lists they were not fitted to, are no worse on
    human judgments, and keep every kind of resource in sight. Without files, the judgments are those of the example
    network; --resources, --needs and --judgments bring your own.

    Example: coproduce match learn --ship
    """
    given = [path is not None for path in (resources, needs, judgments)]
    if any(given) and not all(given):
        raise typer.BadParameter("give all three", param_hint="--resources, --needs, --judgments")
    from coproduce.network.launching import with_django

    with_django()
    from coproduce.network.needs.learning import learn_from_thanks
    from coproduce.network.people.asking import computer

    shelf = _judged(resources, needs, judgments)
    update, ships = learn_from_thanks(computer("operator"), judged=shelf.quality, ship=ship, seed=seed)
    if as_json:
        _say(json.dumps(_lesson(update, ships=ships)))
    else:
        _show_lesson(update, n_judged=len(shelf), ships=ships)


@app.command("take-back")
def take_back() -> None:
    """Take back what was learned last; the weights before it hold again.

    Example: coproduce match take-back
    """
    from coproduce.network.launching import with_django

    with_django()
    from coproduce.network.needs.learning import take_back as taken_back
    from coproduce.network.people.asking import computer

    done = taken_back(computer("operator"))
    _say("Taken back." if done else "Nothing was learned that could be taken back: the shipped weights hold.")


def _judged(resources: Path | None, needs: Path | None, judgments: Path | None) -> JudgedShelf:
    from coproduce.matching import Index
    from coproduce.matching.judged import JudgedShelf
    from coproduce.network.commons.index import encoder

    if resources is None or needs is None or judgments is None:
        from coproduce.network.laboratory import example

        asked = example.judged_needs()
        return JudgedShelf(
            Index.in_memory(example.shelf(), encoder()),
            {need.id: need.words for need in asked},
            {need.id: dict(need.answers) for need in asked},
        )
    from coproduce.matching.files import read_judgments, read_needs, read_resources

    asked_by = {need.id: need.text("own") for need in read_needs(needs)}
    index = Index.in_memory(_progress(read_resources(resources), "Reading resources"), encoder())
    _require_resources(index, resources)
    return JudgedShelf(index, asked_by, read_judgments(judgments))


def _lesson(update: Update, *, ships: bool) -> dict[str, Any]:
    from coproduce.matching.weights import FEATURES

    gain, low, high = update.gain
    return {
        "passes": update.ships,
        "shipped": ships,
        "reason": update.reason,
        "n_lists": update.n_showings,
        "gain": {"value": gain, "low": low, "high": high},
        "judged": {"before": update.judged[0], "after": update.judged[1]},
        "exposure": {group: {"before": before, "after": after} for group, (before, after) in update.exposure.items()},
        "weights": {
            "before": dict(zip(FEATURES, update.before.features, strict=True)),
            "after": dict(zip(FEATURES, update.weights.features, strict=True)),
        },
    }


def _show_lesson(update: Update, *, n_judged: int, ships: bool) -> None:
    gain, low, high = update.gain
    _say(update.reason)
    _say(
        f"More thanks a list that they were not fitted to: {gain:.3f} ({low:.3f} to {high:.3f}), "
        f"{update.n_showings} lists."
    )
    _say(f"nDCG at 10 on {n_judged} judged needs: {update.judged[0]:.3f} before, {update.judged[1]:.3f} after.")
    for group, (before, after) in update.exposure.items():
        _say(f"Attention to {group}: {before:.0%} before, {after:.0%} after.")
    if ships:
        _say("The new weights hold from now on; `coproduce match take-back` brings the old ones back.")
    elif update.ships:
        _say("Nothing was changed; with --ship the new weights hold.")


def _assignment(found: Assignment) -> dict[str, Any]:
    from coproduce.matching.people import REASONS

    return {
        "pairs": [{"need": pair.need, "helper": pair.helper, "fit": pair.fit} for pair in found.pairs],
        "total_fit": found.total_fit,
        "optimum": found.optimum,
        "share_of_optimum": found.share_of_optimum,
        "n_needs": len(found.pairs) + len(found.unserved),
        "n_served": len(found.pairs),
        "unserved": [
            {"need": left.need, "reason": left.reason, "message": REASONS[left.reason]} for left in found.unserved
        ],
    }


def _show_assignment(found: Assignment) -> None:
    from coproduce.matching.people import REASONS

    for pair in found.pairs:
        _say(f"{pair.need} to {pair.helper}, fit {pair.fit:.2f}")
    for left in found.unserved:
        _say(f"{left.need} waits: {REASONS[left.reason]}")
    n_needs = len(found.pairs) + len(found.unserved)
    _say(
        f"{len(found.pairs)} of {n_needs} needs served, total fit {found.total_fit:.2f}, "
        f"{found.share_of_optimum:.1%} of the most fit possible."
    )


def _encoder(mode: Mode) -> Encoder | None:
    """What compares meanings in this mode; raises Unavailable where the extra is not installed."""
    if mode is Mode.lexical:
        return None
    from coproduce.matching.dense import packaged_encoder

    return packaged_encoder()


def _require_resources(index: Index, path: Path) -> None:
    if not len(index):
        from coproduce.errors import BadFile

        raise BadFile(given=f"{path.name} without resources", expected="one resource a line, as JSON")


def _index_of(resources: Path | None, folder: Path | None) -> Index:
    """The index to explain with: of a file, of a folder, or of the live network on this machine."""
    from coproduce.matching import Index, open_index

    if resources is not None:
        from coproduce.matching.files import read_resources

        built = Index.in_memory(_progress(read_resources(resources), "Reading resources"))
        _require_resources(built, resources)
        return built
    if folder is None:
        from coproduce.settings import Settings

        folder = Settings.from_environment().data / "index"
    return open_index(folder, create=False)


def _progress(items: Iterable[_Item], label: str) -> Iterator[_Item]:
    """The items, with a progress bar on standard error."""
    from rich.console import Console
    from rich.progress import track

    yield from track(items, description=label, console=Console(stderr=True), transient=True)


def _say(text: str) -> None:
    typer.echo(text)


def _as_values(result: Evaluation) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: {"value": estimate.value, "low": estimate.low, "high": estimate.high}
        for name, estimate in result.metrics.items()
    }
    return {**values, "n_needs": result.n_needs, "n_left_out": result.n_left_out}


def _show_evaluation(result: Evaluation) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("measure", "value", "low", "high", title=f"{result.n_needs} needs, {result.n_left_out} left out")
    for name, estimate in result.metrics.items():
        table.add_row(name, f"{estimate.value:.3f}", f"{estimate.low:.3f}", f"{estimate.high:.3f}")
    Console().print(table)


def _explanation(need: ParsedNeed, offer: Offer | None) -> dict[str, Any]:
    found: dict[str, Any] = {"candidate": offer is not None, "need": need.to_dict()}
    if offer is not None:
        reasons = [
            {"ground": reason.ground, "sentence": str(reason), "contribution": reason.contribution}
            for reason in offer.reasons
        ]
        found |= {"rank": offer.rank, "score": offer.score, "features": offer.features, "reasons": reasons}
    return found


def _show_explanation(need: ParsedNeed, offer: Offer | None) -> None:
    understood = {
        "Things named": [thing.said for thing in need.conditions],
        "Kinds of help": [asked.kind for asked in need.kinds],
        "Words that count": [word.said for word in need.words],
        "Spelling repaired": [f"{said} to {read}" for said, read in need.repairs],
    }
    for label, parts in understood.items():
        _say(f"{label}: {', '.join(parts) or 'none'}")
    if offer is None:
        _say("The resource is no candidate for this need: it shares no name and no telling word with it.")
        return
    _say(f"Rank {offer.rank}, score {offer.score:.3f}")
    for name, value in offer.features.items():
        _say(f"  {name:10} {value:.2f}")
    for reason in offer.reasons:
        _say(f"  because: {reason}")
