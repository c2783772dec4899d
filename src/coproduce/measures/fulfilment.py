"""N5 and N7, O1 to O5: the quality of matches, unmet needs by topic, outcomes, shared decisions, friction and cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from coproduce.clock import DAY_US
from coproduce.events import Role, kinds
from coproduce.measures.measurement import Answer
from coproduce.measures.needs import Exit
from coproduce.measures.study import Slice
from coproduce.statistics.intervals import Estimate, mean, quantile, wilson
from coproduce.statistics.resampling import ratio
from coproduce.statistics.suppression import SMALLEST_SHOWN
from coproduce.statistics.survival import aalen_johansen, kaplan_meier

_Z = 1.959963984540054
#: A topic is underserved when the lower end of F(30 days) is under this.
TARGET = 0.5
_MONTH = 30.0
#: How many cells of the map of unmet needs are named.
_NAMED = 3


def match_quality(part: Slice) -> Iterator[Answer]:
    """N5: where the resource that met a need had stood in the ranking: nDCG at 10, recall at 10, and by propensity.

    With one relevant resource a need, nDCG is 1 / log2(1 + rank) (Järvelin and Kekäläinen 2002,
    10.1145/582415.582418). IPS: confirmations of what was shown first, each over the chance of its being shown there,
    normalised by the sum of weights (Swaminathan and Joachims 2015, self-normalised estimator).
    """
    met = part.needs.filter((pl.col("exit") == Exit.CONFIRMED) & (pl.col("met_by").fill_null(-1) >= 0))
    versions = part.log.versions.select("run", pl.col("version").alias("met_by"))
    met = met.join(versions, on=["run", "met_by"], how="semi").select("run", "need", "met_by")
    ranked = part.log.frame.of(kinds.ResourceMatched).filter(pl.col("value") >= 1)
    best = ranked.group_by("run", pl.col("subject").alias("need"), pl.col("object").alias("met_by")).agg(
        pl.col("value").min()
    )
    rank = met.join(best, on=["run", "need", "met_by"], how="left")["value"].to_numpy()
    place = np.where(np.isnan(rank), np.inf, rank)
    gain = np.where(place <= 10, 1 / np.log2(1 + place), 0.0)
    n = len(gain)
    if n:
        yield Answer.of("N5.ndcg", mean(gain, least=0.0, most=1.0), n)
        yield Answer.of("N5.recall", wilson(int((place <= 10).sum()), n), n)
    else:
        for key in ("ndcg", "recall"):
            yield Answer.none(f"N5.{key}", "no need was confirmed as met by a resource of the log in this window")
    yield _by_propensity(part, met)


def _by_propensity(part: Slice, met: pl.DataFrame) -> Answer:
    shown = part.log.tables.get("shown")
    if shown is None:
        return Answer.none("N5.ips", "needs the table 'shown': need, version, rank, propensity")
    mine = shown.join(part.needs.select("need").unique(), on="need", how="semi").filter(pl.col("rank") == 1)
    hits = mine.join(met.select("need", version="met_by", hit=pl.lit(1.0)), on=["need", "version"], how="left")
    if hits.is_empty():
        return Answer.none("N5.ips", "no need of this window was shown a first resource")
    reward, weight = hits["hit"].fill_null(0.0).to_numpy(), 1 / hits["propensity"].to_numpy()
    value = float((weight * reward).sum() / weight.sum())
    error = float(np.sqrt(((weight * (reward - value)) ** 2).sum()) / weight.sum())
    return Answer.of("N5.ips", Estimate(value, max(0.0, value - _Z * error), min(1.0, value + _Z * error)), len(reward))


@dataclass(frozen=True)
class _Served:
    """One cell of the map of unmet needs: a topic, of a stratum where strata are given, and how it is served."""

    topic: int
    stratum: str | None
    n: int
    met: Estimate
    severity: float

    @property
    def name(self) -> str:
        return f"topic {self.topic}" + (f", {self.stratum}" if self.stratum is not None else "")

    @property
    def pressing(self) -> float:
        """Volume times severity: needs not met in 30 days, each as heavy as its topic."""
        return self.n * (1 - self.met.value) * self.severity


def unmet(part: Slice) -> Iterator[Answer]:
    """N7, the map of unmet needs: cells of topic (by stratum, where strata are given) with 11 needs or more.

    How many have the lower end of F(30 days) under the target, the worst served, and the most pressing: needs not met
    in 30 days times the severity of the topic, 1 where the table 'severity' does not say.
    """
    cells = list(_cells(part))
    if not cells:
        reason = f"no topic has {SMALLEST_SHOWN} needs followed for 30 days"
        yield from (Answer.none(name, reason) for name in ("N7.topics", "N7.worst", "N7.pressing"))
        return
    by = " by stratum" if part.log.strata is not None else ""
    low = sum((cell.met.low or 0.0) < TARGET for cell in cells)
    yield Answer("N7.topics", float(low), sum(cell.n for cell in cells), note=f"of {len(cells)} topics{by}")
    worst = min(cells, key=lambda cell: cell.met.value)
    yield Answer.of("N7.worst", worst.met, worst.n, note=worst.name)
    yield _pressing(cells)


def _cells(part: Slice) -> Iterator[_Served]:
    said = part.log.tables.latest("severity", "topic")
    severity = {} if said is None else dict(zip(said["topic"], said["weight"], strict=True))
    keys = ["topic"] if part.log.strata is None else ["topic", "stratum"]
    known = part.needs.filter(pl.col("topic") >= 0)
    for (topic, *stratum), needs in known.group_by(keys, maintain_order=True):
        curve = aalen_johansen(needs["wait_days"].to_numpy(), needs["exit"].to_numpy(), cause=int(Exit.CONFIRMED))
        found = curve.at(_MONTH)
        if needs.height >= SMALLEST_SHOWN and found is not None:
            place = str(stratum[0]) if stratum and stratum[0] is not None else "in no stratum" if stratum else None
            yield _Served(int(str(topic)), place, needs.height, found, float(severity.get(topic, 1.0)))


def _pressing(cells: Sequence[_Served]) -> Answer:
    ranked = sorted(cells, key=lambda cell: -cell.pressing)[:_NAMED]
    first, weight = ranked[0], ranked[0].n * ranked[0].severity
    ends = [None if end is None else weight * (1 - end) for end in (first.met.high, first.met.low)]
    note = "; ".join(f"{cell.name}: {cell.pressing:.3g}" for cell in ranked)
    return Answer("N7.pressing", first.pressing, first.n, ends[0], ends[1], note=note)


def concordance(part: Slice) -> Iterator[Answer]:
    """O3: of shared decisions, the share that agree with the preference stated before."""
    rows = part.log.frame.between(part.start, part.end).of(kinds.DecisionMade)
    rows = (
        rows.join(_group(part), left_on=["run", "subject"], right_on=["run", "person"], how="semi") if part.by else rows
    )
    known = rows.filter(pl.col("value").is_in([0.0, 1.0]))
    n, missing = known.height, rows.height - known.height
    yield (
        Answer.of("O3", wilson(int(known["value"].sum()), n), n, missing=missing)
        if n
        else Answer.none("O3", "no decision was made in this window", missing=missing)
    )


def friction(part: Slice) -> Iterator[Answer]:
    """O4: from wanting to give to having given: of the people asked to help, the share who did; days and steps to it.

    A step is a row that the person wrote about the need, from being asked or offering to the first reply, that too.
    """
    frame = part.log.frame
    group, key = _group(part), ["run", "subject", "person"]
    asked = frame.between(part.start, part.end).of(kinds.PersonMatched, kinds.Invited).filter(pl.col("object") >= 0)
    begun = asked.group_by("run", "subject", pl.col("object").alias("person")).agg(
        pl.col("time").min().alias("from_us")
    )
    begun = begun.join(group, on=["run", "person"], how="semi")
    replies = frame.of(kinds.Replied).filter(pl.col("role") != Role.COMPUTER)
    acts = begun.join(replies.select("run", "subject", "time", person="actor"), on=key)
    first = acts.filter(pl.col("time") >= pl.col("from_us")).group_by(key).agg(pl.col("time").min().alias("to_us"))
    tried = begun.join(first, on=key, how="left")
    n, done = tried.height, tried["to_us"].count()
    nobody = "nobody was asked to help"
    yield Answer.of("O4.finished", wilson(done, n), n) if n else Answer.none("O4.finished", nobody)
    yield _days_to_give(part, tried) if n else Answer.none("O4.days", nobody)
    yield _steps_to_give(part, tried)
    inside = replies.filter(pl.col("time").is_between(part.start, part.end, closed="left"))
    mine = inside.join(group, left_on=["run", "actor"], right_on=["run", "person"], how="semi")
    took = mine.filter(pl.col("value").is_between(0, 1e6))["value"].to_numpy()
    missing = mine.height - took.size
    yield (
        Answer.of("O4.minutes", quantile(took, 0.5), took.size, missing=missing)
        if took.size
        else Answer.none("O4.minutes", "no reply says how long it took", missing=missing)
    )


def _days_to_give(part: Slice, tried: pl.DataFrame) -> Answer:
    """O4.days: median days from being asked to the first reply (Kaplan-Meier); saying no, or the log's end, censors."""
    said_no = part.log.frame.of(kinds.HelpDeclined).group_by("run", "subject", pl.col("actor").alias("person"))
    lives = tried.join(said_no.agg(pl.col("time").min().alias("no_us")), on=["run", "subject", "person"], how="left")
    lives = lives.join(part.log.ends, on="run")
    until = pl.coalesce("to_us", "no_us", "end_us")
    days = lives.select(((until - pl.col("from_us")) / DAY_US).clip(lower_bound=0.0)).to_series().to_numpy()
    curve = kaplan_meier(days.astype(np.float64), lives["to_us"].is_not_null().to_numpy())
    middle = curve.quantile(0.5)
    return (
        Answer.of("O4.days", middle, curve.n) if middle else Answer.none("O4.days", "fewer than half so far", curve.n)
    )


def _steps_to_give(part: Slice, tried: pl.DataFrame) -> Answer:
    given = tried.filter(pl.col("to_us").is_not_null())
    if given.is_empty():
        return Answer.none("O4.steps", "nobody who was asked has replied")
    rows = part.log.frame.rows.select("run", "subject", "time", person="actor")
    steps = given.join(rows, on=["run", "subject", "person"]).filter(
        pl.col("time").is_between(pl.col("from_us"), pl.col("to_us"))
    )
    each = steps.group_by("run", "subject", "person").len()["len"].to_numpy()
    return Answer.of("O4.steps", mean(each, least=0.0), each.size)


def cost(part: Slice) -> Iterator[Answer]:
    """O5: the minutes that people gave, a confirmed need and a person, and the money declared."""
    frame = part.log.frame.between(part.start, part.end)
    rows = frame.of(kinds.Replied, kinds.TaskDone).join(
        _group(part), left_on=["run", "actor"], right_on=["run", "person"], how="semi"
    )
    known = rows.filter(pl.col("value").is_between(0, 1e6))
    missing = rows.height - known.height
    met = part.only_group(part.log.needs.episodes).filter(
        (pl.col("exit") == Exit.CONFIRMED) & pl.col("closed_us").is_between(part.start, part.end, closed="left")
    )
    closed = met.height
    if known.is_empty():
        yield Answer.none("O5.need", "nobody said how long anything took", missing=missing)
        yield Answer.none("O5.person", "nobody said how long anything took", missing=missing)
    else:
        yield (
            Answer.of("O5.need", _minutes_a_need(part, known, met), closed, missing=missing)
            if closed
            else Answer.none("O5.need", "no need was confirmed in this window", missing=missing)
        )
        each = known.group_by("run", "actor").agg(pl.col("value").sum())["value"].to_numpy()
        yield Answer.of("O5.person", mean(each, least=0.0), each.size, missing=missing)
    yield _money(part, closed)


def _minutes_a_need(part: Slice, gave: pl.DataFrame, met: pl.DataFrame) -> Estimate:
    """Minutes over confirmed needs, with people drawn again: each brings the minutes given and the needs met."""
    minutes = gave.group_by("run", pl.col("actor").alias("person")).agg(pl.col("value").sum().alias("minutes"))
    needs = met.group_by("run", pl.col("owner").alias("person")).len("needs")
    sums = minutes.join(needs, on=["run", "person"], how="full", coalesce=True).fill_null(0).sort("run", "person")
    return ratio(sums.select("minutes", "needs").to_numpy(), seed=part.seed, name="O5.need")


def _money(part: Slice, closed: int) -> Answer:
    """Money declared for the days that the window touches, and for the group's site, a confirmed need."""
    given = part.log.tables.get("money")
    if given is None:
        return Answer.none("O5.money", "needs the table 'money': day, site, spent")
    if part.by is not None and "site" not in part.by:
        return Answer.none("O5.money", "money is declared for sites, not for roles or strata")
    day_us = pl.col("day").cast(pl.Datetime("us")).cast(pl.Int64)
    inside = given.filter(day_us.is_between(part.start - DAY_US + 1, part.end - 1))
    rows = part.only_group(inside)
    if rows.is_empty():
        return Answer.none("O5.money", "no money was declared for this window")
    if not closed:
        return Answer.none("O5.money", "no need was confirmed in this window")
    return Answer("O5.money", float(rows["spent"].sum()) / closed, closed)


def _group(part: Slice) -> pl.DataFrame:
    return part.people.select("run", "person")
