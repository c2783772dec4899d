"""The people of a log: one row each, with when they came and left, and their role and site as last seen."""

from __future__ import annotations

import polars as pl

from coproduce.events import EventFrame, Role, kinds

_MODEL = kinds.StockMeasured.meaning.code


def people_table(frame: EventFrame) -> pl.DataFrame:
    """Every person who joined or acted: run, person, first_us (joined, else first act), joined (whether known),
    left_us (null while a member; coming back ends it), role and site as last seen (0 and -1 when never said).

    Computers are left out. A person who only reads without a trace is seen if they joined.
    """
    acts = frame.rows.filter(
        (pl.col("actor") >= 0) & (pl.col("role") != Role.COMPUTER) & (pl.col("kind") != _MODEL)
    ).sort("run", "time", "seq")
    is_joined = pl.col("kind") == kinds.Joined.meaning.code
    is_left = pl.col("kind") == kinds.Left.meaning.code
    # A role code outside the table (or NaN) is no role.
    codes = [float(role) for role in Role if role != Role.UNKNOWN]
    given = pl.when(is_joined & pl.col("value").is_in(codes)).then(pl.col("value")).otherwise(0.0)
    columns = acts.select(
        "run",
        pl.col("actor").alias("person"),
        "time",
        pl.when(is_joined).then(pl.col("time")).alias("joined_us"),
        pl.when(is_left).then(pl.col("time")).alias("gone_us"),
        pl.when(is_left).then(None).otherwise(pl.col("time")).alias("here_us"),
        pl.when(pl.col("role") > 0).then(pl.col("role")).otherwise(given.cast(pl.UInt8)).replace(0, None).alias("role"),
        pl.when(pl.col("site") >= 0).then(pl.col("site")).alias("site"),
    )
    people = columns.group_by("run", "person", maintain_order=True).agg(
        pl.col("time").min().alias("seen_us"),
        pl.col("joined_us").min(),
        pl.col("gone_us", "here_us").max(),
        pl.col("role", "site").drop_nulls().last(),
    )
    stayed = pl.col("gone_us").is_null() | (pl.col("here_us") > pl.col("gone_us"))
    return people.select(
        "run",
        "person",
        pl.min_horizontal("joined_us", "seen_us").alias("first_us"),
        pl.col("joined_us").is_not_null().alias("joined"),
        pl.when(stayed).then(None).otherwise(pl.col("gone_us")).alias("left_us"),
        pl.col("role").fill_null(0),
        pl.col("site").fill_null(-1),
    )


def members(people: pl.DataFrame, start: int, end: int) -> pl.DataFrame:
    """Those who had come before `end` and had not left before `start` (microseconds)."""
    here = pl.col("left_us").is_null() | (pl.col("left_us") >= start)
    return people.filter((pl.col("first_us") < end) & here)
