"""E7, newcomer welcome: how soon another person answers somebody's first need, and whether they ask again."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from coproduce.clock import DAY_US
from coproduce.measures.measurement import Answer
from coproduce.measures.study import Log, Slice
from coproduce.measures.winwin import at_horizon
from coproduce.statistics.survival import Incidence, kaplan_meier

ASKED_AGAIN_DAYS = 90


def welcome(part: Slice) -> Iterator[Answer]:
    """E7: from each person's first need to the first reply by another person; to their own next need."""
    firsts = _firsts(part)
    replied = _curve(firsts, "replied_us")
    middle = replied.quantile(0.5)
    if middle is not None:
        yield Answer.of("E7.median", middle, replied.n)
    else:
        reason = "fewer than half have been answered" if replied.n else "nobody stated a first need in this window"
        yield Answer.none("E7.median", reason, replied.n)
    yield at_horizon("E7.F24h", replied, DAY_US, part.log.resolution)
    again = _curve(firsts, "next_us")
    yield at_horizon("E7.asked_again", again, ASKED_AGAIN_DAYS * DAY_US, part.log.resolution)


def _firsts(part: Slice) -> pl.DataFrame:
    """The first need in the log of each person who stated it in the window, with the moment of their next one.

    Replies count to the first episode of the need, whether it is open or not: a need closed without a reply stays
    unanswered and is not taken out.
    """
    firsts = part.log.once(("firsts", 0, 0), lambda: _first_needs(part.log))
    mine = part.needs.filter(~pl.col("reopened")).select("run", "need")
    return firsts.join(mine, on=["run", "need"], how="semi")


def _first_needs(log: Log) -> pl.DataFrame:
    stated = log.needs.episodes.filter(~pl.col("reopened") & (pl.col("owner") >= 0))
    ordered = stated.sort("run", "owner", "opened_us", "need")
    ordered = ordered.with_columns(pl.col("opened_us").shift(-1).over("run", "owner").alias("next_us"))
    return ordered.unique(subset=["run", "owner"], keep="first", maintain_order=True)


def _curve(firsts: pl.DataFrame, column: str) -> Incidence:
    until = pl.coalesce(column, "end_us")
    days = firsts.select(((until - pl.col("opened_us")) / DAY_US).clip(lower_bound=0.0)).to_series().to_numpy()
    return kaplan_meier(days.astype(np.float64), firsts[column].is_not_null().to_numpy())
