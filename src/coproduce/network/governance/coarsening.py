"""A frame fit to leave the network: pseudonyms of its own, weeks for times, regions for sites.

What is left can still be personal data (a rare topic, an unusual chain of events), so it stays guarded; but nobody in
it can be looked up in the network, nor in another export.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from coproduce import rng
from coproduce.clock import WEEK_US
from coproduce.events import ABSENT, KINDS, EventFrame, Resolution

Ints = NDArray[np.int64]
_IDS = ("actor", "subject", "object")


def coarsened(frame: EventFrame, regions: Mapping[int, int]) -> EventFrame:
    """The frame with fresh pseudonyms, times in weeks, and each site as its region (absent where it has none).

    Within a week the order is drawn anew, but for this: an event stays after its cause. Values in days lose their
    fraction, which would tell the hour. The key of the pseudonyms exists only while this runs.
    """
    key = secrets.token_bytes(32)
    rows = frame.rows
    ids = pseudonyms(key, np.concatenate([rows[name].to_numpy() for name in _IDS]), offset=1)
    homes = [regions.get(site, ABSENT) for site in rows["site"].to_list()]
    areas = pseudonyms(key, np.asarray(homes, dtype=np.int64))
    order = _shuffled(rows, rng.stream(int.from_bytes(key, "big"), "order of an export"))
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    coarse = rows.with_columns(
        *(_renamed(name, rows[name].to_numpy(), ids) for name in _IDS),
        _renamed("site", np.asarray(homes, dtype=np.int64), areas),
        pl.Series("seq", place),
        pl.Series("cause", _moved(rows["cause"].to_numpy(), rows["seq"].to_numpy(), place)),
        (pl.col("time").floordiv(WEEK_US) * WEEK_US).alias("time"),
        (pl.col("recorded").floordiv(WEEK_US) * WEEK_US).alias("recorded"),
        pl.when(pl.col("kind").is_in(_in_days()))
        .then(pl.col("value").round())
        .otherwise(pl.col("value"))
        .alias("value"),
    )
    return EventFrame.from_rows(coarse, Resolution.WEEK)


def pseudonyms(key: bytes, ids: Iterable[int] | Ints, *, offset: int = 0) -> dict[int, int]:
    """A random renaming of the ids that occur: their ranks by a keyed hash, so that without the key it is any order."""
    present = np.unique(np.asarray(ids, dtype=np.int64))
    ranked = sorted(present[present >= 0].tolist(), key=lambda number: _mark(key, number))
    return {number: rank + offset for rank, number in enumerate(ranked)}


def _mark(key: bytes, number: int) -> bytes:
    return hashlib.blake2b(number.to_bytes(8, "big"), key=key, digest_size=16).digest()


def _renamed(name: str, column: Ints, names: Mapping[int, int]) -> pl.Series:
    old = np.fromiter(names.keys(), dtype=np.int64, count=len(names))
    new = np.fromiter(names.values(), dtype=np.int64, count=len(names))
    by_old = np.argsort(old)
    result = np.full(len(column), ABSENT, dtype=np.int64)
    present = column >= 0
    if present.any():
        result[present] = new[by_old][np.searchsorted(old[by_old], column[present])]
    return pl.Series(name, result)


def _moved(causes: Ints, seqs: Ints, place: Ints) -> Ints:
    """The new seq of each cause; absent where the cause is not in the frame."""
    result = np.full(len(causes), ABSENT, dtype=np.int64)
    known = np.isin(causes, seqs)
    result[known] = place[np.searchsorted(seqs, causes[known])]
    return result


def _shuffled(rows: pl.DataFrame, draw: np.random.Generator) -> Ints:
    """The rows' positions in their new order: by week, then by how many causes of that week lie before, then drawn."""
    if rows.is_empty():
        return np.empty(0, dtype=np.int64)
    weeks = np.maximum.accumulate(rows["recorded"].to_numpy() // WEEK_US)
    depth = _depths(rows["seq"].to_list(), rows["cause"].to_list(), weeks.tolist())
    return np.lexsort((draw.random(len(weeks)), depth, weeks)).astype(np.int64)


def _depths(seqs: list[int], causes: list[int], weeks: list[int]) -> Ints:
    """How many events of the same week led to each one; causes come before what they led to."""
    at = {seq: position for position, seq in enumerate(seqs)}
    depth = [0] * len(seqs)
    for position, cause in enumerate(causes):
        before = at.get(cause) if cause >= 0 else None
        if before is not None and weeks[before] == weeks[position]:
            depth[position] = depth[before] + 1
    return np.asarray(depth, dtype=np.int64)


def _in_days() -> list[int]:
    return [code for code, kind in KINDS.items() if kind.meaning.unit == "days"]


def regions_of(sites: Iterable[tuple[int, int | None, bool]]) -> dict[int, int]:
    """From (site, parent, is it a region or the network): the region, or else the network, that each site lies in."""
    known: dict[int, tuple[int | None, bool]] = {site: (parent, wide) for site, parent, wide in sites}
    return {site: found for site in known if (found := _wide(site, known)) is not None}


def _wide(site: int, known: Mapping[int, tuple[int | None, bool]]) -> int | None:
    here: int | None = site
    for _ in known:
        if here is None or here not in known:
            return None
        parent, wide = known[here]
        if wide:
            return here
        here = parent
    return None
