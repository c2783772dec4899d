"""O1 and O2: health outcomes and processes that the network declares, and how they follow met needs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from coproduce.clock import DAY_US
from coproduce.events import Role, kinds
from coproduce.measures.measurement import Answer
from coproduce.measures.needs import Exit
from coproduce.measures.study import Slice
from coproduce.statistics.intervals import Z95, Estimate, poisson, range_of_shares, wilson
from coproduce.statistics.suppression import SMALLEST_SHOWN

_IDS = ("O1", "O1.gap", "O1.bundle", "O1.rate")
_PER_DAYS = 1_000


def outcomes(part: Slice) -> Iterator[Answer]:
    """O1, by what the table 'outcomes' declares of each topic.

    A share: of people with a value, those whose last one meets its goal, and the gap over groups. A bundle: those who
    meet every topic of it. A rate: values that are the event, by 1,000 person-days of membership. People of a `role`
    count; a value counts for so many days (`days`); who has none is left out, or counts as not met (`missing`).
    """
    goals = part.log.tables.latest("outcomes", "topic")
    if goals is None:
        yield from (Answer.none(name, "needs the table 'outcomes': topic, low, high") for name in _IDS)
        return
    if part.outcome is not None:
        goals = goals.filter(pl.col("topic") == part.outcome)
    judged = _judged(part, goals)
    yield from _share(part, judged.filter(pl.col("form") == "share"))
    yield _bundle(judged.filter(pl.col("form") == "bundle"))
    yield _rate(part, goals.filter(pl.col("form") == "rate"))


def _judged(part: Slice, goals: pl.DataFrame) -> pl.DataFrame:
    """One row for each person and declared topic that count: run, person, site, stratum, topic, form, met."""
    who = part.people.select("run", "person", "site", "stratum", _role())
    rows = part.log.frame.between(part.start, part.end).of(kinds.MeasureObserved).filter(pl.col("value").is_finite())
    dated = goals.with_columns(pl.col("topic").cast(pl.Int32))
    rows = rows.rename({"subject": "person"}).join(dated.select("topic", "days"), on="topic")
    end = min(part.end, part.log.at + 1)
    rows = rows.filter(pl.col("time") >= end - (pl.col("days") * DAY_US).cast(pl.Int64))
    key = ["run", "person", "topic"]
    last = rows.sort("time", "seq").group_by(key, maintain_order=True).agg(pl.col("value").last())
    # People who were measured but never acted are counted for everybody; of a group only its own are.
    seen = last.select("run", "person").unique(maintain_order=True)
    strangers = seen.join(who, on=["run", "person"], how="anti")
    everyone = who if part.by_group else pl.concat([who, strangers], how="diagonal")
    cells = everyone.join(dated, how="cross").join(last, on=key, how="left")
    has_value = pl.col("value").is_not_null()
    concerned = _concerned() | (pl.col("of").is_null() & has_value)
    counted = cells.filter(concerned & (has_value | (pl.col("missing") == "not met")))
    return counted.with_columns(pl.col("value").is_between(pl.col("low"), pl.col("high")).fill_null(False).alias("met"))


def _role() -> pl.Expr:
    """The name of a person's role, null where it is not known."""
    names = {int(role): role.name.lower() for role in Role if role is not Role.UNKNOWN}
    return pl.col("role").replace_strict(names, default=None, return_dtype=pl.String).alias("of")


def _concerned() -> pl.Expr:
    return (pl.col("role") == "any") | (pl.col("role") == pl.col("of"))


def _share(part: Slice, judged: pl.DataFrame) -> Iterator[Answer]:
    n = judged.height
    if not n:
        yield from (Answer.none(name, "no declared outcome was measured in this window") for name in _IDS[:2])
        return
    yield Answer.of("O1", wilson(int(judged["met"].sum()), n), n)
    over = "stratum" if part.log.strata is not None else "site"
    parts = judged.drop_nulls(over).group_by(over).agg(pl.col("met").sum(), pl.len().alias("n"))
    large = parts.filter(pl.col("n") >= SMALLEST_SHOWN).sort(over)
    if large.height < 2:
        yield Answer.none("O1.gap", f"fewer than two groups by {over} of 11 or more", n)
        return
    gap = range_of_shares(large["met"].to_numpy(), large["n"].to_numpy(), seed=part.seed)
    yield Answer.of("O1.gap", gap, n, note=f"over {over}")


def _bundle(judged: pl.DataFrame) -> Answer:
    """All or none: of the people who count for every topic of the bundle, those who meet every one."""
    whole = judged.group_by("run", "person").agg(pl.len(), pl.col("met").all())
    whole = whole.filter(pl.col("len") == judged["topic"].n_unique())
    if whole.is_empty():
        return Answer.none("O1.bundle", "nobody has a value of every part of a declared bundle in this window")
    return Answer.of("O1.bundle", wilson(int(whole["met"].sum()), whole.height), whole.height)


def _rate(part: Slice, goals: pl.DataFrame) -> Answer:
    """Events, values of a topic from low to high, by 1,000 days of membership in the window."""
    if goals.is_empty():
        return Answer.none("O1.rate", "no outcome is declared as a rate")
    end = min(part.end, part.log.at + 1)
    there = pl.min_horizontal(pl.col("left_us").fill_null(end), end) - pl.max_horizontal("first_us", part.start)
    who = part.people.select("run", _role(), subject="person", there=there.clip(lower_bound=0))
    dated = goals.with_columns(pl.col("topic").cast(pl.Int32))
    at_risk = who.join(dated.select("topic", "role"), how="cross").filter(_concerned())
    days = float(at_risk["there"].sum()) / DAY_US
    if not days:
        return Answer.none("O1.rate", "nobody whose outcome it is was a member in this window")
    rows = part.log.frame.between(part.start, part.end).of(kinds.MeasureObserved)
    mine = rows.join(at_risk.select("run", "subject", "topic"), on=["run", "subject", "topic"], how="semi")
    events = mine.join(dated.select("topic", "low", "high"), on="topic")
    found = poisson(events.filter(pl.col("value").is_between(pl.col("low"), pl.col("high"))).height)
    rate, low, high = (
        None if end_ is None else _PER_DAYS * end_ / days for end_ in (found.value, found.low, found.high)
    )
    people = at_risk.select("run", "subject").n_unique()
    return Answer("O1.rate", rate, people, low, high, note=f"{found.value:.0f} events")


def linked(part: Slice) -> Iterator[Answer]:
    """O2: how much more the first outcome after a person's first confirmed need differs from the last one before it,
    than between two outcomes of people without one. An association, not an effect.
    """
    rows = part.about(part.log.frame.of(kinds.MeasureObserved).filter(pl.col("value").is_finite()), "subject")
    rows = rows.sort("time", "seq")
    met = part.log.needs.episodes.filter(pl.col("exit") == Exit.CONFIRMED)
    first = met.group_by(
        "run", pl.coalesce(pl.when(pl.col("person") >= 0).then(pl.col("person")), "owner").alias("subject")
    )
    moment = first.agg(pl.col("closed_us").min().alias("met_us"))
    seen = rows.join(moment, on=["run", "subject"], how="left")
    key = ["run", "subject", "topic"]
    before = seen.filter(pl.col("time") < pl.col("met_us")).group_by(key).agg(pl.col("value").last().alias("then"))
    after = seen.filter(pl.col("time") >= pl.col("met_us")).group_by(key).agg(pl.col("value").first().alias("now"))
    pair = before.join(after, on=key).select((pl.col("now") - pl.col("then")).alias("d"))["d"].to_numpy()
    rest = (
        seen.filter(pl.col("met_us").is_null())
        .group_by(key)
        .agg((pl.col("value").last() - pl.col("value").first()).alias("d"), pl.len().alias("k"))
    )
    other = rest.filter(pl.col("k") > 1)["d"].to_numpy()
    n = len(pair) + len(other)
    if min(len(pair), len(other)) < 2:
        yield Answer.none("O2", "fewer than two people on each side have an outcome before and after", n)
        return
    value = float(pair.mean() - other.mean())
    error = float(np.sqrt(pair.var(ddof=1) / len(pair) + other.var(ddof=1) / len(other)))
    note = "association, not an effect: nobody was randomised"
    yield Answer.of("O2", Estimate(value, value - Z95 * error, value + Z95 * error), n, note=note)
