"""N1 to N4: what became of needs, and how long it took until the person said that theirs was met."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from coproduce.clock import DAY_US, HOUR_US
from coproduce.measures.measurement import Answer
from coproduce.measures.needs import Exit
from coproduce.measures.study import Slice
from coproduce.statistics.intervals import poisson, wilson
from coproduce.statistics.survival import Incidence, aalen_johansen

#: The horizons of F, microseconds.
HORIZONS = {"F1h": HOUR_US, "F24h": DAY_US, "F7d": 7 * DAY_US, "F30d": 30 * DAY_US}
BOUNDS = ("none_met", "all_met")
EXITS = (Exit.WITHDRAWN, Exit.REDIRECTED, Exit.EXPIRED, Exit.UNREACHABLE)
NO_NEEDS = "no need was stated in this window"


def states(part: Slice) -> Iterator[Answer]:
    """N1: how many episodes, what share reached each state, and whether the log fits the state machine."""
    needs, n = part.needs, part.needs.height
    yield Answer.of("N1.needs", poisson(n), n)
    shares = {
        "N1.matched": needs["matched_us"].is_not_null(),
        "N1.delivered": pl.select(
            pl.any_horizontal(needs["used_us"].is_not_null(), needs["replied_us"].is_not_null())
        ).to_series(),
        "N1.open": needs["exit"] == Exit.OPEN,
        "N1.confirmed": needs["exit"] == Exit.CONFIRMED,
        **{f"N1.{exit_.name.lower()}": needs["exit"] == exit_ for exit_ in EXITS},
    }
    for name, flags in shares.items():
        yield _share(name, int(flags.sum()), n, NO_NEEDS)
    yield _share("N1.reopened", *_reopened(part), "no need was closed in this window")
    moves = part.log.needs.moves.filter(pl.col("time").is_between(part.start, part.end, closed="left"))
    if part.by is not None:
        moves = moves.join(needs.select("run", "need").unique(), on=["run", "need"], how="semi")
    yield _share("N1.consistent", int(moves["fits"].sum()), moves.height, NO_NEEDS)


def time_to_winwin(part: Slice) -> Iterator[Answer]:
    """N2: cumulative incidence of confirmation among competing exits, with bounds for silent needs."""
    curves = {"": incidence(part), **{f".{bound}": incidence(part, bound=bound) for bound in BOUNDS}}
    foreign = part.needs.filter(pl.col("foreign") & (pl.col("exit") != Exit.CONFIRMED)).height
    n_silent = int(silent(part.needs).sum())
    for suffix, curve in curves.items():
        said = [f"{foreign} confirmed only by somebody else, which stops no clock"] if foreign else []
        said += [f"{n_silent} silent"] if suffix and n_silent else []
        note = "; ".join(said) or None
        yield _median(f"N2.median{suffix}", curve, foreign, note)
        for name, horizon in HORIZONS.items():
            yield at_horizon(f"N2.{name}{suffix}", curve, horizon, part.log.resolution, missing=foreign, note=note)
    for exit_ in EXITS:
        curve = incidence(part, cause=exit_)
        yield at_horizon(f"N2.F30d.{exit_.name.lower()}", curve, 30 * DAY_US, part.log.resolution)


def incidence(part: Slice, *, cause: Exit = Exit.CONFIRMED, bound: str | None = None) -> Incidence:
    """The curve of one exit, days; `bound` counts silent needs as never met, or as met at the first moment possible.

    Silent is a need that expired after its follow-up, or was followed up and has had no word of its person since.
    The first moment possible is when anything reached the person, else when the need was stated.
    """
    needs = part.needs
    waits = needs["wait_days"].to_numpy().astype(np.float64)
    exits = needs["exit"].to_numpy().astype(np.int64)
    if bound is not None:
        quiet = silent(needs).to_numpy()
        if bound == "all_met":
            reached = pl.min_horizontal("matched_us", "shown_us", "used_us", "replied_us").fill_null(
                pl.col("opened_us")
            )
            moment = needs.select((reached - pl.col("opened_us")) / float(DAY_US)).to_series().to_numpy()
            waits, exits = np.where(quiet, np.minimum(moment, waits), waits), np.where(quiet, Exit.CONFIRMED, exits)
        else:
            followed = (pl.col("followed_us") - pl.col("opened_us")) / float(DAY_US)
            stopped = needs.select(followed.fill_null(np.inf)).to_series().to_numpy()
            waits = np.where(quiet & (exits == Exit.OPEN), np.minimum(stopped, waits), waits)
            exits = np.where(quiet, Exit.EXPIRED, exits)
    return aalen_johansen(waits, exits, cause=int(cause))


def silent(needs: pl.DataFrame) -> pl.Series:
    """Which episodes are silent: counted as such after the follow-up, or followed up without a word since."""
    unheard = pl.col("word_us").is_null() | (pl.col("word_us") < pl.col("followed_us"))
    waiting = (pl.col("exit") == Exit.OPEN) & pl.col("followed_us").is_not_null() & unheard
    return needs.select((pl.col("exit") == Exit.EXPIRED) | waiting).to_series()


def in_time(part: Slice) -> Iterator[Answer]:
    """N3: of the needs whose own deadline has passed, the share met by then."""
    needs = part.needs.filter(~pl.col("reopened"))
    days = pl.col("deadline_days")
    given = needs.filter(days.is_finite() & (days >= 0))
    judged = given.filter((days == 0) | (days * DAY_US >= part.log.resolution))
    passed = judged.filter(days * DAY_US <= (pl.col("end_us") - pl.col("opened_us")).cast(pl.Float64))
    met = passed.filter((pl.col("exit") == Exit.CONFIRMED) & (pl.col("wait_days") <= days)).height
    unreadable = needs.filter(~days.is_nan() & ~(days.is_finite() & (days >= 0))).height
    missing = needs.height - given.height + given.height - judged.height
    said = [f"{needs.height - given.height} without a usable deadline"] if needs.height > given.height else []
    said += [f"{unreadable} of them negative or infinite"] if unreadable else []
    said += [f"{given.height - judged.height} finer than the log's resolution"] if given.height > judged.height else []
    note = "; ".join(said) or None
    if passed.is_empty():
        yield Answer.none("N3", "; ".join(["no deadline has passed yet", *said]), missing=missing)
        return
    yield Answer.of("N3", wilson(met, passed.height), passed.height, missing=missing, note=note)


def reuse(part: Slice) -> Iterator[Answer]:
    """N4: of the confirmed needs, the share met by a resource that was there before the need was stated."""
    met = part.needs.filter(pl.col("exit") == Exit.CONFIRMED).select("run", "met_by", "opened_us")
    made = part.log.versions.select("run", pl.col("version").alias("met_by"), "made_us")
    helpers = part.log.people.select("run", pl.col("person").alias("met_by"), pl.lit(True).alias("is_person"))
    known = met.filter(pl.col("met_by").fill_null(-1) >= 0)
    known = known.join(made, on=["run", "met_by"], how="left").join(helpers, on=["run", "met_by"], how="left")
    # A version whose making is not in the log was there before the log began; a helper is nobody's stock.
    stock = pl.col("made_us").is_not_null() & (pl.col("made_us") <= pl.col("opened_us"))
    before_log = pl.col("made_us").is_null() & pl.col("is_person").is_null()
    reused = known.filter(stock | before_log).height
    missing = met.height - known.height
    note = f"{missing} confirmed without saying by what" if missing else None
    if known.is_empty():
        yield Answer.none("N4", note or "no need was confirmed in this window", missing=missing)
        return
    yield Answer.of("N4", wilson(reused, known.height), known.height, missing=missing, note=note)


def at_horizon(
    id: str,  # noqa: A002 the name of the JSON field
    curve: Incidence,
    horizon: int,
    resolution: int,
    *,
    missing: int = 0,
    note: str | None = None,
) -> Answer:
    """F at a horizon (microseconds), or why it is not computable: too coarse a log, nobody there, too short a time."""
    if horizon < resolution:
        span = resolution / DAY_US
        return Answer.none(id, f"not computable: the log tells times apart to {span:g} days only", curve.n, missing)
    if curve.n == 0:
        return Answer.none(id, NO_NEEDS)
    found = curve.at(horizon / DAY_US)
    if found is None:
        return Answer.none(id, f"not yet known: nobody was followed for {horizon / DAY_US:g} days", curve.n, missing)
    return Answer.of(id, found, curve.n, missing=missing, note=note)


def _median(id: str, curve: Incidence, missing: int, note: str | None) -> Answer:  # noqa: A002
    if curve.n == 0:
        return Answer.none(id, NO_NEEDS)
    found = curve.quantile(0.5)
    if found is None:
        reason = f"fewer than half were met within the {curve.last:.3g} days of follow-up"
        return Answer.none(id, "; ".join(filter(None, [reason, note])), curve.n, missing)
    return Answer.of(id, found, curve.n, missing=missing, note=note)


def _reopened(part: Slice) -> tuple[int, int]:
    closed = part.needs.filter(pl.col("exit") != Exit.OPEN)
    return int(closed["reopened_later"].sum()), closed.height


def _share(id: str, k: int, n: int, reason: str) -> Answer:  # noqa: A002
    return Answer.of(id, wilson(k, n), n) if n else Answer.none(id, reason)
