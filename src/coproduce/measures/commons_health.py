"""H1 to H7: whether the commons is used, renewed, owned, justly ruled and not captured."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from coproduce.clock import DAY_US
from coproduce.events import Event, Role, kinds
from coproduce.measures.acts import Level
from coproduce.measures.measurement import Answer
from coproduce.measures.study import Slice
from coproduce.statistics.intervals import mean, poisson, quantile, wilson
from coproduce.statistics.resampling import ratio
from coproduce.statistics.survival import kaplan_meier

_YEAR_US = 365 * DAY_US
_USES = (kinds.ResourceUsed, kinds.ResourceOpened)
_HELPS = (kinds.Replied, kinds.Reviewed)


def free_riding(part: Slice) -> Iterator[Answer]:
    """H2: of the people who used something in the last 365 days, the share who gave nothing. Descriptive only."""
    end = min(part.end, part.log.at + 1)
    recent = pl.col("time").is_between(end - _YEAR_US, end, closed="left")
    used = _people(part.log.frame.of(kinds.ResourceUsed).filter(recent))
    gave = part.log.acts.filter(recent & (pl.col("level") >= Level.CONTRIBUTOR)).select("run", "person").unique()
    users = used.join(part.people.select("run", "person"), on=["run", "person"], how="semi")
    takers = users.join(gave, on=["run", "person"], how="anti").height
    yield _share("H2", takers, users.height, "nobody used a resource in the last 365 days")


def turnover(part: Slice) -> Iterator[Answer]:
    """H3: births, reuse, dead and orphaned stock, reviews past their date, and the time from making to first use."""
    log, end = part.log, min(part.end, part.log.at + 1)
    inside = pl.col("time").is_between(part.start, part.end, closed="left")
    made = part.about(log.versions.filter(pl.col("made_us") < end), "author")
    fresh = made.filter(pl.col("made_us") >= part.start).height
    years = max(part.end - part.start, 1) / _YEAR_US
    births = poisson(fresh)
    rate = [None if end is None else end / years for end in (births.value, births.low, births.high)]
    yield Answer("H3.births", rate[0], made.height, rate[1], rate[2])
    uses = part.about(log.frame.of(kinds.ResourceUsed).filter(inside), "actor")
    yield _reuse(part, uses, made.filter(pl.col("made_us") >= part.start))
    retired = log.frame.of(kinds.ResourceRetired).filter(pl.col("time") < end).select("run", resource="subject")
    live = made.join(retired.unique(), on=["run", "resource"], how="anti")
    used = log.frame.of(*_USES).filter(pl.col("time").is_between(end - _YEAR_US, end, closed="left"))
    old = live.filter(pl.col("made_us") < end - _YEAR_US)
    dead = old.join(used.select("run", version="object").unique(), on=["run", "version"], how="anti").height
    yield _share("H3.dead", dead, old.height, "no version is a year old")
    resources = live.select("run", "resource").unique()
    yield from _care(part, resources, end)
    yield _first_use(part, made)
    yield _update(part, made)


def _reuse(part: Slice, uses: pl.DataFrame, fresh: pl.DataFrame) -> Answer:
    """Uses over new versions, with people drawn again: each brings what they used and what they made."""
    if fresh.is_empty():
        return Answer.none("H3.reuse", "no version is new", uses.height)
    used = uses.group_by("run", pl.col("actor").alias("person")).len("uses")
    wrote = fresh.group_by("run", pl.col("author").alias("person")).len("fresh")
    sums = used.join(wrote, on=["run", "person"], how="full", coalesce=True).fill_null(0).sort("run", "person")
    rows = sums.select("uses", "fresh").to_numpy().astype(np.float64)
    return Answer.of("H3.reuse", ratio(rows, seed=part.seed, name="H3.reuse"), uses.height)


def _care(part: Slice, resources: pl.DataFrame, end: int) -> Iterator[Answer]:
    frame, key = part.log.frame, ["run", "resource"]
    dated = frame.of(kinds.ReviewDateSet).filter((pl.col("time") < end) & pl.col("value").is_finite())
    due = (pl.col("time") + (pl.col("value").clip(-1e6, 1e6) * DAY_US).cast(pl.Int64)).alias("due_us")
    latest = dated.sort("time", "seq").group_by("run", pl.col("subject").alias("resource")).agg(due.last())
    with_date = resources.join(latest, on=key)
    stale = with_date.filter(pl.col("due_us") < end).height
    yield _share("H3.stale", stale, with_date.height, "no review date was set")
    owned = frame.of(kinds.OwnerAssigned).filter(pl.col("time") < end).sort("time", "seq")
    owners = owned.group_by("run", pl.col("subject").alias("resource")).agg(pl.col("object").last().alias("person"))
    active = part.log.acts.filter(pl.col("time").is_between(end - _YEAR_US, end, closed="left"))
    cared = owners.join(active.select("run", "person").unique(), on=["run", "person"], how="semi")
    orphans = resources.join(cared, on=key, how="anti").height
    reason = "no resource is in the commons" if resources.is_empty() else "the log names no owner of a resource"
    yield _share("H3.orphan", orphans, resources.height if owners.height else 0, reason)


def _first_use(part: Slice, made: pl.DataFrame) -> Answer:
    """H3.half_life: the time by which half of the versions made in the window have been used for the last time."""
    frame = part.log.frame.of(kinds.ResourceUsed).filter(pl.col("time") < part.end)
    last = frame.group_by("run", pl.col("object").alias("version")).agg(pl.col("time").max().alias("last_us"))
    used = made.join(last, on=["run", "version"]).join(part.log.ends, on="run")
    # A version unused for a year is taken as given up at its last use; otherwise it may be used again.
    given_up = used["end_us"] - used["last_us"] > _YEAR_US
    until = pl.when(given_up).then(pl.col("last_us")).otherwise(pl.col("end_us"))
    days = used.select(((until - pl.col("made_us")) / DAY_US).clip(lower_bound=0.0)).to_series().to_numpy()
    curve = kaplan_meier(days.astype(np.float64), given_up.to_numpy())
    middle = curve.quantile(0.5)
    if middle is None:
        return Answer.none("H3.half_life", "fewer than half have gone a year without use", curve.n)
    return Answer.of("H3.half_life", middle, curve.n)


def _update(part: Slice, made: pl.DataFrame) -> Answer:
    """H3.update: the time by which half of the versions have been followed by the next version of their resource."""
    order = made.sort("run", "resource", "made_us", "version")
    later = order.with_columns(pl.col("made_us").shift(-1).over("run", "resource").alias("next_us"))
    retired = part.log.frame.of(kinds.ResourceRetired).group_by("run", pl.col("subject").alias("resource"))
    lives = later.join(retired.agg(pl.col("time").min().alias("gone_us")), on=["run", "resource"], how="left")
    lives = lives.join(part.log.ends, on="run")
    until = pl.coalesce("next_us", "gone_us", "end_us")
    days = lives.select(((until - pl.col("made_us")) / DAY_US).clip(lower_bound=0.0)).to_series().to_numpy()
    curve = kaplan_meier(days.astype(np.float64), lives["next_us"].is_not_null().to_numpy())
    middle = curve.quantile(0.5)
    if middle is None:
        return Answer.none("H3.update", "fewer than half have been updated", curve.n)
    return Answer.of("H3.update", middle, curve.n)


def load(part: Slice) -> Iterator[Answer]:
    """H5: helps a helper, the ninth decile, the share of reviews by the five who review most, and burnt-out helpers."""
    rows = part.log.frame.between(part.start, part.end)
    helps = rows.of(*_HELPS).filter((pl.col("role") != Role.COMPUTER) & (pl.col("actor") >= 0))
    helps = helps.select("run", "time", "kind", person="actor")
    helps = helps.join(part.people.select("run", "person"), on=["run", "person"], how="semi")
    each = helps.group_by("run", "person").len()["len"].sort().to_numpy()
    if each.size == 0:
        yield from (Answer.none(f"H5.{k}", "nobody helped in this window") for k in ("mean", "p90", "top5", "burnout"))
        return
    yield Answer.of("H5.mean", mean(each, least=0.0), each.size)
    yield Answer.of("H5.p90", quantile(each, 0.9), each.size)
    reviews = helps.filter(pl.col("kind") == kinds.Reviewed.meaning.code).group_by("run", "person").len()["len"].sort()
    total = int(reviews.sum())
    yield _share("H5.top5", int(reviews.tail(5).sum()), total, "nobody reviewed in this window")
    yield _burnout(part, helps, each.size)


def _burnout(part: Slice, helps: pl.DataFrame, n: int) -> Answer:
    """Helpers above the 95th percentile of a week's load in each of four weeks in a row, and then silent for four."""
    end = min(part.end, part.log.at + 1)
    week = (pl.lit(end - 1) - pl.col("time")) // (7 * DAY_US)
    weekly = helps.group_by("run", "person", week.alias("ago")).len()
    limit = float(weekly["len"].quantile(0.95, "higher") or 0)
    heavy = weekly.filter(pl.col("len") > limit)
    following = [heavy.select("run", "person", pl.col("ago") + k) for k in range(1, 4)]
    for one in following:
        heavy = heavy.join(one, on=["run", "person", "ago"], how="semi")
    # `ago` now is that of the first of the four weeks; the last is three weeks nearer to now.
    last = heavy.select("run", "person", (pl.col("ago") - 3).alias("last")).filter(pl.col("last") >= 4)
    after = last.join(weekly, on=["run", "person"]).filter(
        (pl.col("ago") < pl.col("last")) & (pl.col("ago") >= pl.col("last") - 4)
    )
    gone = last.join(after, on=["run", "person", "last"], how="anti").select("run", "person").n_unique()
    return Answer.of("H5.burnout", wilson(min(gone, n), n), n)


def enclosure(part: Slice) -> Iterator[Answer]:
    """H6: concerns about a licence that no correction followed; the largest organisation's share of what decides.

    An organisation is that of the table 'organisations', or the person's site where there is no such table.
    """
    frame = part.log.frame.between(part.start, part.end)
    concerns = frame.of(kinds.ConcernRaised)
    licence = concerns.filter(pl.col("value") == 4.0)
    mended = part.log.frame.of(kinds.Corrected).select("run", seq="cause").unique()
    still_open = licence.join(mended, on=["run", "seq"], how="anti").height
    yield Answer("H6.open", float(still_open), licence.height)
    home = homes(part)
    for name, kind in (
        ("H6.votes", kinds.VoteCast),
        ("H6.reviews", kinds.Reviewed),
        ("H6.owners", kinds.OwnerAssigned),
    ):
        who = "object" if kind is kinds.OwnerAssigned else "actor"
        acts = frame.of(kind).select("run", pl.col(who).alias("person"))
        known = acts.join(home, on=["run", "person"])
        most = int(known["home"].value_counts()["count"].max() or 0) if known.height else 0  # type: ignore[arg-type]
        answer = _share(name, most, known.height, "none of them in this window by somebody whose organisation is known")
        yield Answer(name, answer.value, answer.n, answer.low, answer.high, acts.height - known.height, answer.note)


def homes(part: Slice) -> pl.DataFrame:
    """Whose organisation is known: run, person, home. The table's, or where there is none the person's site."""
    said = part.log.tables.latest("organisations", "actor")
    if said is None:
        return part.log.people.filter(pl.col("site") >= 0).select("run", "person", home="site")
    return part.log.people.select("run", "person").join(said.select(person="actor", home="organisation"), on="person")


def justice(part: Slice) -> Iterator[Answer]:
    """H7: decisions appealed, appeals that overturned, days to a decision, and the mean step of sanctions.

    Of a group: the sanctions on its people and what became of them.
    """
    frame = part.log.frame.between(part.start, part.end)
    sanctions = part.about(frame.of(kinds.Sanctioned), "subject")
    on_mine = part.about(part.log.frame.of(kinds.Sanctioned), "subject").select("run", cause="seq")
    asked = part.log.frame.of(kinds.Appealed)
    appeals = asked.join(sanctions.select("run", cause="seq"), on=["run", "cause"], how="semi")
    yield _share("H7.appealed", appeals["cause"].n_unique(), sanctions.height, "nobody was sanctioned in this window")
    decided = frame.of(kinds.AppealDecided)
    if part.by is not None:
        mine = asked.join(on_mine, on=["run", "cause"], how="semi").select("run", cause="seq")
        decided = decided.join(mine, on=["run", "cause"], how="semi")
    yield _share("H7.overturned", int((decided["value"] == 1.0).sum()), decided.height, "no appeal was decided")
    appealed = asked.select("run", cause="seq", asked_us="time")
    waits = decided.join(appealed, on=["run", "cause"]).select(
        ((pl.col("time") - pl.col("asked_us")) / DAY_US).alias("d")
    )
    days = waits["d"].to_numpy()
    yield (
        Answer.of("H7.days", quantile(days, 0.5), days.size)
        if days.size
        else Answer.none("H7.days", "no appeal was decided")
    )
    steps = sanctions.filter(pl.col("value").is_between(1, 5))["value"].to_numpy()
    yield (
        Answer.of("H7.step", mean(steps, least=1.0, most=5.0), steps.size)
        if steps.size
        else Answer.none("H7.step", "nobody was sanctioned in this window")
    )


#: The highest rating of a principle.
_STRONG = 3.0


def ostrom(part: Slice) -> Iterator[Answer]:
    """H1: of Ostrom's eight principles, those of which the log itself holds evidence, each as present or absent.

    2 fit: rules enacted; 3 collective choice: votes; 4 monitoring: audits; 5 graduated sanctions: two or more steps
    in use; 6 conflict resolution: appeals decided; 7 right to organise: teams started by people who are no stewards.
    Boundaries (1) and nested enterprises (8) leave no trace in the log. Where people rated a principle from 0 to 3
    (table 'principles'), a third of the mean of their last ratings stands in place of the evidence.
    """
    frame = part.log.frame.between(part.start, part.end)
    signs: dict[int, tuple[type[Event], ...]] = {
        2: (kinds.RuleEnacted,), 3: (kinds.VoteCast,), 4: (kinds.AuditRated,), 6: (kinds.AppealDecided,),
    }  # fmt: skip
    found = {place: frame.of(*signs_).height > 0 for place, signs_ in signs.items()}
    found[5] = frame.of(kinds.Sanctioned)["value"].n_unique() >= 2
    found[7] = frame.of(kinds.TeamStarted).filter(pl.col("role") != Role.STEWARD).height > 0
    answers = {place: Answer(f"H1.{place}", float(is_there), len(frame)) for place, is_there in found.items()}
    answers |= _rated_principles(part)
    for place in range(1, 9):
        untold = "leaves no trace in the log; needs the table 'principles': rater, principle, value"
        yield answers.get(place) or Answer.none(f"H1.{place}", untold)
    known = [answer.value for answer in answers.values() if answer.value is not None]
    note = None if len(known) == 8 else f"{len(known)} of 8 principles; the others are rated by people"
    yield Answer("H1.min", min(known), len(known), note=note)
    yield Answer("H1.mean", float(np.mean(known)), len(known), note=note)


def _rated_principles(part: Slice) -> dict[int, Answer]:
    last = part.log.tables.latest("principles", "rater", "principle")
    if last is None:
        return {}
    each = last.group_by("principle").agg(pl.col("value") / _STRONG)
    return {
        int(place): Answer.of(f"H1.{place}", mean(said, least=0.0, most=1.0), len(said), note="rated by people")
        for place, said in each.iter_rows()
    }


def _people(rows: pl.DataFrame) -> pl.DataFrame:
    kept = rows.filter((pl.col("actor") >= 0) & (pl.col("role") != Role.COMPUTER))
    return kept.select("run", person="actor").unique()


def _share(id: str, k: int, n: int, reason: str) -> Answer:  # noqa: A002
    return Answer.of(id, wilson(k, n), n) if n else Answer.none(id, reason)
